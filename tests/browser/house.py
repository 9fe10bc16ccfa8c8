"""A running house: simulator, gateway, people who may log in, and their browsers.

Everything is real: two processes on a fresh directory, Debian's Chromium. Relies on
tests/support/site.py; people are made through the API as an administrator would.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright, expect

from tests.browser.watch import Watch
from tests.browser.window import HEIGHTS, WIDE, Window
from tests.support.site import Site, site, until

# A busy machine is no fault of the page's.
PATIENCE_MS = 10_000
expect.set_options(timeout=PATIENCE_MS)

PASSWORD = "correct horse battery staple"  # of people who are not there
PEOPLE = {
    "anna": ("Анна Петрова", "agent"),
    "oleg": ("Олег Ким", "agent"),
    "vera": ("Вера Лис", "trainee"),
    "inna": ("Инна Бойко", "supervisor"),
    "admin": ("Админ", "administrator"),
}
PHONE = "+79162000001"


@dataclass(slots=True)
class House:
    """What a browser test has at hand."""

    site: Site
    browser: Browser
    axe: str
    agents: dict[str, dict[str, Any]] = field(default_factory=dict)  # by login
    windows: list[Window] = field(default_factory=list)
    # What the page of whoever logs in next remembers; the first-run tour would stand
    # before what a test looks at, and most do not call back what they send.
    preferences: dict[str, object] = field(
        default_factory=lambda: {"tour_done": True, "undo_s": 0}
    )

    async def hire(self, login: str, *, locale: str = "en", **fields: object) -> None:
        """Make somebody of `PEOPLE`."""
        name, role = PEOPLE[login]
        body = {"login": login, "name": name, "role": role, "password": PASSWORD}
        status, made = await self.site.api(
            "POST", "/agents", {**body, "locale": locale, **fields}
        )
        assert status == 201, made
        self.agents[login] = made

    async def window(
        self,
        agent: str | None = None,
        *,
        width: int = WIDE,
        locale: str = "en",
        theme: str = "light",
        **options: Any,
    ) -> Window:
        """A browser of that person's; each has its own cookies and storage."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, HEIGHTS[WIDE])},
            locale={"en": "en-GB", "ru": "ru-RU", "uk": "uk-UA"}[locale],
            timezone_id="Europe/Moscow",
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        watch = Watch()
        watch.over(context)
        if agent is not None:
            await self._log_in(context.request, agent, locale)
        page = await context.new_page()
        window = Window(context, page, watch, self.site.gateway, agent, self.axe)
        self.windows.append(window)
        return window

    async def _log_in(self, request: Any, agent: str, locale: str) -> None:
        address = f"{self.site.gateway}/api/v1/session"
        body = {"login": agent, "password": PASSWORD}
        answer = await request.post(address, data=body)
        assert answer.status == 200, await answer.text()
        csrf = (await answer.json())["csrf"]
        wishes = {"locale": locale, "preferences": self.preferences}
        headers = {"X-CSRF-Token": csrf}
        answer = await request.patch(address, data=wishes, headers=headers)
        assert answer.status == 200, await answer.text()

    async def text(self, from_: str, text: str, *, to: int = 0) -> None:
        """Somebody writes an SMS to one of our numbers."""
        number = self.site.modems[to]["msisdn"]
        await self.site.sim(
            "POST", f"/phones/{from_}/messages", {"to": number, "text": text}
        )

    async def phone(self, number: str) -> list[dict[str, Any]]:
        """The whole messages that a phone has got."""
        found = await self.site.sim("GET", f"/phones/{number}/messages")
        return [one for one in found["messages"] if one["complete"]]

    async def thread_of(self, number: str) -> dict[str, Any]:
        """The thread row of somebody who wrote, once it is there."""
        found: list[dict[str, Any]] = []

        async def there() -> bool:
            rows = (await self.site.get("/threads?view=all"))["items"]
            found[:] = [row for row in rows if row["contact"]["address"] == number]
            return bool(found)

        await until(there, within_s=10)
        return found[0]

    async def close_windows(self) -> list[str]:
        """Close all; what their pages complained about."""
        heard = []
        for window in self.windows:
            heard += [f"{window.agent}: {one}" for one in window.watch.unexpected()]
            await window.context.close()
        self.windows.clear()
        return heard


@asynccontextmanager
async def open_house(
    folder: Path, axe: str, *people: str, **settings: Any
) -> AsyncIterator[House]:
    """A house with these people, its modems up; `settings` are those of `site`."""
    async with site(folder, **settings) as place, async_playwright() as playwright:
        browser, is_up = await asyncio.gather(
            playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            ),
            place.start(),
        )
        assert is_up, (folder / "gateway.log").read_text(encoding="utf-8")[-2000:]
        house = House(site=place, browser=browser, axe=axe)
        await asyncio.gather(*(house.hire(login) for login in people))
        await place.wait_for_links(settings.get("modems", 1))
        try:
            yield house
        finally:
            await house.close_windows()
            await browser.close()
            await place.stop()
