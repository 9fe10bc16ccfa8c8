"""Two and more at one thread: seen, not stepped on, taken over knowingly; drafts stay
with who wrote them; a supervisor reads without a trace and acts with one."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.hands import MOUSE, WAYS, Hands
from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, call, open_talk
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER

SEEN_MS = 3_000
SLOW_MS = 20_000
CUT = r"failed net::ERR_|409 POST .*/replies|ERR_INTERNET_DISCONNECTED"


async def beside(house: House, talk: Talk, agent: str) -> Window:
    """A colleague's window with the same thread open."""
    window = await house.window(agent)
    await window.open(talk.path)
    await window.page.get_by_role("log").get_by_text("Hello").first.wait_for()
    return window


async def take_over(hands: Hands) -> None:
    """From whoever has the conversation that is open."""
    button = hands.page.get_by_role("button", name="Take over").first
    await hands.press(button, "KeyA")
    dialog = hands.page.get_by_role("dialog", name="Take over the conversation?")
    await hands.press(dialog.get_by_role("button", name="Take over"), "Enter")
    await expect(dialog).to_have_count(0)
    await expect(hands.page.get_by_text("Your turn").first).to_be_visible()


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


@pytest.mark.parametrize("way", WAYS)
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
    await expect(anna.field).to_be_focused()
    await hands.send()
    await hands.press(dialog.get_by_role("button", name="Send anyway"))
    assert await anna.arrived() == ["So am I"]
    # Oleg has it on his screen, and his half a text, too.
    await expect(oleg.page.get_by_role("log").get_by_text("So am I")).to_be_visible()
    field = oleg.page.locator("#composer-text")
    await expect(field).to_have_value("I am at it")


@pytest.mark.parametrize("way", WAYS)
async def test_an_answer_written_behind_a_colleagues_back_is_not_sent(
    house: House, way: str
) -> None:
    anna = await open_talk(house)
    anna.window.watch.allow(CUT)
    oleg = await beside(house, anna, "oleg")
    await anna.window.context.set_offline(True)
    theirs = Hands(oleg.page, way)
    await take_over(theirs)
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
    await mine.press(band.get_by_role("button", name="Send anyway"), by="Shift+Tab")
    await expect(band).to_be_hidden()
    both = ["It is on its way", "I do not know"]
    assert await anna.arrived(2) == both
    for log in (anna.log, oleg.page.get_by_role("log")):
        await expect(log.locator(".bubble.out .words")).to_have_text(both)


async def test_who_is_taken_over_is_told_and_keeps_the_draft(house: House) -> None:
    anna = await open_talk(house)
    await anna.write("Half of an ans")
    oleg = await beside(house, anna, "oleg")
    await take_over(Hands(oleg.page, MOUSE))
    step = anna.log.get_by_text("Олег Ким: taken over from Анна Петрова")
    await expect(step).to_be_visible()
    await expect(anna.page.get_by_text("Олег Ким is answering").first).to_be_visible()
    await expect(anna.field).to_have_value("Half of an ans")
    await expect(oleg.page.locator("#composer-text")).to_have_value("")


async def _assign_to_oleg(hands: Hands) -> None:
    if hands.have_mouse:
        await hands.page.get_by_role("button", name="More actions").click()
        await hands.page.get_by_role("menuitem", name="Assign to…").click()
    else:
        await hands.keys("Shift+KeyF")
    dialog = hands.page.get_by_role("dialog", name="Assign to")
    oleg = dialog.get_by_label("Олег Ким")
    if hands.have_mouse:
        await oleg.check()
    else:
        await hands.reach(oleg, by="ArrowDown")
    await expect(oleg).to_be_checked()
    await hands.press(dialog.get_by_role("button", name="Assign"), "Enter")
    await expect(dialog).to_have_count(0)


@pytest.mark.parametrize("way", WAYS)
async def test_a_draft_is_its_writers_in_every_browser_and_nobody_elses(
    house: House, way: str
) -> None:
    anna = await open_talk(house)
    hands = Hands(anna.page, way)
    saved = anna.page.expect_response(
        lambda one: one.request.method == "PUT" and one.url.endswith("/draft")
    )
    async with saved:
        await hands.write("The courier com")
    await anna.page.reload()
    await expect(anna.field).to_have_value("The courier com")
    elsewhere = await house.window("anna")
    await elsewhere.open(anna.path)
    field = elsewhere.page.locator("#composer-text")
    await expect(field).to_have_value("The courier com")
    above = await beside(house, anna, "inna")
    await _assign_to_oleg(Hands(above.page, way))
    for page in (anna.page, elsewhere.page):
        band = page.get_by_text("Олег Ким is answering").first
        await expect(band).to_be_visible()
        await expect(page.locator("#composer-text")).to_have_value("The courier com")
    oleg = await beside(house, anna, "oleg")
    for window in (oleg, above):
        await expect(window.page.locator("#composer-text")).to_have_value("")
    # Back with Anna, it is the reply that it was.
    await take_over(hands)
    await expect(anna.page.get_by_role("textbox", name="Reply")).to_have_value(
        "The courier com"
    )
    await hands.say("es on Friday")
    assert await anna.arrived() == ["The courier comes on Friday"]
    await expect(field).to_have_value("")


