"""Messages that a lane takes in the write that queues them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.errors import RequestRefused
from gateway.core.event import EventType
from gateway.core.ids import TokenId
from gateway.core.link import Capabilities
from gateway.core.message import Message, MessageState, SegmentState
from gateway.core.policy import Policy
from gateway.engine.request import SubmitRequest
from gateway.engine.submit import KeepAnswer
from tests.support.builders import CUSTOMER, inbound_report, stop_from
from tests.support.rooms import Rooms, open_rooms

WIDE = Capabilities(window=4, any_sender=True)
LONG = "длинный текст " * 12  # three segments


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    """A carrier's lane that has found nothing to do."""
    async with open_rooms(tmp_path, capabilities=WIDE) as rooms:
        await start(rooms)
        yield rooms


async def start(rooms: Rooms) -> None:
    """The lane has looked once, and rests."""
    rooms.start()
    first = await rooms.send(to=("+79160009999",))
    await rooms.until(first.id, MessageState.SENT)
    await rooms.clock.advance(1)


async def test_a_message_and_its_attempt_come_to_disk_together(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    before = rooms.store.status().commits
    message = await rooms.send()
    await rooms.link().handed(2)
    assert rooms.store.status().commits == before + 1
    assert message.state is MessageState.QUEUED
    on_disk = await rooms.message(message.id)
    assert (on_disk.state, on_disk.link) == (MessageState.SENDING, "sim1")
    [segment] = await rooms.segments(message.id)
    assert (segment.state, segment.link) == (SegmentState.SENDING, "sim1")
    [attempt] = await rooms.attempts(message.id)
    assert rooms.link().sent[-1].attempt_id == attempt.id
    rooms.link().gate.set()
    await rooms.until(message.id, MessageState.SENT)
    assert await rooms.types(message.id) == [
        EventType.MESSAGE_QUEUED,
        EventType.MESSAGE_SENDING,
        EventType.MESSAGE_SENT,
    ]


async def test_a_request_with_a_key_is_begun_as_any_other(rooms: Rooms) -> None:
    before = rooms.store.status().commits
    keep = KeepAnswer(
        token_id=TokenId("tok"), key="k", body_digest=b"x", render=lambda _: (202, "")
    )
    request = SubmitRequest(to=(CUSTOMER,), text="once")
    rooms.link().gate.clear()
    await rooms.submit.submit(request, keep)
    await rooms.link().handed(2)
    assert rooms.store.status().commits == before + 1
    assert (await rooms.submit.submit(request, keep)).replayed
    rooms.link().gate.set()


async def test_the_segments_of_a_long_message_follow(rooms: Rooms) -> None:
    message = await rooms.send(LONG)
    await rooms.until(message.id, MessageState.SENT)
    assert [unit.message_id for unit in rooms.link().sent[1:]] == [message.id] * 3


async def test_no_more_is_taken_than_the_window_has_room_for(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    numbers = [f"+7916000{number:04}" for number in range(9)]
    await asyncio.gather(*(rooms.send(to=(number,)) for number in numbers))
    await rooms.link().handed(5)
    states = [message.state for message in (await rooms.messages())[1:]]
    assert sorted(states) == ["queued"] * 5 + ["sending"] * 4
    rooms.link().gate.set()
    await rooms.link().handed(10)


async def test_one_person_gets_one_message_after_the_other(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    sent = await asyncio.gather(*(rooms.send(f"number {n}") for n in range(3)))
    await rooms.link().handed(2)
    states = [(await rooms.message(message.id)).state for message in sent]
    assert states == ["sending", "queued", "queued"]
    rooms.link().gate.set()
    await rooms.until(sent[-1].id, MessageState.SENT)
    units = rooms.link().sent[1:]
    assert [unit.message_id for unit in units] == [message.id for message in sent]


async def test_nobody_overtakes_what_waits(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, capabilities=WIDE) as rooms:
        old = [await rooms.send(to=(f"+7916000{n:04}",)) for n in range(20)]
        rooms.start()
        new = [await rooms.send(to=(f"+7916001{n:04}",)) for n in range(5)]
        await rooms.until(new[-1].id, MessageState.SENT)
        units = rooms.link().sent
        assert [unit.message_id for unit in units] == [one.id for one in old + new]


async def test_what_is_for_later_or_another_link_is_not_taken(tmp_path: Path) -> None:
    links = ("sim1", "sim2")
    async with open_rooms(tmp_path, links=links, capabilities=WIDE) as rooms:
        rooms.start("sim1")
        first = await rooms.send(link="sim1")
        await rooms.until(first.id, MessageState.SENT)
        later = await rooms.send(send_at=rooms.clock.now() + timedelta(hours=1))
        other = await rooms.send(to=("+79160000001",), link="sim2")
        await rooms.clock.advance(10)
        assert (await rooms.message(later.id)).state is MessageState.SCHEDULED
        assert (await rooms.message(other.id)).state is MessageState.QUEUED


async def test_a_caller_who_goes_away_keeps_nothing_back(rooms: Rooms) -> None:
    caller = asyncio.create_task(rooms.send())
    await asyncio.sleep(0)
    caller.cancel()
    await rooms.link().handed(2)
    [_, message] = await rooms.messages()
    await rooms.until(message.id, MessageState.SENT)


async def test_a_refused_request_gives_its_room_back(rooms: Rooms) -> None:
    await rooms.intake.accept(stop_from(CUSTOMER))
    for _ in range(8):
        with pytest.raises(RequestRefused):
            await rooms.send()
    sent = [await rooms.send(to=(f"+7916000{n:04}",)) for n in range(8)]
    await rooms.until(sent[-1].id, MessageState.SENT)


async def test_a_pause_between_messages_to_one_person_is_kept(tmp_path: Path) -> None:
    policy = Policy(destination_interval=timedelta(seconds=30))
    async with open_rooms(tmp_path, policy=policy, capabilities=WIDE) as rooms:
        await start(rooms)
        await rooms.send("one")
        await rooms.link().handed(2)
        second = await rooms.send("two")
        await rooms.clock.advance(5)
        assert (await rooms.message(second.id)).state is MessageState.QUEUED


async def lingering(rooms: Rooms) -> None:
    """A lane whose answers wait for company, and that rests."""
    lane = rooms.dispatcher("sim1", linger_s=5.0)
    rooms.tasks.append(asyncio.create_task(lane.run()))
    first = await rooms.send(to=("+79160009999",))
    await pass_time_until_sent(rooms, first)
    # It rests once a claim, which is a write of its own, has found nothing.
    while (offer := lane.offer(1)) is None:
        await rooms.clock.advance(6)
    offer.take([])


async def pass_time_until_sent(rooms: Rooms, *messages: Message) -> None:
    while any([(await rooms.message(one.id)).state != "sent" for one in messages]):
        await rooms.clock.advance(6)
    await rooms.clock.advance(6)


async def test_an_answer_nobody_waits_for_is_written_with_others(
    tmp_path: Path,
) -> None:
    wide = replace(WIDE, window=10)
    async with open_rooms(tmp_path, capabilities=wide) as rooms:
        await lingering(rooms)
        sent = [await rooms.send(to=(f"+7916000{n:04}",)) for n in range(3)]
        await rooms.link().handed(4)
        await rooms.clock.advance(1)
        assert [(await rooms.message(one.id)).state for one in sent] == ["sending"] * 3
        assert len(rooms.link().accepted) == 4
        await pass_time_until_sent(rooms, *sent)
        assert (await rooms.types())[-3:] == [EventType.MESSAGE_SENT] * 3


async def test_a_report_does_not_wait_for_company(tmp_path: Path) -> None:
    wide = replace(WIDE, window=10)
    async with open_rooms(tmp_path, capabilities=wide) as rooms:
        await lingering(rooms)
        message = await rooms.send()
        await rooms.link().handed(2)
        _, reference = rooms.link().accepted[-1]
        await rooms.intake.accept(replace(inbound_report(reference.value), unique=True))
        delivered = await rooms.message(message.id)
        assert delivered.state is MessageState.DELIVERED


async def test_no_more_than_a_window_is_in_doubt(tmp_path: Path) -> None:
    wide = replace(WIDE, window=10)
    async with open_rooms(tmp_path, capabilities=wide) as rooms:
        await lingering(rooms)
        numbers = [f"+7916000{n:04}" for n in range(30)]
        sent = [await rooms.send(to=(number,)) for number in numbers]
        in_doubt = await rooms.store.read(lambda tx: len(tx.outbox.in_flight()))
        assert in_doubt <= 10
        await pass_time_until_sent(rooms, *sent)


async def test_a_lane_that_runs_again_has_its_whole_window(rooms: Rooms) -> None:
    link, lane = rooms.link(), rooms.dispatchers["sim1"]
    link.gate.clear()
    for number in range(6):
        await rooms.send(to=(f"+7916001{number:04}",))
    await link.handed(5)
    await rooms.kill()
    rooms.tasks.append(asyncio.create_task(lane.run()))
    await link.handed(7)
    for number in range(6):
        await rooms.send(to=(f"+7916002{number:04}",))
    await link.handed(9)
