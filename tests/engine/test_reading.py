"""Marks of what was read: one's own, forward by reading, back by wish."""

import pytest
import pytest_asyncio

from gateway.core.agent import Agent
from gateway.core.conversation import place_of
from gateway.core.errors import Invalid
from gateway.core.ids import EntryId
from gateway.engine.reading import just_before
from gateway.engine.waiting import Bell
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    for text in ("раз", "два", "три"):
        await office.hears(text)
    return office


async def said(office: Office) -> list[EntryId]:
    return [EntryId(message.id) for message in await office.rooms.messages()]


async def unread(office: Office, agent: Agent) -> int:
    thread_id = await office.thread_id()
    found = await office.rooms.store.read(
        lambda tx: tx.read_marks.unread(agent.id, agent.created_at, [thread_id])
    )
    return found[thread_id]


async def test_what_was_read_is_read_by_who_read_it(office: Office) -> None:
    reading, thread_id = office.rooms.inbox.reading, await office.thread_id()
    first, second, _ = await said(office)
    assert await unread(office, office.anna) == 3
    done = await reading.read(office.anna, thread_id, second)
    assert (done.unread, done.mark.entry) == (1, second)
    back = await reading.read(office.anna, thread_id, first)
    assert (back.unread, back.mark.entry) == (1, second)
    assert await unread(office, office.vera) == 3  # a supervisor's is another


async def test_from_an_entry_on_all_is_unread(office: Office) -> None:
    reading, thread_id = office.rooms.inbox.reading, await office.thread_id()
    first, second, third = await said(office)
    await reading.read(office.anna, thread_id, third)
    assert (await reading.unread_from(office.anna, thread_id, second)).unread == 2
    assert (await reading.unread_from(office.anna, thread_id, first)).unread == 3
    assert (await reading.read(office.anna, thread_id, first)).unread == 2


async def test_ones_own_answers_are_not_unread(office: Office) -> None:
    reading, thread_id = office.rooms.inbox.reading, await office.thread_id()
    await reading.read(office.anna, thread_id, (await said(office))[-1])
    await office.answers(office.oleg)
    assert await unread(office, office.anna) == 0


async def test_so_many_are_counted(office: Office) -> None:
    for number in range(99):
        await office.writes(f"{number}")
    assert await unread(office, office.anna) == 99


async def test_other_tabs_are_told(office: Office) -> None:
    tab = await office.rooms.inbox.lookers.arrive(office.anna, Bell())
    thread_id, [first, *_] = await office.thread_id(), await said(office)
    await office.rooms.inbox.reading.read(office.anna, thread_id, first)
    [news] = tab.news
    assert news.name == "read"
    assert news.data == {"thread_id": thread_id, "entry": first, "unread": 2}


def test_just_before_an_entry_is_behind_those_before_it() -> None:
    entry = EntryId("msg_00000001000000000000000007")
    earlier = "00000001000000000000000006"
    assert earlier < place_of(just_before(entry)) < place_of(entry)
    twice = just_before(just_before(entry))
    assert earlier < place_of(twice) < place_of(just_before(entry))


@pytest.mark.parametrize(
    "entry", ["", "msg_", "x", "msg_" + "0" * 26, "msg_" + "U" * 26, "m_" + "1" * 28]
)
async def test_a_mark_is_an_entrys_identity(office: Office, entry: str) -> None:
    reading, thread_id = office.rooms.inbox.reading, await office.thread_id()
    with pytest.raises(Invalid):
        await reading.read(office.anna, thread_id, EntryId(entry))
    with pytest.raises(Invalid):
        await reading.unread_from(office.anna, thread_id, EntryId(entry))
