"""Contacts merged and parted by a colleague, as seen in pages that are open meanwhile.

Spec: spec/inbox.md A 67, F.4
"""

import re

from playwright.async_api import Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, call, new_phone, open_talk

pytestmark = BROWSER

FIRST, SECOND = "my first number", "my second number"
SLOW_MS = 15_000


async def two_numbers(house: House) -> tuple[Talk, Talk]:
    """Anna has the first open, Oleg the second; to a colleague they are one person."""
    return (
        await open_talk(house, FIRST, phone=new_phone()),
        await open_talk(house, SECOND, agent="oleg", taken_by=None, phone=new_phone()),
    )


async def merge(house: House, one: Talk, other: Talk) -> None:
    path = f"/contacts/{one.thread['contact']['id']}/merge"
    body = {"other": other.thread["contact"]["id"]}
    await call(house, "inna", "POST", path, body)


async def never_reloaded(page: Page) -> bool:
    """Whether it is the page that was marked."""
    return bool(await page.evaluate("window.marked === true"))


async def test_the_joined_history_comes_to_who_has_it_open_and_leaves_again(
    house: House,
) -> None:
    anna, oleg = await two_numbers(house)
    for talk in (anna, oleg):
        await talk.page.evaluate("window.marked = true")
    await merge(house, anna, oleg)
    await expect(anna.log).to_contain_text(SECOND, timeout=SLOW_MS)
    await expect(anna.log).to_contain_text(FIRST)
    # Whose thread is no more goes on in the one that holds it now.
    await expect(oleg.page).to_have_url(
        re.compile(f"/inbox/t/{anna.thread['id']}$"), timeout=SLOW_MS
    )
    for said in (FIRST, SECOND):
        await expect(oleg.page.get_by_role("log")).to_contain_text(said)
    await house.text(oleg.phone, "and from the second again")
    for talk in (anna, oleg):
        await expect(talk.page.get_by_role("log")).to_contain_text("second again")
    card = anna.thread["contact"]["id"]
    part = {"contact": oleg.thread["contact"]["id"]}
    await call(house, "inna", "POST", f"/contacts/{card}/split", part)
    await expect(anna.log).not_to_contain_text(SECOND, timeout=SLOW_MS)
    await expect(anna.log).to_contain_text(FIRST)
    for talk in (anna, oleg):
        assert await never_reloaded(talk.page)


async def test_a_merged_thread_leaves_the_lists_at_once(house: House) -> None:
    one = await open_talk(house, FIRST, taken_by=None)
    other = await open_talk(house, SECOND, agent="oleg", taken_by=None)
    await one.window.open("/inbox/view/all")
    await other.window.open("/inbox/view/all")
    for talk in (one, other):
        for thread in (one.thread, other.thread):
            await talk.page.locator(f"[data-thread='{thread['id']}']").wait_for()
    await merge(house, one, other)
    for talk in (one, other):
        gone = talk.page.locator(f"[data-thread='{other.thread['id']}']")
        await expect(gone).to_have_count(0, timeout=SLOW_MS)
        await talk.page.locator(f"[data-thread='{one.thread['id']}']").wait_for()


async def test_what_was_being_written_goes_along(house: House) -> None:
    anna, oleg = await two_numbers(house)
    saved = oleg.page.expect_response(
        lambda one: one.request.method == "PUT" and one.url.endswith("/draft")
    )
    async with saved:
        await oleg.page.keyboard.press("p")
        await oleg.write("Half of a note")
    await merge(house, anna, oleg)
    await expect(oleg.page).to_have_url(
        re.compile(f"/inbox/t/{anna.thread['id']}$"), timeout=SLOW_MS
    )
    await expect(oleg.field).to_have_value("Half of a note", timeout=SLOW_MS)
    await expect(anna.field).to_have_value("")
