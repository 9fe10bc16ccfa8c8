"""What a browser has to show beside its cookie, so that no other page can use it."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from gateway.core.agent import AgentRole
from gateway.core.errors import Forbidden
from tests.support.agents import PASSWORD, keep_agent
from tests.web.browser import SESSION, browser_of, fresh_browser
from tests.web.world import World, open_world
from web.config import HttpConfig
from web.session import COOKIE, check_origin, csrf_of, is_encrypted, secret_of

PUBLIC = "https://text.example.org"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "nonsense"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_another_site_can_do_nothing(
    world: World, headers: dict[str, str]
) -> None:
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as browser:
        calls: list[tuple[str, str, Any]] = [
            ("GET", SESSION, None),
            ("POST", SESSION, {"login": "root", "password": PASSWORD}),
            ("PUT", f"{SESSION}/presence", {"presence": "break"}),
            ("POST", "/api/v1/tokens", {"name": "x", "scopes": ["admin"]}),
            ("GET", "/api/v1/agents", None),
        ]
        for method, path, body in calls:
            answer = await browser.call(method, path, body, headers=headers)
            assert (answer.status, answer.json["code"]) == (403, "wrong_origin"), path
    made = await world.call("GET", "/api/v1/tokens")
    assert [token["name"] for token in made.json["items"]] == ["test"]


async def test_behind_a_proxy_the_public_address_is_ours(tmp_path: Path) -> None:
    config = HttpConfig(public_url="https://text.example.org")
    proxied = {"Host": "text.example.org", "Origin": "https://text.example.org"}
    async with open_world(tmp_path, config=config) as world:
        await keep_agent(world.store, world.services.ids)
        async with fresh_browser(world) as browser:
            body = {"login": "anna", "password": PASSWORD}
            answer = await browser.call("POST", SESSION, body, headers=proxied)
            assert answer.status == 200
            assert "Secure" in answer.headers["Set-Cookie"]
            local = await browser.call("POST", SESSION, body)
            assert "Secure" not in local.headers["Set-Cookie"]


@pytest.mark.parametrize("token", ["", "0" * 64, "é", "wrong"])
async def test_what_changes_something_needs_the_csrf_token(
    world: World, token: str
) -> None:
    async with browser_of(world, "root", AgentRole.ADMINISTRATOR) as browser:
        headers = {"X-CSRF-Token": token}
        for method, path in (
            ("DELETE", SESSION),
            ("POST", "/api/v1/tokens"),
            ("PATCH", "/api/v1/agents/root"),
        ):
            answer = await browser.call(method, path, {}, headers=headers)
            assert (answer.status, answer.json["code"]) == (403, "csrf_token_wrong")
        assert (await browser.call("GET", SESSION, headers=headers)).status == 200


async def test_the_csrf_token_of_another_login_is_wrong(world: World) -> None:
    async with browser_of(world) as first, browser_of(world, "oleg") as second:
        headers = {"X-CSRF-Token": second.csrf}
        answer = await first.call("DELETE", SESSION, headers=headers)
        assert answer.json["code"] == "csrf_token_wrong"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("User-Agent", 200),
        ("Origin", 403),
        ("Sec-Fetch-Site", 403),
        ("Cookie", 200),
        ("X-CSRF-Token", 200),
    ],
)
async def test_octets_that_are_no_text_are_no_fault_of_ours(
    world: World, name: str, status: int
) -> None:
    await keep_agent(world.store, world.services.ids)
    body = msgspec.json.encode({"login": "anna", "password": PASSWORD})
    head = (
        f"POST {SESSION} HTTP/1.1\r\nHost: 127.0.0.1:{world.port}\r\n"
        f"Connection: close\r\nContent-Length: {len(body)}\r\n{name}: "
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.write(head.encode() + b"\xff\xed\xa0\x80\r\n\r\n" + body)
    said = await reader.read()
    writer.close()
    assert int(said.split()[1]) == status


async def test_an_agent_whose_name_is_no_text_is_unknown(world: World) -> None:
    headers = {"Seventy-Agent": "\u00ff"}
    answer = await world.call("GET", "/api/v1/agents", headers=headers)
    assert (answer.status, answer.json["code"]) == (403, "agent_unknown")


def asked(method: str = "GET", **headers: str) -> web.Request:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_mocked_request(method, "/api/v1/session", headers=sent)


@pytest.mark.parametrize(
    ("host", "origin", "public_url", "ours"),
    [
        ("box:8070", "http://box:8070", None, True),
        ("BOX:8070", "http://box:8070", None, True),
        ("box", "http://box:80", None, True),
        ("[::1]:8070", "http://[::1]:8070", None, True),
        ("box:8070", "https://box:8070", None, False),
        ("box:8070", "http://box", None, False),
        ("box:8070", "http://box.evil.example:8070", None, False),
        ("box:8070", "http://evil.example/box:8070", None, False),
        ("box:8070", "file://", None, False),
        ("box:8070", "", None, False),
        ("127.0.0.1:8070", PUBLIC, PUBLIC, True),
        ("127.0.0.1:8070", PUBLIC + ":443", PUBLIC + "/", True),
        ("127.0.0.1:8070", "http://text.example.org", PUBLIC, False),
        ("127.0.0.1:8070", PUBLIC, None, False),
    ],
)
def test_an_origin_is_ours_to_the_letter(
    host: str, origin: str, public_url: str | None, *, ours: bool
) -> None:
    request = asked(Host=host, Origin=origin)
    if ours:
        check_origin(request, public_url)
        return
    with pytest.raises(Forbidden):
        check_origin(request, public_url)


def test_who_is_no_browser_says_no_origin() -> None:
    check_origin(asked(Host="box"), None)


def test_a_cookie_is_secure_wherever_the_browser_came_by_tls() -> None:
    over_tls = make_mocked_request("GET", "/", sslcontext=ssl.create_default_context())
    assert is_encrypted(over_tls, None)
    assert is_encrypted(asked(Host="text.example.org"), PUBLIC)
    assert not is_encrypted(asked(Host="127.0.0.1:8070"), PUBLIC)
    assert not is_encrypted(asked(Host="text.example.org"), None)
    assert not is_encrypted(asked(Host="a.example"), "http://a.example")


@pytest.mark.parametrize("cookie", ["", "x" * 201, "é", "a b"])
def test_what_cannot_be_a_secret_is_not_looked_up(cookie: str) -> None:
    found = secret_of(asked(Cookie=f"{COOKIE}={cookie}"))
    assert found is None or found == "a"


def test_csrf_tokens_are_made_from_the_secret_and_do_not_tell_it() -> None:
    assert csrf_of("a" * 64) != csrf_of("b" * 64)
    assert "a" * 8 not in csrf_of("a" * 64)
