"""The supervisor's and administrator's pages: drawn, readable, reachable, silent.

At both widths, in three languages and both themes, with things on them.
"""

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.window import LANGUAGES, NARROW, THEMES, WIDE
from tests.support.site import until

pytestmark = BROWSER

PAGES = (
    "board",
    "admin",
    "admin/users",
    "admin/canned",
    "admin/keywords",
    "admin/links",
    "admin/settings",
    "admin/contacts",
    "admin/audit",
    "admin/tokens",
    "admin/webhooks",
    "admin/accounts",
)
CALLERS = ("+79162000001", "+79162000002", "+79162000003")
LONG = "Где мой заказ? Оплатила вчера, номер 5567, а трека до сих пор нет. " * 2


async def furnish(house: House) -> None:
    """Something to look at on every page; once is enough for a house."""
    if (await house.site.get("/tokens"))["items"][1:]:
        return
    for caller in CALLERS:
        await house.text(caller, LONG)
    await house.site.account("billing", description="Биллинг", numbers=["*"])
    calls = (
        ("/tokens", {"name": "Магазин", "scopes": ["messages:send"]}),
        ("/webhooks", {"url": "https://crm.example.com/hook", "types": ["message.*"]}),
    )
    for path, body in calls:
        status, answer = await house.site.api("POST", path, body)
        assert status == 201, answer
    for caller in CALLERS:
        await house.thread_of(caller)


@pytest.mark.parametrize("theme", THEMES)
async def test_nothing_serious_keeps_anybody_out(house: House, theme: str) -> None:
    await furnish(house)
    window = await house.window("admin", theme=theme)
    for path in PAGES:
        page = await window.open(f"/inbox/{path}")
        await page.get_by_role("heading").first.wait_for()
        assert await window.complaints() == [], path
        assert await window.unnamed() == [], path


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_fits_a_narrow_and_a_wide_window(
    house: House, language: str
) -> None:
    await furnish(house)
    window = await house.window("admin", locale=language)
    for path in PAGES:
        page = await window.open(f"/inbox/{path}")
        await page.get_by_role("heading").first.wait_for()
        for width in (WIDE, NARROW):
            await window.resize(width)
            assert await window.overflow() == 0, (path, width)
            await window.shoot(f"{path.replace('/', '-')}-{language}")


FORMS = {
    "users": "New person",
    "tokens": "New key",
    "webhooks": "New webhook",
    "accounts": "New account",
    "canned": "Import",
}


async def _leave(page: Page, form: Locator) -> None:
    """By Escape; the browser's own list under a field may take the first one."""

    async def is_left() -> bool:
        await page.keyboard.press("Escape")
        return await form.count() == 0

    await until(is_left, within_s=10, every_s=0.5)


async def test_a_form_over_the_page_keeps_nobody_out(house: House) -> None:
    window = await house.window("admin", width=NARROW, theme="dark")
    for path, button in FORMS.items():
        page = await window.open(f"/inbox/admin/{path}")
        opener = page.get_by_role("button", name=button).first
        await opener.press("Enter")
        form = page.get_by_role("dialog")
        await form.wait_for()
        assert await window.complaints() == [], path
        assert await window.unnamed() == [], path
        assert await window.overflow() == 0, path
        await _leave(page, form)
        await expect(opener).to_be_focused()
