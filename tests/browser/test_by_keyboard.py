"""What the keyboard alone finds: its keys by role, and the focus where one goes on.

Spec: spec/inbox.md F.3, F.12
"""

from playwright.async_api import Page, expect

from tests.browser.hands import KEYBOARD, Hands
from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import call, open_talk

pytestmark = BROWSER

BOARD = "Go to the board"


async def at(house: House, agent: str, path: str) -> tuple[Page, Hands]:
    window = await house.window(agent)
    page = await window.open(path)
    return page, Hands(page, KEYBOARD)


async def test_the_keys_of_a_supervisor_are_for_supervisors(house: House) -> None:
    for agent, count in (("anna", 0), ("inna", 1)):
        page, hands = await at(house, agent, "/inbox")
        await hands.keys("Shift+Slash")
        sheet = page.get_by_role("dialog", name="Keys")
        await expect(sheet.get_by_text("Go to mine")).to_be_visible()
        await expect(sheet.get_by_text(BOARD)).to_have_count(count)
        await hands.keys("Escape")
        await expect(sheet).to_have_count(0)
        await hands.keys("KeyG", "KeyM", "KeyG", "KeyB", "KeyG", "KeyQ")
        await expect(page.get_by_role("heading", name="Queue")).to_be_visible()
        await page.go_back()
        title = "Live board" if count else "My work"
        await expect(page.get_by_role("heading", name=title)).to_be_visible()


async def test_the_field_of_the_search_has_the_focus_each_time(house: House) -> None:
    page, hands = await at(house, "anna", "/inbox")
    field = page.locator("#search-field")
    for _ in range(2):
        await hands.keys("Slash")
        await expect(field).to_be_focused()
        await hands.command("Contacts")
        await expect(field).to_have_count(0)


async def test_people_of_the_board_are_walked_by_arrows(house: House) -> None:
    vera = f"/agents/{house.agents['vera']['id']}"
    await call(house, "inna", "PATCH", vera, {"max_active": 1})
    page, hands = await at(house, "inna", "/inbox")
    await hands.keys("KeyG", "KeyB")
    await expect(page.get_by_role("heading", name="Live board")).to_be_focused()
    less = page.get_by_role("button", name="One conversation less at once")
    await expect(less).to_have_count(5)
    await hands.press(page.locator(".skip", has_text="People"))
    await hands.reach(less.first)
    hers = page.get_by_role("button", name="One conversation less at once: Вера")
    await hands.reach(hers, by="ArrowDown")
    await hands.keys("Enter")
    person = page.get_by_role("listitem").filter(has=hers)
    await expect(person).to_contain_text("of 0")
    # What does no more is still there for who stands on it.
    await expect(hers).to_be_focused()
    await hands.keys("Enter")
    await expect(person).to_contain_text("of 0")
    await hands.reach(less.first, by="ArrowUp")


async def test_the_contact_is_a_leap_away(house: House) -> None:
    talk = await open_talk(house, agent="inna")
    hands = Hands(talk.page, KEYBOARD)
    await hands.press(talk.page.locator(".skip", has_text="To the contact"))
    await hands.press(talk.page.get_by_role("button", name="Contact actions"))
    await expect(talk.page.get_by_role("menu")).to_be_visible()
    await hands.keys("Escape")
    await expect(talk.page.get_by_role("menu")).to_have_count(0)


async def test_who_comes_from_the_board_goes_on_in_the_dialogue(house: House) -> None:
    talk = await open_talk(house, agent="inna")
    hands, page = Hands(talk.page, KEYBOARD), talk.page
    await hands.keys("KeyG", "KeyB")
    await expect(page.get_by_role("heading", name="Live board")).to_be_focused()
    row = page.get_by_role("link", name=talk.phone)
    await hands.press(row)
    await expect(page.get_by_role("main")).to_be_focused()
    await hands.press(page.get_by_role("button", name="Take over").first)
    await expect(page.get_by_role("dialog", name="Take over")).to_be_visible()
