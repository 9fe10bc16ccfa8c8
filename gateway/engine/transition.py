"""A message's change of state and the event that tells of it: one write, one event.

Relies on `core.message` for which moves exist. Every room that changes a state comes
through here, so that no state is without its event (spec/reliability.md DG-22).
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.core.event import EventType, NewEvent
from gateway.core.message import (
    MESSAGE_MOVES,
    Attempt,
    AttemptState,
    Failure,
    Message,
    MessageState,
    Segment,
    SegmentState,
    fold,
)
from gateway.core.store import Tx
from gateway.engine.present import message_json

EVENT_OF: Final = {
    MessageState.SCHEDULED: EventType.MESSAGE_SCHEDULED,
    MessageState.QUEUED: EventType.MESSAGE_QUEUED,
    MessageState.SENDING: EventType.MESSAGE_SENDING,
    MessageState.SENT: EventType.MESSAGE_SENT,
    MessageState.DELIVERED: EventType.MESSAGE_DELIVERED,
    MessageState.UNDELIVERED: EventType.MESSAGE_UNDELIVERED,
    MessageState.FAILED: EventType.MESSAGE_FAILED,
    MessageState.EXPIRED: EventType.MESSAGE_EXPIRED,
    MessageState.UNKNOWN: EventType.MESSAGE_UNKNOWN,
    MessageState.CANCELLED: EventType.MESSAGE_CANCELLED,
    MessageState.RECEIVED: EventType.MESSAGE_RECEIVED,
}

_WAITING: Final = frozenset({SegmentState.QUEUED, SegmentState.SENDING})
_WITHOUT_ERROR: Final = frozenset(
    {MessageState.SENT, MessageState.DELIVERED, MessageState.QUEUED}
)


def announce(tx: Tx, message: Message, kind: EventType, now: datetime) -> None:
    """Append an event whose subject is the message."""
    tx.events.append(
        NewEvent(
            type=kind,
            at=now,
            data=message_json(message),
            message_id=message.id,
            thread_id=message.thread_id,
            link=message.link,
        )
    )


def keep(tx: Tx, before: Message, after: Message, now: datetime) -> Message:
    """Save a message; when its state moved, tell so. The message as saved."""
    after = replace(after, updated_at=now)
    tx.outbox.save_message(after)
    if after.state is not before.state:
        if after.state not in MESSAGE_MOVES[before.state]:
            raise AssertionError(f"{before.state} cannot become {after.state}")
        announce(tx, after, EVENT_OF[after.state], now)
    return after


def settle(tx: Tx, message: Message, now: datetime) -> Message:
    """Give a message the state its segments amount to, when none of them waits."""
    segments = tx.outbox.segments(message.id)
    states = {segment.state for segment in segments}
    if states & _WAITING:
        return message
    state = fold(states)
    if state is not message.state and state not in MESSAGE_MOVES[message.state]:
        return message
    error = None if state in _WITHOUT_ERROR else first_error(segments)
    if state is message.state and error == message.error:
        return message
    return keep(tx, message, replace(message, state=state, error=error), now)


def close(
    tx: Tx, message: Message, state: SegmentState, error: Failure, now: datetime
) -> Message:
    """End what still waits of a message, so that nothing more of it is sent.

    A segment that waits to be sent again because nobody knows whether it left stays
    not known.
    """
    doubtful = doubtful_segments(tx.outbox.attempts(message.id))
    for segment in tx.outbox.segments(message.id):
        if segment.state is not SegmentState.QUEUED:
            continue
        ending = SegmentState.UNKNOWN if segment.id in doubtful else state
        tx.outbox.save_segment(replace(segment, state=ending, error=error))
    message = replace(message, ready=True, due_at=None)
    return settle(tx, message, now)


def doubtful_segments(attempts: list[Attempt]) -> frozenset[str]:
    """Segments of which some attempt may have left."""
    return frozenset(
        attempt.segment_id
        for attempt in attempts
        if attempt.state is AttemptState.UNKNOWN
    )


def first_error(segments: list[Segment]) -> Failure | None:
    """The error to show for the whole: of the worst state, then the lowest number."""
    worst = fold(segment.state for segment in segments).value
    errors = [segment for segment in segments if segment.error is not None]
    errors.sort(key=lambda segment: (segment.state.value != worst, segment.number))
    return errors[0].error if errors else None
