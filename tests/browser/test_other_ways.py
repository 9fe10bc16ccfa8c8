"""A message that cannot reach its number: another line of ours, or a call.

Spec: spec/inbox.md F.5
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.browser.house import House, open_house
from tests.browser.marks import BROWSER
from tests.browser.talk import Talk, open_talk

pytestmark = BROWSER

SLOW_MS = 20_000
ANSWER = "Your order is ready"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_house(
    tmp_path_factory: pytest.TempPathFactory, axe: str
) -> AsyncIterator[House]:
    """A house with two lines."""
    folder: Path = tmp_path_factory.mktemp("house")
    async with open_house(folder, axe, "anna", modems=2) as house:
        yield house


async def failed_answer(talk: Talk) -> Locator:
    """The bubble of an answer that the network says will never arrive."""
    phone = f"/phones/{talk.phone}"
    await talk.house.site.sim("PUT", phone, {"report": "permanent"})
    await talk.reply(ANSWER)
    bubble = talk.log.locator(".bubble.out.failed")
    await expect(bubble).to_be_visible(timeout=SLOW_MS)
    return bubble


async def test_a_failed_answer_is_sent_by_another_line_or_called_about(
    house: House,
) -> None:
    talk = await open_talk(house)
    bubble = await failed_answer(talk)
    call = bubble.get_by_role("link", name="Call")
    await expect(call).to_have_attribute("href", f"tel:{talk.phone}")
    await bubble.get_by_role("button", name="Other line").press("Enter")
    dialog = talk.page.get_by_role("dialog", name="New message")
    await expect(dialog.get_by_label("To number")).to_have_value(talk.phone)
    await expect(dialog.get_by_label("Text")).to_have_value(ANSWER)
    other = house.site.modems[1]["msisdn"]
    await expect(dialog.get_by_label("From line")).to_have_value(other)
    await house.site.sim("PUT", f"/phones/{talk.phone}", {"report": "delivered"})
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)
    log = talk.page.get_by_role("log")
    await expect(log.locator(".bubble.out .words")).to_have_text(ANSWER)
    await expect(log.locator(".bubble.out.failed")).to_have_count(0)
    assert await talk.arrived() == [ANSWER]
    (got,) = await house.phone(talk.phone)
    assert got["from"] == other


async def test_a_line_that_cannot_send_is_not_offered(house: House) -> None:
    talk = await open_talk(house)
    bubble = await failed_answer(talk)
    offer = bubble.get_by_role("button", name="Other line")
    await expect(offer).to_be_visible()
    faults = f"/modems/{house.site.modems[1]['name']}/faults"
    await house.site.sim("POST", faults, {"kind": "unplug"})
    await expect(offer).to_have_count(0, timeout=SLOW_MS)
    await expect(bubble.get_by_role("link", name="Call")).to_be_visible()
    await house.site.sim("POST", faults, {"kind": "plug"})
    await expect(offer).to_be_visible(timeout=SLOW_MS * 2)


async def test_what_is_sent_again_is_not_kept_as_a_new_message(house: House) -> None:
    talk = await open_talk(house)
    dialog = talk.page.get_by_role("dialog", name="New message")
    await talk.log.focus()
    await talk.page.keyboard.press("w")
    await dialog.get_by_label("Text").fill("Half of something else")
    await talk.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    bubble = await failed_answer(talk)
    await bubble.get_by_role("button", name="Other line").click()
    await expect(dialog.get_by_label("Text")).to_have_value(ANSWER)
    await dialog.get_by_label("Text").fill(f"{ANSWER}!")
    await talk.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await talk.log.focus()
    await talk.page.keyboard.press("w")
    await expect(dialog.get_by_label("Text")).to_have_value("Half of something else")
