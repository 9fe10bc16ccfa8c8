"""The index of words over what was said, and over contacts.

Relies on SQLite's FTS5 (`search_words`) over rows of our own, which hold the folded
words: what is deleted has to be told its own words again. The entries themselves are
elsewhere.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.core.conversation import place_of
from gateway.core.ids import EntryId, ThreadId
from gateway.core.search_store import IndexRow, Kind, Piece, Saying, Term, Wanted
from gateway.store.column import BEYOND, to_moment
from gateway.store.engine import Row, Session, Value

_DIGITS: Final[Mapping[str, int]] = {
    letter: value for value, letter in enumerate("0123456789abcdefghjkmnpqrstvwxyz")
}
_STAMP_LETTERS: Final = 10  # that spell the 48 bits of time
_ROOM: Final = 1 << 14  # entries of one millisecond
_BEYOND: Final = (1 << 63) - 1
_TABLES: Final = {"msg": "messages", "not": "notes", "stp": "steps"}
_KINDS: Final = {"msg": Kind.MESSAGE, "not": Kind.NOTE, "stp": Kind.NOTE}


class SqlSearch:
    """`core.search_store.Search` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def is_empty(self) -> bool:
        return self._session.one("search.any") is None

    def rows(self, entry_ids: Sequence[str]) -> list[IndexRow]:
        return [_row_of(row) for row in self._session.among("search.rows", entry_ids)]

    def put(self, rows: Sequence[IndexRow]) -> None:
        known = {row.entry_id: row.id for row in self.rows([r.entry_id for r in rows])}
        self.drop(list(known))
        for row in rows:
            place = known.get(row.entry_id)
            values: dict[str, Value] = {
                "id": self._place(row) if place is None else place,
                "kind": row.kind.value,
                "words": row.words,
                "tails": row.tails,
            }
            self._session.run("search.insert", entry_id=row.entry_id, **values)
            self._session.run("search.insert_words", **values)

    def drop(self, entry_ids: Sequence[str]) -> int:
        for entry_id in entry_ids:
            self._session.run("search.delete_words", entry_id=entry_id)
        return sum(
            self._session.run("search.delete", entry_id=one) for one in entry_ids
        )

    def find(self, wanted: Wanted, *, before: int | None, limit: int) -> list[IndexRow]:
        is_contact = wanted.kind is Kind.CONTACT
        rows = self._session.all(
            "search.find",
            wanted=_spell(wanted),
            first=-_BEYOND if is_contact else 0,
            before=before if before is not None else 0 if is_contact else _BEYOND,
            limit=limit,
        )
        return [_row_of(row) for row in rows]

    def said_in(
        self, thread_ids: Sequence[ThreadId], *, before: str, limit: int
    ) -> list[IndexRow]:
        rows = self._session.among(
            "search.said_in", thread_ids, before=before or BEYOND, limit=limit
        )
        return [_row_of(row) for row in rows]

    def entry_at(self, place: int) -> str | None:
        row = self._session.one("search.entry_at", id=place)
        return None if row is None else str(row["entry_id"])

    def sayings(self, entry_ids: Sequence[str]) -> list[Saying]:
        found = []
        for prefix, table in _TABLES.items():
            wanted = [one for one in entry_ids if one.startswith(prefix)]
            rows = self._session.among(f"search.{table}", wanted) if wanted else []
            found += [_saying_of(row, _KINDS[prefix]) for row in rows]
        return found

    def older(self, table: str, before: str, limit: int) -> list[str]:
        rows = self._session.all(f"search.older_{table}", before=before, limit=limit)
        return [row["id"] for row in rows]

    def pages(self) -> int:
        found: int = self._session.only("search.pages")["pages"]
        return found

    def merge(self, pages: int, *, is_new: bool) -> None:
        # A negative number takes all segments of the index together.
        self._session.run("search.merge", pages=-pages if is_new else pages)

    def scrub(self) -> None:
        self._session.scrub()

    def _place(self, row: IndexRow) -> int:
        """The next free place at the time of an entry."""
        first = _stamp(row.entry_id) * _ROOM
        if row.kind is Kind.CONTACT:
            first = -first - _ROOM
        newest: int | None = self._session.only(
            "search.newest_place", first=first, beyond=first + _ROOM
        )["place"]
        return first if newest is None else newest + 1


def _stamp(entry_id: str) -> int:
    """The milliseconds that an identity begins with."""
    stamp = 0
    for letter in place_of(entry_id)[:_STAMP_LETTERS]:
        stamp = stamp << 5 | _DIGITS.get(letter, 0)
    return stamp


def _spell(wanted: Wanted) -> str:
    """In the language of FTS5; words hold letters and digits only."""
    said = _spell_all(wanted.terms)
    if wanted.kind in (Kind.MESSAGE, Kind.NOTE):
        said = f'{said} AND kind : "{wanted.kind.value}"'
    return f"({said}) NOT ({_spell_all(wanted.without)})" if wanted.without else said


def _spell_all(terms: Sequence[Term]) -> str:
    return " AND ".join(f"({' OR '.join(map(_spell_piece, term))})" for term in terms)


def _spell_piece(piece: Piece) -> str:
    columns = "{words tails}" if piece.is_number else "words"
    star = " *" if piece.is_start else ""
    return f'{columns} : "{piece.text}"{star}'


def _row_of(row: Row) -> IndexRow:
    return IndexRow(
        id=row["id"],
        entry_id=row["entry_id"],
        kind=Kind(row["kind"]),
        words=row["words"],
        tails=row["tails"],
    )


def _saying_of(row: Row, kind: Kind) -> Saying:
    return Saying(
        id=EntryId(row["id"]),
        kind=kind,
        thread_id=row["thread_id"],
        contact_id=row["contact_id"],
        text=row["text"],
        at=to_moment(row["at"]),
    )
