"""The seam for search: what is looked for, and the rows that are found.

Protocols and values only; part of the seam that `store` describes. Words are folded by
whoever asks; the store compares them as they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.ids import ContactId, EntryId, ThreadId


class Kind(StrEnum):
    """What a row of the index is of."""

    MESSAGE = "message"
    NOTE = "note"  # also the words with which a conversation was passed on
    CONTACT = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One spelling of what is looked for."""

    text: str
    is_start: bool = False  # longer words are meant, too
    is_number: bool = False  # also the inside of a number


# Any of these spellings will do.
Term = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All of `terms`, and not what `without` finds."""

    terms: tuple[Term, ...]
    without: tuple[Term, ...] = ()
    kind: Kind | None = None  # None: messages and notes


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRow:
    """What is known of one entry."""

    entry_id: str
    kind: Kind
    words: str
    tails: str
    id: int = 0  # its place: grows with time, below zero for contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """The words of an entry, and where they were said."""

    id: EntryId
    kind: Kind
    thread_id: ThreadId
    contact_id: ContactId
    text: str
    at: datetime


class Search(Protocol):
    """The index and what it is made from."""

    def is_empty(self) -> bool: ...

    def rows(self, entry_ids: Sequence[str]) -> list[IndexRow]:
        """Those that there are, in any order."""
        ...

    def put(self, rows: Sequence[IndexRow]) -> None:
        """Insert or replace; their `id` is given here."""
        ...

    def drop(self, entry_ids: Sequence[str]) -> int:
        """Forget entries; how many there were."""
        ...

    def find(self, wanted: Wanted, *, before: int | None, limit: int) -> list[IndexRow]:
        """Newest first, from below a place."""
        ...

    def said_in(
        self, thread_ids: Sequence[ThreadId], *, before: str, limit: int
    ) -> list[IndexRow]:
        """Rows of threads, newest first, from before a `place_of`; empty: from all.

        Some of `limit` may have no row: nothing more there is only when none comes.
        """
        ...

    def entry_at(self, place: int) -> str | None:
        """Which entry has a row's `id`."""
        ...

    def sayings(self, entry_ids: Sequence[str]) -> list[Saying]:
        """Of messages, notes and steps that there are, in any order."""
        ...

    def older(self, table: str, before: str, limit: int) -> list[str]:
        """The ids before one in `messages`, `notes`, `steps` or `contacts`."""
        ...

    def pages(self) -> int:
        """How long the index is."""
        ...

    def merge(self, pages: int, *, is_new: bool) -> None:
        """Write so much of the index anew, without what was deleted."""
        ...

    def scrub(self) -> None:
        """What was written over leaves the log, too."""
        ...
