"""The agents' pages for everybody: named, reachable, readable, fitting any width.

Spec: spec/inbox.md F.12; WCAG 2.2 AA as far as axe can tell.
"""

import pytest
from playwright.async_api import Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.window import LANGUAGES, NARROW, THEMES, WIDE, Window

pytestmark = BROWSER

CALLER = "+79162000021"
PLACES = ("", "search?q=заказ", "contacts", "approvals", "t/{thread}")


async def thread_id(house: House) -> str:
    """A thread with a message, a note and an answer in it; made once."""
    rows = (await house.site.get("/threads?view=all"))["items"]
    if rows:
        return str(rows[0]["id"])
    await house.text(CALLER, "Где мой заказ 5567? Оплатила вчера, а трека нет.")
    thread = str((await house.thread_of(CALLER))["id"])
    seen = (await house.site.get(f"/threads/{thread}"))["seq"]
    anna = {"Seventy-Agent": "anna"}
    calls = (
        ("notes", {"client_id": "1" * 32, "text": "Проверить оплату"}),
        ("replies", {"client_id": "2" * 32, "text": "Смотрю!", "seen_seq": seen}),
    )
    for what, body in calls:
        path = f"/threads/{thread}/{what}"
        status, answer = await house.site.api("POST", path, body, headers=anna)
        assert status == 201, answer
    return thread


async def visit(house: House, window: Window, place: str) -> Page:
    path = place.format(thread=await thread_id(house))
    page = await window.open(f"/inbox/{path}")
    # What is asked for after the frame stands: a list, a thread, an answer.
    await page.locator("main [role=status].spinner").first.wait_for(state="detached")
    return page


@pytest.mark.parametrize("theme", THEMES)
async def test_nothing_serious_keeps_an_agent_out(house: House, theme: str) -> None:
    window = await house.window("inna", theme=theme)
    for place in PLACES:
        await visit(house, window, place)
        assert await window.complaints() == [], place
        assert await window.unnamed() == [], place


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_place_fits_a_narrow_and_a_wide_window(
    house: House, language: str
) -> None:
    window = await house.window("inna", locale=language)
    for place in PLACES:
        await visit(house, window, place)
        for width in (WIDE, NARROW):
            await window.resize(width)
            assert await window.overflow() == 0, (place, width)
            name = place.partition("?")[0].partition("/")[0] or "inbox"
            await window.shoot(f"{name}-{language}")


@pytest.mark.parametrize("theme", THEMES)
async def test_the_way_in_is_open_to_everybody(house: House, theme: str) -> None:
    window = await house.window(theme=theme)
    window.watch.allow("401 GET .*/session")
    page = await window.open("/inbox")
    assert await window.complaints() == []
    assert await window.unnamed() == []
    password = page.get_by_label("Password")
    await expect(password).to_have_attribute("autocomplete", "current-password")
    await window.resize(NARROW)
    assert await window.overflow() == 0
