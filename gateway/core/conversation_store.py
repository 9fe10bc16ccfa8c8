"""The seam for conversations: what is kept of them, and how they are listed.

Protocols and values only; part of the seam that `store` describes. Threads of merged
contacts are aliases of a main thread: conversations are always the main thread's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.core.conversation import Conversation, ConversationState, Step
from gateway.core.ids import AgentId, ContactId, ConversationId, ThreadId


class View(StrEnum):
    """What a list of threads shows."""

    MINE = "mine"  # an agent's, being worked on: who needs an answer first
    QUEUE = "queue"  # nobody's, in the order in which they are to be taken
    OPEN = "open"
    WAITING = "waiting"  # for the customer
    HOLD = "hold"  # held and snoozed
    RESOLVED = "resolved"
    SPAM = "spam"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCut:
    """A cut of a view; `after` is where the cut before it ended."""

    view: View
    limit: int
    agent_id: AgentId | None = None  # whose; MINE needs one
    tag: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPage:
    """The latest conversations of threads, in the view's order."""

    conversations: tuple[Conversation, ...]
    next: str | None  # where this cut ended; None when there is no more


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewCounts:
    """How many there are in a view."""

    mine: int
    queue: int
    open: int
    hold: int
    spam: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFilter:
    """Which conversations a listing shows; None means any. Newest first."""

    state: ConversationState | None = None
    assignee_id: AgentId | None = None
    thread_id: ThreadId | None = None
    contact_id: ContactId | None = None
    since: datetime | None = None  # of `opened_at`
    until: datetime | None = None


class Conversations(Protocol):
    """Conversations, the steps of their lives, and which thread is whose main one."""

    def insert(self, conversation: Conversation) -> None:
        """From now on the latest of its thread; `StoreConflict` beside an open one."""
        ...

    def save(self, conversation: Conversation) -> None:
        """Rewrite it; `StoreConflict` when it is not of the revision before."""
        ...

    def get(self, conversation_id: ConversationId) -> Conversation | None: ...

    def among(self, conversation_ids: Sequence[ConversationId]) -> list[Conversation]:
        """Those that there are, in any order."""
        ...

    def open_in(self, thread_id: ThreadId) -> Conversation | None:
        """The one that has not ended."""
        ...

    def latest_in(self, thread_id: ThreadId) -> Conversation | None: ...

    def in_thread(self, thread_id: ThreadId, limit: int) -> list[Conversation]:
        """Latest first."""
        ...

    def numbered(self, thread_id: ThreadId, number: int) -> Conversation | None: ...

    def began_at(self, conversation: Conversation) -> str | None:
        """The place right before its first step; None when it has none."""
        ...

    def due(self, now: datetime, limit: int) -> list[Conversation]:
        """Held or snoozed until a time that has come."""
        ...

    def next_due(self) -> datetime | None:
        """When the first of those that are held or snoozed is due."""
        ...

    def orphaned(self, limit: int) -> list[Conversation]:
        """Open ones of agents whose accounts are closed."""
        ...

    def view(self, cut: ViewCut) -> ViewPage: ...

    def counts(self, agent_id: AgentId | None) -> ViewCounts: ...

    def listing(
        self, which: ConversationFilter, limit: int, after: str | None
    ) -> ViewPage: ...

    def insert_steps(self, steps: Sequence[Step]) -> None: ...

    def steps(self, step_ids: Sequence[str]) -> list[Step]:
        """Those that there are, in any order."""
        ...

    def main_of(self, thread_id: ThreadId) -> ThreadId:
        """The thread that shows what is said in this one: mostly itself."""
        ...

    def aliases_of(self, main_id: ThreadId) -> list[ThreadId]:
        """The threads whose content a main thread shows besides its own."""
        ...

    def aliases_among(
        self, main_ids: Sequence[ThreadId]
    ) -> dict[ThreadId, list[ThreadId]]:
        """The same for those of several that have any."""
        ...

    def add_alias(self, thread_id: ThreadId, main_id: ThreadId) -> None: ...

    def drop_alias(self, thread_id: ThreadId) -> None: ...

    def move(self, conversation: Conversation, thread_id: ThreadId) -> Conversation:
        """To another thread, behind those that it has: with its next number.

        `crown` both threads then. `StoreConflict` where both are open.
        """
        ...

    def crown(self, thread_id: ThreadId) -> None:
        """Find anew which is a thread's latest: the open one, else the last."""
        ...
