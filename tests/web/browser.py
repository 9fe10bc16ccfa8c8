"""A browser of an agent: a cookie jar, the CSRF token, and what browsers send."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from gateway.core.agent import Agent, AgentRole
from tests.support.agents import PASSWORD, keep_agent
from tests.web.world import Answer, World
from web.session import COOKIE

SESSION = "/api/v1/session"


@dataclass(slots=True)
class Browser:
    """One that may be logged in."""

    world: World
    http: aiohttp.ClientSession
    csrf: str = ""

    @property
    def secret(self) -> str:
        """The cookie, as a thief would have it."""
        cookies = self.http.cookie_jar.filter_cookies(URL(self.world.base))
        return cookies[COOKIE].value if COOKIE in cookies else ""

    async def log_in(
        self, login: str, password: str = PASSWORD, code: str | None = None
    ) -> Answer:
        body = {"login": login, "password": password, "code": code}
        answer = await self.call("POST", SESSION, body)
        if answer.status == 200:
            self.csrf = answer.json["csrf"]
        return answer

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As the page does it."""
        sent = {"Origin": self.world.base, "Sec-Fetch-Site": "same-origin"}
        if self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        sent |= headers or {}
        arguments: dict[str, Any] = {} if body is None else {"json": body}
        async with self.http.request(
            method, self.world.base + path, headers=sent, **arguments
        ) as response:
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(
                status=response.status,
                headers=response.headers,
                text=text,
                json=await response.json(content_type=None) if is_json else None,
            )


@asynccontextmanager
async def fresh_browser(world: World) -> AsyncIterator[Browser]:
    """Nobody is logged in with it."""
    # The listener has no name but its address; a jar keeps no cookies of such.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Browser(world, http)


@asynccontextmanager
async def browser_of(
    world: World, login: str = "anna", role: AgentRole = AgentRole.AGENT
) -> AsyncIterator[Browser]:
    """The browser of a new agent, logged in."""
    await keep_agent(world.store, world.services.ids, login, role)
    async with fresh_browser(world) as browser:
        assert (await browser.log_in(login)).status == 200
        yield browser


async def agent_of(world: World, login: str) -> Agent:
    """As it is on disk."""
    agent = await world.store.read(lambda tx: tx.agents.by_login(login))
    assert agent is not None
    return agent
