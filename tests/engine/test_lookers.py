"""Who is in front of what, and who is gone: known by time, not by chance."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from gateway.core.agent import Agent, Presence
from gateway.core.errors import NotFound, TooMany
from gateway.core.ids import AgentId, ThreadId
from gateway.engine.lookers import MOST_CONNECTIONS, MOST_NEWS, Connection, Lookers
from gateway.engine.waiting import Bell
from tests.support.inbox import Office
from tests.support.rooms import Rooms

THREAD = ThreadId("thr_1")


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


@pytest_asyncio.fixture
async def lookers(office: Office) -> AsyncIterator[Lookers]:
    """A hub that runs."""
    task = asyncio.create_task(office.rooms.inbox.lookers.run())
    await office.rooms.clock.advance(0)
    yield office.rooms.inbox.lookers
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def come(lookers: Lookers, agent: Agent) -> Connection:
    return await lookers.arrive(agent, Bell())


async def presence(office: Office, agent: Agent) -> Presence:
    found = await office.rooms.store.read(lambda tx: tx.agents.get(agent.id))
    assert found is not None
    return found.presence


async def wait(office: Office, seconds: float) -> None:
    """Time passes, and what it brings is written, one agent after the other."""
    await office.rooms.clock.advance(seconds)
    for _ in range(6):
        await office.rooms.store.write(lambda tx: None)
        await office.rooms.clock.advance(0)


def look(
    lookers: Lookers, connection: Connection, thread: ThreadId | None, *, types: bool
) -> None:
    lookers.look(
        connection.agent.id, connection.id, thread, is_typing=types, is_focused=True
    )


async def test_the_first_page_makes_an_agent_online(
    office: Office, lookers: Lookers
) -> None:
    await office.moves(office.anna, Presence.OFFLINE)
    await come(lookers, office.anna)
    assert await presence(office, office.anna) is Presence.ONLINE


async def test_a_break_outlasts_a_reload(office: Office, lookers: Lookers) -> None:
    page = await come(lookers, office.anna)
    await office.moves(office.anna, Presence.BREAK)
    lookers.leave(page)
    await wait(office, 30)
    await come(lookers, office.anna)
    assert await presence(office, office.anna) is Presence.BREAK


async def test_a_reload_is_no_absence(office: Office, lookers: Lookers) -> None:
    lookers.leave(await come(lookers, office.anna))
    await wait(office, 59)
    await come(lookers, office.anna)
    await wait(office, 600)
    assert await presence(office, office.anna) is Presence.ONLINE


async def test_who_stays_away_is_gone(office: Office, lookers: Lookers) -> None:
    first, second = await come(lookers, office.anna), await come(lookers, office.anna)
    lookers.leave(first)
    await wait(office, 120)
    assert await presence(office, office.anna) is Presence.ONLINE
    lookers.leave(second)
    await wait(office, 61)
    assert await presence(office, office.anna) is Presence.OFFLINE
    assert await presence(office, office.oleg) is Presence.OFFLINE  # never came


async def test_after_a_start_everybody_has_time_to_come_back(
    office: Office, lookers: Lookers
) -> None:
    await wait(office, 30)
    await come(lookers, office.oleg)
    await wait(office, 31)
    assert await presence(office, office.oleg) is Presence.ONLINE
    assert await presence(office, office.anna) is Presence.OFFLINE


async def test_others_see_who_looks_and_who_types(
    office: Office, lookers: Lookers
) -> None:
    anna, oleg = await come(lookers, office.anna), await come(lookers, office.oleg)
    look(lookers, oleg, THREAD, types=True)
    [news] = anna.news
    assert news.name == "looking"
    assert news.data == {
        "threads": {
            THREAD: [
                {
                    "agent": {"id": office.oleg.id, "name": office.oleg.name},
                    "typing": True,
                    "focused": True,
                    "until": "2026-03-01T12:00:06.000Z",
                }
            ]
        }
    }
    assert lookers.snapshot().data == news.data
    assert lookers.looking_at(office.oleg.id) == THREAD


async def test_typing_stops_by_itself(office: Office, lookers: Lookers) -> None:
    anna, oleg = await come(lookers, office.anna), await come(lookers, office.oleg)
    look(lookers, oleg, THREAD, types=True)
    anna.news.clear()
    await wait(office, 7)
    assert [one["typing"] for one in lookers.viewers(THREAD)] == [False]
    assert len(anna.news) == 1


async def test_an_agent_with_two_tabs_looks_once(
    office: Office, lookers: Lookers
) -> None:
    first, second = await come(lookers, office.anna), await come(lookers, office.anna)
    look(lookers, first, THREAD, types=False)
    look(lookers, second, THREAD, types=True)
    assert [one["typing"] for one in lookers.viewers(THREAD)] == [True]
    lookers.leave(second)
    assert [one["typing"] for one in lookers.viewers(THREAD)] == [False]
    lookers.leave(first)
    assert lookers.viewers(THREAD) == []


async def test_both_threads_are_told_of_when_somebody_moves_on(
    office: Office, lookers: Lookers
) -> None:
    anna, oleg = await come(lookers, office.anna), await come(lookers, office.oleg)
    look(lookers, oleg, THREAD, types=False)
    anna.news.clear()
    look(lookers, oleg, None, types=False)
    assert [one.data for one in anna.news] == [{"threads": {THREAD: []}}]


async def test_only_ones_own_page_can_be_spoken_for(
    office: Office, lookers: Lookers
) -> None:
    page = await come(lookers, office.anna)
    for agent_id, connection in ((office.oleg.id, page.id), (office.anna.id, "cnn_x")):
        with pytest.raises(NotFound):
            lookers.look(agent_id, connection, THREAD, is_typing=True, is_focused=True)


async def test_what_is_ones_own_goes_to_ones_own_pages(
    office: Office, lookers: Lookers
) -> None:
    pages = [await come(lookers, agent) for agent in (office.anna, office.oleg)]
    lookers.tell(office.anna.id, "draft", {"thread_id": THREAD})
    assert [len(page.news) for page in pages] == [1, 0]


async def test_a_page_that_does_not_read_loses_its_news(
    office: Office, lookers: Lookers
) -> None:
    page = await come(lookers, office.anna)
    for _ in range(MOST_NEWS + 1):
        lookers.tell(office.anna.id, "draft", {})
    assert len(page.news) == MOST_NEWS
    assert page.has_lost_news


async def test_an_agent_has_so_many_pages(office: Office, lookers: Lookers) -> None:
    for _ in range(MOST_CONNECTIONS):
        await come(lookers, office.anna)
    with pytest.raises(TooMany):
        await come(lookers, office.anna)


async def test_a_page_of_nobody_leaves_nothing_behind(
    office: Office, lookers: Lookers
) -> None:
    nobody = replace(office.anna, id=AgentId("agt_x"))
    with pytest.raises(NotFound):
        await come(lookers, nobody)
    assert lookers.looking_at(nobody.id) is None
    await come(lookers, office.anna)
