"""Cases from beginning to end: calls, spam, pauses, coming back, erasing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.hands import WAYS, Hands
from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, act, call, new_phone, open_talk
from tests.browser.window import Window
from tests.support.site import until

pytestmark = BROWSER


async def queue_of(house: House, agent: str) -> Window:
    """A colleague's window with the queue in it."""
    window = await house.window(agent)
    page = await window.open("/inbox/view/queue")
    await page.locator(".list-head").wait_for()
    return window


async def state_of(talk: Talk) -> str:
    found = await call(talk.house, "inna", "GET", f"/threads/{talk.thread['id']}")
    return str(found["thread"]["conversation"]["state"])


@pytest.mark.parametrize("way", WAYS)
async def test_spam_leaves_the_queue_and_comes_back_restored(
    house: House, way: str
) -> None:
    talk = await open_talk(house, "Buy cheap watches", taken_by=None)
    colleague = await queue_of(house, "oleg")
    row = colleague.page.locator(f"[data-thread='{talk.thread['id']}']")
    await expect(row).to_be_visible()
    hands, page = Hands(talk.page, way), talk.page
    if hands.have_mouse:
        await page.get_by_role("button", name="More actions").click()
        await page.get_by_role("menuitem", name="Spam").click()
    else:
        await hands.keys("Shift+Digit1")
    band = page.locator(".band")
    await expect(band).to_contain_text("Marked as spam")
    await expect(row).to_be_hidden()
    await expect(talk.log).to_contain_text("Анна Петрова: marked as spam")
    # Whoever wrote it is blocked: more of it is kept, and bothers nobody.
    await house.text(talk.phone, "Buy them now")
    await expect(talk.log).to_contain_text("Buy them now")
    assert await state_of(talk) == "spam"
    await expect(row).to_have_count(0)
    await hands.press(band.get_by_role("button", name="Restore"), "Shift+Digit1")
    await expect(row).to_be_visible()
    await expect(talk.log).to_contain_text("Анна Петрова: restored from spam")


async def test_a_missed_call_is_a_request_that_is_answered_by_text(
    house: House,
) -> None:
    phone = new_phone()
    window = await queue_of(house, "anna")
    page = window.page
    number = house.site.modems[0]["msisdn"]
    ringing = {"to": number, "duration_s": 2}
    await house.site.sim("POST", f"/phones/{phone}/calls", ringing)
    thread = await house.thread_of(phone)
    row = page.locator(f"[data-thread='{thread['id']}']")
    await row.click()
    talk = Talk(house=house, window=window, phone=phone, thread=thread)
    await expect(talk.log).to_contain_text("Missed call")
    await page.get_by_role("button", name="Take", exact=True).click()
    await talk.reply("You called: how can we help?")
    assert await talk.arrived() == ["You called: how can we help?"]


async def test_a_pause_ends_by_itself_at_its_time(house: House) -> None:
    talk = await open_talk(house)
    state = talk.page.locator(".head-state")
    until_ = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
    await act(house, "anna", talk.thread, "hold", until=until_)
    await expect(state).to_contain_text("On hold")
    await expect(state).to_contain_text("Your turn", timeout=8000)


async def test_who_comes_back_soon_is_with_the_same_agent(house: House) -> None:
    talk = await open_talk(house)
    state = talk.page.locator(".head-state")
    await act(house, "anna", talk.thread, "resolve", result="решено")
    await expect(state).to_contain_text("Resolved")
    await house.text(talk.phone, "One more thing")
    await expect(state).to_contain_text("Your turn")
    await expect(talk.log).to_contain_text("One more thing")
    found = await call(house, "inna", "GET", f"/threads/{talk.thread['id']}")
    conversation = found["thread"]["conversation"]
    assert (conversation["number"], found["earlier"]) == (1, [])
    assert conversation["assignee"]["name"] == "Анна Петрова"


async def test_of_two_who_take_the_same_one_has_it(house: House) -> None:
    talk = await open_talk(house, taken_by=None)
    other = await house.window("oleg")
    page = await other.open(talk.path)
    take = page.get_by_role("button", name="Take", exact=True)
    await expect(take).to_be_visible()
    other.watch.allow("409 POST .*/take")
    talk.window.watch.allow("409 POST .*/take")
    await talk.page.get_by_role("button", name="Take", exact=True).click()
    await expect(talk.page.locator(".head-state")).to_contain_text("Your turn")
    band = page.locator(".band")
    await expect(band).to_contain_text("Анна Петрова", timeout=10_000)
    assert await state_of(talk) == "active"


async def find_for_erasing(hands: Hands, phone: str) -> Locator:
    """The button that asks what would go, on the page where it is."""
    page = hands.page
    if hands.have_mouse:
        await page.get_by_role("link", name="Administration").first.click()
        await page.get_by_role("link", name="Export and erase").click()
    else:
        await hands.command("Export")
    await expect(page.get_by_role("heading", name="Export and erase")).to_be_focused()
    field = page.get_by_label("Name, number or CRM id")
    if hands.have_mouse:
        await field.click()
    else:
        await hands.reach(field)
    await page.keyboard.type(phone)
    found = page.get_by_role("rowheader")
    await expect(found).to_have_count(1)
    await expect(found).to_contain_text(phone)
    return page.get_by_role("button", name=f"Erase {phone}")


