"""Scenarios 1, 2 and 3: from their words to ours, in two parts, on a bad line.

Nothing here waits for a time to pass: a phone that is switched off holds back its
reports, and a request that is held back shows what the page does by itself.

Spec: spec/inbox.md G
"""

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.browser.hands import WAYS, Hands
from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, new_phone, open_talk

pytestmark = BROWSER

SOON_MS = 100
NETWORK_MS = 30_000  # through queue, modem and radio, on a busy machine
SENT = "Sent: taken by the network"
ASKED = "Где мой заказ?"
ANSWER = "Уже едет, будет к вечеру"
# From the press that sends to the bubble, by the page's own clock.
_STOPWATCH = """() => {
  window.measured = [];
  let pressed = null;
  const bubbles = () => document.querySelectorAll("[role=log] article").length;
  let known = bubbles();
  document.querySelector("#composer-text").addEventListener("keydown", (event) => {
    if (event.code === "Enter") pressed = performance.now();
  }, true);
  new MutationObserver(() => {
    if (bubbles() > known && pressed !== null) {
      window.measured.push(performance.now() - pressed);
      pressed = null;
    }
    known = bubbles();
  }).observe(document.querySelector("[role=log]"), { childList: true, subtree: true });
}"""


async def switch(house: House, phone: str, *, on: bool) -> None:
    """A phone that is off gets nothing, and the network reports nothing of it."""
    await house.site.sim("PUT", f"/phones/{phone}", {"reachable": on})


async def segments_to(house: House, phone: str) -> list[dict[str, Any]]:
    """What the network took from our modem for a phone."""
    ledger = await house.site.sim("GET", "/ledger?kind=accepted")
    return [entry for entry in ledger["entries"] if entry["to"] == phone]


async def messages_to(house: House, talk: Talk) -> list[str]:
    """What the box has kept for it."""
    found = await house.site.everything("/messages?direction=mt")
    return [one["text"] for one in found if one["to"] == talk.phone]


def ours(page: Page, text: str) -> Locator:
    return page.get_by_role("log").get_by_role("article").filter(has_text=text)


async def take_by_key(page: Page) -> None:
    await page.keyboard.press("t")
    await page.get_by_role("log").get_by_text(ASKED).wait_for()
    await page.keyboard.press("r")
    await page.keyboard.type(ANSWER)
    await page.keyboard.press("Enter")


async def take_by_mouse(page: Page) -> None:
    await page.get_by_role("link", name=re.compile(re.escape(ASKED))).click()
    await page.get_by_role("group", name="Actions").get_by_text("Take").click()
    await page.get_by_role("textbox", name="Reply").click()
    await page.keyboard.insert_text(ANSWER)
    await page.get_by_role("button", name="Send", exact=True).click()


TAKERS = {"keyboard": ("anna", take_by_key), "mouse": ("oleg", take_by_mouse)}


@pytest.mark.parametrize("way", TAKERS)
async def test_from_their_words_to_ours(house: House, way: str) -> None:
    agent, answer = TAKERS[way]
    phone = new_phone()
    await switch(house, phone, on=False)
    window = await house.window(agent)
    page = await window.open("/inbox/view/queue")
    await page.get_by_role("heading", name="Queue").wait_for()
    await house.text(phone, ASKED)
    await expect(page).to_have_title("(1) Queue · Seventy")
    await answer(page)
    bubble = ours(page, ANSWER)
    await expect(bubble.get_by_role("button", name=SENT)).to_be_visible(
        timeout=NETWORK_MS
    )
    await expect(page).not_to_have_title(re.compile(r"^\("))
    await switch(house, phone, on=True)
    delivered = bubble.get_by_role("button", name="Delivered", exact=True)
    await expect(delivered).to_be_visible(timeout=NETWORK_MS)
    [segment] = await segments_to(house, phone)
    assert segment["text"] == ANSWER
    assert [one["text"] for one in await house.phone(phone)] == [ANSWER]
    thread = await house.thread_of(phone)
    assert thread["conversation"]["state"] == "waiting"
    assert thread["conversation"]["assignee"]["id"] == house.agents[agent]["id"]


