"""Who is let in."""

import asyncio
import statistics
import time
from dataclasses import replace

import pytest

from gateway.core.agent import Agent, AgentRole
from gateway.core.agent_store import AuditFilter
from gateway.core.errors import Conflict, Forbidden, TooMany, Unauthorized
from gateway.engine.agent_password import hash_agent_password
from gateway.engine.audit import AuditLog
from gateway.engine.login_door import MOST_LOGINS, Attempt, LoginDoor
from gateway.engine.login_limit import TRIES_OF_PAIR
from gateway.engine.totp import code_at, step_at
from tests.support.agents import PASSWORD, keep_agent
from tests.support.rooms import Rooms

SEED = bytes(range(20))


@pytest.fixture
def door(rooms: Rooms) -> LoginDoor:
    return LoginDoor(rooms.store, rooms.clock, rooms.ids, rooms.metrics)


def attempt(login: str = "anna", password: str = PASSWORD, **more: str) -> Attempt:
    values = {"code": None, "source": "10.0.0.1", "user_agent": "Firefox", **more}
    return Attempt(login=login, password=password, **values)  # type: ignore[arg-type]  # named by the test


async def refused(door: LoginDoor, tried: Attempt) -> str:
    with pytest.raises(Unauthorized) as caught:
        await door.open(tried)
    return caught.value.code


async def save(rooms: Rooms, agent: Agent) -> None:
    await rooms.store.write(lambda tx: tx.agents.save(agent))


async def test_each_login_has_a_secret_of_its_own(
    rooms: Rooms, door: LoginDoor
) -> None:
    await keep_agent(rooms.store, rooms.ids)
    one, other = await door.open(attempt()), await door.open(attempt())
    assert one.secret != other.secret
    assert one.login.id != other.login.id
    assert one.login.user_agent == "Firefox"
    [entry, _] = await AuditLog(rooms.store, rooms.clock).listing(
        AuditFilter(action="login.opened"), before=None, limit=10
    )
    assert (entry.subject, entry.source) == (one.agent.id, "10.0.0.1")
    assert one.secret not in repr(entry)


