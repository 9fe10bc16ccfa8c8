"""What calls an agent back to the page: sounds, notes on the desktop, title and icon.

The page is the real one; what it plays and posts is written down on the way out.
Spec: spec/inbox.md F.8
"""

import re
from typing import Any
from uuid import uuid4

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import act, call, new_phone
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER

# Each note of a tune as its pitch; each note on the desktop as it was posted.
_LISTEN = """() => {
  window.tones = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    window.tones.push(Math.round(this.frequency.value));
    return start.call(this, at);
  };
  window.notes = [];
  window.Notification = class {
    static permission = "granted";
    constructor(title, options) {
      Object.assign(this, { title, ...options, isClosed: false });
      window.notes.push(this);
    }
    close() { this.isClosed = true; }
  };
}"""
_LOOK_AWAY = "() => { document.hasFocus = () => false; }"
MINE, QUEUE, MENTION = [660, 880], [520, 660, 520], [784, 988, 1175]
DOT = re.compile("circle")
DESKTOP = {"level": "queue", "text": False, "desktop": True}


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_is_left(house: House) -> None:
    """Anna has nothing in hand: each test counts from none."""
    path = "/threads?view=mine"
    for thread in (await call(house, "anna", "GET", path))["items"]:
        await act(house, "anna", thread, "resolve")


async def sit_down(
    house: House, place: str, *, looks_away: bool = False, **notify: object
) -> Window:
    """Anna's page at that place, with these wishes."""
    house.preferences["notify"] = {**DESKTOP, **notify}
    window = await house.window("anna")
    await window.page.add_init_script(f"({_LISTEN})()")
    if looks_away:
        await window.page.add_init_script(f"({_LOOK_AWAY})()")
    await open_live(window, place)
    return window


async def open_live(window: Window, place: str) -> None:
    """There, and its stream is open."""
    async with window.page.expect_response("**/inbox/stream*"):
        await window.open(place)
    # Browsers let nothing sound before the first press.
    await window.page.keyboard.press("Shift")


async def mine(house: House) -> dict[str, Any]:
    """A new thread that Anna has taken, and has read."""
    phone = new_phone()
    await house.text(phone, "Hello")
    thread = await house.thread_of(phone)
    await act(house, "anna", thread, "take")
    rows = (await house.site.get(f"/threads/{thread['id']}/entries"))["items"]
    path = f"/threads/{thread['id']}/read"
    await call(house, "anna", "PUT", path, {"entry": rows[-1]["id"]})
    return thread


async def mention(house: House, thread: dict[str, Any]) -> None:
    """Oleg names Anna in a note."""
    note = {"client_id": uuid4().hex, "text": "@anna look"}
    named = {"mentions": [house.agents["anna"]["id"]]}
    await call(house, "oleg", "POST", f"/threads/{thread['id']}/notes", note | named)


async def heard(page: Page, tones: list[int]) -> None:
    """These sounded since the page was opened, and no others."""

    async def is_so() -> bool:
        return bool(await page.evaluate("window.tones.length"))

    await until(is_so, within_s=15)
    assert await page.evaluate("window.tones") == tones


async def notes(page: Page, total: int) -> list[dict[str, Any]]:
    """What was posted on the desktop, once there are so many."""

    async def is_so() -> bool:
        return bool(await page.evaluate(f"window.notes.length >= {total}"))

    await until(is_so, within_s=15)
    found: list[dict[str, Any]] = await page.evaluate("window.notes")
    assert len(found) == total
    return found


async def test_the_open_thread_rings_for_nobody_who_looks_at_it(house: House) -> None:
    thread = await mine(house)
    window = await sit_down(house, f"/inbox/t/{thread['id']}")
    log = window.page.get_by_role("log")
    await house.text(thread["contact"]["address"], "Are you there?")
    await expect(log).to_contain_text("Are you there?")
    await house.text(new_phone(), "Hello?")
    await heard(window.page, QUEUE)
    # Whoever looks at the page needs no note on the desktop.
    assert await window.page.evaluate("window.notes") == []


async def test_the_queue_has_a_tune_of_its_own_unless_only_mine_count(
    house: House,
) -> None:
    thread = await mine(house)
    window = await sit_down(house, "/inbox")
    await house.text(new_phone(), "Hello?")
    await heard(window.page, QUEUE)
    strict = await sit_down(house, "/inbox", level="mine")
    total = strict.page.locator(".list-take")
    waiting = await total.inner_text()
    await house.text(new_phone(), "Hello??")
    await expect(total).not_to_have_text(waiting)
    long = "Three parts of one text. " * 16
    await house.text(thread["contact"]["address"], long)
    await heard(strict.page, MINE)


