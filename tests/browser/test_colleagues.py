"""Two and more at one thread: seen, not stepped on, taken over knowingly; drafts stay
with who wrote them; a supervisor reads without a trace and acts with one."""

from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, call, open_talk
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER

SEEN_MS = 3_000
SLOW_MS = 20_000
CUT = r"failed net::ERR_|409 POST .*/replies|ERR_INTERNET_DISCONNECTED"
HANDS = ["mouse", "keyboard"]


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def replies_leave_at_once(house: House) -> None:
    """Nobody here calls one back."""
    house.preferences["undo_s"] = 0


@dataclass(frozen=True, slots=True)
class Hands:
    """One way of working: all by mouse, or all by keyboard."""

    page: Page
    way: str

    async def press(self, button: Locator, key: str | None = None) -> None:
        """By mouse a click; by keyboard its own key, or Tab until it has the focus."""
        await button.wait_for()
        if self.way == "mouse":
            await button.click()
        elif key is not None:
            await self.page.keyboard.press(key)
        else:
            for _ in range(40):
                await self.page.keyboard.press("Tab")
                if await button.evaluate("one => one === document.activeElement"):
                    break
            await expect(button).to_be_focused()
            await self.page.keyboard.press("Enter")

    async def say(self, text: str) -> None:
        """Write a reply and send it."""
        field = self.page.get_by_role("textbox", name="Reply")
        if self.way == "mouse":
            await field.click()
            await field.fill(text)
            await self.page.get_by_role("button", name="Send", exact=True).click()
        else:
            await self.page.get_by_role("log").focus()
            await self.page.keyboard.press("KeyR")
            await expect(field).to_be_focused()
            await self.page.keyboard.insert_text(text)
            await self.page.keyboard.press("Enter")


async def beside(house: House, talk: Talk, agent: str) -> Window:
    """A colleague's window with the same thread open."""
    window = await house.window(agent)
    await window.open(talk.path)
    await window.page.get_by_role("log").get_by_text("Hello").first.wait_for()
    return window


async def unread_of(house: House, agent: str, talk: Talk) -> int:
    found = await call(house, agent, "GET", f"/threads/{talk.thread['id']}")
    unread: int = found["thread"]["unread"]
    return unread


async def test_who_else_is_here_and_types_is_seen_at_once(house: House) -> None:
    anna = await open_talk(house, taken_by=None)
    oleg = await beside(house, anna, "oleg")
    here = anna.page.get_by_title("Also here: Олег Ким").first
    await expect(here).to_be_visible()
    async with oleg.page.expect_response("**/inbox/looking"):
        await oleg.page.get_by_role("textbox", name="Reply").click()
        await oleg.page.keyboard.type("On")
    typing = anna.page.get_by_text("Олег Ким is typing…")
    await expect(typing).to_be_visible(timeout=SEEN_MS)
    assert await oleg.page.get_by_text("is typing").count() == 0
    await oleg.open("/inbox/view/all")
    await expect(typing).to_be_hidden(timeout=SEEN_MS)
    await expect(here).to_be_hidden(timeout=SEEN_MS)


@pytest.mark.parametrize("way", HANDS)
async def test_two_answers_at_once_are_asked_about_first(
    house: House, way: str
) -> None:
    anna = await open_talk(house, taken_by=None)
    oleg = await beside(house, anna, "oleg")
    await oleg.page.get_by_role("textbox", name="Reply").click()
    await oleg.page.keyboard.type("I am at it")
    await anna.page.get_by_text("Олег Ким is typing…").wait_for()
    hands = Hands(anna.page, way)
    await hands.say("So am I")
    dialog = anna.page.get_by_role("dialog", name="Two answers at once?")
    await expect(dialog).to_contain_text("Олег Ким is writing")
    await hands.press(dialog.get_by_role("button", name="Cancel"), "Escape")
    await expect(dialog).to_be_hidden()
    await expect(anna.field).to_have_value("So am I")
    await expect(anna.log.locator(".bubble.out")).to_have_count(0)
    await anna.field.focus()
    if way == "mouse":
        await anna.page.get_by_role("button", name="Send", exact=True).click()
    else:
        await anna.page.keyboard.press("Enter")
    await hands.press(dialog.get_by_role("button", name="Send anyway"))
    assert await anna.arrived() == ["So am I"]
    # Oleg has it on his screen, and his half a text, too.
    await expect(oleg.page.get_by_role("log").get_by_text("So am I")).to_be_visible()
    field = oleg.page.locator("#composer-text")
    await expect(field).to_have_value("I am at it")


@pytest.mark.parametrize("way", HANDS)
async def test_an_answer_written_behind_a_colleagues_back_is_not_sent(
    house: House, way: str
) -> None:
    anna = await open_talk(house)
    anna.window.watch.allow(CUT)
    oleg = await beside(house, anna, "oleg")
    await anna.window.context.set_offline(True)
    theirs = Hands(oleg.page, way)
    if way == "keyboard":
        await oleg.page.get_by_role("log").focus()
    take_over = oleg.page.get_by_role("button", name="Take over").first
    await theirs.press(take_over, "KeyA")
    dialog = oleg.page.get_by_role("dialog", name="Take over the conversation?")
    await theirs.press(dialog.get_by_role("button", name="Take over"), "Enter")
    await expect(dialog).to_be_hidden()
    await theirs.say("It is on its way")
    await expect(oleg.page.get_by_role("log").locator(".bubble.out")).to_have_count(1)
    mine = Hands(anna.page, way)
    await mine.say("I do not know")
    await anna.window.context.set_offline(False)
    band = anna.page.get_by_role("alert", name="Somebody answered meanwhile")
    await expect(band).to_contain_text("Олег Ким answered", timeout=SLOW_MS)
    await expect(band).to_contain_text("It is on its way")
    await expect(band).to_contain_text("I do not know")
    assert await anna.arrived() == ["It is on its way"]
    await mine.press(band.get_by_role("button", name="Send anyway"))
    await expect(band).to_be_hidden()
    both = ["It is on its way", "I do not know"]
    assert await anna.arrived(2) == both
    for log in (anna.log, oleg.page.get_by_role("log")):
        await expect(log.locator(".bubble.out .words")).to_have_text(both)


