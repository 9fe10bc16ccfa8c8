"""Taking the next message of a link's lanes, and the attempt row before each sending.

Relies on `transition` and `outcome`. Works inside the caller's write, so that the
result of one segment, the intent of the next and the claim of the next message share
one commit (spec/reliability.md C1, C2).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.codec.address import Address
from gateway.codec.value import replace, value
from gateway.core.event import EventType
from gateway.core.ids import AttemptId, LinkId, ThreadId
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
from gateway.core.message_store import Claimed, Place, tail_of
from gateway.core.store import Tx
from gateway.engine.answering import refuses
from gateway.engine.case import Terms
from gateway.engine.route import keeps_sender
from gateway.engine.threads import speak_as
from gateway.engine.transition import announce_all, close, settle

CLAIMS_PER_TURN: Final = 100
FLASH_CLASS: Final = 0
OPTED_OUT: Final = Failure(code="opted_out", reason="the recipient opted out")
EXPIRED: Final = Failure(code="expired", reason="its validity ended before it was sent")


@value(frozen=True, slots=True, kw_only=True)
class Intent:
    """A segment about to be sent; its attempt is on disk."""

    message: Message
    segment: Segment
    attempt: Attempt
    more_follow: bool
    reference_hint: str | None


@value(frozen=True, slots=True, kw_only=True)
class Turn:
    """Whose turn it is to claim, and what it may take."""

    link: LinkId
    line: str | None
    places: Sequence[Place]
    deferred_first: bool
    attempt_ids: Sequence[AttemptId]  # as many as may be begun
    own: str | None  # the link's own number
    any_sender: bool

    def after(self, count: int) -> "Turn":
        """The turn without the first so many of its ids."""
        return replace(self, attempt_ids=self.attempt_ids[count:])


def claim(tx: Tx, turn: Turn, terms: Terms) -> list[Intent]:
    """The next messages that may be sent now, begun; as many as there are ids."""
    intents: list[Intent] = []
    for _ in range(CLAIMS_PER_TURN):
        ids = turn.attempt_ids[len(intents) :]
        if not ids:
            break
        claimed = tx.outbox.claim(
            link=turn.link,
            places=turn.places,
            deferred_first=turn.deferred_first,
            limit=len(ids),
            now=terms.now,
        )
        if not claimed:
            break
        for one, attempt_id in zip(claimed, ids, strict=False):
            if (intent := _take(tx, one, attempt_id, turn, terms)) is not None:
                intents.append(intent)
    sending = [intent.message for intent in intents]
    announce_all(tx, sending, EventType.MESSAGE_SENDING, terms.now)
    begin(tx, intents)
    return intents


def next_intent(
    tx: Tx, message: Message, attempt_id: AttemptId, turn: Turn, terms: Terms
) -> Intent | None:
    """What comes next of a message that is being sent; None when nothing waits."""
    segments = tx.outbox.segments(message.id)
    return _intent(tx, message, segments, attempt_id, turn, terms.now)


def begin(tx: Tx, intents: Sequence[Intent]) -> None:
    """Write the attempts, before anything is sent."""
    tx.outbox.begin([(intent.segment, intent.attempt) for intent in intents])


def _take(
    tx: Tx, claimed: Claimed, attempt_id: AttemptId, turn: Turn, terms: Terms
) -> Intent | None:
    """A message just claimed, ready to go; None when it may not, or has nothing."""
    if not _may_be_sent(tx, claimed, terms):
        return None
    message = claimed.message
    own = own_number(message, turn)
    if own != message.own:
        thread_id = ThreadId(f"thr_{attempt_id.partition('_')[2]}")
        message = speak_as(tx, message, own, thread_id, terms.now)
    intent = _intent(tx, message, claimed.segments, attempt_id, turn, terms.now)
    if intent is None:
        settle(tx, message, terms.now)
    return intent


def own_number(message: Message, turn: Turn) -> str:
    """Whom it comes from: as it says, where that was chosen or is not known better."""
    if turn.any_sender:
        return message.own if keeps_sender(message.lane) else turn.own or ""
    return message.own if turn.own is None else turn.own


def _intent(
    tx: Tx,
    message: Message,
    segments: Sequence[Segment],
    attempt_id: AttemptId,
    turn: Turn,
    now: datetime,
) -> Intent | None:
    waiting = [one for one in segments if one.state is SegmentState.QUEUED]
    if not waiting:
        return None
    doubts = _doubts(tx, message, waiting[0])
    return intent_of(message, waiting, attempt_id, turn, now, doubts)


def intent_of(
    message: Message,
    waiting: Sequence[Segment],
    attempt_id: AttemptId,
    turn: Turn,
    now: datetime,
    doubts: Sequence[Attempt] = (),
) -> Intent:
    """The first of the segments that wait, begun, after attempts that may have left."""
    segment = replace(
        waiting[0], state=SegmentState.SENDING, link=turn.link, line=turn.line
    )
    attempt = Attempt(
        id=attempt_id,
        segment_id=segment.id,
        message_id=message.id,
        link=turn.link,
        line=turn.line,
        state=AttemptState.SUBMITTING,
        started_at=now,
        possible_duplicate=bool(doubts),
        tail=tail_of(message.peer),
    )
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


def _may_be_sent(tx: Tx, claimed: Claimed, terms: Terms) -> bool:
    """Last look before the air; what may not go is put where it belongs."""
    message = claimed.message
    if claimed.opted_out and refuses(tx, message, terms.policy):
        close(tx, message, SegmentState.FAILED, OPTED_OUT, terms.now)
        return False
    if message.expires_at is not None and message.expires_at <= terms.now:
        close(tx, message, SegmentState.EXPIRED, EXPIRED, terms.now)
        return False
    return _keeps_its_distance(tx, message, terms)


def _keeps_its_distance(tx: Tx, message: Message, terms: Terms) -> bool:
    """Two messages to one address are at least `destination_interval` apart."""
    interval = terms.policy.destination_interval
    if not interval:
        return True
    key = f"sent:{message.peer}"
    last = tx.facts.get(key)
    due_at = datetime.fromisoformat(last) + interval if last else terms.now
    if due_at <= terms.now:
        tx.facts.put(key, terms.now.isoformat())
        return True
    tx.outbox.save_message(
        replace(message, state=MessageState.QUEUED, ready=False, due_at=due_at)
    )
    return False
