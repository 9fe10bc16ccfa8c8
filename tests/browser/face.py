"""A browser before the HTTP face alone: no daemon, no lines, nobody logged in.

For what depends on the files of the page and their headers only.
"""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Page, async_playwright

from tests.browser.watch import Watch
from tests.web.world import World

_LOGGED_OUT = r"401 GET .*/api/v1/session"


@asynccontextmanager
async def before(
    world: World, path: str, *, locale: str = "en-GB"
) -> AsyncIterator[tuple[Page, Watch]]:
    """A page at that path; it ends with nothing heard."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        context = await browser.new_context(locale=locale)
        watch = Watch()
        watch.over(context)
        watch.allow(_LOGGED_OUT)
        page = await context.new_page()
        await page.goto(world.base + path)
        await page.locator("form, main").first.wait_for()
        yield page, watch
        assert watch.unexpected() == []
        await browser.close()
