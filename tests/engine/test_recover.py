"""The first step of a start."""

from pathlib import Path

from gateway.core.message import AttemptState, MessageState, OnUnknown, SegmentState
from tests.support.builders import inbound_report
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12  # three segments


async def cut_in_the_air(rooms: Rooms, text: str, **fields: object) -> object:
    """A power cut while the first segment is in the air; the message's id."""
    rooms.link().gate.clear()
    message = await rooms.send(text, **fields)
    rooms.start()
    await rooms.link().handed(1)
    await rooms.kill()
    rooms.link().gate.set()
    return message.id


async def test_what_was_submitting_is_unknown_and_not_sent_again(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path) as rooms:
        await cut_in_the_air(rooms, "hello")
    async with open_rooms(tmp_path) as rooms:
        assert await rooms.recover() == 1
        assert await rooms.recover() == 0
        [message] = await rooms.messages()
        assert message.state is MessageState.UNKNOWN
        [attempt] = await rooms.attempts(message.id)
        assert attempt.state is AttemptState.UNKNOWN
        assert attempt.error is not None
        assert attempt.error.code == "interrupted"


async def test_segments_not_begun_go_on_after_the_restart(tmp_path: Path) -> None:
    async with open_rooms(tmp_path) as rooms:
        await cut_in_the_air(rooms, LONG)
        clock, ids = rooms.clock, rooms.ids
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        await rooms.recover()
        [message] = await rooms.messages()
        assert (message.state, message.ready) == (MessageState.QUEUED, True)
        rooms.start()
        await rooms.until(message.id, MessageState.UNKNOWN)
        assert len(rooms.link().sent) == 2
        states = [one.state for one in await rooms.segments(message.id)]
        assert states == [SegmentState.UNKNOWN, SegmentState.SENT, SegmentState.SENT]


async def test_the_class_decides_after_a_restart_too(tmp_path: Path) -> None:
    async with open_rooms(tmp_path) as rooms:
        await cut_in_the_air(rooms, "code 1234", on_unknown=OnUnknown.RESEND)
        clock, ids = rooms.clock, rooms.ids
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        await rooms.recover()
        [message] = await rooms.messages()
        assert (message.state, message.possible_duplicate) == (
            MessageState.QUEUED,
            True,
        )
        assert not message.ready


async def test_a_report_parked_before_the_cut_is_met_after_it(tmp_path: Path) -> None:
    async with open_rooms(tmp_path) as rooms:
        rooms.link().gate.clear()
        await rooms.send()
        rooms.start()
        await rooms.link().handed(1)
        await rooms.intake.accept(inbound_report("9"))
        await rooms.kill()
    async with open_rooms(tmp_path) as rooms:
        await rooms.recover()
        [message] = await rooms.messages()
        assert message.state is MessageState.DELIVERED
