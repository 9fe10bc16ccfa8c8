"""The frame around the work: columns, panes, the agent's wishes, for everybody."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.house import PASSWORD, House
from tests.browser.marks import BROWSER
from tests.browser.window import LANGUAGES, NARROW, THEMES, WIDE, Window
from tests.support.site import until

pytestmark = BROWSER

KEYS = {"en": "Keys", "ru": "Клавиши", "uk": "Клавіші"}


async def at_thread(
    house: House, phone: str, agent: str = "anna", **options: Any
) -> tuple[Window, Page, str]:
    await house.text(phone, "Можно ли поменять адрес доставки?")
    thread = await house.thread_of(phone)
    window = await house.window(agent, **options)
    page = await window.open(f"/inbox/t/{thread['id']}")
    await page.locator(".bubble").first.wait_for()
    return window, page, thread["id"]


async def sound(window: Window) -> None:
    """Nothing serious for axe, nothing unnamed, nothing wider than the window."""
    assert await window.complaints() == []
    assert await window.unnamed() == []
    assert await window.overflow() == 0


async def test_the_columns_are_as_wide_as_there_is_room(house: House) -> None:
    window, page, _ = await at_thread(house, "+79162000301")
    for name, width in ((".rail", 56), (".list-col", 320), (".panel-col", 300)):
        await expect(page.locator(name)).to_have_css("width", f"{width}px")
    await window.resize(900)
    await expect(page.locator(".panel-col")).to_be_hidden()
    await page.keyboard.press("b")
    drawer = page.get_by_role("dialog")
    await expect(drawer).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(drawer).to_be_hidden()
    await expect(page.locator(".list-col")).to_be_visible()


async def test_a_telephone_shows_one_pane_and_leads_back(house: House) -> None:
    window, page, thread = await at_thread(house, "+79162000302", width=NARROW)
    await expect(page.locator(".list-col")).to_be_hidden()
    await sound(window)
    await page.get_by_role("button", name="Back", exact=True).click()
    row = page.locator(f"[data-thread='{thread}']")
    await page.locator(".view-tab", has_text="Queue").click()
    await expect(row).to_be_visible()
    await sound(window)
    await row.click()
    await expect(page.locator(".bubble .words").first).to_be_visible()
    await page.go_back()
    await expect(row).to_be_visible()


# Each two of the three meet: all three would be twice the time.
LOOKS = [
    (language, width, THEMES[(number + place) % 2])
    for number, language in enumerate(LANGUAGES)
    for place, width in enumerate((WIDE, NARROW))
]


@pytest.mark.parametrize(("language", "width", "theme"), LOOKS)
async def test_list_sheet_and_settings_are_for_everybody(
    house: House, language: str, width: int, theme: str
) -> None:
    await house.text("+79162000303", "Где мой заказ №48213? Обещали ещё вчера")
    await house.thread_of("+79162000303")
    window = await house.window("inna", width=width, locale=language, theme=theme)
    page = await window.open("/inbox/view/all")
    await page.locator(".row").first.wait_for()
    await sound(window)
    await window.shoot(f"list-{language}-{theme}")
    await page.keyboard.press("?")
    await page.get_by_role("dialog").wait_for()
    await sound(window)
    await window.shoot(f"keys-{language}-{theme}")
    await page.locator(".dialog-foot button").click()
    tabs = page.get_by_role("dialog").get_by_role("tab")
    await expect(tabs.filter(has_text=KEYS[language])).to_have_attribute(
        "aria-selected", "true"
    )
    for n in range(await tabs.count()):
        await tabs.nth(n).click()
        await sound(window)
        await window.shoot(f"settings{n}-{language}-{theme}")


async def test_theme_density_and_language_are_kept_for_the_agent(house: House) -> None:
    window = await house.window("oleg")
    page = await window.open("/inbox")
    await page.get_by_role("button", name="presence, settings").click()
    await page.get_by_role("menuitem", name="Settings").click()
    await page.get_by_label("Theme").select_option("dark")
    await page.get_by_label("Density").select_option("compact")
    await page.get_by_label("Language").select_option("ru")
    await expect(page.get_by_role("dialog")).to_contain_text("Настройки")
    html = page.locator("html")
    await expect(html).to_have_attribute("data-theme", "dark")
    other = await house.window()
    other.watch.allow(r"401 ")
    page = await other.open("/inbox")
    await page.get_by_label("Login", exact=True).fill("oleg")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    html = page.locator("html")
    await expect(html).to_have_attribute("data-theme", "dark")
    await expect(html).to_have_attribute("data-density", "compact")
    await expect(html).to_have_attribute("lang", "ru")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Моя работа")


async def test_more_contrast_is_given_when_the_system_asks(house: House) -> None:
    window = await house.window("anna", contrast="more")
    page = await window.open("/inbox")
    await expect(page.locator("html")).to_have_attribute("data-contrast", "more")
    await sound(window)


async def test_presence_is_changed_by_key_and_seen_by_others(house: House) -> None:
    window = await house.window("anna")
    page = await window.open("/inbox")
    await page.locator(".list-head").wait_for()
    await page.keyboard.press("Control+Alt+Digit2")
    await expect(page.locator(".presence-switch")).to_contain_text("Break")

    async def is_told() -> bool:
        people = (await house.site.get("/agents"))["items"]
        return ("anna", "break") in [(one["login"], one["presence"]) for one in people]

    await until(is_told, within_s=10)
    await page.keyboard.press("Control+Alt+Digit1")
    await expect(page.locator(".presence-switch")).to_contain_text("Online")


async def test_the_first_day_is_explained_once(house: House) -> None:
    window = await house.window("vera")
    page = await window.open("/inbox")
    await page.evaluate(
        """async () => {
          const { api } = await import(
            new URL("api.js", document.querySelector('script[type="module"]').src)
          );
          await api.patch("/session", { preferences: { tour_done: false } });
        }"""
    )
    await page.reload()
    await expect(page.get_by_text("Work stands at the left")).to_be_visible()
    await sound(window)
    for _ in range(4):
        await page.get_by_role("button", name="Next", exact=True).click()
    await page.get_by_role("button", name="Begin").click()
    await page.reload()
    await expect(page.get_by_text("Choose a conversation")).to_be_visible()
