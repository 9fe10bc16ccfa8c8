"""A message's change of state and the event that tells of it: one write, one event.

Relies on `core.message` for which moves exist. Every room that changes a state comes
through here, so that no state is without its event (spec/reliability.md DG-22).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateway.codec.value import replace
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
from gateway.engine.application_notices import owe
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
    tx.events.append(_event(message, kind, now))
    owe(tx, [message], kind, now)


def announce_all(
    tx: Tx, messages: Sequence[Message], kind: EventType, now: datetime
) -> None:
    """The same event of several messages."""
    tx.events.append_all([_event(message, kind, now) for message in messages])
    owe(tx, messages, kind, now)


def _event(message: Message, kind: EventType, now: datetime) -> NewEvent:
    return NewEvent(
        type=kind,
        at=now,
        data=message_json(message),
        message_id=message.id,
        thread_id=message.thread_id,
        link=message.link,
        report_url=message.report_url,
        token_id=message.token_id,
    )


def keep(tx: Tx, before: Message, after: Message, now: datetime) -> Message:
    """Save a message; when its state moved, tell so. The message as saved."""
    after = replace(after, updated_at=now)
    tx.outbox.save_message(after)
    _tell(tx, before, after, now)
    return after


def advance(
    tx: Tx,
    before: Message,
    state: MessageState,
    now: datetime,
    error: Failure | None = None,
) -> Message:
    """As `keep`, where nothing but the state and its reason is new."""
    after = replace(before, state=state, error=error, updated_at=now)
    if not tx.outbox.move(before.state, after):
        raise AssertionError(f"message {before.id} is not {before.state}")
    _tell(tx, before, after, now)
    return after


def advance_all(
    tx: Tx, moves: Sequence[tuple[Message, Message]], now: datetime
) -> None:
    """`advance` for several; `StoreConflict` when one is not as it is said to be."""
    tx.outbox.move_all([(before.state, after) for before, after in moves])
    told: dict[EventType, list[Message]] = {}
    for before, after in moves:
        if after.state is not before.state:
            _check_move(before, after)
            told.setdefault(EVENT_OF[after.state], []).append(after)
    for kind, messages in told.items():
        announce_all(tx, messages, kind, now)


def _tell(tx: Tx, before: Message, after: Message, now: datetime) -> None:
    if after.state is before.state:
        return
    _check_move(before, after)
    announce(tx, after, EVENT_OF[after.state], now)


def _check_move(before: Message, after: Message) -> None:
    if after.state not in MESSAGE_MOVES[before.state]:
        raise AssertionError(f"{before.state} cannot become {after.state}")


def settle(
    tx: Tx,
    message: Message,
    now: datetime,
    *,
    segments: Sequence[Segment] | None = None,
) -> Message:
    """Give a message the state its segments amount to, when none of them waits.

    `segments` are all of them as they are now, where the caller has them.
    """
    segments = segments or tx.outbox.segments(message.id)
    states = {segment.state for segment in segments}
    if states & _WAITING:
        return message
    state = fold(states)
    if state is not message.state and state not in MESSAGE_MOVES[message.state]:
        return message
    error = None if state in _WITHOUT_ERROR else first_error(segments)
    if state is message.state and error == message.error:
        return message
    return advance(tx, message, state, now, error)


def tell_progress(tx: Tx, before: Message, after: Message, now: datetime) -> None:
    """Some of its segments moved: told, unless the message's own move tells it."""
    if before.segments > 1 and after.state is before.state:
        tx.events.append(_event(after, EventType.MESSAGE_PROGRESS, now))


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


def first_error(segments: Sequence[Segment]) -> Failure | None:
    """The error to show for the whole: of the worst state, then the lowest number."""
    worst = fold(segment.state for segment in segments).value
    errors = [segment for segment in segments if segment.error is not None]
    errors.sort(key=lambda segment: (segment.state.value != worst, segment.number))
    return errors[0].error if errors else None
