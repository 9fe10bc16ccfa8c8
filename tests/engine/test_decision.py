"""What a person decides about one message."""

from datetime import timedelta

import pytest

from gateway.core.errors import (
    Conflict,
    NotFound,
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.ids import MessageId
from gateway.core.message import MessageState, OnUnknown, SegmentState
from tests.support.builders import stop_from
from tests.support.rooms import Rooms

LONG = "длинный текст " * 12  # three segments


async def test_a_scheduled_message_can_be_cancelled(rooms: Rooms) -> None:
    message = await rooms.send(send_at=rooms.clock.now() + timedelta(hours=1))
    assert (await rooms.submit.cancel(message.id)).state is MessageState.CANCELLED


async def test_what_is_in_the_air_cannot_be_cancelled(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    message = await rooms.send()
    rooms.start()
    await rooms.link().handed(1)
    with pytest.raises(Conflict):
        await rooms.submit.cancel(message.id)


async def test_a_message_that_does_not_exist_is_not_found(rooms: Rooms) -> None:
    for decide in (rooms.submit.cancel, rooms.submit.retry):
        with pytest.raises(NotFound):
            await decide(MessageId("msg_nobody"))


async def test_cancelling_a_second_sending_leaves_the_first_unknown(
    rooms: Rooms,
) -> None:
    rooms.link().script.append(OutcomeUnknown("no answer"))
    message = await rooms.send(on_unknown=OnUnknown.RESEND)
    rooms.start()
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert (await rooms.submit.cancel(message.id)).state is MessageState.UNKNOWN


async def test_only_what_did_not_arrive_is_sent_again(rooms: Rooms) -> None:
    link = rooms.link()
    link.script.extend([link.take, PermanentFailure("barred")])
    message = await rooms.send(LONG)
    rooms.start()
    await rooms.until(message.id, MessageState.FAILED)
    again = await rooms.submit.retry(message.id)
    assert (again.state, again.error) == (MessageState.QUEUED, None)
    await rooms.until(message.id, MessageState.SENT)
    numbers = [unit.body.header[0].data[2] for unit in link.sent]
    assert numbers == [1, 2, 2, 3]


async def test_what_may_have_arrived_needs_a_word_more(rooms: Rooms) -> None:
    rooms.link().script.append(OutcomeUnknown("no answer"))
    message = await rooms.send()
    rooms.start()
    await rooms.until(message.id, MessageState.UNKNOWN)
    with pytest.raises(Conflict) as refused:
        await rooms.submit.retry(message.id)
    assert refused.value.code == "may_have_been_sent"
    again = await rooms.submit.retry(message.id, force=True)
    assert again.possible_duplicate
    await rooms.until(message.id, MessageState.SENT)


async def test_an_expired_message_gets_a_new_time_to_live(rooms: Rooms) -> None:
    message = await rooms.send(validity=timedelta(minutes=5))
    rooms.clock.pass_time(600)
    await rooms.sweep.once()
    again = await rooms.submit.retry(message.id)
    assert again.expires_at == rooms.clock.now() + timedelta(minutes=5)


async def test_what_arrived_is_not_sent_again(rooms: Rooms) -> None:
    message = await rooms.send()
    rooms.start()
    await rooms.until(message.id, MessageState.SENT)
    with pytest.raises(Conflict) as refused:
        await rooms.submit.retry(message.id)
    assert refused.value.code == "not_failed"


async def test_who_opted_out_is_left_alone(rooms: Rooms) -> None:
    message = await rooms.send(validity=timedelta(minutes=5))
    rooms.clock.pass_time(600)
    await rooms.sweep.once()
    await rooms.intake.accept(stop_from(message.peer))
    with pytest.raises(Conflict) as refused:
        await rooms.submit.retry(message.id)
    assert refused.value.code == "opted_out"


async def test_a_cancelled_rest_stays_with_what_had_left(rooms: Rooms) -> None:
    link = rooms.link()
    busy = TemporaryFailure("busy", scope=Scope.MESSAGE)
    link.script.extend([link.take, busy])
    message = await rooms.send(LONG)
    rooms.start()
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert (await rooms.submit.cancel(message.id)).state is MessageState.CANCELLED
    states = [one.state for one in await rooms.segments(message.id)]
    assert states == [SegmentState.SENT] + [SegmentState.CANCELLED] * 2