async def test_a_login_name_that_nobody_has_is_not_recorded(
    rooms: Rooms, door: LoginDoor
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    # People type their password where the name belongs.
    assert await refused(door, attempt(login=PASSWORD)) == "login_failed"
    assert await refused(door, attempt(password="wrong")) == "login_failed"
    entries = await AuditLog(rooms.store, rooms.clock).listing(
        AuditFilter(action="login.failed"), before=None, limit=10
    )
    assert [entry.subject for entry in entries] == [agent.id, "unknown"]
    assert PASSWORD not in repr(entries)


@pytest.mark.slow
async def test_a_refusal_takes_the_same_time_for_every_reason(
    rooms: Rooms, door: LoginDoor
) -> None:
    real = hash_agent_password(PASSWORD, rooms.ids)
    anna = await keep_agent(rooms.store, rooms.ids)
    gone = await keep_agent(rooms.store, rooms.ids, "gone")
    now = rooms.clock.now()
    for agent in (anna, replace(gone, disabled_at=now)):
        await save(rooms, replace(agent, password_hash=real))
    tries = [attempt(password="wrong"), attempt("nobody"), attempt("gone")]
    taken: dict[str, list[float]] = {tried.login: [] for tried in tries}
    for _ in range(4):
        for tried in tries:
            # Of this process alone: others use the machine, too.
            started = time.process_time()
            assert await refused(door, tried) == "login_failed"
            taken[tried.login].append(time.process_time() - started)
    figures = [min(one) for one in taken.values()]
    assert max(figures) < 1.25 * statistics.median(figures), taken


async def test_parallel_guesses_are_counted_before_they_are_many(
    rooms: Rooms, door: LoginDoor
) -> None:
    await keep_agent(rooms.store, rooms.ids)
    answers = await asyncio.gather(
        *(door.open(attempt(password=f"guess {number}")) for number in range(30)),
        return_exceptions=True,
    )
    wrong = [one for one in answers if isinstance(one, Unauthorized)]
    limited = [one for one in answers if isinstance(one, TooMany)]
    # Two are hashed at once, so one may slip in beside the last that is allowed.
    assert TRIES_OF_PAIR <= len(wrong) <= TRIES_OF_PAIR + 1
    assert len(wrong) + len(limited) == 30
    with pytest.raises(TooMany):
        await door.open(attempt())
    rooms.clock.pass_time(30)
    assert (await door.open(attempt())).secret


async def test_a_box_without_agents_says_so(door: LoginDoor) -> None:
    with pytest.raises(Conflict) as caught:
        await door.open(attempt())
    assert caught.value.code == "no_agents"


async def with_code(rooms: Rooms) -> Agent:
    return await keep_agent(rooms.store, rooms.ids, totp_secret=SEED)


async def test_a_code_opens_once(rooms: Rooms, door: LoginDoor) -> None:
    await with_code(rooms)
    assert await refused(door, attempt()) == "totp_required"
    assert await refused(door, attempt(code="")) == "totp_required"
    assert await refused(door, attempt(code="000000")) == "totp_failed"
    code = code_at(SEED, step_at(rooms.clock.now()))
    assert (await door.open(attempt(code=code))).agent.totp_step > 0
    assert await refused(door, attempt(code=code)) == "totp_failed"
    before = code_at(SEED, step_at(rooms.clock.now()) - 1)
    assert await refused(door, attempt(code=before)) == "totp_failed"
    rooms.clock.pass_time(30)
    after = code_at(SEED, step_at(rooms.clock.now()))
    assert (await door.open(attempt(code=after))).secret


async def test_a_code_opens_once_though_two_come_together(
    rooms: Rooms, door: LoginDoor
) -> None:
    await with_code(rooms)
    code = code_at(SEED, step_at(rooms.clock.now()))
    answers = await asyncio.gather(
        *(door.open(attempt(code=code)) for _ in range(4)), return_exceptions=True
    )
    failed = [one for one in answers if isinstance(one, Unauthorized)]
    assert len(failed) == 3
    assert {error.code for error in failed} == {"totp_failed"}


async def test_wrong_codes_are_counted_as_wrong_passwords_are(
    rooms: Rooms, door: LoginDoor
) -> None:
    await with_code(rooms)
    for _ in range(TRIES_OF_PAIR):
        assert await refused(door, attempt(code="000000")) == "totp_failed"
    with pytest.raises(TooMany):
        await door.open(attempt(code="000000"))


async def test_an_agent_has_so_many_browsers_at_most(
    rooms: Rooms, door: LoginDoor
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    opened = [await door.open(attempt()) for _ in range(MOST_LOGINS + 2)]
    left = await rooms.store.read(lambda tx: tx.logins.of_agent(agent.id))
    assert len(left) == MOST_LOGINS
    assert opened[0].login.id not in {login.id for login in left}
    assert opened[-1].login.id in {login.id for login in left}


async def test_what_changed_while_it_was_checked_counts(
    rooms: Rooms, door: LoginDoor
) -> None:
    agent = await keep_agent(rooms.store, rooms.ids, "root", AgentRole.ADMINISTRATOR)
    agent = replace(agent, password_hash=hash_agent_password(PASSWORD, rooms.ids))
    await save(rooms, agent)
    opening = asyncio.ensure_future(door.open(attempt("root")))
    # Meanwhile it has read what is so now, and hashes.
    await rooms.store.read(lambda tx: tx.agents.get(agent.id))
    await save(rooms, replace(agent, disabled_at=rooms.clock.now()))
    with pytest.raises(Unauthorized):
        await opening


async def test_proving_a_password_is_limited_too(rooms: Rooms, door: LoginDoor) -> None:
    agent = await keep_agent(rooms.store, rooms.ids)
    await door.prove(agent, PASSWORD, "10.0.0.1", field="old")
    for _ in range(TRIES_OF_PAIR):
        with pytest.raises(Forbidden):
            await door.prove(agent, "wrong", "10.0.0.1", field="old")
    with pytest.raises(TooMany):
        await door.prove(agent, PASSWORD, "10.0.0.1", field="old")