async def test_a_break_is_a_break_and_the_title_still_counts(house: House) -> None:
    thread = await mine(house)
    window = await sit_down(house, "/inbox", level="mine")
    page = window.page
    await page.keyboard.press("Control+Alt+Digit2")
    await expect(page.locator(".presence-switch")).to_contain_text("Break")
    await is_told_presence(house, "break")
    await house.text(thread["contact"]["address"], "Are you there?")
    await expect(page).to_have_title(re.compile(r"^\(1\) "))
    await page.keyboard.press("Control+Alt+Digit1")
    await is_told_presence(house, "online")
    await mention(house, thread)
    await heard(page, MENTION)


async def is_told_presence(house: House, presence: str) -> None:
    """Until the box knows where Anna is."""

    async def is_so() -> bool:
        people = (await house.site.get("/agents"))["items"]
        return ("anna", presence) in [(one["login"], one["presence"]) for one in people]

    await until(is_so, within_s=10)


async def test_title_and_icon_say_what_is_unread_until_it_is_read(
    house: House,
) -> None:
    threads = [await mine(house) for _ in range(2)]
    window = await sit_down(house, "/inbox", level="mine")
    page, icon = window.page, window.page.locator("link[rel=icon]")
    await expect(page).to_have_title(re.compile(r"^[^(]"))
    await expect(icon).not_to_have_attribute("href", DOT)
    for number, thread in enumerate(threads, 1):
        await house.text(thread["contact"]["address"], "A question")
        await expect(page).to_have_title(re.compile(rf"^\({number}\) "))
    await expect(icon).to_have_attribute("href", DOT)
    for left, thread in ((1, threads[0]), (0, threads[1])):
        await page.locator(f"[data-thread='{thread['id']}']").click()
        titled = rf"^\({left}\) " if left else r"^[^(]"
        await expect(page).to_have_title(re.compile(titled))
    await expect(icon).not_to_have_attribute("href", DOT)


async def test_a_note_tells_no_words_unless_wished_and_opens_its_thread(
    house: House,
) -> None:
    thread = await mine(house)
    address = thread["contact"]["address"]
    card = f"/contacts/{thread['contact']['id']}"
    await call(house, "inna", "PATCH", card, {"name": "Iryna"})
    window = await sit_down(house, "/inbox", looks_away=True)
    await house.text(address, "My card number is 4276")
    (note,) = await notes(window.page, 1)
    said = note["title"] + note["body"]
    assert note["title"]
    assert not re.search(r"4276|Iryna|\d{4}", said), said
    await window.page.evaluate("window.notes[0].onclick()")
    await expect(window.page).to_have_url(re.compile(f"/inbox/t/{thread['id']}$"))
    log = window.page.get_by_role("log")
    await expect(log).to_contain_text("My card number is 4276")
    assert await window.page.evaluate("window.notes[0].isClosed")
    # Open, but nobody looks: it is told all the same, and now in words.
    wordy = await sit_down(
        house, f"/inbox/t/{thread['id']}", looks_away=True, text=True
    )
    await house.text(address, "Is it there?")
    (note,) = await notes(wordy.page, 1)
    assert "Iryna" in note["title"]
    assert note["body"] == "Is it there?"


async def test_no_note_is_posted_by_who_has_not_asked_for_any(house: House) -> None:
    thread = await mine(house)
    window = await sit_down(house, "/inbox", looks_away=True, desktop=False)
    await house.text(thread["contact"]["address"], "Are you there?")
    await heard(window.page, MINE)
    assert await window.page.evaluate("window.notes") == []


async def test_two_tabs_ring_once_and_not_for_what_either_shows(house: House) -> None:
    shown = await mine(house)
    window = await sit_down(house, "/inbox")
    second = await window.context.new_page()
    await second.add_init_script(f"({_LISTEN})()")
    await second.goto(f"{window.base}/inbox/t/{shown['id']}")
    log = second.get_by_role("log")
    await expect(log).to_contain_text("Hello")
    await house.text(shown["contact"]["address"], "Here it is seen")
    await expect(log).to_contain_text("Here it is seen")
    await house.text(new_phone(), "Here it is not")
    await heard(window.page, QUEUE)
    assert await second.evaluate("window.tones") == []


async def test_who_is_named_in_a_note_hears_it(house: House) -> None:
    thread = await mine(house)
    window = await sit_down(house, "/inbox", level="none")
    await mention(house, thread)
    await heard(window.page, MENTION)
