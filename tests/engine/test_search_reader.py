"""The index of words keeps in step with what is said, exactly once."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest_asyncio

from gateway.core.conversation import place_of
from gateway.core.erasure_store import LogTraces
from gateway.core.event import EventType, NewEvent
from gateway.core.search_store import IndexRow
from gateway.core.store import Tx
from gateway.engine import search_reader
from gateway.engine.search import Asked
from gateway.engine.search_reader import SearchReader
from tests.support.builders import CUSTOMER, inbound_text
from tests.support.inbox import Office
from tests.support.rooms import Rooms, open_rooms

NOTHING = LogTraces()


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


async def index(rooms: Rooms) -> None:
    """As a new process does."""
    reader = SearchReader(rooms.store, rooms.clock)
    while await reader.once():
        pass


async def rows(rooms: Rooms) -> list[IndexRow]:
    def look(tx: Tx) -> list[IndexRow]:
        ids = [
            name
            for table in ("messages", "notes", "steps", "contacts")
            for name in tx.search.older(table, "~", 10_000)
        ]
        return tx.search.rows(ids)

    return await rooms.store.read(look)


async def texts(rooms: Rooms, asked: str) -> list[str]:
    found = await rooms.inbox.search.find(Asked(text=asked))
    return [str(item["entry_id"]) for item in found.items]


async def test_a_batch_is_indexed_once_however_often_the_reader_starts(
    office: Office,
) -> None:
    rooms = office.rooms
    for number in range(5):
        await office.writes(f"слово {number}")
        await index(rooms)
    await index(rooms)
    kinds = Counter(row.kind.value for row in await rows(rooms))
    assert kinds == {"message": 5, "contact": 1}
    assert len(await texts(rooms, "слово")) == 5


async def test_what_was_said_before_there_was_an_index_is_found(
    office: Office,
) -> None:
    rooms = office.rooms
    for number in range(search_reader.BITE + 5):
        await office.writes(f"раз {number}", f"+7916000{number:04d}")
    reader = SearchReader(rooms.store, rooms.clock)
    await reader.once()
    for _ in range(search_reader.BATCH + 5):
        await office.writes("новое слово")
    while await reader.once():
        pass
    found = await rows(rooms)
    kinds = Counter(row.kind.value for row in found)
    assert kinds["message"] == search_reader.BITE + search_reader.BATCH + 10
    assert kinds["contact"] == search_reader.BITE + 6
    found_now = await rooms.inbox.search.find(Asked(text="новое", limit=200))
    assert len(found_now.items) == search_reader.BATCH + 5


async def test_a_lost_index_is_made_anew(office: Office) -> None:
    rooms = office.rooms
    await office.writes("слово")
    await index(rooms)
    found = [row.entry_id for row in await rows(rooms)]
    await rooms.store.write(lambda tx: tx.search.drop(found))
    assert await texts(rooms, "слово") == []
    await index(rooms)
    assert len(await texts(rooms, "слово")) == 1


async def test_a_closed_gap_is_found_and_what_stood_there_is_not(
    office: Office,
) -> None:
    rooms = office.rooms
    text = "начало " * 12 + "середина " + "конец " * 10
    first, *rest = inbound_text(text, originator=CUSTOMER)
    await rooms.intake.accept(first)
    rooms.clock.pass_time(25 * 3600)
    await rooms.sweep.once()
    await index(rooms)
    assert await texts(rooms, "конец") == []
    for part in rest:
        await rooms.intake.accept(part)
    await index(rooms)
    assert len(await texts(rooms, "конец")) == 1
    assert len([row for row in await rows(rooms) if row.kind == "message"]) == 1


async def test_places_grow_with_time_whatever_is_indexed_first(
    office: Office,
) -> None:
    rooms = office.rooms
    for number in range(8):
        await office.writes(f"слово {number}")
    await index(rooms)
    said = [row for row in await rows(rooms) if row.kind == "message"]
    by_place = sorted(said, key=lambda row: row.id)
    by_time = sorted(said, key=lambda row: place_of(row.entry_id))
    assert {row.id for row in by_place} == {row.id for row in by_time}
    assert all(row.id >= 0 for row in said)
    assert all(row.id < 0 for row in await rows(rooms) if row.kind == "contact")


async def test_what_is_gone_when_its_event_is_read_is_not_indexed(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path) as rooms:
        office = await Office.open(rooms)
        await index(rooms)
        await office.writes("слово")
        message = (await rooms.messages())[0]

        def lose(tx: Tx) -> None:
            traces = tx.erasing.traces([message.contact_id])
            tx.erasing.erase(traces, tx.erasing.log_traces(traces, NOTHING))

        await rooms.store.write(lose)
        await index(rooms)
        assert await rows(rooms) == []


async def test_the_service_wakes_by_itself(office: Office) -> None:
    rooms = office.rooms
    running = asyncio.create_task(rooms.inbox.search_reader.run())
    await office.writes("слово")
    while not await texts(rooms, "слово"):
        rooms.clock.pass_time(1)
        await asyncio.sleep(0)
    running.cancel()


async def test_while_much_is_said_the_index_waits_but_not_for_ever(
    office: Office,
) -> None:
    rooms = office.rooms
    noise = NewEvent(type=EventType.WEBHOOK_TEST, at=rooms.clock.now(), data={})
    many = [noise] * int(search_reader.BUSY_PER_S * search_reader.LINGER_S + 1)
    running = asyncio.create_task(rooms.inbox.search_reader.run())
    await office.writes("слово")
    waited_s = 0.0
    while not await texts(rooms, "слово"):
        await rooms.store.write(lambda tx: tx.events.append_all(many))
        rooms.clock.pass_time(search_reader.LINGER_S)
        waited_s += search_reader.LINGER_S
        await asyncio.sleep(0)
    running.cancel()
    assert waited_s > search_reader.PATIENCE_S / 2
