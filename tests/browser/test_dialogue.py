"""What a dialogue shows: strangers' texts, honest ticks, what came meanwhile."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.talk import call, new_phone, open_talk
from tests.browser.window import NARROW, THEMES, WIDE
from tests.support.site import until

pytestmark = BROWSER

HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe <script>alert(1)</script>"


async def test_a_strangers_text_is_never_markup_and_turns_nothing(house: House) -> None:
    talk = await open_talk(house, HOSTILE)
    words = talk.log.locator(".bubble .words").first
    await expect(words).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(words.locator(".control-char")).to_have_text("U+202E")
    assert await talk.page.locator(".log img, .log script").count() == 0


async def test_a_strangers_name_is_never_markup(house: House) -> None:
    talk = await open_talk(house)
    name = "<b>Eve</b>\u202e"
    card = talk.thread["contact"]["id"]
    await call(house, "anna", "PATCH", f"/contacts/{card}", {"name": name})
    await expect(talk.page.locator(".head-name")).to_contain_text("<b>Eve</b>")
    assert await talk.page.locator(".head-name b").count() == 0


async def test_only_web_addresses_are_links_and_give_nothing_away(house: House) -> None:
    text = "see https://example.org/a?b=1. or javascript:alert(1) (http://x.example/y)"
    talk = await open_talk(house, text)
    links = talk.log.locator(".words a")
    await expect(links).to_have_text(
        ["https://example.org/a?b=1", "http://x.example/y"]
    )
    for link in await links.all():
        await expect(link).to_have_attribute("rel", re.compile("noopener"))
        await expect(link).to_have_attribute("target", "_blank")


async def test_ticks_follow_the_network(house: House) -> None:
    talk = await open_talk(house)
    await talk.reply("One moment, please")
    bubble = talk.log.locator(".bubble.out").last
    await expect(bubble).to_have_attribute("data-state", "delivered", timeout=15_000)
    tick = bubble.locator(".tick")
    await expect(tick).to_have_attribute("title", "Delivered")
    await tick.click()
    details = talk.page.get_by_role("dialog")
    await expect(details).to_contain_text("Part 1 of 1")
    await talk.page.keyboard.press("Escape")
    await expect(tick).to_be_focused()


async def test_a_refused_number_says_why_and_offers_another_try(house: House) -> None:
    talk = await open_talk(house)
    await house.site.sim("PUT", f"/phones/{talk.phone}", {"report": "permanent"})
    await talk.reply("Will you read this?")
    bubble = talk.log.locator(".bubble.out.failed")
    await expect(bubble).to_be_visible(timeout=15_000)
    await expect(bubble.get_by_role("button", name="Try again")).to_be_visible()
    await bubble.get_by_role("button", name="Copy to the field").click()
    await expect(talk.field).to_have_value("Will you read this?")


async def test_the_line_says_what_is_new_since_one_looked(house: House) -> None:
    phone = new_phone()
    talk = await open_talk(house, "before", phone=phone)
    path = f"/threads/{talk.thread['id']}"

    async def is_read() -> bool:
        thread = (await call(house, "anna", "GET", path))["thread"]
        return bool(thread["unread"] == 0)

    await until(is_read, within_s=10)
    await talk.window.open("/inbox/view/all")
    await house.text(phone, "after")
    await talk.page.locator(".row", has_text="after").wait_for()
    await talk.window.open(talk.path)
    await expect(talk.log.locator(".divider.new")).to_be_visible()
    texts = await talk.log.locator(".divider.new, .bubble .words").all_inner_texts()
    place = texts.index("New since you looked")
    assert texts[place - 1] == "before"
    assert texts[place + 1] == "after"


async def test_the_reader_stays_where_the_reader_is(house: House) -> None:
    phone = new_phone()
    talk = await open_talk(house, "first\n" + "line\n" * 12, phone=phone)
    for number in range(4):
        await house.text(phone, f"{number}\n" + "line\n" * 12)
    await expect(talk.log.locator(".bubble")).to_have_count(5)
    await talk.log.evaluate("log => { log.scrollTop = 40; }")
    await talk.window.drawn()  # the page hears of it with the next frame
    await house.text(phone, "newest")
    below = talk.page.get_by_role("button", name="1 new below")
    await expect(below).to_be_visible()
    assert await talk.log.evaluate("log => log.scrollTop") == pytest.approx(40, abs=2)
    await below.click()
    await expect(talk.log.get_by_text("newest")).to_be_in_viewport()


async def test_older_entries_come_by_scrolling_and_nothing_jumps(house: House) -> None:
    talk = await open_talk(house)
    path = f"/threads/{talk.thread['id']}/notes"
    for number in range(70):
        text = f"note {number}.\n" + "line\n" * 3
        body = {"client_id": f"{number:032d}", "text": text}
        await call(house, "anna", "POST", path, body)
    await talk.page.reload()
    await expect(talk.log.get_by_text("note 69.")).to_be_in_viewport()
    assert await talk.log.locator(".bubble").count() <= 50
    top = await talk.log.evaluate("""log => {
      log.scrollTop = 300;
      const frame = log.getBoundingClientRect();
      const seen = [...log.querySelectorAll(".bubble")].find(
        (one) => one.getBoundingClientRect().top > frame.top);
      return [seen.dataset.entry, seen.getBoundingClientRect().top - frame.top];
    }""")
    await expect(talk.log.get_by_text("note 0.")).to_be_attached()
    now = await talk.log.evaluate(
        """(log, entry) => log.querySelector(`[data-entry=${entry}]`)
          .getBoundingClientRect().top - log.getBoundingClientRect().top""",
        top[0],
    )
    assert now == pytest.approx(top[1], abs=2)


async def test_a_search_leads_to_the_very_message(house: House) -> None:
    talk = await open_talk(house, "my zebra ran away")
    page = await talk.window.open("/inbox/search")
    await page.get_by_role("searchbox").fill("zebra")
    hit = page.locator("a.hit", has_text="zebra").first
    await expect(hit.locator("mark")).to_have_text("zebra")
    await hit.click()
    await expect(talk.log.locator(".bubble.hit")).to_contain_text("my zebra ran away")
    await expect(talk.log.locator(".bubble.hit")).to_be_focused()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [WIDE, 900, NARROW])
async def test_a_dialogue_is_for_everybody(
    house: House, width: int, theme: str
) -> None:
    talk = await open_talk(house, width=width, theme=theme)
    await talk.write("A draft, № 1 — with a price")
    assert await talk.window.complaints() == []
    assert await talk.window.unnamed() == []
    assert await talk.window.overflow() == 0
    await talk.window.shoot(f"dialogue-{theme}")
