"""A supervisor at the live board: sees it move, moves it, reads without a trace."""

from typing import Any

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import act
from tests.support.site import until

pytestmark = BROWSER

CALLER = "+79162000011"
OTHER = "+79162000012"


@pytest_asyncio.fixture(loop_scope="module")
async def thread(house: House) -> dict[str, Any]:
    """Somebody who waits, in Anna's hands."""
    await house.text(CALLER, "Где мой заказ?")
    row = await house.thread_of(CALLER)
    assign = f"/conversations/{row['conversation']['id']}/assign"
    status, answer = await house.site.api(
        "POST",
        assign,
        {"agent": house.agents["anna"]["id"]},
        headers={"Seventy-Agent": "inna"},
    )
    assert status == 200, answer
    return row


async def assignee(house: House, thread: dict[str, Any]) -> str | None:
    shown = await house.site.get(f"/conversations/{thread['conversation']['id']}")
    found = shown.get("conversation", shown)["assignee"]
    return None if found is None else str(found["name"])


async def test_what_arrives_is_on_the_board_without_asking(house: House) -> None:
    window = await house.window("inna")
    page = await window.open("/inbox/board")
    await page.get_by_role("heading", name="People").wait_for()
    await house.text(OTHER, "А где мой?")
    await expect(page.get_by_role("link", name=OTHER)).to_be_visible()


async def test_reading_moves_nobodys_marks_and_taking_over_is_told(
    house: House, thread: dict[str, Any]
) -> None:
    anna = await house.window("anna")
    await anna.open("/inbox")
    inna = await house.window("inna")
    page = await inna.open("/inbox/board")
    await page.get_by_role("link", name=CALLER).click()
    await page.get_by_text("Где мой заказ?").last.wait_for()
    await page.go_back()
    row = page.get_by_role("row").filter(has_text=CALLER)
    await expect(row).to_contain_text("Анна Петрова")
    request = anna.context.request
    answer = await request.get(f"{house.site.gateway}/api/v1/threads?view=all")
    unread = {one["id"]: one["unread"] for one in (await answer.json())["items"]}
    assert unread[thread["id"]] >= 1
    await row.get_by_role("button", name="Actions").click()
    await page.get_by_role("menuitem", name="Take over").click()
    await expect(row).to_contain_text("Инна Бойко")
    assert await assignee(house, thread) == "Инна Бойко"


async def test_loads_move_with_the_conversations(house: House) -> None:
    inna, vera = await house.window("inna"), await house.window("vera")
    board = await inna.open("/inbox/board")
    person = board.get_by_role("listitem").filter(has_text="Вера Лис")
    await expect(person).to_contain_text("0 of 3")
    page = await vera.open("/inbox/view/queue")
    await expect(page.get_by_title("In hand: 0 of 3")).to_be_visible()
    phone = "+79162000013"
    await house.text(phone, "Кто-нибудь!")
    row = await house.thread_of(phone)
    await act(house, "vera", row, "take")
    await expect(page.get_by_title("In hand: 1 of 3")).to_be_visible()
    await expect(person).to_contain_text("1 of 3")
    await act(house, "inna", row, "take", over=True)
    await expect(page.get_by_title("In hand: 0 of 3")).to_be_visible()
    await expect(person).to_contain_text("0 of 3")


async def test_many_are_given_to_one_in_one_go(
    house: House, thread: dict[str, Any]
) -> None:
    window = await house.window("inna")
    page = await window.open("/inbox/board")
    await page.get_by_label(f"Choose {CALLER}").check()
    await page.get_by_role("button", name="Assign to…").click()
    await page.get_by_role("menuitem", name="To Олег Ким").click()
    row = page.get_by_role("row").filter(has_text=CALLER)
    await expect(row).to_contain_text("Олег Ким")
    assert await assignee(house, thread) == "Олег Ким"
    await row.get_by_role("button", name="Actions").click()
    await page.get_by_role("menuitem", name="Back to the queue").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Note for who takes it next").fill("Ждёт с утра")
    await page.keyboard.press("Enter")
    await expect(row).to_contain_text("nobody")


async def test_capacity_and_presence_are_set_from_the_board(house: House) -> None:
    window = await house.window("inna")
    page = await window.open("/inbox/board")
    more = page.get_by_role(
        "button", name="One conversation more at once: Анна Петрова"
    )
    await more.click()

    async def anna() -> dict[str, Any]:
        agents = (await house.site.get("/agents"))["items"]
        [found] = [one for one in agents if one["login"] == "anna"]
        assert isinstance(found, dict)
        return found

    async def has_four() -> bool:
        return bool((await anna())["max_active"] == 4)

    await until(has_four, within_s=5)
    await page.get_by_role("button", name="Set presence: Анна Петрова").click()
    await page.get_by_role("menuitemradio", name="on a break").click()

    async def has_break() -> bool:
        return bool((await anna())["presence"] == "break")

    await until(has_break, within_s=5)
