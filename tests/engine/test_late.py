"""Answers that come after their attempt was given up."""

import pytest

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.link import ReportKind
from gateway.core.message import Message, MessageState, OnUnknown, SegmentState
from tests.support.builders import inbound_report
from tests.support.rooms import Rooms

LONG = "длинный текст " * 12  # three segments
BUSY = TemporaryFailure("busy", scope=Scope.MESSAGE)


async def doubtful(rooms: Rooms, text: str, **fields: object) -> Message:
    """A message whose first segment got no answer."""
    rooms.link().script.append(OutcomeUnknown("no answer"))
    message = await rooms.send(text, **fields)
    rooms.start()
    return message


async def test_what_ended_otherwise_is_not_begun_again(rooms: Rooms) -> None:
    message = await doubtful(rooms, LONG)
    await rooms.until(message.id, MessageState.UNKNOWN)
    await rooms.intake.accept(inbound_report("0", kind=ReportKind.UNDELIVERED))
    await rooms.intake.late_result(rooms.link().sent[0].attempt_id, BUSY)
    states = [one.state for one in await rooms.segments(message.id)]
    assert states == [
        SegmentState.FAILED,
        SegmentState.UNDELIVERED,
        SegmentState.SENT,
    ]


async def test_an_answer_makes_the_second_sending_needless(rooms: Rooms) -> None:
    message = await doubtful(rooms, "code 1234", on_unknown=OnUnknown.RESEND)
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    [unit] = rooms.link().sent
    reference = rooms.link().take(unit)
    await rooms.intake.late_result(unit.attempt_id, reference)
    assert (await rooms.message(message.id)).state is MessageState.SENT


async def test_an_answer_beats_what_the_class_concluded(rooms: Rooms) -> None:
    message = await doubtful(rooms, "hello", on_unknown=OnUnknown.FAIL)
    await rooms.until(message.id, MessageState.FAILED)
    [unit] = rooms.link().sent
    await rooms.intake.late_result(unit.attempt_id, rooms.link().take(unit))
    after = await rooms.message(message.id)
    assert (after.state, after.error) == (MessageState.SENT, None)


@pytest.mark.parametrize("outcome", [PermanentFailure("barred"), BUSY])
async def test_a_late_failure_of_a_segment_sent_again_changes_nothing(
    rooms: Rooms, outcome: PermanentFailure | TemporaryFailure
) -> None:
    message = await doubtful(rooms, "code 1234", on_unknown=OnUnknown.RESEND)
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    await rooms.clock.advance(31)
    await rooms.sweep.once()
    await rooms.until(message.id, MessageState.SENT)
    await rooms.intake.late_result(rooms.link().sent[0].attempt_id, outcome)
    assert (await rooms.message(message.id)).state is MessageState.SENT
