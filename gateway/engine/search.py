"""Finding what was said: messages both ways, notes, and contacts.

Relies on the index that `search_reader` keeps, on `search_query` for what is looked
for, on `search_items` for how it is shown. Exact answers come first, then those of cut
words, then those of words alike; within one of these the newest first, or the best of
the newest.

Spec: spec/inbox.md D.3, E.9
"""

from dataclasses import dataclass, replace
from typing import Final

from gateway.core.conversation import place_of
from gateway.core.errors import Invalid
from gateway.core.ids import ThreadId
from gateway.core.search_store import IndexRow, Kind, Term, Wanted
from gateway.core.store import Store, Tx
from gateway.engine.inbox_settings import read_settings
from gateway.engine.present import JsonObject
from gateway.engine.search_items import Hit, items_json
from gateway.engine.search_query import How, asked_for, fits, has_all
from gateway.engine.synonyms import stems
from gateway.engine.thread_main import main_thread, threads_shown

_MOST_CONTACTS: Final = 5  # above what was said, unless contacts are asked for
_RANKED: Final = 300  # the best of so many newest
_THREAD_ROWS: Final = 500  # looked through at once
_HOWS: Final = tuple(How)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody looks for."""

    text: str
    thread_id: ThreadId | None = None
    kind: Kind | None = None
    best_first: bool = False
    cursor: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of answers; `how` says how widely the first of them was looked for."""

    items: tuple[JsonObject, ...]
    next: str | None
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page begins: how widely, and below which row."""

    how: How
    before: int | None = None

    @classmethod
    def read(cls, cursor: str | None) -> "_Place":
        how, _, before = (cursor or How.EXACT.value).partition("_")
        if how not in _HOWS or (before and not before.removeprefix("n").isdigit()):
            raise Invalid("invalid_cursor", "not a cursor of ours", field="cursor")
        value = int(before.removeprefix("n")) if before else None
        is_below = before.startswith("n") and value is not None
        return cls(how=How(how), before=-value if is_below and value else value)

    def spell(self) -> str:
        if self.before is None:
            return self.how.value
        return f"{self.how.value}_{'n' if self.before < 0 else ''}{abs(self.before)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One look into the index: what for, and what was found before it."""

    terms: tuple[Term, ...]
    narrower: tuple[tuple[Term, ...], ...]
    before: int | None
    limit: int

    def is_meant(self, row: IndexRow) -> bool:
        found = row.words.split()
        return has_all(self.terms, found) and not any(
            has_all(one, found) for one in self.narrower
        )


class Search:
    """Answers questions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, asked: Asked) -> Found:
        """A page; raises `Invalid` for a cursor that is none, `NotFound` a thread."""
        return await self._store.read(lambda tx: find(tx, asked))


def find(tx: Tx, asked: Asked) -> Found:
    """A page, inside the caller's transaction."""
    place = _Place.read(asked.cursor)
    first: list[Hit] = []
    if asked.cursor is None and asked.kind is None and asked.thread_id is None:
        contacts = replace(asked, kind=Kind.CONTACT, limit=_MOST_CONTACTS)
        found = _gather(tx, contacts, place)
        first = [one for one in found if one.how is not How.SYNONYM]
    if asked.best_first:
        said = _gather(tx, replace(asked, limit=_RANKED), place)
        said = sorted(said, key=_worth, reverse=True)[: asked.limit]
    else:
        said = _gather(tx, asked, place)
    is_full = len(said) == asked.limit and not asked.best_first
    last = _Place(how=said[-1].how, before=said[-1].row.id) if is_full else None
    hows = [one.how for one in (*said, *first)]
    return Found(
        items=tuple(items_json(tx, [*first, *said])),
        next=None if last is None else last.spell(),
        how=min(hows, key=_HOWS.index, default=How.SYNONYM),
    )


def _gather(tx: Tx, asked: Asked, place: _Place) -> list[Hit]:
    """Up to a page of rows, more and more widely."""
    more = stems(read_settings(tx).synonyms)
    narrower = [
        asked_for(asked.text, how, more) for how in _HOWS[: _HOWS.index(place.how)]
    ]
    found: list[Hit] = []
    for how in _HOWS[_HOWS.index(place.how) :]:
        terms = asked_for(asked.text, how, more)
        # Words alike are for those who found nothing: they would drown the rest.
        is_enough = len(found) >= asked.limit or (found and how is How.SYNONYM)
        if not terms or is_enough:
            break
        before = place.before if how is place.how else None
        if terms not in narrower:
            look = _Look(
                terms=terms,
                narrower=tuple(narrower),
                before=before,
                limit=asked.limit - len(found),
            )
            rows = _rows(tx, asked, look)
            found += [Hit(row=row, how=how, terms=terms) for row in rows]
        narrower.append(terms)
    return found


def _rows(tx: Tx, asked: Asked, look: _Look) -> list[IndexRow]:
    if asked.thread_id is not None:
        return _rows_of_thread(tx, asked.thread_id, asked.kind, look)
    # What the level before found is what this one would find again, and more.
    without = look.narrower[-1] if look.narrower else ()
    wanted = Wanted(terms=look.terms, without=without, kind=asked.kind)
    return tx.search.find(wanted, before=look.before, limit=look.limit)


def _rows_of_thread(
    tx: Tx, thread_id: ThreadId, kind: Kind | None, look: _Look
) -> list[IndexRow]:
    """A thread is short: its rows are looked through, as many as it takes."""
    threads = threads_shown(tx, main_thread(tx, thread_id).id)
    # The row at which the page before ended may be gone: then from the newest again.
    last = None if look.before is None else tx.search.entry_at(look.before)
    place = "" if last is None else place_of(last)
    found: list[IndexRow] = []
    while len(found) < look.limit:
        rows = tx.search.said_in(threads, before=place, limit=_THREAD_ROWS)
        if not rows:
            break
        found += [
            row for row in rows if kind in (None, row.kind) and look.is_meant(row)
        ]
        place = place_of(rows[-1].entry_id)
    return found[: look.limit]


def _worth(hit: Hit) -> tuple[int, int, int]:
    """How good an answer is: narrow before wide, then many hits among few words."""
    found = hit.row.words.split()
    count = sum(any(fits(term, word) for term in hit.terms) for word in found)
    return (-_HOWS.index(hit.how), count * 100 // (len(found) + 5), hit.row.id)
