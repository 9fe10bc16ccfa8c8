"""Writing: one Enter is one message, drafts survive, notes are for colleagues."""

import asyncio

from playwright.async_api import Route, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import call, open_talk

pytestmark = BROWSER


async def test_three_enters_on_a_slow_line_send_one_message(house: House) -> None:
    talk = await open_talk(house)

    async def slowly(route: Route) -> None:
        await asyncio.sleep(1)
        await route.continue_()

    await talk.page.route("**/replies", slowly)
    await talk.write("only once")
    for _ in range(3):
        await talk.page.keyboard.press("Enter")
    bubbles = talk.log.locator(".bubble.out")
    await expect(bubbles).to_have_count(1)
    assert await talk.arrived() == ["only once"]
    await expect(bubbles).to_have_count(1)


async def test_the_enter_of_an_input_method_sends_nothing(house: House) -> None:
    talk = await open_talk(house)
    await talk.write("konnichiha")
    await talk.field.evaluate(
        """field => field.dispatchEvent(new KeyboardEvent("keydown", {
          key: "Enter", code: "Enter", isComposing: true, bubbles: true }))"""
    )
    await expect(talk.field).to_have_value("konnichiha")
    assert await talk.log.locator(".bubble.out").count() == 0


async def test_a_note_never_leaves(house: House) -> None:
    talk = await open_talk(house)
    await talk.log.focus()
    await talk.page.keyboard.press("p")
    await talk.page.keyboard.insert_text("he is angry")
    await talk.page.keyboard.press("Enter")
    note = talk.log.locator(".bubble.note")
    await expect(note).to_contain_text("seen by colleagues only")
    await talk.reply("We are looking into it")
    assert await talk.arrived() == ["We are looking into it"]