async def test_a_bubble_stands_before_the_box_knows_of_it(house: House) -> None:
    talk = await open_talk(house)
    await talk.page.evaluate(_STOPWATCH)
    is_let_go = asyncio.Event()

    async def held(route: Route) -> None:
        await is_let_go.wait()
        await route.continue_()

    await talk.page.route("**/replies", held)
    texts = [f"Reply {n}" for n in range(5)]
    for text in texts:
        await talk.reply(text)
        await expect(ours(talk.page, text)).to_be_visible()
    assert await messages_to(house, talk) == []
    measured = await talk.page.evaluate("window.measured")
    assert len(measured) == len(texts)
    # The others had the machine when it was not the page's turn.
    assert min(measured) < SOON_MS
    is_let_go.set()
    assert await talk.arrived(len(texts), within_s=30) == texts


@pytest.mark.parametrize("way", WAYS)
async def test_a_long_text_is_ticked_part_by_part(house: House, way: str) -> None:
    talk = await open_talk(house)
    await switch(house, talk.phone, on=False)
    text = "Ж" * 71
    hands, counter = Hands(talk.page, way), talk.page.locator(".counter")
    await hands.write(text)
    await expect(counter).to_contain_text("UCS-2")
    await expect(counter).to_contain_text("2 SMS")
    await expect(counter).to_contain_text("71/134")
    await talk.page.keyboard.press("Backspace")
    await expect(counter).to_contain_text("1 SMS")
    await expect(counter).to_contain_text("70/70")
    await talk.page.keyboard.type("Ж")
    await expect(counter).to_contain_text("2 SMS")
    await hands.send()
    bubble = ours(talk.page, text)
    await expect(bubble).to_contain_text("2 SMS")
    await expect(bubble.get_by_role("button", name=SENT)).to_be_visible(
        timeout=NETWORK_MS
    )
    assert len(await segments_to(house, talk.phone)) == 2
    later = {"kind": "report_delayed", "delay_s": 5}
    await house.site.sim("POST", "/network/faults", later)
    await switch(house, talk.phone, on=True)
    half = bubble.get_by_role("button", name="Sent; delivered 1 of 2 parts")
    await expect(half).to_be_visible(timeout=NETWORK_MS)
    await expect(half).to_contain_text("1/2")
    delivered = bubble.get_by_role("button", name="Delivered", exact=True)
    await expect(delivered).to_be_visible(timeout=NETWORK_MS)
    assert [one["text"] for one in await house.phone(talk.phone)] == [text]


@pytest.mark.parametrize("way", WAYS)
async def test_an_impatient_hand_sends_one_message(house: House, way: str) -> None:
    talk = await open_talk(house)
    posts = 0
    is_let_go = asyncio.Event()

    async def held(route: Route) -> None:
        nonlocal posts
        posts += 1
        await is_let_go.wait()
        await route.continue_()

    await talk.page.route("**/replies", held)
    await Hands(talk.page, way).write("Only once")
    if way == "mouse":
        await talk.page.get_by_role("button", name="Send", exact=True).dblclick()
        await talk.field.click()
    for _ in range(3):
        await talk.page.keyboard.press("Enter")
    await expect(ours(talk.page, "Only once")).to_have_count(1)
    is_let_go.set()
    assert await talk.arrived() == ["Only once"]
    assert posts == 1
    assert await messages_to(house, talk) == ["Only once"]
    assert len(await segments_to(house, talk.phone)) == 1
    await expect(ours(talk.page, "Only once")).to_have_count(1)


async def test_a_lost_answer_doubles_nothing(house: House) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow(r"failed .* POST .*/replies")
    answered: list[int] = []

    async def losing(route: Route) -> None:
        answer = await route.fetch()
        answered.append(answer.status)
        if len(answered) == 1:
            await route.abort()
        else:
            await route.fulfill(response=answer)

    await talk.page.route("**/replies", losing)
    await talk.reply("Said once")
    bubble = ours(talk.page, "Said once")
    await expect(bubble.get_by_role("button", name="Delivered")).to_be_visible(
        timeout=NETWORK_MS
    )
    await expect(bubble).to_have_count(1)
    # It may have been asked for again before the stream told.
    assert answered in ([201], [201, 200])
    assert await talk.arrived() == ["Said once"]
    assert await messages_to(house, talk) == ["Said once"]
