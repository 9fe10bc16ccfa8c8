"""The seam for taking a person out of the database, trace by trace.

Protocols and values only; part of the seam that `store` describes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gateway.core.ids import ContactId


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTraces:
    """What logs hold of somebody, up to where they were looked through."""

    events: tuple[int, ...] = ()
    deliveries: tuple[str, ...] = ()
    last_event: int = 0
    last_delivery: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """The names of everything that is somebody's."""

    contacts: tuple[str, ...]
    threads: tuple[str, ...]
    messages: tuple[str, ...]
    notes: tuple[str, ...]
    replies: tuple[str, ...]
    steps: tuple[str, ...]
    conversations: tuple[str, ...]
    search: tuple[str, ...]
    addresses: tuple[str, ...]


class Erasing(Protocol):
    """Finds and deletes all that is somebody's."""

    def traces(self, contact_ids: Sequence[ContactId]) -> Traces:
        """In the tables where it is named."""
        ...

    def is_being_sent(self, traces: Traces) -> bool:
        """Whether a message of theirs is on its way out at this moment."""
        ...

    def log_traces(self, traces: Traces, known: LogTraces) -> LogTraces:
        """Also what logs hold, from behind what is known already: slow at first."""
        ...

    def drop_messages(self, message_ids: Sequence[str]) -> None:
        """Delete some messages ahead of the rest, but none that is being sent."""
        ...

    def erase(self, traces: Traces, logs: LogTraces) -> None:
        """Delete it all, in an order that no reference forbids."""
        ...
