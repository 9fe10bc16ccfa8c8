"""Other ways to work: by key alone in a Russian layout, in a narrow window, in three
languages that change while one works.

Spec: spec/inbox.md G.31, G.32
"""

import re

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.hands import WAYS, Hands
from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.window import LANGUAGES, NARROW, Window
from tests.support.catalogue import read_language
from tests.support.site import until

pytestmark = BROWSER

# What the keys of a Russian keyboard are and say.
RUSSIAN = {"KeyT": "е", "KeyR": "к", "KeyE": "у", "KeyJ": "о", "KeyH": "р"}
RUSSIAN |= {"Enter": "Enter", "Escape": "Escape"}
ANSWER = "Уже везём, будем к пяти"
CYRILLIC = re.compile(r"[\u0400-\u04ff]{2}")


async def press(keys: CDPSession, code: str) -> None:
    """One key of a keyboard whose layout is Russian."""
    key = RUSSIAN[code]
    said = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
    event = {"code": code, "key": key, "windowsVirtualKeyCode": ord(code[-1])}
    if key == "Enter":
        event["windowsVirtualKeyCode"] = 13
    await keys.send("Input.dispatchKeyEvent", {"type": "keyDown", **event, **said})
    await keys.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})


async def got_once(house: House, caller: str) -> None:
    """The answer is on the phone, and once."""

    async def is_there() -> bool:
        return [one["text"] for one in await house.phone(caller)] == [ANSWER]

    await until(is_there, within_s=15)


async def is_delivered(page: Page) -> None:
    bubble = page.get_by_role("log").locator(".bubble").filter(has_text=ANSWER)
    await expect(bubble).to_have_count(1)
    await expect(bubble).to_contain_text("Delivered", timeout=15_000)


async def test_a_question_is_answered_without_a_mouse_in_a_russian_layout(
    house: House,
) -> None:
    caller = "+79162000031"
    window = await house.window("anna")
    page = await window.open("/inbox")
    await page.get_by_role("navigation").first.wait_for()
    await house.text(caller, "Где мой заказ?")
    await house.thread_of(caller)
    await expect(page.get_by_text("1 waits")).to_be_visible()
    keys = await window.context.new_cdp_session(page)
    await press(keys, "KeyT")
    await page.get_by_role("log").get_by_text("Где мой заказ?").wait_for()
    await press(keys, "KeyR")
    field = page.get_by_role("textbox", name="Reply")
    await expect(field).to_be_focused()
    await page.keyboard.insert_text(ANSWER)
    await press(keys, "Enter")
    await is_delivered(page)
    await got_once(house, caller)
    await press(keys, "Escape")
    await press(keys, "KeyE")
    resolve = page.get_by_role("dialog").get_by_role("button", name="Resolve")
    await resolve.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    status = (await house.site.get("/threads?view=resolved"))["items"]
    assert [row["contact"]["address"] for row in status] == [caller]


async def test_a_question_is_answered_on_a_narrow_screen(house: House) -> None:
    caller = "+79162000032"
    window = await house.window("oleg", width=NARROW, has_touch=True)
    page = await window.open("/inbox")
    await house.text(caller, "А где мой?")
    await house.thread_of(caller)
    await page.get_by_role("button", name="Take next").first.tap()
    await page.get_by_role("log").get_by_text("А где мой?").wait_for()
    assert await window.overflow() == 0
    await page.get_by_role("textbox", name="Reply").fill(ANSWER)
    await page.get_by_role("button", name="Send", exact=True).tap()
    await is_delivered(page)
    await got_once(house, caller)
    assert await window.overflow() == 0
    assert await window.complaints() == []


async def choose_language(window: Window, way: str, now: str, wanted: str) -> None:
    """By the settings of the agent, whatever language they are in now."""
    words = read_language(now)
    page, hands = window.page, Hands(window.page, way)
    settings, language = str(words["rail.settings"]), str(words["settings.language"])
    if hands.have_mouse:
        await page.locator("nav button:has(.avatar)").click()
        await page.get_by_role("menuitem", name=settings).click()
    else:
        await hands.command(settings)
    await page.get_by_label(language, exact=True).wait_for()
    # Its label is another one as soon as it has changed.
    await hands.choose(page.get_by_role("dialog").locator("select").first, wanted)
    await page.locator(f"html[lang={wanted}]").wait_for(state="attached")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def said(window: Window) -> str:
    """The words of the interface: without what people are called and have written."""
    text: str = await window.page.evaluate(
        """() => {
          const copy = document.body.cloneNode(true);
          const theirs = "noscript, bdi, .bubble, time, kbd, code, .avatar";
          for (const node of copy.querySelectorAll(theirs)) node.remove();
          return copy.textContent;
        }"""
    )
    return text


@pytest.mark.parametrize("way", WAYS)
async def test_the_language_changes_while_one_works(house: House, way: str) -> None:
    window = await house.window("inna")
    await window.open("/inbox/board")
    now = "en"
    for wanted in ("ru", "uk", "en"):
        await choose_language(window, way, now, wanted)
        now = wanted
        shown = await said(window)
        title = read_language(wanted)["board.waiting"]
        assert str(title) in shown
        keys = read_language("en").keys()
        assert [key for key in keys if re.search(rf"\b{re.escape(key)}\b", shown)] == []
        assert bool(CYRILLIC.search(shown)) == (wanted != "en")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_choice_is_kept_with_the_agent(house: House, language: str) -> None:
    window = await house.window("vera", locale=language)
    await window.open("/inbox")
    await window.page.locator(f"html[lang={language}]").wait_for(state="attached")
    label = str(read_language(language)["rail.label"])
    await window.page.get_by_role("navigation", name=label).wait_for()
