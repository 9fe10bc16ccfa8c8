"""A conversation: a routed, timed, resolved case inside a thread; what was said of it.

A thread has at most one conversation that is not at its end. Pure values and the table
of moves. Spec: spec/inbox.md 0.1, D, E.1
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.core.ids import (
    AgentId,
    ContactId,
    ConversationId,
    EntryId,
    MessageId,
    ThreadId,
)


class ConversationState(StrEnum):
    """Whose turn it is."""

    QUEUED = "queued"  # nobody's yet
    ACTIVE = "active"  # an agent's, who is to answer
    WAITING = "waiting"  # an agent's, who has answered
    HOLD = "hold"  # until the customer writes, or a time
    SNOOZED = "snoozed"  # until a time
    RESOLVED = "resolved"
    SPAM = "spam"


_LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # of identities, in order
_FIRST_LETTER: Final = _LETTERS[0]
_LAST_LETTER: Final = _LETTERS[-1]

ENDED: Final = frozenset({ConversationState.RESOLVED, ConversationState.SPAM})

_S = ConversationState
CONVERSATION_MOVES: Final[Mapping[ConversationState, frozenset[ConversationState]]] = {
    _S.QUEUED: frozenset(set(_S) - {_S.QUEUED}),
    _S.ACTIVE: frozenset(set(_S) - {_S.ACTIVE}),
    _S.WAITING: frozenset(set(_S) - {_S.WAITING}),
    _S.HOLD: frozenset(set(_S) - {_S.HOLD}),
    _S.SNOOZED: frozenset(set(_S) - {_S.SNOOZED}),
    _S.RESOLVED: frozenset({_S.QUEUED, _S.ACTIVE, _S.WAITING, _S.SPAM}),
    _S.SPAM: frozenset({_S.QUEUED}),
}


class Origin(StrEnum):
    """How a conversation began."""

    INBOUND = "inbound"
    AGENT = "agent"
    MISSED_CALL = "missed_call"
    CALLBACK = "callback"


class SnoozeMode(StrEnum):
    """What ends a snooze."""

    TIME_OR_MESSAGE = "time_or_message"
    TIME_ONLY = "time_only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One case. The customer's turn is every state in which nothing is owed by us."""

    id: ConversationId
    thread_id: ThreadId
    contact_id: ContactId
    number: int  # 1, 2, … within the thread
    state: ConversationState
    origin: Origin
    virtual_start: datetime  # the place in the queue is this moment
    opened_at: datetime
    updated_at: datetime
    revision: int = 1  # grows with every change
    assignee_id: AgentId | None = None
    queue: str | None = None
    priority: int = 0
    reason: str = ""  # the customer's first words
    first_in_at: datetime | None = None
    first_out_at: datetime | None = None  # of a person's reply
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    unanswered_at: datetime | None = None  # the first message we owe an answer to
    last_entry: EntryId | None = None  # where the thread stands in lists
    hold_until: datetime | None = None
    snooze_until: datetime | None = None
    snooze_mode: SnoozeMode = SnoozeMode.TIME_OR_MESSAGE
    tags: tuple[str, ...] = ()
    result: str | None = None
    summary: str = ""
    resolved_at: datetime | None = None
    resolved_by: AgentId | None = None

    @property
    def has_ended(self) -> bool:
        return self.state in ENDED


class StepKind(StrEnum):
    """What happened to a conversation."""

    OPENED = "opened"
    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    ASSIGNED = "assigned"  # by somebody else
    PASSED = "passed"  # to an agent, or to everybody, with a note
    RELEASED = "released"
    HELD = "held"
    SNOOZED = "snoozed"
    RESUMED = "resumed"  # by a person, a message or a time
    RESOLVED = "resolved"
    REOPENED = "reopened"
    SPAM = "spam"
    RESTORED = "restored"
    TAGGED = "tagged"
    CALL_MISSED = "call_missed"
    MERGED = "merged"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a thread's history that is no message and no note."""

    id: EntryId  # stp_…
    thread_id: ThreadId
    conversation_id: ConversationId | None
    kind: StepKind
    at: datetime
    actor_id: AgentId | None = None  # None: the box itself
    subject_id: AgentId | None = None  # to whom it was passed or assigned
    text: str = ""  # the note of a pass, the result, the caller, the tags


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What agents tell one another; there is no way from here to a customer."""

    id: EntryId  # not_…
    thread_id: ThreadId
    conversation_id: ConversationId | None
    agent_id: AgentId
    text: str
    created_at: datetime
    client_id: str
    mentions: tuple[AgentId, ...] = ()  # who is told of it


class ReplyState(StrEnum):
    """Where a person's reply stands before it is a message."""

    PENDING = "pending"  # a trainee's, not approved yet
    QUEUED = "queued"  # it is a message
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # its writer took it back, and nobody is shown it any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A person's reply; the message's author once it is one."""

    id: EntryId  # rep_…
    thread_id: ThreadId
    conversation_id: ConversationId
    agent_id: AgentId
    client_id: str  # unique for the agent: a repeat is the first one again
    text: str
    state: ReplyState
    created_at: datetime
    seq: int  # the event log's when it was taken; see the guard of F.5
    message_id: MessageId | None = None
    canned_id: str | None = None
    approver_id: AgentId | None = None
    approver_note: str = ""
    waited_since: datetime | None = None  # the first message it answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an agent has begun to write in a thread; nobody else sees it."""

    agent_id: AgentId
    thread_id: ThreadId
    text: str
    is_note: bool
    revision: int  # a later save has a higher one, an earlier one changes nothing
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMark:
    """How far an agent has read a thread."""

    agent_id: AgentId
    thread_id: ThreadId
    entry: EntryId  # up to this, in the order of `place_of`
    at: datetime


def place_of(entry_id: str) -> str:
    """Where an entry stands in its thread: identities without prefix sort by time."""
    return entry_id.partition("_")[2]


def place_before(entry_id: str) -> str:
    """A place right before an entry's, behind all that stand before it."""
    return right_before(place_of(entry_id))


def right_before(place: str) -> str:
    """As `place_before` for a place; `ValueError` when it is none."""
    kept = place.rstrip(_FIRST_LETTER)
    if not kept:
        raise ValueError("nothing stands before the first place")
    lower = _LETTERS[_LETTERS.index(kept[-1]) - 1]
    return kept[:-1] + lower + _LAST_LETTER * (len(place) - len(kept) + 1)
