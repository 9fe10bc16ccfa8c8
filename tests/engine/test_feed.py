"""Reading the event log from a place."""

import asyncio
from functools import partial

from gateway.core.event import EventType
from gateway.engine.feed import cursor_of, move_cursor
from tests.support.builders import inbound_text
from tests.support.rooms import Rooms


async def test_what_is_there_is_given_at_once(rooms: Rooms) -> None:
    await rooms.send()
    await rooms.send()
    events = await rooms.feed.read(0, wait_s=60)
    assert [event.seq for event in events] == [1, 2]
    assert [event.seq for event in await rooms.feed.read(1)] == [2]
    assert await rooms.feed.read(2) == []


async def test_a_reader_waits_for_the_next_commit(rooms: Rooms) -> None:
    reading = asyncio.create_task(rooms.feed.read(0, wait_s=60))
    await asyncio.sleep(0)
    await rooms.send()
    assert [event.seq for event in await reading] == [1]


async def test_a_reader_gives_up_in_time(rooms: Rooms) -> None:
    reading = asyncio.create_task(rooms.feed.read(0, wait_s=60))
    while not reading.done():
        await rooms.store.read(lambda tx: None)
        await rooms.clock.advance(30)
    assert await reading == []


async def test_other_types_do_not_end_the_wait(rooms: Rooms) -> None:
    wanted = [EventType.MESSAGE_RECEIVED.value]
    reading = asyncio.create_task(rooms.feed.read(0, wait_s=60, types=wanted))
    await rooms.send()
    await rooms.intake.accept(inbound_text("вопрос")[0])
    assert [event.seq for event in await reading] == [2]


async def test_a_cursor_is_kept(rooms: Rooms) -> None:
    async def place() -> int | None:
        return await rooms.store.read(lambda tx: cursor_of(tx, "reader"))

    assert await place() is None
    for seq in (7, 9):
        await rooms.store.write(partial(move_cursor, name="reader", seq=seq))
        assert await place() == seq


async def test_first_and_last_of_an_empty_log_are_nothing(rooms: Rooms) -> None:
    assert (await rooms.feed.first_seq(), await rooms.feed.last_seq()) == (0, 0)
    await rooms.send()
    assert (await rooms.feed.first_seq(), await rooms.feed.last_seq()) == (1, 1)
