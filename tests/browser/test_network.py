"""Scenarios 5, 30 and 33: a sleeping machine, a killed box, a line without a modem.

Spec: spec/inbox.md G
"""

from collections.abc import Sequence

from playwright.async_api import Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER

FIELD = ".composer textarea"
WORDS = ".bubble .words"
LOST = r"failed net::ERR_|50[0-9] "


async def at_work(house: House, phone: str) -> tuple[Window, Page]:
    """Anna's window with the thread of `phone` open, its conversation hers."""
    await house.text(phone, "Здравствуйте")
    thread = await house.thread_of(phone)
    case = thread["conversation"]["id"]
    status, answer = await house.site.api(
        "POST", f"/conversations/{case}/take", {}, headers={"Seventy-Agent": "anna"}
    )
    assert status == 200, answer
    window = await house.window("anna")
    window.watch.allow(LOST)
    page = await window.open(f"/inbox/t/{thread['id']}")
    await page.locator(FIELD).wait_for()
    await page.evaluate("window.isTheSamePage = true")
    return window, page


async def said(house: House, phone: str, texts: Sequence[str]) -> None:
    """Somebody writes all these, one after the other."""
    for text in texts:
        await house.text(phone, text)

        async def is_there(text: str = text) -> bool:
            last = (await house.thread_of(phone))["last"]
            return last is not None and last["text"] == text

        await until(is_there, within_s=10)


async def test_a_machine_that_slept_has_missed_nothing(house: House) -> None:
    window, page = await at_work(house, "+79162000501")
    await window.context.set_offline(True)
    await expect(page.locator(".banners .tone-warn")).to_be_visible()
    await expect(page.locator(".banners .tone-bad")).to_be_visible(timeout=15_000)
    for n in range(4):
        await said(house, f"+7916200050{n + 1}", [f"слово {n}{k}" for k in range(3)])
    await window.context.set_offline(False)
    await expect(page.locator(".banners .tone-bad")).to_be_hidden(timeout=2_000)
    await expect(page.locator(WORDS)).to_have_text(
        ["Здравствуйте", "слово 00", "слово 01", "слово 02"]
    )
    await expect(page.locator(".banners .tone-good")).to_contain_text("12 messages")
    looked_at = page.locator(".row", has_text="+79162000501")
    await expect(looked_at.locator(".badge")).to_have_count(0)
    await page.locator(".view-tab", has_text="Open").click()
    rows = page.locator(".row")
    await expect(rows).to_have_count(4)
    for n in (2, 3, 4):
        row = page.locator(".row", has_text=f"+7916200050{n}")
        await expect(row.locator(".badge")).to_contain_text("3")
    await expect(looked_at.locator(".badge")).to_have_count(0)
    assert await page.evaluate("window.isTheSamePage")


async def test_a_box_killed_in_the_middle_loses_and_doubles_nothing(
    house: House,
) -> None:
    _, page = await at_work(house, "+79162000511")
    phones = [f"+79163000{n:03d}" for n in range(20)]
    ours = [await house.site.send(phone, f"текст для {phone}") for phone in phones]
    await house.site.kill()
    for n in range(5):
        await house.text("+79162000511", f"пока лежал {n}")
    assert await house.site.start()
    await expect(page.locator(WORDS)).to_have_count(6, timeout=20_000)
    assert sorted(await page.locator(WORDS).all_inner_texts()) == sorted(
        ["Здравствуйте", *(f"пока лежал {n}" for n in range(5))]
    )
    assert await page.evaluate("window.isTheSamePage")

    async def has_settled() -> bool:
        found = [await house.site.get(f"/messages/{one['id']}") for one in ours]
        return all(one["state"] in ("delivered", "unknown") for one in found)

    await until(has_settled, within_s=60, every_s=0.5)
    for phone, one in zip(phones, ours, strict=True):
        got = len(await house.phone(phone))
        state = (await house.site.get(f"/messages/{one['id']}"))["state"]
        assert got == 1 or (got == 0 and state == "unknown"), (phone, got, state)


async def test_without_a_line_texts_wait_and_leave_in_order(house: House) -> None:
    _, page = await at_work(house, "+79162000521")
    modem = house.site.modems[0]["name"]
    await house.site.sim("POST", f"/modems/{modem}/faults", {"kind": "unplug"})
    band = page.locator(".banners .tone-warn")
    await expect(band).to_be_visible(timeout=5_000)
    await expect(band).to_contain_text("is down")
    for text in ("первый", "второй", "третий"):
        await page.locator(FIELD).fill(text)
        await page.keyboard.press("Enter")
    await expect(page.locator(WORDS).last).to_have_text("третий")
    assert await house.phone("+79162000521") == []
    await house.site.sim("POST", f"/modems/{modem}/faults", {"kind": "plug"})
    await expect(band).to_be_hidden(timeout=30_000)

    async def all_there() -> bool:
        return len(await house.phone("+79162000521")) == 3

    await until(all_there, within_s=20)
    got = [one["text"] for one in await house.phone("+79162000521")]
    assert got == ["первый", "второй", "третий"]