async def test_a_note_whose_answer_was_lost_is_kept_once(house: House) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow(r"failed .* POST .*/notes|ApiError")

    async def lose(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await talk.page.route("**/notes", lose, times=1)
    await talk.log.focus()
    await talk.page.keyboard.press("p")
    await talk.page.keyboard.insert_text("he called twice")
    await talk.page.keyboard.press("Enter")
    await expect(talk.page.locator(".composer [role=alert]")).to_be_visible()
    await talk.page.keyboard.press("Enter")
    await expect(talk.field).to_have_value("")
    await expect(talk.log.locator(".bubble.note")).to_have_count(1)


async def test_ctrl_z_calls_a_reply_back(house: House) -> None:
    house.preferences["undo_s"] = 4
    talk = await open_talk(house)
    house.preferences["undo_s"] = 0
    row = talk.page.locator(f"[data-thread='{talk.thread['id']}']")
    await talk.reply("too hasty")
    await expect(talk.page.locator(".undo-bar")).to_contain_text("Goes out in")
    await expect(row).to_contain_text("too hasty")
    await talk.page.keyboard.press("Control+z")
    await expect(talk.field).to_have_value("too hasty")
    await expect(talk.log.locator(".bubble.out")).to_have_count(0)
    await expect(row).to_contain_text("Hello")
    await talk.page.wait_for_timeout(5_000)
    assert await house.phone(talk.phone) == []


async def test_a_colleagues_answer_in_between_stops_mine(house: House) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow("409 POST .*/replies|ERR_INTERNET_DISCONNECTED")
    talk.window.watch.allow("failed .*|inbox/stream")
    await talk.window.context.set_offline(True)
    path = f"/threads/{talk.thread['id']}/replies"
    theirs = {"client_id": "0" * 32, "text": "It is on its way", "seen_seq": 10**9}
    await call(house, "inna", "POST", path, {**theirs, "force": True})
    await talk.reply("I do not know")
    await talk.window.context.set_offline(False)
    band = talk.page.get_by_role("alert", name="Somebody answered meanwhile")
    await expect(band).to_contain_text("It is on its way", timeout=20_000)
    assert await talk.arrived() == ["It is on its way"]
    await band.get_by_role("button", name="Keep as draft").click()
    await expect(talk.field).to_have_value("I do not know")


async def test_half_a_text_survives_reload_and_browser(house: House) -> None:
    talk = await open_talk(house)
    async with talk.page.expect_response(
        lambda answer: answer.request.method == "PUT" and answer.url.endswith("/draft")
    ):
        await talk.write("Half a ")
        await expect(talk.page.locator(".composer-kept")).to_be_visible()
    elsewhere = await house.window("anna")
    await elsewhere.open(talk.path)
    await expect(elsewhere.page.locator("#composer-text")).to_have_value("Half a ")
    await talk.page.reload()
    await expect(talk.field).to_have_value("Half a ")
    colleague = await house.window("oleg")
    await colleague.open(talk.path)
    await expect(colleague.page.locator("#composer-text")).to_have_value("")


async def test_a_sent_draft_does_not_come_back(house: House) -> None:
    talk = await open_talk(house)
    await talk.write("gone")
    await talk.page.wait_for_timeout(1_450)  # about when the save leaves
    await talk.page.keyboard.press("Enter")
    await talk.arrived()
    await talk.page.reload()
    await talk.log.wait_for()
    await expect(talk.field).to_have_value("")


async def test_a_phrase_is_filled_in_and_what_is_missing_is_never_sent(
    house: House,
) -> None:
    phrase = {"shortcut": "del", "title": "Delivery", "language": "en"}
    text = "Order {order} comes on {date}, {agent}"
    await call(house, "inna", "POST", "/canned", {**phrase, "text": text})
    talk = await open_talk(house)
    await talk.field.click()
    await talk.page.keyboard.type("/dlvr")
    await expect(talk.page.get_by_role("option")).to_contain_text("Delivery")
    await talk.page.keyboard.press("Enter")
    await expect(talk.field).not_to_have_value("/dlvr")
    filled = await talk.field.input_value()
    assert filled.startswith("Order {order} comes on ")
    assert filled.endswith(", Анна Петрова")
    await talk.page.keyboard.press("Enter")
    said = talk.page.locator(".composer [role=alert]")
    await expect(said).to_contain_text("Nothing was sent")
    await talk.page.keyboard.type("77")  # the place was selected
    await talk.page.keyboard.press("Enter")
    assert (await talk.arrived())[0].startswith("Order 77 comes on ")


async def test_the_counter_explains_itself(house: House) -> None:
    talk = await open_talk(house)
    counter = talk.page.locator(".count-line")
    await talk.write("я" * 71)
    await expect(counter).to_contain_text("UCS-2")
    await expect(counter).to_contain_text("2 SMS")
    await expect(counter).to_contain_text("71/134")
    await talk.page.keyboard.press("Backspace")
    await expect(counter).to_contain_text("1 SMS")
    await talk.field.fill("я" * 69 + "😀")
    await expect(counter).to_contain_text("2 SMS")
    await talk.field.fill("The order № 77 is ready. " + "a" * 60)
    offer = talk.page.get_by_role("button", name="Replace and save 1 SMS")
    await offer.click()
    await expect(counter).to_contain_text("1 SMS")
    await expect(counter).to_contain_text("GSM-7")


async def test_who_opted_out_is_not_written_to(house: House) -> None:
    talk = await open_talk(house)
    await call(house, "inna", "PUT", f"/contacts/{talk.phone}/opt-out")
    await expect(talk.page.locator(".band")).to_contain_text("opted out")
    modes = talk.page.get_by_role("group", name="What to write")
    await expect(modes.get_by_role("button", name="Reply")).to_be_disabled()


async def test_ten_thousand_characters_are_counted_and_kept(house: House) -> None:
    talk = await open_talk(house)
    await talk.field.fill("я" * 10_000)
    await expect(talk.page.locator(".count-line")).to_contain_text("150 SMS")
    await expect(talk.page.locator(".counter")).to_have_class("counter bad")
