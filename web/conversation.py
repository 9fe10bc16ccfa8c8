"""Conversations as callers are told of them and decide about them.

Companion of `web.schema` and `web.shape`; the JSON itself is made by
`gateway.engine.inbox_shape`, tests hold both together.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from gateway.core.conversation import ConversationState, Origin, SnoozeMode
from web.agent import AgentRef
from web.contact import Tags
from web.reply import ClientId
from web.schema import END, Identity, Limit, MessageText, Moment, Words

Prose = Annotated[
    str,
    Meta(
        description="plain text of some lines; may be empty",
        max_length=4000,
        extra_json_schema={
            "pattern": (
                rf"^[^\u0000-\u0008\u000b\u000e-\u001f\u007f\ud800-\udfff]*{END}"
            )
        },
    ),
]
Revision = Annotated[
    int, Meta(ge=1, le=2**53, description="as it was seen; 409 when it has moved on")
]


class ConversationShape(Struct):
    """A case in a thread; `unanswered_at` is null when no answer is owed."""

    id: str
    thread_id: str
    number: int
    state: ConversationState
    origin: Origin
    queue: str | None
    assignee: AgentRef | None
    priority: int
    virtual_start: datetime
    opened_at: datetime
    updated_at: datetime
    revision: int
    reason: str
    first_in_at: datetime | None
    first_out_at: datetime | None
    last_in_at: datetime | None
    last_out_at: datetime | None
    unanswered_at: datetime | None
    hold_until: datetime | None
    snooze_until: datetime | None
    snooze_mode: SnoozeMode
    tags: list[str]
    result: str | None
    summary: str
    resolved_at: datetime | None
    resolved_by: AgentRef | None


class Decided(Struct):
    """A conversation as it is now."""

    conversation: ConversationShape


class ConversationPage(Struct):
    """Newest first; `next` is the cursor of the following page."""

    items: list[ConversationShape]
    next: str | None


class ListConversations(Struct, forbid_unknown_fields=True, rename={"since": "from"}):
    """Which conversations; `from` and `to` are about when they were opened."""

    state: ConversationState | None = None
    assignee: Identity | None = None
    thread: Identity | None = None
    contact: Identity | None = None
    since: Moment | None = None
    to: Moment | None = None
    limit: Limit = 50
    cursor: Identity | None = None


class Decide(Struct, forbid_unknown_fields=True, kw_only=True):
    """A decision; `revision` guards against deciding about what has moved on."""

    revision: Revision | None = None


class Take(Decide, forbid_unknown_fields=True, kw_only=True):
    """`over`: though another agent has it."""

    over: bool = False


class PassOn(Decide, forbid_unknown_fields=True, kw_only=True):
    """To an agent, or to everybody when nobody is named; the note says why."""

    to: Identity | None = None
    note: Prose = ""


class Assign(Decide, forbid_unknown_fields=True, kw_only=True):
    """To whom."""

    agent: Identity


class Hold(Decide, forbid_unknown_fields=True, kw_only=True):
    """Until the customer writes, or a time comes."""

    until: Moment | None = None


class Snooze(Decide, forbid_unknown_fields=True, kw_only=True):
    """Until a time; `time_only` is not ended by what the customer writes."""

    until: Moment
    mode: SnoozeMode = SnoozeMode.TIME_OR_MESSAGE


class Resolve(Decide, forbid_unknown_fields=True, kw_only=True):
    """What came of it; `text` goes to the customer as the last word."""

    result: Words | None = None
    summary: Prose = ""
    text: MessageText | None = None
    client_id: ClientId | None = None


class PutTags(Decide, forbid_unknown_fields=True, kw_only=True):
    """These tags and no others."""

    tags: Tags
