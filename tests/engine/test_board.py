"""What is known of all links."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.errors import NotFound
from gateway.core.event import EventType
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import LinkState
from gateway.core.policy import Policy, Route
from tests.support.rooms import Rooms, open_rooms

SIM1, SIM2, SIM3 = map(LinkId, ("sim1", "sim2", "sim3"))


async def test_a_link_nobody_registered_is_not_found(rooms: Rooms) -> None:
    with pytest.raises(NotFound):
        rooms.board.get(LinkId("nobody"))
    assert not rooms.board.knows(LinkId("nobody"))


async def test_states_are_told_once_each(rooms: Rooms) -> None:
    await rooms.board.tell()
    for state in (LinkState.PAUSED, LinkState.PAUSED, LinkState.DOWN, LinkState.UP):
        rooms.link().become(state, rooms.intake)
        await rooms.board.tell()
    assert await rooms.types() == [
        EventType.LINK_UP,
        EventType.LINK_PAUSED,
        EventType.LINK_DOWN,
        EventType.LINK_UP,
    ]
    event = (await rooms.events())[1]
    assert (event.link, event.data["state"]) == ("sim1", "paused")


async def test_a_flicker_is_not_told(rooms: Rooms) -> None:
    await rooms.board.tell()
    rooms.link().become(LinkState.DOWN, rooms.intake)
    rooms.link().become(LinkState.UP, rooms.intake)
    assert not await rooms.board.tell()


async def test_a_pause_ends_by_itself_or_when_the_link_comes_up(rooms: Rooms) -> None:
    rooms.board.pause(SIM1, timedelta(seconds=30))
    assert not rooms.board.available(SIM1)
    rooms.clock.pass_time(30)
    assert rooms.board.available(SIM1)
    rooms.board.pause(SIM1, timedelta(hours=1))
    rooms.link().become(LinkState.DOWN, rooms.intake)
    rooms.link().become(LinkState.UP, rooms.intake)
    assert rooms.board.available(SIM1)


async def test_away_since_survives_a_pause_that_helped_nothing(rooms: Rooms) -> None:
    start = rooms.clock.now()
    rooms.board.pause(SIM1, timedelta(seconds=10))
    rooms.clock.pass_time(20)
    rooms.board.pause(SIM1, timedelta(seconds=10))
    assert rooms.board.away_since(SIM1) == start
    rooms.board.thrive(SIM1)
    assert rooms.board.away_since(SIM1) is None


async def test_links_stand_in_in_the_order_of_the_route(tmp_path: Path) -> None:
    route = Route(lane=LaneId("all"), links=(SIM1, SIM2, SIM3))
    names = ("sim1", "sim2", "sim3")
    policy = Policy(routes=(route,))
    async with open_rooms(tmp_path, policy=policy, links=names) as rooms:
        rooms.link("sim1").become(LinkState.DOWN, rooms.intake)
        assert rooms.board.covers(SIM2) == ()
        rooms.clock.pass_time(30)
        assert rooms.board.covers(SIM2) == (SIM1,)
        assert rooms.board.covers(SIM3) == ()
        rooms.link("sim2").become(LinkState.BLOCKED, rooms.intake)
        rooms.clock.pass_time(30)
        assert rooms.board.covers(SIM3) == (SIM1, SIM2)


async def test_the_state_and_signal_are_metrics(rooms: Rooms) -> None:
    rooms.link().become(LinkState.BLOCKED, rooms.intake)
    text, content_type = rooms.metrics.exposition()
    assert b'seventy_link_state{link="sim1",state="blocked"} 1.0' in text
    assert b'seventy_link_state{link="sim1",state="up"} 0.0' in text
    assert content_type.startswith("text/plain")
