"""Scenarios 5, 30 and 33: a sleeping machine, a killed box, a line without a modem.

Two are at work each time, one by mouse and one by keyboard alone: what happens to the
box happens to both of them.

Spec: spec/inbox.md G
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.browser.hands import KEYBOARD, MOUSE, Hands
from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import act
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER

LOST = r"failed net::ERR_|50[0-9] "
WAYS = {"anna": MOUSE, "oleg": KEYBOARD}
DELIVERY_S = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody at work, with one thread open."""

    window: Window
    hands: Hands
    phone: str

    @property
    def page(self) -> Page:
        return self.hands.page

    @property
    def words(self) -> Locator:
        return self.page.locator(".bubble .words")

    def band(self, tone: str) -> Locator:
        return self.page.locator(f".banners .tone-{tone}")

    async def is_the_same_page(self) -> bool:
        """It was not loaded anew since it was opened."""
        return bool(await self.page.evaluate("window.isTheSamePage"))


async def asked(house: House, phone: str, *, taken_by: str | None = None) -> Any:
    """Somebody's first words; their thread."""
    await house.text(phone, "Здравствуйте")
    thread = await house.thread_of(phone)
    if taken_by is not None:
        await act(house, taken_by, thread, "take")
    return thread


async def at_work(house: House, agent: str, thread: dict[str, Any]) -> Desk:
    """Somebody who has opened the thread in their own way."""
    window = await house.window(agent)
    window.watch.allow(LOST)
    page = await window.open("/inbox/view/open")
    hands = Hands(page, WAYS[agent])
    await hands.open_row(page.locator(f"[data-thread='{thread['id']}']"))
    desk = Desk(window=window, hands=hands, phone=thread["contact"]["address"])
    await expect(desk.words).to_have_text(["Здравствуйте"])
    await page.evaluate("window.isTheSamePage = true")
    return desk


async def said(house: House, phone: str, texts: Sequence[str]) -> None:
    """Somebody writes all these, one after the other."""
    for text in texts:
        await house.text(phone, text)

        async def is_there(text: str = text) -> bool:
            last = (await house.thread_of(phone))["last"]
            return last is not None and last["text"] == text

        await until(is_there, within_s=10)


async def got(house: House, phone: str, texts: Sequence[str]) -> None:
    """The phone has these in this order, and nothing else."""

    async def all_there() -> bool:
        return len(await house.phone(phone)) >= len(texts)

    await until(all_there, within_s=DELIVERY_S)
    assert [one["text"] for one in await house.phone(phone)] == list(texts)


async def test_a_machine_that_slept_has_missed_nothing(house: House) -> None:
    thread = await asked(house, "+79162000501")
    desks = [await at_work(house, agent, thread) for agent in WAYS]
    for desk in desks:
        await desk.window.context.set_offline(True)
    for tone in ("warn", "bad"):
        bands = [desk.band(tone) for desk in desks]
        await asyncio.gather(*(expect(one).to_be_visible() for one in bands))
    for n in range(4):
        await said(house, f"+7916200050{n + 1}", [f"слово {n}{k}" for k in range(3)])
    for desk in desks:
        await desk.window.context.set_offline(False)
        await expect(desk.band("bad")).to_be_hidden(timeout=2_000)
        await _has_missed_nothing(desk)


async def _has_missed_nothing(desk: Desk) -> None:
    page, hands = desk.page, desk.hands
    await expect(desk.words).to_have_text(
        ["Здравствуйте", "слово 00", "слово 01", "слово 02"]
    )
    await expect(desk.band("good")).to_contain_text("12 messages")
    looked_at = page.locator(".row", has_text=desk.phone)
    await expect(looked_at.locator(".badge")).to_have_count(0)
    if hands.have_mouse:
        await page.locator(".view-tab", has_text="Queue").click()
    else:
        await hands.keys("KeyG", "KeyQ")
    await expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    rows = page.locator(".row", has_text="+7916200050")
    await expect(rows).to_have_count(4)
    for n in (2, 3, 4):
        badge = page.locator(".row", has_text=f"+7916200050{n}").locator(".badge")
        await expect(badge).to_contain_text("3")
    await expect(looked_at.locator(".badge")).to_have_count(0)
    assert await desk.is_the_same_page()


async def test_a_box_killed_in_the_middle_loses_and_doubles_nothing(
    house: House,
) -> None:
    desks = [
        await at_work(house, agent, await asked(house, phone, taken_by=agent))
        for agent, phone in (("anna", "+79162000511"), ("oleg", "+79162000512"))
    ]
    phones = [f"+79163000{n:03d}" for n in range(20)]
    ours = [await house.site.send(phone, f"текст для {phone}") for phone in phones]
    await house.site.kill()
    for desk, count in zip(desks, (3, 2), strict=True):
        for n in range(count):
            await house.text(desk.phone, f"пока лежал {n}")
        gone = desk.band("warn").or_(desk.band("bad"))
        await expect(gone).to_be_visible()
        await desk.hands.say("Сейчас отвечу")
    assert await house.site.start()
    for desk, count in zip(desks, (3, 2), strict=True):
        theirs = [f"пока лежал {n}" for n in range(count)]
        await expect(desk.words).to_have_count(2 + count, timeout=20_000)
        shown = sorted(await desk.words.all_inner_texts())
        assert shown == sorted(["Здравствуйте", "Сейчас отвечу", *theirs])
        assert await desk.is_the_same_page()

    async def has_settled() -> bool:
        found = [await house.site.get(f"/messages/{one['id']}") for one in ours]
        return all(one["state"] in ("delivered", "unknown") for one in found)

    await until(has_settled, within_s=60, every_s=0.5)
    for phone, one in zip(phones, ours, strict=True):
        arrived = len(await house.phone(phone))
        state = (await house.site.get(f"/messages/{one['id']}"))["state"]
        assert arrived == 1 or (arrived == 0 and state == "unknown"), (phone, state)
    for desk in desks:
        await got(house, desk.phone, ["Сейчас отвечу"])


async def test_without_a_line_texts_wait_and_leave_in_order(house: House) -> None:
    desks = [
        await at_work(house, agent, await asked(house, phone, taken_by=agent))
        for agent, phone in (("anna", "+79162000521"), ("oleg", "+79162000522"))
    ]
    modem = house.site.modems[0]["name"]
    await house.site.sim("POST", f"/modems/{modem}/faults", {"kind": "unplug"})
    bands = [desk.band("warn") for desk in desks]
    await asyncio.gather(*(expect(one).to_be_visible(timeout=5_000) for one in bands))
    texts = ["первый", "второй", "третий"]
    for desk in desks:
        await expect(desk.band("warn")).to_contain_text("is down")
        for text in texts:
            await desk.hands.say(text)
            await expect(desk.words.last).to_have_text(text)
        assert await house.phone(desk.phone) == []
    await house.site.sim("POST", f"/modems/{modem}/faults", {"kind": "plug"})
    for desk in desks:
        await expect(desk.band("warn")).to_be_hidden(timeout=30_000)
        await got(house, desk.phone, texts)
