"""What a person decides about one message: keep it back, or send it again.

Works inside the caller's write. Relies on `transition` for states.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gateway.core.errors import Conflict, NotFound
from gateway.core.ids import MessageId
from gateway.core.message import (
    Direction,
    Failure,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.store import Tx
from gateway.engine.answering import refuses
from gateway.engine.case import Terms
from gateway.engine.claim import OPTED_OUT
from gateway.engine.release import pinned
from gateway.engine.transition import close, doubtful_segments, keep

CANCELLED: Final = Failure(code="cancelled", reason="cancelled on request")

_STILL_HERE: Final = frozenset({MessageState.SCHEDULED, MessageState.QUEUED})
_ENDED_BADLY: Final = frozenset(
    {MessageState.FAILED, MessageState.EXPIRED, MessageState.UNKNOWN}
)
_NOT_THERE: Final = frozenset(
    {
        SegmentState.FAILED,
        SegmentState.EXPIRED,
        SegmentState.UNKNOWN,
        SegmentState.CANCELLED,
    }
)


def cancel(tx: Tx, message_id: MessageId, now: datetime) -> Message:
    """Keep back what has not left."""
    message = _outgoing(tx, message_id)
    if message.state not in _STILL_HERE:
        raise Conflict("too_late", f"the message is {message.state.value}")
    return close(tx, message, SegmentState.CANCELLED, CANCELLED, now)


def retry(tx: Tx, message_id: MessageId, terms: Terms, *, force: bool) -> Message:
    """Put what failed back in its lane, with a new time to live."""
    message = _outgoing(tx, message_id)
    if message.state not in _ENDED_BADLY:
        raise Conflict("not_failed", f"the message is {message.state.value}")
    contact = tx.contacts.get(message.contact_id)
    has_opted_out = contact is not None and contact.opted_out_at is not None
    if has_opted_out and refuses(tx, message, terms.policy):
        raise Conflict(OPTED_OUT.code, OPTED_OUT.reason)
    again = [
        segment
        for segment in tx.outbox.segments(message_id)
        if segment.state in _NOT_THERE
    ]
    if not again:
        raise Conflict("not_failed", "the network refused it for good")
    may_double = _may_double(tx, message_id, again)
    if may_double and not force:
        raise Conflict(
            "may_have_been_sent", "it may have been received: say so to send it again"
        )
    for segment in again:
        tx.outbox.save_segment(replace(segment, state=SegmentState.QUEUED, error=None))
    waiting = replace(
        pinned(message, tx.outbox.segments(message_id)),
        state=MessageState.QUEUED,
        error=None,
        tries=0,
        ready=True,
        due_at=None,
        expires_at=terms.now + _validity(message),
        possible_duplicate=message.possible_duplicate or may_double,
    )
    return keep(tx, message, waiting, terms.now)


def _outgoing(tx: Tx, message_id: MessageId) -> Message:
    message = tx.outbox.get(message_id)
    if message is None or message.direction is not Direction.MT:
        raise NotFound("no_such_message", f"there is no message {message_id!r} to send")
    return message


def _may_double(tx: Tx, message_id: MessageId, again: Sequence[Segment]) -> bool:
    doubtful = doubtful_segments(tx.outbox.attempts(message_id))
    return any(segment.id in doubtful for segment in again)


def _validity(message: Message) -> timedelta:
    return timedelta(seconds=message.validity_s or 0)