async def test_who_is_taken_over_is_told_and_keeps_the_draft(house: House) -> None:
    anna = await open_talk(house)
    await anna.write("Half of an ans")
    oleg = await beside(house, anna, "oleg")
    await oleg.page.get_by_role("button", name="Take over").first.click()
    await (
        oleg.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
    )
    step = anna.log.get_by_text("Олег Ким: taken over from Анна Петрова")
    await expect(step).to_be_visible()
    await expect(anna.page.get_by_text("Олег Ким is answering").first).to_be_visible()
    await expect(anna.field).to_have_value("Half of an ans")
    await expect(oleg.page.locator("#composer-text")).to_have_value("")


async def test_a_draft_is_its_writers_in_every_browser_and_nobody_elses(
    house: House,
) -> None:
    anna = await open_talk(house)
    saved = anna.page.expect_response(
        lambda one: one.request.method == "PUT" and one.url.endswith("/draft")
    )
    async with saved:
        await anna.write("The courier com")
    await anna.page.reload()
    await expect(anna.field).to_have_value("The courier com")
    elsewhere = await house.window("anna")
    await elsewhere.open(anna.path)
    field = elsewhere.page.locator("#composer-text")
    await expect(field).to_have_value("The courier com")
    above = await beside(house, anna, "inna")
    await above.page.get_by_role("button", name="More actions").click()
    await above.page.get_by_role("menuitem", name="Assign to…").click()
    dialog = above.page.get_by_role("dialog", name="Assign to")
    await dialog.get_by_label("Олег Ким").check()
    await dialog.get_by_role("button", name="Assign").click()
    await expect(dialog).to_be_hidden()
    for page in (anna.page, elsewhere.page):
        band = page.get_by_text("Олег Ким is answering").first
        await expect(band).to_be_visible()
        await expect(page.locator("#composer-text")).to_have_value("The courier com")
    oleg = await beside(house, anna, "oleg")
    for window in (oleg, above):
        await expect(window.page.locator("#composer-text")).to_have_value("")
    # Back with Anna, it is the reply that it was.
    await anna.page.get_by_role("button", name="Take over").first.click()
    await (
        anna.page.get_by_role("dialog").get_by_role("button", name="Take over").click()
    )
    await expect(anna.page.get_by_role("textbox", name="Reply")).to_have_value(
        "The courier com"
    )
    await anna.write("es on Friday")
    await anna.page.keyboard.press("Enter")
    assert await anna.arrived() == ["The courier comes on Friday"]
    await expect(field).to_have_value("")


async def test_a_supervisor_reads_without_a_trace_and_acts_with_one(
    house: House,
) -> None:
    anna = await open_talk(house)

    async def is_read() -> bool:
        return await unread_of(house, "anna", anna) == 0

    await until(is_read, within_s=SLOW_MS / 1000)
    await anna.window.open("/inbox/view/all")
    await house.text(anna.phone, "Are you there?")
    await anna.page.locator(".row", has_text="Are you there?").wait_for()
    above = await beside(house, anna, "inna")

    async def has_read() -> bool:
        return await unread_of(house, "inna", anna) == 0

    await until(has_read, within_s=SLOW_MS / 1000)
    assert await unread_of(house, "anna", anna) == 1
    row = anna.page.get_by_role("link").filter(has_text="Are you there?")
    await expect(row).to_contain_text("1 unread")
    await _set_capacity_to_one(above.page)
    await above.open(anna.path)
    await above.page.get_by_role("button", name="Take over").first.click()
    dialog = above.page.get_by_role("dialog", name="Take over the conversation?")
    await dialog.get_by_role("button", name="Take over").click()
    await expect(above.page.get_by_text("Your turn")).to_be_visible()
    agents = (await house.site.get("/agents"))["items"]
    assert [one["max_active"] for one in agents if one["login"] == "anna"] == [1]
    await _see_it_in_the_log(house, anna)


async def _set_capacity_to_one(page: Page) -> None:
    await page.get_by_role("link", name="Board").first.click()
    less = page.get_by_role("button", name="One conversation less at once: Анна")
    person = page.get_by_role("listitem").filter(has=less)
    for left in (2, 1):
        await less.click()
        await expect(person.get_by_text(f"of {left}").first).to_be_visible()


async def _see_it_in_the_log(house: House, anna: Talk) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/audit")
    conversation: dict[str, Any] = anna.thread["conversation"]
    audit = await house.site.get(f"/audit?subject={conversation['id']}")
    assert audit["items"][0]["action"] == "conversation.taken_over"
    for kind, words in (
        ("conversation", "Conversation taken over"),
        ("agent", "Person changed"),
    ):
        await page.get_by_label("Kind").select_option(kind)
        entry = page.get_by_role("row").filter(has_text=words).first
        await expect(entry).to_contain_text("Инна Бойко")
    await page.get_by_role("button", name="Verify the chain").click()
    await expect(page.get_by_text("The chain is whole")).to_be_visible()
