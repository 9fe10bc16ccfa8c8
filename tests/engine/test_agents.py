"""Agents: made, changed, closed, here and away."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.core.agent import BOX, Actor, AgentRole, Load, Presence
from gateway.core.agent_store import AuditFilter
from gateway.core.errors import Conflict, Invalid, NotFound
from gateway.core.event import EventType
from gateway.core.ids import LoginId
from gateway.engine.agent_password import is_agent_password
from gateway.engine.agents import Agents
from gateway.engine.audit import AuditLog
from gateway.engine.login_door import Attempt, LoginDoor
from gateway.engine.logins import Logins
from tests.support.agents import PASSWORD, keep_agent
from tests.support.rooms import Rooms

pytestmark = pytest.mark.usefixtures("cheap_passwords")

RULES: dict[str, Any] = {"name": "Анна", "role": AgentRole.AGENT}


@pytest.fixture
def logins(rooms: Rooms) -> Logins:
    return Logins(rooms.store, rooms.clock)


@pytest.fixture
def agents(rooms: Rooms, logins: Logins) -> Agents:
    return Agents(rooms.store, rooms.clock, rooms.ids, logins)


@pytest.fixture
async def root(rooms: Rooms) -> Actor:
    """Who does it all."""
    agent = await keep_agent(rooms.store, rooms.ids, "root", AgentRole.ADMINISTRATOR)
    return Actor(agent=agent, source="10.0.0.1")


async def actions(rooms: Rooms) -> list[str]:
    found = await AuditLog(rooms.store, rooms.clock).listing(
        AuditFilter(), before=None, limit=100
    )
    return [entry.action for entry in reversed(found)]


async def log_in(rooms: Rooms, login: str) -> LoginId:
    door = LoginDoor(rooms.store, rooms.clock, rooms.ids, rooms.metrics)
    attempt = Attempt(
        login=login, password=PASSWORD, code=None, source="x", user_agent=""
    )
    return (await door.open(attempt)).login.id


async def test_an_agent_is_made_with_a_password_that_is_not_kept(
    agents: Agents, rooms: Rooms, root: Actor
) -> None:
    agent, password = await agents.create(root, " Anna ", RULES)
    assert agent.login == "anna"
    assert is_agent_password(password, agent.password_hash)
    [entry, *_] = await AuditLog(rooms.store, rooms.clock).listing(
        AuditFilter(subject=agent.id), before=None, limit=10
    )
    assert entry.after is not None
    assert (entry.action, entry.after["role"]) == ("agent.created", "agent")
    assert password not in repr(entry)
    assert agent.password_hash not in repr(entry)
    [event] = [e for e in await rooms.events() if e.type is EventType.AGENT_CHANGED]
    assert event.data["login"] == "anna"
    assert "password_hash" not in event.data
    assert await agents.get("ANNA") == (agent, Load())
    assert (await agents.get(agent.id))[0] == agent


@pytest.mark.parametrize(
    ("login", "rules", "field"),
    [
        ("", {}, "login"),
        ("a b", {}, "login"),
        ("анна", {}, "login"),
        ("-x", {}, "login"),
        ("x" * 65, {}, "login"),
        ("anna", {"name": ""}, "name"),
        ("anna", {"name": "x" * 101}, "name"),
        ("anna", {"name": "Ann\u202ea"}, "name"),
        ("anna", {"alias": "a\nb"}, "alias"),
        ("anna", {"locale": "de"}, "locale"),
        ("anna", {"max_active": -1}, "max_active"),
        ("anna", {"max_active": 101}, "max_active"),
    ],
)
async def test_what_cannot_be_names_its_field(
    agents: Agents, login: str, rules: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await agents.create(BOX, login, {**RULES, **rules})
    assert refused.value.field == field


async def test_a_login_is_one_persons(agents: Agents) -> None:
    await agents.create(BOX, "anna", RULES)
    with pytest.raises(Conflict) as refused:
        await agents.create(BOX, "ANNA", RULES)
    assert refused.value.code == "login_taken"


async def test_nobody_has_a_name_that_nobody_has(agents: Agents) -> None:
    for act in (agents.get, lambda name: agents.disable(BOX, name)):
        with pytest.raises(NotFound):
            await act("nobody")


async def test_there_is_always_an_administrator(
    agents: Agents, rooms: Rooms, root: Actor
) -> None:
    for refused in (
        agents.disable(root, "root"),
        agents.change(root, "root", {"role": AgentRole.SUPERVISOR}),
    ):
        with pytest.raises(Conflict) as caught:
            await refused
        assert caught.value.code == "last_administrator"
    assert (await agents.get("root"))[0].disabled_at is None
    await keep_agent(rooms.store, rooms.ids, "vera", AgentRole.ADMINISTRATOR)
    assert (await agents.disable(root, "root")).disabled_at is not None
    assert await actions(rooms) == ["agent.disabled"]


@pytest.mark.parametrize("how", ["role", "password", "disable"])
async def test_who_is_changed_so_is_logged_out_everywhere(
    agents: Agents, logins: Logins, rooms: Rooms, root: Actor, how: str
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    opened = [await log_in(rooms, "anna") for _ in range(2)]
    told: list[LoginId] = []
    logins.listen(told.append)
    match how:
        case "role":
            await agents.change(root, "anna", {"role": AgentRole.TRAINEE})
        case "password":
            await agents.set_password(root, "anna")
        case _:
            await agents.disable(root, "anna")
    assert set(told) == set(opened)
    assert await logins.ls(agent) == []
    assert not any([await logins.is_good(one) for one in opened])


async def test_another_name_logs_nobody_out(
    agents: Agents, logins: Logins, rooms: Rooms, root: Actor
) -> None:
    await keep_agent(rooms.store, rooms.ids)
    opened = await log_in(rooms, "anna")
    changed = await agents.change(root, "anna", {"name": "Анна П.", "alias": "Аня"})
    assert (changed.name, changed.alias) == ("Анна П.", "Аня")
    assert await logins.is_good(opened)
    assert (await actions(rooms))[-1] == "agent.changed"


async def test_what_is_so_already_is_not_recorded(
    agents: Agents, rooms: Rooms, root: Actor
) -> None:
    await keep_agent(rooms.store, rooms.ids)
    await agents.enable(root, "anna")
    await agents.change(root, "anna", {"name": "Anna"})
    assert await actions(rooms) == []
    assert await rooms.events() == []


async def test_presence_is_kept_in_spans(
    agents: Agents, rooms: Rooms, root: Actor
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    own = Actor(agent=agent)
    start = rooms.clock.now()
    for presence in (Presence.ONLINE, Presence.ONLINE, Presence.BREAK):
        await agents.set_presence(own, agent.id, presence)
        rooms.clock.pass_time(60)
    moved, _ = await agents.get("anna")
    assert moved.presence is Presence.BREAK
    assert moved.presence_at == start + timedelta(seconds=120)
    await agents.set_presence(root, "anna", Presence.AWAY)
    spans = await rooms.store.read(
        lambda tx: tx.agents.spans(agent.id, start, rooms.clock.now() + timedelta(1))
    )
    ends = [start + timedelta(seconds=second) for second in (0, 120, 180)]
    assert [(one.presence, one.from_at, one.to_at) for one in spans] == [
        (Presence.ONLINE, ends[0], ends[1]),
        (Presence.BREAK, ends[1], ends[2]),
        (Presence.AWAY, ends[2], None),
    ]
    # One's own is no matter for the audit log, a supervisor's is.
    assert await actions(rooms) == ["agent.presence_set"]
    assert len(await rooms.events()) == 3


async def test_a_break_stays_one_when_a_browser_comes(
    agents: Agents, rooms: Rooms
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)

    async def after(presence: Presence) -> Presence:
        return (await agents.presence_changed(agent.id, presence)).presence

    assert await after(Presence.ONLINE) is Presence.ONLINE
    await agents.set_presence(Actor(agent=agent), agent.id, Presence.BREAK)
    assert await after(Presence.ONLINE) is Presence.BREAK
    assert await after(Presence.OFFLINE) is Presence.OFFLINE
    assert await after(Presence.ONLINE) is Presence.ONLINE
    assert await actions(rooms) == []


async def test_who_is_closed_is_not_there_and_nobody_acts_for_them(
    agents: Agents, rooms: Rooms, root: Actor
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    await agents.presence_changed(agent.id, Presence.ONLINE)
    assert await agents.acting("Anna") is not None
    assert await agents.acting("nobody") is None
    closed = await agents.disable(root, "anna")
    assert closed.presence is Presence.OFFLINE
    assert await agents.acting("anna") is None
    assert await agents.nobody_yet() is None


async def test_a_lost_telephone_is_no_end(
    agents: Agents, rooms: Rooms, root: Actor
) -> None:
    await keep_agent(rooms.store, rooms.ids, totp_secret=bytes(20))
    assert (await agents.drop_totp(root, "anna")).totp_secret is None
    [entry] = await AuditLog(rooms.store, rooms.clock).listing(
        AuditFilter(), before=None, limit=9
    )
    assert (entry.before, entry.after) == ({"totp": True}, {"totp": False})
