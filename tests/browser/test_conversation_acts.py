"""What is decided about a conversation, by key alone; and who may say what to whom."""

from playwright.async_api import expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, call, new_phone, open_talk

pytestmark = BROWSER


async def _state(talk: Talk) -> dict[str, object]:
    found = await call(talk.house, "inna", "GET", f"/threads/{talk.thread['id']}")
    conversation: dict[str, object] = found["thread"]["conversation"]
    return conversation


async def test_passing_on_takes_a_note_and_tells_the_next_one(house: House) -> None:
    talk = await open_talk(house, locale="ru")
    keys = talk.page.keyboard
    await talk.log.focus()
    await keys.press("f")
    dialog = talk.page.get_by_role("dialog")
    await dialog.get_by_label("Олег Ким").focus()
    await keys.press("Space")
    await keys.press("Enter")  # without a note: refused by the field itself
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("textbox").focus()
    await keys.insert_text("ждёт курьера")
    await keys.press("Tab")
    await keys.press("Tab")
    await keys.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(talk.log.locator(".step-note")).to_have_text("ждёт курьера")
    assert (await _state(talk))["assignee"] == {
        "id": house.agents["oleg"]["id"],
        "name": "Олег Ким",
    }
    await expect(talk.page.locator(".band")).to_contain_text("Олег Ким")
    await expect(talk.log).to_be_focused()


async def test_hold_snooze_and_back_by_key(house: House) -> None:
    talk = await open_talk(house)
    state = talk.page.locator(".head-state")
    await talk.log.focus()
    await talk.page.keyboard.press("h")
    await expect(state).to_contain_text("On hold until reply")
    await talk.page.keyboard.press("h")
    await expect(state).to_contain_text("Your turn")
    await talk.page.keyboard.press("z")
    await talk.page.get_by_role("dialog").wait_for()
    await talk.page.keyboard.press("Enter")
    await expect(state).to_contain_text("Snoozed until")
    await house.text(talk.phone, "are you there?")
    await expect(state).to_contain_text("Your turn")


async def test_resolving_is_undone_from_its_toast(house: House) -> None:
    talk = await open_talk(house)
    await talk.log.focus()
    await talk.page.keyboard.press("e")
    dialog = talk.page.get_by_role("dialog")
    await dialog.get_by_label("Summary").fill("told the hours")
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(talk.page.locator(".head-state")).to_contain_text("Resolved")
    assert (await _state(talk))["summary"] == "told the hours"
    await expect(talk.field).to_have_attribute(
        "placeholder", "Write: the conversation opens again"
    )
    await talk.page.get_by_role("button", name="Undo").click()
    await expect(talk.page.locator(".head-state")).to_contain_text("Your turn")


async def test_a_colleagues_conversation_is_taken_over_knowingly(house: House) -> None:
    talk = await open_talk(house, agent="oleg", taken_by="anna")
    await expect(talk.page.locator(".band")).to_contain_text("Анна Петрова")
    modes = talk.page.get_by_role("group", name="What to write")
    await expect(modes.get_by_role("button", name="Reply")).to_be_disabled()
    await talk.log.focus()
    await talk.page.keyboard.press("a")
    await talk.page.get_by_role("dialog").wait_for()
    await talk.page.keyboard.press("Enter")
    await expect(talk.page.locator(".head-state")).to_contain_text("Your turn")
    await talk.reply("Oleg speaking")
    assert await talk.arrived() == ["Oleg speaking"]


async def test_tags_and_spam(house: House) -> None:
    talk = await open_talk(house)
    await talk.log.focus()
    await talk.page.keyboard.press("l")
    dialog = talk.page.get_by_role("dialog")
    await dialog.get_by_label("New tag").fill("delivery")
    await talk.page.keyboard.press("Enter")
    await dialog.get_by_role("button", name="Save").click()
    await expect(talk.page.locator(".head-state .tag")).to_have_text("delivery")
    await talk.log.focus()
    await talk.page.keyboard.press("Shift+1")
    await expect(talk.page.locator(".band")).to_contain_text("Marked as spam")
    assert await talk.field.count() == 0
    await talk.page.locator(".band").get_by_role("button", name="Restore").click()
    await expect(talk.field).to_be_visible()


async def test_a_trainees_reply_waits_for_a_supervisor(house: House) -> None:
    talk = await open_talk(house, agent="vera", taken_by="vera")
    await talk.reply("Is this right?")
    pending = talk.log.locator(".bubble.pending")
    await expect(pending).to_contain_text("Waits for approval")
    assert await house.phone(talk.phone) == []
    above = await house.window("inna")
    page = await above.open("/inbox/approvals")
    card = page.locator(".approvals .card", has_text="Is this right?")
    await card.get_by_role("button", name="Change and send").click()
    await card.get_by_label("Text of the reply").fill("This is right.")
    await card.get_by_role("button", name="Approve and send").click()
    await expect(card).to_be_hidden()
    assert await talk.arrived() == ["This is right."]
    await expect(talk.log.locator(".bubble.out").last).to_contain_text("This is right.")


async def test_two_numbers_of_one_person_are_merged_and_parted(house: House) -> None:
    other = new_phone()
    await house.text(other, "my second number")
    await house.thread_of(other)
    talk = await open_talk(house, "my first number")
    page = talk.page
    menu = page.get_by_role("button", name="Contact actions")
    await menu.click()
    await page.get_by_role("menuitem", name="Merge with another contact").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name or number of the other one").fill(other)
    await dialog.get_by_role("radio").first.check()
    await dialog.get_by_role("button", name="Merge").click()
    panel = page.locator(".panel")
    await expect(panel).to_contain_text(other)
    await expect(talk.log).to_contain_text("my second number")
    await menu.click()
    await page.get_by_role("menuitem", name="Part merged contact").click()
    await dialog.get_by_role("button", name="Part").click()
    await expect(panel).not_to_contain_text(other)


async def test_an_erasure_counts_first_and_wants_the_number_typed(house: House) -> None:
    talk = await open_talk(house, "forget me", agent="admin", taken_by="anna")
    await talk.page.get_by_role("button", name="Contact actions").click()
    await talk.page.get_by_role("menuitem", name="Erase contact").click()
    dialog = talk.page.get_by_role("dialog")
    await expect(dialog.locator(".fact-list")).to_contain_text("Messages")
    erase = dialog.get_by_role("button", name="Erase contact")
    await dialog.get_by_role("textbox").fill("+70000000000")
    await erase.click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Nothing was erased")
    await dialog.get_by_role("textbox").fill(talk.phone)
    talk.window.watch.allow("404 GET")  # what it showed is gone
    await erase.click()
    await expect(dialog).to_be_hidden()
    status, _ = await house.site.api("GET", f"/contacts/by-number/{talk.phone}")
    assert status == 404


async def test_a_new_message_checks_its_number_first(house: House) -> None:
    window = await house.window("anna")
    window.watch.allow("404 GET .*/contacts/by-number/")  # nobody known by that number
    page = await window.open("/inbox")
    await page.locator(".list-head").wait_for()
    await page.keyboard.press("w")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Text").fill("We found your umbrella")
    await dialog.get_by_label("To number").fill("umbrella")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("no phone number")
    phone = new_phone()
    await dialog.get_by_label("To number").fill(phone)
    await dialog.get_by_role("button", name="Send").click()
    bubble = page.get_by_role("log").locator(".bubble.out")
    await expect(bubble).to_contain_text("We found your umbrella")
