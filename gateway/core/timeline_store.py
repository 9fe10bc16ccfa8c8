"""The seam for what a thread shows: messages, notes, steps and unsent replies in order.

Protocols and values only; part of the seam that `store` describes. Reads what other
repositories write. Places are those of `place_of`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.core.ids import EntryId, MessageId, ThreadId


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How many segments of a message have left, and arrived."""

    sent: int
    delivered: int
    total: int


class Timeline(Protocol):
    """What is shown of threads; `thread_ids` are a main thread and its aliases."""

    def before(
        self, thread_ids: Sequence[ThreadId], place: str, limit: int
    ) -> list[EntryId]:
        """The last ones before a place, last first; an empty place is behind all."""
        ...

    def after(
        self, thread_ids: Sequence[ThreadId], place: str, limit: int
    ) -> list[EntryId]:
        """The first ones behind a place, first first."""
        ...

    def last(self, thread_ids: Sequence[ThreadId]) -> EntryId | None:
        """The last that is no step."""
        ...

    def progress(
        self, message_ids: Sequence[MessageId]
    ) -> Mapping[MessageId, Progress]:
        """Of those that have segments."""
        ...
