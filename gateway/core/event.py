"""Committed facts: the event log is the only bus; readers remember their place."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from gateway.codec.value import value
from gateway.core.ids import TokenId


class EventType(StrEnum):
    """What happened; stable names, also the `type` of webhooks."""

    MESSAGE_RECEIVED = "message.received"  # whole, or surfaced with its gap
    MESSAGE_AMENDED = "message.amended"  # a late segment closed (part of) a gap
    MESSAGE_SCHEDULED = "message.scheduled"
    MESSAGE_QUEUED = "message.queued"
    MESSAGE_SENDING = "message.sending"
    MESSAGE_SENT = "message.sent"
    MESSAGE_DELIVERED = "message.delivered"
    MESSAGE_UNDELIVERED = "message.undelivered"
    MESSAGE_FAILED = "message.failed"
    MESSAGE_EXPIRED = "message.expired"
    MESSAGE_UNKNOWN = "message.unknown"
    MESSAGE_CANCELLED = "message.cancelled"
    MESSAGE_PROGRESS = "message.progress"  # some segments of several moved
    CONVERSATION_OPENED = "conversation.opened"
    CONVERSATION_ASSIGNED = "conversation.assigned"
    CONVERSATION_CHANGED = "conversation.changed"
    CONVERSATION_RESOLVED = "conversation.resolved"
    CONVERSATION_REOPENED = "conversation.reopened"
    THREAD_STEP = "thread.step"  # a line of a thread's history
    NOTE_ADDED = "note.added"
    REPLY_PENDING = "reply.pending"  # waits for approval
    REPLY_DECIDED = "reply.decided"
    AGENT_CHANGED = "agent.changed"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_OPTED_OUT = "contact.opted_out"
    CONTACT_OPTED_IN = "contact.opted_in"
    CALL_MISSED = "call.missed"
    HANDSET_REACHABLE = "handset.reachable"  # the carrier says: again
    QUARANTINE_ADDED = "quarantine.added"
    LINK_UP = "link.up"
    LINK_DOWN = "link.down"
    LINK_PAUSED = "link.paused"
    LINK_BLOCKED = "link.blocked"
    WEBHOOK_DISABLED = "webhook.disabled"
    WEBHOOK_TEST = "webhook.test"


Json = Mapping[str, object]


@value(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """A fact to append in the transaction that made it true."""

    type: EventType
    at: datetime
    data: Json  # JSON values only; the same object the API shows for the subject
    message_id: str | None = None
    thread_id: str | None = None
    link: str | None = None
    report_url: str | None = None  # whom the sender of its message wants told
    token_id: TokenId | None = None  # whose secret signs that


@value(frozen=True, slots=True, kw_only=True)
class Event:
    """A committed fact with its place in the log."""

    seq: int
    type: EventType
    at: datetime
    content: str  # `data` as JSON text: most readers hand it on as it is
    message_id: str | None
    thread_id: str | None
    link: str | None

    @property
    def data(self) -> Json:
        """What the content says."""
        data: Json = json.loads(self.content)
        return data


@value(frozen=True, slots=True, kw_only=True)
class Appended:
    """An event with its place in the log, in the write that tells it."""

    seq: int
    news: NewEvent
    content: str  # `data` as JSON text

    @property
    def event(self) -> Event:
        """As others will read it after the commit."""
        news = self.news
        return Event(
            seq=self.seq,
            type=news.type,
            at=news.at,
            content=self.content,
            message_id=news.message_id,
            thread_id=news.thread_id,
            link=news.link,
        )
