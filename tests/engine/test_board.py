"""What is known of all links."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.errors import NotFound
from gateway.core.event import EventType
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import LinkState
from gateway.core.policy import Policy, Route
from gateway.engine.gauge import DEGRADED
from gateway.engine.health import LEAST_SEEN, TAKEN_TO_RECOVER, Sign
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

    def covered(rooms: Rooms, link: LinkId) -> set[LinkId | None]:
        places = rooms.board.places(link)
        return {whose for lane, whose in places if lane == "all"} - {link}

    async with open_rooms(tmp_path, policy=policy, links=names) as rooms:
        rooms.link("sim1").become(LinkState.DOWN, rooms.intake)
        assert covered(rooms, SIM2) == set()
        rooms.clock.pass_time(30)
        assert covered(rooms, SIM2) == {None, SIM1}
        assert covered(rooms, SIM3) == set()
        rooms.link("sim2").become(LinkState.BLOCKED, rooms.intake)
        rooms.clock.pass_time(30)
        assert covered(rooms, SIM3) == {None, SIM1, SIM2}


async def test_a_degraded_link_is_up_and_says_why(rooms: Rooms) -> None:
    for _ in range(LEAST_SEEN):
        rooms.board.stumble(SIM1, Sign.REFUSED)
    status = rooms.board.status(SIM1)
    assert (status.state, status.reason) == (LinkState.UP, DEGRADED)
    assert status.detail is not None
    assert status.detail.startswith("of the last 10 attempts 10 were refused")
    assert rooms.board.statuses() == [status]
    assert rooms.board.available(SIM1)
    assert b'seventy_link_degraded{link="sim1"} 1.0' in rooms.metrics.exposition()[0]
    for _ in range(TAKEN_TO_RECOVER):
        rooms.board.thrive(SIM1)
    assert rooms.board.status(SIM1).reason is None
    assert b'seventy_link_degraded{link="sim1"} 0.0' in rooms.metrics.exposition()[0]


async def test_what_takes_over_is_woken_when_a_link_falls_sick(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        seen = rooms.board.bell(SIM2).rings
        for _ in range(LEAST_SEEN):
            rooms.board.stumble(SIM1, Sign.DOUBTFUL)
        assert rooms.board.bell(SIM2).rings == seen + 1


async def test_the_cost_of_what_was_taken_is_counted(tmp_path: Path) -> None:
    policy = Policy(costs={SIM1: 1500})
    async with open_rooms(tmp_path, policy=policy, links=("sim1", "sim2")) as rooms:
        for link in (SIM1, SIM1, SIM2):
            rooms.board.thrive(link)
        text, _ = rooms.metrics.exposition()
        assert b'seventy_link_cost_thousandths_total{link="sim1"} 3000.0' in text
        assert b'cost_thousandths_total{link="sim2"}' not in text


async def test_the_state_and_signal_are_metrics(rooms: Rooms) -> None:
    rooms.link().become(LinkState.BLOCKED, rooms.intake)
    text, content_type = rooms.metrics.exposition()
    assert b'seventy_link_state{link="sim1",state="blocked"} 1.0' in text
    assert b'seventy_link_state{link="sim1",state="up"} 0.0' in text
    assert content_type.startswith("text/plain")
