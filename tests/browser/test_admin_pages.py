"""The supervisor's and administrator's pages: drawn, readable, reachable, silent.

At both widths, in three languages and both themes, with things on them.
"""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.window import LANGUAGES, NARROW, THEMES, WIDE

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


async def test_a_form_stays_a_form_when_what_is_behind_it_arrives(
    house: House,
) -> None:
    window = await house.window("admin")
    arrives = asyncio.Event()

    async def late(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await window.page.route("**/api/v1/webhooks", late)
    page = await window.open("/inbox/admin/webhooks")
    await page.get_by_role("button", name="New webhook").first.press("Enter")
    form = page.get_by_role("dialog")
    field = form.get_by_role("textbox").first
    await field.fill("https://here.example.org")
    arrives.set()
    await expect(page.get_by_text("No webhook yet").first).to_be_attached()
    await expect(field).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(form).to_have_count(0)


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
        await page.keyboard.press("Escape")
        await expect(form).to_have_count(0)
        await expect(opener).to_be_focused()