async def erase_by_hand(hands: Hands, phone: str) -> list[dict[str, Any]]:
    """What was counted, and what was erased."""
    page = hands.page
    button = await find_for_erasing(hands, phone)
    async with page.expect_response("**/erase") as asked:
        await hands.press(button)
    dialog = page.get_by_role("dialog", name=f"Erase {phone}?")
    await expect(dialog.get_by_text("Messages", exact=True)).to_be_visible()
    confirm = dialog.get_by_role("textbox")
    if hands.have_mouse:
        await confirm.click()
    await expect(confirm).to_be_focused()
    await page.keyboard.type(phone)
    async with page.expect_response("**/erase") as done:
        await hands.press(dialog.get_by_role("button", name="Erase for good"), "Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_text(f"{phone} is erased").first).to_be_visible()
    return [await (await answer.value).json() for answer in (asked, done)]


@pytest.mark.parametrize("way", WAYS)
async def test_an_erasure_removes_what_it_counted_and_still_sends_nothing(
    house: House, way: str
) -> None:
    talk = await open_talk(house, "forget me")
    await talk.reply("We will")
    await talk.arrived()
    await house.text(talk.phone, "стоп")
    await expect(talk.page.locator(".band")).to_contain_text(
        re.compile("opted out", re.I)
    )
    talk.window.watch.allow("404 GET")

    async def is_settled() -> bool:
        entries = await call(
            house, "anna", "GET", f"/threads/{talk.thread['id']}/entries"
        )
        states = [one["state"] for one in entries["items"] if one["kind"] == "message"]
        return states == ["received", "delivered", "received"]

    await until(is_settled, within_s=15)
    window = await house.window("admin")
    hands = Hands(await window.open("/inbox"), way)
    counted, erased = await erase_by_hand(hands, talk.phone)
    assert (counted.pop("erased"), erased.pop("erased")) == (False, True)
    assert counted["messages"] == 3
    assert {name: erased[name] for name in ("messages", "conversations", "notes")} == {
        name: counted[name] for name in ("messages", "conversations", "notes")
    }
    status, problem = await house.site.api(
        "POST", "/messages", {"to": talk.phone, "text": "Are you there?"}
    )
    assert (status, problem["code"]) == (422, "opted_out")


async def test_a_rejected_reply_comes_back_with_its_reason(house: House) -> None:
    talk = await open_talk(house, agent="vera", taken_by="vera")
    await talk.reply("No idea")
    pending = talk.log.get_by_role("article").filter(has_text="No idea")
    await expect(pending).to_contain_text("Waits for approval")
    above = await house.window("inna")
    page = await above.open(talk.path)
    theirs = page.get_by_role("log").get_by_role("article").filter(has_text="No idea")
    await theirs.get_by_role("button", name="Return with a note").click()
    await theirs.get_by_label("What is to be changed?").fill("Ask the warehouse")
    await page.keyboard.press("Enter")
    await expect(pending).to_contain_text("Инна Бойко: Ask the warehouse")
    await expect(talk.field).to_have_value("")
    await pending.get_by_role("button", name="Copy to the field").click()
    await expect(talk.field).to_have_value("No idea")
    assert await house.phone(talk.phone) == []


async def test_who_waits_for_approval_may_think_again(house: House) -> None:
    talk = await open_talk(house, agent="vera", taken_by="vera")
    await talk.reply("Perhaps tomorrow")
    pending = talk.log.get_by_role("article").filter(has_text="Perhaps tomorrow")
    row = talk.page.locator(f"[data-thread='{talk.thread['id']}']")
    above = await house.window("inna")
    page = await above.open("/inbox/approvals")
    card = page.get_by_role("listitem").filter(has_text="Perhaps tomorrow")
    await expect(card).to_be_visible()
    await expect(row).to_contain_text("From us: Perhaps tomorrow")
    await talk.window.shoot("waits-for-approval")
    await pending.get_by_role("button", name="Call back").click()
    await expect(talk.field).to_have_value("Perhaps tomorrow")
    await expect(pending).to_have_count(0)
    await expect(card).to_have_count(0)
    await talk.page.reload()
    await talk.log.get_by_text("Hello").wait_for()
    await expect(pending).to_have_count(0)
    await expect(row).to_contain_text("Hello")


@pytest.mark.parametrize("way", WAYS)
async def test_what_cannot_be_shown_is_told_and_answered(
    house: House, way: str
) -> None:
    """Scenario 22 without MMS: no text at all, and a text in parts out of order."""
    phone, number = new_phone(), house.site.modems[0]["msisdn"]
    anna = await queue_of(house, "anna")
    outbox = f"/phones/{phone}/messages"
    await house.site.sim("POST", outbox, {"to": number, "data": "ffd8ffe000104a464946"})
    row = anna.page.locator(".row", has_text=phone)
    await expect(row).to_contain_text("No text")
    text = " ".join(f"Фотография {n} из семи, на ней видна трещина." for n in range(7))
    await house.site.sim("POST", outbox, {"to": number, "text": text, "shuffle": True})
    await expect(row).to_contain_text("Фотография 0")
    hands = Hands(anna.page, way)
    await hands.open_row(row)
    said = anna.page.get_by_role("log").locator(".bubble")
    await expect(said).to_contain_text(["Binary message, cannot be shown", text])
    take = anna.page.get_by_role("button", name="Take", exact=True).first
    await hands.press(take, "KeyA")
    await hands.say("Please describe the picture")

    async def arrived() -> bool:
        got = [one["text"] for one in await house.phone(phone)]
        return got == ["Please describe the picture"]

    await until(arrived, within_s=15)
