"""What agents do for themselves."""

from typing import Any

import pytest

from gateway.core.agent import BOX, Actor, Agent, Presence
from gateway.core.agent_store import AuditFilter
from gateway.core.errors import Conflict, Forbidden, Invalid
from gateway.core.event import EventType
from gateway.engine.agent_password import is_agent_password
from gateway.engine.audit import AuditLog
from gateway.engine.login_door import Attempt, LoginDoor, Opened
from gateway.engine.logins import Logins
from gateway.engine.own_agent import LARGEST_PREFERENCES, MOST_LEVELS, OwnAgent
from gateway.engine.totp import code_at, step_at
from tests.support.agents import PASSWORD, keep_agent
from tests.support.rooms import Rooms

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NEW = "four words of mine"


@pytest.fixture
def logins(rooms: Rooms) -> Logins:
    return Logins(rooms.store, rooms.clock)


@pytest.fixture
def door(rooms: Rooms) -> LoginDoor:
    return LoginDoor(rooms.store, rooms.clock, rooms.ids, rooms.metrics)


@pytest.fixture
def own(rooms: Rooms, logins: Logins, door: LoginDoor) -> OwnAgent:
    return OwnAgent(rooms.store, rooms.clock, rooms.ids, logins, door)


@pytest.fixture
async def anna(rooms: Rooms) -> Actor:
    return Actor(agent=await keep_agent(rooms.store, rooms.ids), source="10.0.0.1")


async def log_in(door: LoginDoor) -> Opened:
    return await door.open(
        Attempt(login="anna", password=PASSWORD, code=None, source="x", user_agent="")
    )


async def fresh(rooms: Rooms) -> Agent:
    agent = await rooms.store.read(lambda tx: tx.agents.by_login("anna"))
    assert agent is not None
    return agent


async def test_another_password_leaves_this_browser_only(
    rooms: Rooms, own: OwnAgent, door: LoginDoor, logins: Logins, anna: Actor
) -> None:
    this, other = await log_in(door), await log_in(door)
    with pytest.raises(Forbidden):
        await own.set_password(anna, this.login, old="wrong", new=NEW)
    with pytest.raises(Invalid):
        await own.set_password(anna, this.login, old=PASSWORD, new="too short")
    await own.set_password(anna, this.login, old=PASSWORD, new=NEW)
    assert is_agent_password(NEW, (await fresh(rooms)).password_hash)
    assert await logins.check(this.secret) is not None
    assert await logins.check(other.secret) is None


async def test_a_password_that_was_set_meanwhile_is_not_overwritten(
    rooms: Rooms, own: OwnAgent, door: LoginDoor, anna: Actor
) -> None:
    this = await log_in(door)
    await own.set_password(anna, this.login, old=PASSWORD, new=NEW)
    with pytest.raises(Conflict):  # by the actor's older view of itself
        await own.set_password(anna, this.login, old=PASSWORD, new="five other words")
    assert is_agent_password(NEW, (await fresh(rooms)).password_hash)


async def test_codes_are_needed_once_they_are_proven(
    rooms: Rooms, own: OwnAgent, anna: Actor
) -> None:
    with pytest.raises(Conflict):
        await own.prove_totp(anna, "123456")
    await own.begin_totp(anna)
    secret, uri = await own.begin_totp(anna)  # a second wish is a fresh secret
    assert secret in uri
    pending = (await fresh(rooms)).totp_pending
    assert pending is not None
    with pytest.raises(Invalid):
        await own.prove_totp(anna, "000000")
    await own.prove_totp(anna, code_at(pending, step_at(rooms.clock.now())))
    agent = await fresh(rooms)
    assert (agent.totp_secret, agent.totp_pending) == (pending, None)
    with pytest.raises(Conflict):
        await own.begin_totp(anna)
    with pytest.raises(Forbidden):
        await own.drop_totp(anna, "wrong")
    await own.drop_totp(anna, PASSWORD)
    assert (await fresh(rooms)).totp_secret is None
    entries = await AuditLog(rooms.store, rooms.clock).listing(
        AuditFilter(action="agent.totp*"), before=None, limit=9
    )
    assert [one.action for one in entries] == ["agent.totp_removed", "agent.totp_set"]
    assert secret not in repr(entries)


async def test_preferences_are_merged_and_have_a_limit(
    own: OwnAgent, anna: Actor
) -> None:
    kept: dict[str, Any] = {"theme": "dark", "keys": {"send": "Enter"}}
    await own.prefer(anna, locale="en", preferences=kept)
    agent = await own.prefer(anna, locale=None, preferences={"theme": None, "x": 1})
    assert agent.locale == "en"
    assert agent.preferences == {"keys": {"send": "Enter"}, "x": 1}
    nested: list[Any] = []
    for _ in range(MOST_LEVELS):
        nested = [nested]
    for value in ("x" * LARGEST_PREFERENCES, nested):
        with pytest.raises(Invalid) as refused:
            await own.prefer(anna, locale=None, preferences={"y": value})
        assert refused.value.field == "preferences"
    with pytest.raises(Invalid) as refused:
        await own.prefer(anna, locale="de", preferences={})
    assert refused.value.field == "locale"


async def test_the_last_browser_that_logs_out_takes_the_agent_along(
    rooms: Rooms, own: OwnAgent, door: LoginDoor, logins: Logins, anna: Actor
) -> None:
    agent, now = await fresh(rooms), rooms.clock.now()
    await rooms.store.write(lambda tx: tx.agents.move(agent.id, Presence.ONLINE, now))
    opened = [await log_in(door) for _ in range(2)]
    told: list[str] = []
    logins.listen(told.append)
    for one, presence in zip(opened, (Presence.ONLINE, Presence.OFFLINE), strict=True):
        await own.log_out(anna, one.login)
        assert (await fresh(rooms)).presence is presence
        assert await logins.check(one.secret) is None
    assert told == [one.login.id for one in opened]
    [event] = await rooms.events()
    assert event.type is EventType.AGENT_CHANGED
    assert event.data["presence"] == "offline"


async def test_nobody_is_nobody(own: OwnAgent) -> None:
    with pytest.raises(Forbidden):
        await own.begin_totp(BOX)
