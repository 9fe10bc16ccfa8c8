"""Taking the next message of a link's lanes, and the attempt row before each sending.

Relies on `transition` and `outcome`. Works inside the caller's write, so that the
result of one segment, the intent of the next and the claim of the next message share
one commit (spec/reliability.md C1, C2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.codec.address import Address
from gateway.core.ids import AttemptId, LaneId, LinkId, ThreadId
from gateway.core.link import SmsUnit
from gateway.core.message import (
    Attempt,
    AttemptState,
    Failure,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.store import Tx
from gateway.engine.case import Terms
from gateway.engine.threads import speak_as
from gateway.engine.transition import close, keep, settle

CLAIMS_PER_TURN: Final = 100
FLASH_CLASS: Final = 0
OPTED_OUT: Final = Failure(code="opted_out", reason="the recipient opted out")
EXPIRED: Final = Failure(code="expired", reason="its validity ended before it was sent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A segment about to be sent; its attempt is on disk."""

    message: Message
    segment: Segment
    attempt: Attempt
    more_follow: bool
    reference_hint: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose turn it is to claim, and what it may take."""

    link: LinkId
    line: str | None
    lanes: Sequence[LaneId]
    covers: Sequence[LinkId]
    deferred_first: bool
    attempt_id: AttemptId
    own: str | None  # the number the link sends from, where it has no choice
    thread_id: ThreadId  # should that number need a new thread


def claim(tx: Tx, turn: Turn, terms: Terms) -> Intent | None:
    """The next message that may be sent now, begun; None when there is none."""
    for _ in range(CLAIMS_PER_TURN):
        claimed = tx.outbox.claim(
            link=turn.link,
            lanes=turn.lanes,
            covers=turn.covers,
            deferred_first=turn.deferred_first,
        )
        if claimed is None:
            return None
        if _may_be_sent(tx, claimed, terms):
            if turn.own is not None:
                claimed = speak_as(tx, claimed, turn.own, turn.thread_id, terms.now)
            waiting = replace(claimed, state=MessageState.QUEUED)
            message = keep(tx, waiting, claimed, terms.now)
            intent = begin(tx, message, turn, terms)
            if intent is not None:
                return intent
            settle(tx, message, terms.now)
    return None


def begin(tx: Tx, message: Message, turn: Turn, terms: Terms) -> Intent | None:
    """Write the attempt at the message's next segment; None when none waits."""
    waiting = [
        segment
        for segment in tx.outbox.segments(message.id)
        if segment.state is SegmentState.QUEUED
    ]
    if not waiting:
        return None
    segment = replace(
        waiting[0], state=SegmentState.SENDING, link=turn.link, line=turn.line
    )
    doubts = _doubts(tx, message, segment)
    attempt = Attempt(
        id=turn.attempt_id,
        segment_id=segment.id,
        message_id=message.id,
        link=turn.link,
        line=turn.line,
        state=AttemptState.SUBMITTING,
        started_at=terms.now,
        possible_duplicate=bool(doubts),
    )
    tx.outbox.save_segment(segment)
    tx.outbox.insert_attempt(attempt)
    hints = [doubt.reference for doubt in doubts if doubt.line == turn.line]
    return Intent(
        message=message,
        segment=segment,
        attempt=attempt,
        more_follow=len(waiting) > 1,
        reference_hint=hints[-1] if hints else None,
    )


def unit_of(intent: Intent, now: datetime) -> SmsUnit:
    """What the link is given."""
    message = intent.message
    # Only a modem's reference can be asked for again: TP-MR is a number.
    told = intent.reference_hint
    hint = int(told) if told is not None and told.isdecimal() else None
    remaining = message.expires_at - now if message.expires_at else None
    return SmsUnit(
        message_id=message.id,
        segment_id=intent.segment.id,
        attempt_id=intent.attempt.id,
        destination=Address.parse(message.peer),
        body=intent.segment.body,
        sender=Address.parse(message.own) if message.own else None,
        message_class=FLASH_CLASS if message.flash else None,
        protocol_id=message.protocol_id,
        priority=message.priority,
        carrier=message.carrier,
        validity=max(remaining, timedelta()) if remaining is not None else None,
        status_report=message.status_report,
        more_follow=intent.more_follow,
        reject_duplicates=hint is not None,
        reference_hint=hint,
    )


def _doubts(tx: Tx, message: Message, segment: Segment) -> list[Attempt]:
    """Earlier attempts at the segment that may have left."""
    if not message.possible_duplicate:
        return []
    return [
        attempt
        for attempt in tx.outbox.attempts(message.id)
        if attempt.segment_id == segment.id and attempt.state is AttemptState.UNKNOWN
    ]


def _may_be_sent(tx: Tx, claimed: Message, terms: Terms) -> bool:
    """Last look before the air; what may not go is put where it belongs."""
    waiting = replace(claimed, state=MessageState.QUEUED)
    contact = tx.contacts.get(claimed.contact_id)
    if contact is not None and contact.opted_out_at is not None:
        close(tx, waiting, SegmentState.FAILED, OPTED_OUT, terms.now)
        return False
    if claimed.expires_at is not None and claimed.expires_at <= terms.now:
        close(tx, waiting, SegmentState.EXPIRED, EXPIRED, terms.now)
        return False
    return _keeps_its_distance(tx, waiting, terms)


def _keeps_its_distance(tx: Tx, waiting: Message, terms: Terms) -> bool:
    """Two messages to one address are at least `destination_interval` apart."""
    interval = terms.policy.destination_interval
    if not interval:
        return True
    key = f"sent:{waiting.peer}"
    last = tx.facts.get(key)
    due_at = datetime.fromisoformat(last) + interval if last else terms.now
    if due_at <= terms.now:
        tx.facts.put(key, terms.now.isoformat())
        return True
    tx.outbox.save_message(replace(waiting, ready=False, due_at=due_at))
    return False
