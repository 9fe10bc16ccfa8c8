"""`/agents`: what administrators and supervisors do with people."""

from typing import Any

import pytest

from gateway.core.agent import AgentRole
from tests.support.agents import keep_agent
from tests.web.browser import browser_of, fresh_browser
from tests.web.world import World
from web.agent import AgentShape

pytestmark = pytest.mark.usefixtures("cheap_passwords")

ROOT = "/api/v1/agents"
ANNA = {"login": "anna", "name": "Анна", "role": "trainee"}


async def made(world: World, **more: Any) -> dict[str, Any]:
    answer = await world.call("POST", ROOT, {**ANNA, **more})
    assert answer.status == 201, answer.text
    agent: dict[str, Any] = answer.json
    return agent


async def test_a_made_agent_logs_in_with_the_password_that_is_shown_once(
    world: World,
) -> None:
    agent = await made(world, alias="Аня", max_active=5)
    assert (agent["alias"], agent["max_active"], agent["locale"]) == ("Аня", 5, "ru")
    assert set(AgentShape.__struct_fields__) == set(agent) - {"password"}
    async with fresh_browser(world) as browser:
        assert (await browser.log_in("anna", agent["password"])).status == 200
    listed = await world.call("GET", ROOT)
    assert [one["login"] for one in listed.json["items"]] == ["anna"]
    assert agent["password"] not in listed.text


async def test_a_given_password_is_not_said_back(world: World) -> None:
    agent = await made(world, password="four words of mine")
    assert "password" not in agent
    path = f"{ROOT}/anna/password"
    again = await world.call("PUT", path, {"password": "five other words of mine"})
    assert "password" not in again.json
    assert len((await world.call("PUT", path, {})).json["password"]) == 19


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"login": "Bad login"}, "login"),
        ({"role": "king"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "a" * 12}, "password"),
        ({"name": "x\u202ey"}, "name"),
        ({"name": "<script>" + "x" * 100}, "name"),
        ({"locale": "de"}, "locale"),
    ],
)
async def test_what_cannot_be_is_named(
    world: World, more: dict[str, Any], field: str
) -> None:
    answer = await world.call("POST", ROOT, {**ANNA, **more})
    assert (answer.status, answer.json["field"]) == (422, field)


async def test_a_taken_login_and_an_unknown_agent_are_said(world: World) -> None:
    await made(world)
    taken = await world.call("POST", ROOT, ANNA)
    assert (taken.status, taken.json["code"]) == (409, "login_taken")
    for method, path in (("PATCH", "nobody"), ("POST", "nobody/disable")):
        unknown = await world.call(method, f"{ROOT}/{path}", {})
        assert (unknown.status, unknown.json["code"]) == (404, "no_such_agent")


async def test_supervisors_set_load_and_presence_and_nothing_else(
    world: World,
) -> None:
    await keep_agent(world.store, world.services.ids, "oleg")
    async with browser_of(world, "vera", AgentRole.SUPERVISOR) as vera:
        changed = await vera.call("PATCH", f"{ROOT}/oleg", {"max_active": 1})
        assert (changed.status, changed.json["max_active"]) == (200, 1)
        moved = await vera.call("PUT", f"{ROOT}/oleg/presence", {"presence": "away"})
        assert (moved.status, moved.json["presence"]) == (200, "away")
        for body in ({"role": "administrator"}, {"name": "x", "max_active": 2}):
            refused = await vera.call("PATCH", f"{ROOT}/oleg", body)
            assert (refused.status, refused.json["code"]) == (403, "scope_missing")
    async with browser_of(world, "anna") as anna:
        assert (await anna.call("GET", ROOT)).status == 200
        for path in (f"{ROOT}/anna", f"{ROOT}/oleg"):
            refused = await anna.call("PATCH", path, {"max_active": 9})
            assert refused.status == 403


async def test_a_closed_agent_is_out_at_once_and_comes_back_only_by_password(
    world: World,
) -> None:
    async with browser_of(world, "anna") as anna:
        closed = await world.call("POST", f"{ROOT}/anna/disable")
        assert closed.json["disabled_at"] is not None
        assert (await anna.call("GET", ROOT)).status == 401
        opened = await world.call("POST", f"{ROOT}/anna/enable")
        assert opened.json["disabled_at"] is None
        assert (await anna.call("GET", ROOT)).status == 401
        assert (await anna.log_in("anna")).status == 200
        assert (await world.call("DELETE", f"{ROOT}/anna/logins")).status == 204
        assert (await anna.call("GET", ROOT)).status == 401


async def test_codes_are_taken_away_by_an_administrator(world: World) -> None:
    ids = world.services.ids
    await keep_agent(world.store, ids, "anna", totp_secret=bytes(20))
    answer = await world.call("DELETE", f"{ROOT}/anna/totp")
    assert (answer.status, answer.json["totp"]) == (200, False)
