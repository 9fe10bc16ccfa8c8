"""Browsers that are logged in, until they are not."""

import pytest

from gateway.core.agent import BOX, Actor, AgentRole
from gateway.core.errors import NotFound
from gateway.core.ids import AgentId, LoginId
from gateway.engine.login_door import KEPT_AFTER_END, Attempt, LoginDoor, Opened
from gateway.engine.logins import (
    ABSOLUTE,
    IDLE,
    IDLE_OF_ADMINISTRATOR,
    SEEN_EVERY,
    Logins,
    expiry_of,
)
from tests.support.agents import PASSWORD, keep_agent
from tests.support.rooms import Rooms


@pytest.fixture
def logins(rooms: Rooms) -> Logins:
    return Logins(rooms.store, rooms.clock)


async def opened_by(rooms: Rooms, login: str = "anna") -> Opened:
    door = LoginDoor(rooms.store, rooms.clock, rooms.ids, rooms.metrics)
    attempt = Attempt(
        login=login, password=PASSWORD, code=None, source="x", user_agent=""
    )
    return await door.open(attempt)


async def test_a_secret_tells_whose_browser_it_is(rooms: Rooms, logins: Logins) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    opened = await opened_by(rooms)
    assert await logins.check(opened.secret) == (opened.login, agent)
    for other in ("", "0" * 64, opened.secret.upper(), opened.login.digest.hex()):
        assert await logins.check(other) is None


@pytest.mark.parametrize(
    ("role", "idle"),
    [(AgentRole.AGENT, IDLE), (AgentRole.ADMINISTRATOR, IDLE_OF_ADMINISTRATOR)],
)
async def test_who_does_nothing_is_logged_out(
    rooms: Rooms, logins: Logins, role: AgentRole, idle: object
) -> None:
    await keep_agent(rooms.store, rooms.ids, role=role)
    opened = await opened_by(rooms)
    seconds = (IDLE if idle == IDLE else IDLE_OF_ADMINISTRATOR).total_seconds()
    for _ in range(3):
        rooms.clock.pass_time(seconds - 1)
        assert await logins.check(opened.secret) is not None
    rooms.clock.pass_time(seconds)
    assert await logins.check(opened.secret) is None
    assert not await logins.is_good(opened.login.id)


async def test_after_a_day_everybody_logs_in_anew(rooms: Rooms, logins: Logins) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    opened = await opened_by(rooms)
    hours = int(ABSOLUTE.total_seconds() // 3600)
    for _ in range(hours - 1):
        rooms.clock.pass_time(3600)
        assert await logins.check(opened.secret) is not None
    now = rooms.clock.now()
    assert expiry_of(opened.login, agent, now) == opened.login.expires_at
    rooms.clock.pass_time(3600)
    assert await logins.check(opened.secret) is None


async def test_its_last_use_is_kept_coarsely(rooms: Rooms, logins: Logins) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    opened = await opened_by(rooms)
    began = rooms.clock.now()
    rooms.clock.pass_time(SEEN_EVERY.total_seconds() - 1)
    await logins.check(opened.secret)
    assert [one.last_seen_at for one in await logins.ls(agent)] == [began]
    rooms.clock.pass_time(1)
    await logins.check(opened.secret)
    assert [one.last_seen_at for one in await logins.ls(agent)] == [rooms.clock.now()]


async def test_one_may_be_ended_and_the_others_stay(
    rooms: Rooms, logins: Logins
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    first, second = await opened_by(rooms), await opened_by(rooms)
    told: list[LoginId] = []
    logins.listen(told.append)
    await logins.end(Actor(agent=agent), agent, first.login.id)
    assert told == [first.login.id]
    assert await logins.check(first.secret) is None
    assert await logins.check(second.secret) is not None
    assert [one.id for one in await logins.ls(agent)] == [second.login.id]


async def test_only_ones_own_may_be_ended(rooms: Rooms, logins: Logins) -> None:
    anna = await keep_agent(rooms.store, rooms.ids)
    oleg = await keep_agent(rooms.store, rooms.ids, "oleg")
    opened = await opened_by(rooms)
    for agent, login_id in ((oleg, opened.login.id), (anna, LoginId("lgn_1"))):
        with pytest.raises(NotFound):
            await logins.end(Actor(agent=agent), agent, login_id)
    await logins.end(BOX, anna, opened.login.id)
    with pytest.raises(NotFound):
        await logins.end(BOX, anna, opened.login.id)


async def test_all_of_an_agents_may_be_ended(rooms: Rooms, logins: Logins) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    opened = [await opened_by(rooms) for _ in range(3)]
    await logins.end_all(BOX, agent.id)
    assert [await logins.check(one.secret) for one in opened] == [None] * 3
    with pytest.raises(NotFound):
        await logins.end_all(BOX, AgentId("agt_1"))


async def test_what_ended_long_ago_is_forgotten(rooms: Rooms, logins: Logins) -> None:
    await keep_agent(rooms.store, rooms.ids)
    old = await opened_by(rooms)
    rooms.clock.pass_time((ABSOLUTE + KEPT_AFTER_END).total_seconds() + 1)
    fresh = await opened_by(rooms)
    found = await rooms.store.read(
        lambda tx: [tx.logins.get(one.login.id) for one in (old, fresh)]
    )
    assert found == [None, fresh.login]
