"""The seam for what people write: replies, notes, drafts, and how far each has read.

Protocols and values only; part of the seam that `store` describes. Drafts
and marks are kept for main threads, see `engine.thread_main`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.core.conversation import (
    ConversationState,
    Draft,
    Note,
    ReadMark,
    Reply,
)
from gateway.core.ids import AgentId, EntryId, MessageId, ThreadId


class Replies(Protocol):
    """What agents said; who a message's author is."""

    def insert(self, reply: Reply) -> None:
        """Raises `StoreConflict` when its agent used the client id before."""
        ...

    def save(self, reply: Reply) -> None:
        """Rewrite what becomes of it: all but whose it is and where."""
        ...

    def get(self, entry_id: EntryId) -> Reply | None: ...

    def among(self, entry_ids: Sequence[str]) -> list[Reply]:
        """Those that there are, in any order."""
        ...

    def by_client_id(self, agent_id: AgentId, client_id: str) -> Reply | None: ...

    def by_messages(self, message_ids: Sequence[MessageId]) -> list[Reply]:
        """Those that became one of these messages, in any order."""
        ...

    def by_others(
        self, thread_ids: Sequence[ThreadId], agent_id: AgentId, seq: int
    ) -> list[Reply]:
        """What others said there behind that place in the event log, in order."""
        ...

    def pending(self, limit: int, after: str | None) -> list[Reply]:
        """What waits for approval, longest first; behind an id."""
        ...


class Notes(Protocol):
    """What agents tell one another."""

    def insert(self, note: Note) -> None:
        """Raises `StoreConflict` when its agent used the client id before."""
        ...

    def among(self, entry_ids: Sequence[str]) -> list[Note]:
        """Those that there are, in any order."""
        ...

    def by_client_id(self, agent_id: AgentId, client_id: str) -> Note | None: ...


class Drafts(Protocol):
    """What agents have begun to write. A draft that was sent stays as an empty one."""

    def get(self, agent_id: AgentId, thread_id: ThreadId) -> Draft | None:
        """As it is kept, though it be empty."""
        ...

    def put(self, draft: Draft) -> bool:
        """Whether it was kept: not if one of its revision or a later one is there."""
        ...

    def threads_of(
        self, agent_id: AgentId, thread_ids: Sequence[ThreadId]
    ) -> Collection[ThreadId]:
        """In which of these threads something was begun."""
        ...


class ReadMarks(Protocol):
    """How far each agent has read."""

    def get(self, agent_id: AgentId, thread_id: ThreadId) -> ReadMark | None: ...

    def put(self, mark: ReadMark) -> None: ...

    def unread(
        self, agent_id: AgentId, since: datetime, thread_ids: Sequence[ThreadId]
    ) -> Mapping[ThreadId, int]:
        """How much of what the person wrote stands behind the mark: 99 at most.

        Asked for main threads; what is said in their aliases counts. Where there is no
        mark, what came before `since` counts as read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFigures:
    """How an agent keeps up."""

    oldest_unanswered_at: datetime | None = None
    reply_lag_s: float | None = None  # how long people waited for replies, on average


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """What a stretch of time came to."""

    opened: int
    resolved: int
    first_replies_s: tuple[float, ...]  # how long people waited for the first one


class Overview(Protocol):
    """Figures for who supervises."""

    def states(self) -> Mapping[ConversationState, int]:
        """How many conversations stand where; those that have ended are left out."""
        ...

    def longest_queued(self) -> datetime | None:
        """Since when the first in the queue waits."""
        ...

    def agents(self, since: datetime) -> Mapping[AgentId, AgentFigures]:
        """Of those who have, or since then had, anything to do."""
        ...

    def day(self, since: datetime) -> DayFigures: ...
