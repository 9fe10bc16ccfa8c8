"""Threads and what they show, as callers ask for them and are told of them.

Companion of `web.schema` and `web.shape`; the JSON itself is made by
`gateway.engine.inbox_shape` and `thread_rows`, tests hold both together.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from gateway.core.conversation import StepKind
from gateway.core.conversation_store import View
from gateway.core.message import Direction
from web.agent import AgentRef
from web.contact import ContactShape, Tag
from web.conversation import ConversationShape
from web.reply import ClientId
from web.schema import Identity, Limit, MessageText, Msisdn
from web.shape import ErrorShape


class EntryKind(StrEnum):
    """What stands in a timeline."""

    MESSAGE = "message"
    REPLY = "reply"  # not a message: waits for approval, or was rejected
    NOTE = "note"
    STEP = "step"


class ProgressShape(Struct):
    """How many segments left, and arrived."""

    sent: int
    delivered: int
    total: int


class AuthorShape(Struct):
    """Of a message its `kind`, and the `agent` if one wrote it; else the agent."""

    kind: str | None = None
    agent: AgentRef | None = None
    id: str | None = None
    name: str | None = None


class AboutShape(Struct):
    """The conversation that a step is about."""

    id: str
    number: int


class TimelineEntry(Struct):
    """One entry of a timeline; what its kind does not have is left out."""

    id: str
    thread_id: str
    at: datetime
    kind: EntryKind
    text: str | None
    direction: Direction | None = None
    state: str | None = None
    octets: str | None = None
    segments: int | None = None
    progress: ProgressShape | None = None
    link: str | None = None
    own: str | None = None
    peer: str | None = None
    error: ErrorShape | None = None
    missing: list[int] | None = None
    service_time: datetime | None = None
    send_at: datetime | None = None
    author: AuthorShape | None = None
    client_id: str | None = None
    possible_duplicate: bool | None = None
    approver: AgentRef | None = None
    approver_note: str | None = None
    message_id: str | None = None
    mentions: list[str] | None = None
    step: StepKind | None = None
    actor: AgentRef | None = None
    subject: AgentRef | None = None
    conversation: AboutShape | None = None


class LastShape(Struct):
    """What was said last."""

    id: str
    kind: EntryKind
    direction: Direction | None
    text: str
    at: datetime
    state: str | None


class ThreadRowShape(Struct):
    """A thread in a list; `conversation` is its latest, `unread` the caller's own."""

    id: str
    own: str
    contact: ContactShape
    conversation: ConversationShape | None
    last: LastShape | None
    unread: int
    draft: bool


class CountsShape(Struct):
    """How many there are in a view."""

    mine: int
    queue: int
    open: int
    hold: int
    spam: int


class ThreadPage(Struct):
    """A cut of a view; `seq` is the event log's place of this snapshot."""

    items: list[ThreadRowShape]
    next: str | None
    seq: int
    counts: CountsShape


class OwnDraft(Struct):
    """What the caller has begun to write."""

    text: str
    is_note: bool
    revision: int
    updated_at: datetime


class StandingShape(Struct):
    """Whether the caller may answer, and why not."""

    allowed: bool
    reason: str | None
    detail: str | None


class LineShape(Struct):
    """A link as far as an agent needs to know."""

    id: str
    state: str
    reason: str | None
    msisdn: str | None


class ThreadShape(Struct):
    """A thread, opened."""

    thread: ThreadRowShape
    earlier: list[ConversationShape]
    draft: OwnDraft | None
    seq: int
    reply: StandingShape
    links: list[LineShape]
    viewers: list[dict[str, Any]]
    read: str | None


class EntryPageShape(Struct):
    """Entries old to new; `before` and `after` say from where to ask on."""

    items: list[TimelineEntry]
    before: str | None
    after: str | None
    seq: int


class TranscriptShape(Struct):
    """A conversation and what was said in it, in order."""

    conversation: ConversationShape
    items: list[TimelineEntry]


class StartedShape(Struct):
    """A thread to write in; `entry` is what was said, if anything was."""

    thread: ThreadRowShape
    conversation: ConversationShape | None
    entry: TimelineEntry | None


class ListThreads(Struct, forbid_unknown_fields=True):
    """Which threads; `agent` is whose, for `mine` the caller's when left out."""

    view: View = View.OPEN
    agent: Identity | None = None
    tag: Tag | None = None
    limit: Limit = 50
    cursor: Identity | None = None


class ReadEntries(Struct, forbid_unknown_fields=True):
    """One of the three, or none for the last entries."""

    before: Identity | None = None
    after: Identity | None = None
    around: Identity | None = None
    limit: Limit = 50


class ReadTranscript(Struct, forbid_unknown_fields=True):
    """Whether colleagues' notes are in it."""

    notes: bool = False


class StartThread(Struct, forbid_unknown_fields=True, kw_only=True):
    """Whom to write to; without `text` the thread is only found and opened."""

    to: Msisdn
    client_id: ClientId
    own: Msisdn | None = None
    text: MessageText | None = None
