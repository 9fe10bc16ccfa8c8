"""The list of threads under the hand: live, calm, by key in any layout."""

from typing import Any

from playwright.async_api import Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.support.site import until

pytestmark = BROWSER


async def press(page: Page, code: str, key: str) -> None:
    """A key as a layout makes it: its place on the keyboard, and another letter."""
    await page.evaluate(
        """([code, key]) => document.activeElement.dispatchEvent(
          new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true })
        )""",
        [code, key],
    )


async def test_who_writes_is_in_the_queue_and_in_the_title_at_once(
    house: House,
) -> None:
    window = await house.window("oleg")
    page = await window.open("/inbox/view/queue")
    before = len((await house.site.get("/threads?view=queue"))["items"])
    await expect(page.locator(".row")).to_have_count(before)
    await house.text("+79162000201", "Где мой заказ?")
    row = page.locator(".row", has_text="+79162000201")
    await expect(row).to_contain_text("Где мой заказ?")
    await expect(page.locator(".row")).to_have_count(before + 1)
    await expect(page).to_have_title(f"({before + 1}) Queue · Seventy")


async def test_nothing_moves_under_the_pointer(house: House) -> None:
    await house.text("+79162000202", "первый")
    await house.thread_of("+79162000202")
    window = await house.window("oleg")
    page = await window.open("/inbox/view/all")
    first = page.locator(".row").first
    await expect(first).to_contain_text("первый")
    await first.hover()
    await house.text("+79162000203", "второй")
    pill = page.locator(".pill")
    await expect(pill).to_contain_text("1 new above")
    await expect(first).to_contain_text("первый")
    await pill.click()
    await expect(first).to_contain_text("второй")


async def test_a_thread_is_taken_and_opened_by_key_on_a_russian_layout(
    house: House,
) -> None:
    await house.text("+79162000204", "возьмите меня")
    thread = await house.thread_of("+79162000204")
    window = await house.window("anna", locale="ru")
    page = await window.open("/inbox")
    await page.locator(".list-head").wait_for()
    await press(page, "KeyG", "п")
    await press(page, "KeyQ", "й")
    await expect(page).to_have_url(f"{house.site.gateway}/inbox/view/queue")
    row = page.locator(f"[data-thread='{thread['id']}']")
    await expect(row).to_be_visible()
    rows = page.locator(".row")
    waiting = len((await house.site.get("/threads?view=queue"))["items"])
    await expect(rows).to_have_count(waiting)
    for at in range(waiting):
        await press(page, "KeyJ", "о")
        await expect(rows.nth(at)).to_be_focused()
    await row.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator(".bubble .words").last).to_have_text("возьмите меня")
    await press(page, "KeyA", "ф")
    await expect(page.locator(".composer textarea")).to_be_visible()

    async def is_hers() -> bool:
        found: Any = await house.site.get(f"/threads/{thread['id']}")
        assignee = found["thread"]["conversation"]["assignee"]
        return assignee is not None and assignee["name"] == "Анна Петрова"

    await until(is_hers, within_s=10)


async def test_keys_can_be_moved_and_letters_switched_off(house: House) -> None:
    window = await house.window("anna")
    page = await window.open("/inbox")
    await page.locator(".list-head").wait_for()
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("button", name="Change keys").click()
    await page.get_by_role("button", name="Change the key of “Search”").click()
    await page.keyboard.press("x")
    await page.keyboard.press("Escape")
    await page.keyboard.press("x")
    await expect(page).to_have_url(f"{house.site.gateway}/inbox/search")
    await page.reload()
    await page.locator(".list-head").wait_for()
    await page.keyboard.press("Control+k")
    await page.get_by_role("combobox").fill("settings")
    await page.keyboard.press("Enter")
    await page.get_by_role("tab", name="Keys").click()
    await page.get_by_role("switch", name="Single-letter keys").click()
    await page.keyboard.press("Escape")
    await page.locator(".rail").focus()
    await page.keyboard.press("g")
    await page.keyboard.press("q")
    await expect(page).to_have_url(f"{house.site.gateway}/inbox/search")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("combobox")).to_be_visible()


async def test_a_long_list_draws_only_what_is_looked_at(house: House) -> None:
    for n in range(120):
        status, made = await house.site.api(
            "POST",
            "/threads",
            {"to": f"+7916300{n:04d}", "client_id": f"many-{n}"},
            headers={"Seventy-Agent": "inna"},
        )
        assert status == 201, made
    window = await house.window("inna")
    page = await window.open("/inbox/view/all")
    rows = page.locator(".rows")
    await page.locator(".row").first.wait_for()

    async def is_whole() -> bool:
        height = "box => { box.scrollTo(0, box.scrollHeight); return box.scrollHeight }"
        return bool(await rows.evaluate(height) / 76 > 110)

    await until(is_whole, within_s=20, every_s=0.1)
    await expect(page.locator(".row").last).to_be_visible()
    assert await page.locator(".row").count() < 60