@pytest.mark.parametrize("way", WAYS)
async def test_a_supervisor_reads_without_a_trace_and_acts_with_one(
    house: House, way: str
) -> None:
    anna = await open_talk(house)
    path = f"/agents/{house.agents['anna']['id']}"
    await call(house, "inna", "PATCH", path, {"max_active": 3})

    async def is_read() -> bool:
        return await unread_of(house, "anna", anna) == 0

    await until(is_read, within_s=SLOW_MS / 1000)
    await anna.window.open("/inbox/view/all")
    await house.text(anna.phone, "Are you there?")
    row = anna.page.locator(f"[data-thread='{anna.thread['id']}']")
    await expect(row).to_contain_text("Are you there?")
    above = await house.window("inna")
    await above.open("/inbox/view/all")
    hands = Hands(above.page, way)
    theirs = above.page.locator(f"[data-thread='{anna.thread['id']}']")
    await hands.open_row(theirs)
    log = above.page.get_by_role("log")
    await expect(log.get_by_text("Are you there?")).to_be_visible()

    async def has_read() -> bool:
        return await unread_of(house, "inna", anna) == 0

    await until(has_read, within_s=SLOW_MS / 1000)
    assert await unread_of(house, "anna", anna) == 1
    await expect(row).to_contain_text("1 unread")
    await _set_capacity_to_one(house, hands)
    await _open_from_the_board(hands, anna)
    await take_over(hands)
    await _see_it_in_the_log(house, anna, way)


async def _set_capacity_to_one(house: House, hands: Hands) -> None:
    page = hands.page
    less = page.get_by_role("button", name="One conversation less at once: Анна")
    if hands.have_mouse:
        await page.get_by_role("link", name="Board").first.click()
    else:
        await hands.keys("KeyG", "KeyB")
        await expect(page.get_by_role("heading", name="Live board")).to_be_focused()
        await less.wait_for()
        await hands.press(page.locator(".skip", has_text="People"))
        one = page.get_by_role("button", name="One conversation less at once").first
        await hands.reach(one)
        if not await less.evaluate("one => one === document.activeElement"):
            await hands.reach(less, by="ArrowDown")
    # As fast as a hand is: twice before the first is answered.
    for _ in range(2):
        await hands.press(less, "Enter")
    person = page.get_by_role("listitem").filter(has=less)
    await expect(person.get_by_text("of 1").first).to_be_visible()

    async def has_one() -> bool:
        agents = (await house.site.get("/agents"))["items"]
        return [one["max_active"] for one in agents if one["login"] == "anna"] == [1]

    await until(has_one, within_s=SLOW_MS / 1000)


async def _open_from_the_board(hands: Hands, anna: Talk) -> None:
    if hands.have_mouse:
        await hands.page.get_by_role("link", name=anna.phone).click()
    else:
        await hands.command(anna.phone)
    await hands.page.get_by_role("log").get_by_text("Are you there?").wait_for()


async def _see_it_in_the_log(house: House, anna: Talk, way: str) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox")
    hands = Hands(page, way)
    if hands.have_mouse:
        await page.get_by_role("link", name="Administration").first.click()
        await page.get_by_role("link", name="Audit log").click()
    else:
        await hands.command("Audit")
    await expect(page.get_by_role("heading", name="Audit log")).to_be_focused()
    conversation: dict[str, Any] = anna.thread["conversation"]
    audit = await house.site.get(f"/audit?subject={conversation['id']}")
    assert audit["items"][0]["action"] == "conversation.taken_over"
    verify = page.get_by_role("button", name="Verify the chain")
    await hands.press(verify)
    await expect(page.get_by_text("The chain is whole")).to_be_visible()
    kinds = page.get_by_label("Kind")
    if not hands.have_mouse:
        await hands.reach(kinds)
    for kind, subject, words in (
        ("conversation", conversation["id"], "Conversation taken over"),
        ("agent", house.agents["anna"]["id"], "Person changed"),
    ):
        await hands.choose(kinds, kind)
        entries = page.get_by_role("row").filter(has_text=subject)
        entry = entries.filter(has_text=words).first
        await expect(entry).to_contain_text("Инна Бойко")
