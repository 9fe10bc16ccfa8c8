"""The line between page and box: lost, expired, shared by tabs; no word is lost."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.browser.house import PASSWORD, House
from tests.browser.marks import BROWSER
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER

FIELD = ".composer textarea"
LOST = r"failed net::ERR_|Failed to load|50[0-9] |401 "


async def at_work(house: House, phone: str, agent: str = "anna") -> tuple[Window, Page]:
    """A window with the thread of `phone` open, its conversation taken."""
    await house.text(phone, "Здравствуйте")
    thread = await house.thread_of(phone)
    taken, answer = await house.site.api(
        "POST",
        f"/conversations/{thread['conversation']['id']}/take",
        {},
        headers={"Seventy-Agent": agent},
    )
    assert taken == 200, answer
    window = await house.window(agent)
    page = await window.open(f"/inbox/t/{thread['id']}")
    await page.locator(FIELD).wait_for()
    return window, page


async def test_a_text_written_without_a_line_waits_and_leaves_once(
    house: House,
) -> None:
    window, page = await at_work(house, "+79162000102")
    window.watch.allow(LOST)
    await window.context.set_offline(True)
    await page.locator(FIELD).fill("Мы вам перезвоним")
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble .words").last).to_have_text("Мы вам перезвоним")
    # Even a page that is closed meanwhile keeps it.
    await window.context.set_offline(False)
    await page.reload()

    async def arrived() -> bool:
        return bool(await house.phone("+79162000102"))

    await until(arrived, within_s=15)
    await asyncio.sleep(1)  # a second copy would come now
    got = await house.phone("+79162000102")
    assert [one["text"] for one in got] == ["Мы вам перезвоним"]


async def test_what_one_answer_refused_goes_by_itself_and_in_order(
    house: House,
) -> None:
    phone = "+79162000107"
    window, page = await at_work(house, phone)
    window.watch.allow("503 POST .*/replies")
    busy = {"status": 503, "content_type": "application/problem+json", "body": "{}"}
    await page.route("**/replies", lambda route: route.fulfill(**busy), times=1)
    # The stream has noticed nothing, so no return of the line sends it.
    for text in ("first", "second"):
        await page.locator(FIELD).fill(text)
        await page.keyboard.press("Enter")

    async def arrived() -> bool:
        return len(await house.phone(phone)) == 2

    await until(arrived, within_s=30)
    got = await house.phone(phone)
    assert [one["text"] for one in got] == ["first", "second"]
    await expect(page.locator(".bubble.out .words")).to_have_text(["first", "second"])


async def test_an_ended_login_asks_over_the_page_and_keeps_the_draft(
    house: House,
) -> None:
    window, page = await at_work(house, "+79162000104")
    window.watch.allow(LOST)
    await page.locator(FIELD).fill("половина фра")
    agent = house.agents["anna"]["id"]
    status, _ = await house.site.api("DELETE", f"/agents/{agent}/logins")
    assert status in (200, 204)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible(timeout=15_000)
    await dialog.get_by_label("Password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(page.locator(FIELD)).to_have_value("половина фра")
    await house.text("+79162000104", "ещё тут")
    await expect(page.locator(".bubble .words").last).to_have_text("ещё тут")


@pytest.mark.parametrize("goes", ["leader", "follower"])
async def test_two_tabs_share_one_stream_and_outlive_each_other(
    house: House, goes: str
) -> None:
    phone = "+79162000105" if goes == "leader" else "+79162000106"
    window, first = await at_work(house, phone)
    second = await window.context.new_page()
    streams: list[str] = []
    second.on("request", lambda one: streams.append(one.url))
    await second.goto(first.url)
    await second.locator(FIELD).wait_for()
    assert not [url for url in streams if "/api/v1/inbox/stream" in url]
    gone, stays = (first, second) if goes == "leader" else (second, first)
    await gone.close()
    await house.text(phone, "кто остался?")
    await expect(stays.locator(".bubble .words").last).to_have_text("кто остался?")
