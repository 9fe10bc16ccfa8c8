"""Words of strangers and of colleagues: never script, never turning the line around,
never too long; wherever they are shown."""

import re
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.house import PASSWORD, House
from tests.browser.marks import BROWSER
from tests.browser.talk import act, call, new_phone, open_talk
from tests.browser.window import NARROW, WIDE, Window
from tests.support.site import until

pytestmark = BROWSER

SCRIPT = """<img src=x onerror=ran=1><svg onload=ran=1><script>ran=1</script>"""
TURN = "\u202egnp.exe\u2066"
HOSTILE = f"{SCRIPT} {TURN} javascript:ran=1"
LONG = 10_000

# What would have run or loaded, and where a direction override is left to itself.
_HARM = """() => {
  const found = [];
  if (window.ran !== undefined) found.push("a script ran");
  const alien = "[onerror], [onload], [onclick], iframe, object, embed, "
    + "img:not([src^='/static/']), a[href^='javascript:' i], a[href^='data:' i]";
  for (const one of document.querySelectorAll(alien)) found.push(one.outerHTML);
  for (const one of document.scripts) {
    if (!one.src.startsWith(`${location.origin}/static/`)) found.push(one.outerHTML);
  }
  const turning = /[\\u202a-\\u202e\\u2066-\\u2069]/;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (turning.test(data)) found.push(`turned: ${parentElement.outerHTML}`);
  }
  for (const one of document.querySelectorAll("[title], [aria-label], [alt]")) {
    for (const name of ["title", "aria-label", "alt"]) {
      const said = one.getAttribute(name) ?? "";
      if (turning.test(said)) found.push(`${name}: ${one.outerHTML}`);
    }
  }
  if (turning.test(document.title)) found.push(`title: ${document.title}`);
  return found.map((one) => one.slice(0, 300));
}"""
# Notes on the desktop as a browser would show them; nobody looks at the window.
_NOTES = """() => {
  window.notes = [];
  document.hasFocus = () => false;
  class Kept {
    static permission = "granted";
    constructor(title, options) { window.notes.push({ title, ...options }); }
    close() {}
  }
  window.Notification = Kept;
}"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def infested(one_house: House) -> dict[str, Any]:
    """A thread whose every word is hostile, and as much around it."""
    house, phone = one_house, new_phone()
    await house.text(phone, HOSTILE)
    thread = await house.thread_of(phone)
    card = thread["contact"]["id"]
    name = {"name": HOSTILE, "tags": ["<b>vip</b>" + TURN], "crm_id": SCRIPT}
    attributes = {"<b>city</b>": SCRIPT}
    await call(
        house, "inna", "PATCH", f"/contacts/{card}", {**name, "attributes": attributes}
    )
    body = {"login": "mallory", "role": "agent", "password": PASSWORD}
    await call(house, "admin", "POST", "/agents", {**body, "name": SCRIPT})
    await act(house, "mallory", thread, "take")
    conversation = f"/conversations/{thread['conversation']['id']}"
    tags = {"tags": ["<i>late</i>" + TURN]}
    await call(house, "mallory", "PUT", f"{conversation}/tags", tags)
    note = {"client_id": "d" * 32, "text": HOSTILE}
    await call(house, "mallory", "POST", f"/threads/{thread['id']}/notes", note)
    phrase = {"shortcut": "evil", "language": "en", "text": HOSTILE}
    phrase["title"] = f"<script>ran=1</script>{TURN}"
    await call(house, "inna", "POST", "/canned", phrase)
    await _ask_for_approval(house)
    key = {"name": SCRIPT, "scopes": ["messages:read"]}
    await call(house, "admin", "POST", "/tokens", key)
    return thread


async def _ask_for_approval(house: House) -> None:
    """A trainee's reply that waits, as hostile as the rest."""
    phone = new_phone()
    await house.text(phone, "Hello")
    thread = await house.thread_of(phone)
    await act(house, "vera", thread, "take")
    reply = {"client_id": "f" * 32, "text": HOSTILE, "seen_seq": 10**9}
    await call(house, "vera", "POST", f"/threads/{thread['id']}/replies", reply)


async def harm(page: Page) -> list[str]:
    """What hostile words have done to the page."""
    found: list[str] = await page.evaluate(_HARM)
    return found


PLACES = {
    "/inbox/view/all": ".row",
    "/inbox/t/{thread}": "[role=log]",
    "/inbox/search?q=javascript": ".hit",
    "/inbox/contacts": "main",
    "/inbox/contacts/{card}": "main",
    "/inbox/board": "main",
    "/inbox/approvals": "main",
    "/inbox/admin/users": "main",
    "/inbox/admin/canned": "main",
    "/inbox/admin/contacts": "main",
    "/inbox/admin/tokens": "main",
    "/inbox/admin/audit": "main",
}


@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_hostile_words_are_words_on_every_page(
    house: House, infested: dict[str, Any], width: int
) -> None:
    window = await house.window("admin", width=width)
    card = infested["contact"]["id"]
    harms = {}
    for place, where in PLACES.items():
        path = place.format(thread=infested["id"], card=card)
        page = await window.open(path)
        shown = page.locator(where).get_by_text("<script>").first
        if place.endswith("/audit") or (
            place.endswith("/{thread}") and width == NARROW
        ):
            shown = page.locator(where).get_by_text(re.compile("<|U\\+202E")).first
        await expect(shown, place).to_be_attached()
        if found := await harm(page):
            harms[place] = found
        if (wider := await window.overflow()) > 0:
            harms[place] = [*harms.get(place, []), f"{wider} px too wide"]
    assert harms == {}


async def test_a_transcript_and_a_dialog_show_words_only(
    house: House, infested: dict[str, Any]
) -> None:
    window = await house.window("inna")
    page = await window.open(f"/inbox/t/{infested['id']}")
    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="Transcript").click()
    dialog = page.get_by_role("dialog", name="Transcript")
    await expect(dialog).to_contain_text("<script>")
    assert await harm(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Take over").first.click()
    await expect(page.get_by_role("dialog")).to_contain_text("<script>")
    assert await harm(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Contact actions").click()
    await page.get_by_role("menuitem", name="Block number").click()
    await expect(page.get_by_role("dialog")).to_contain_text("<script>")
    assert await harm(page) == []


@pytest.mark.usefixtures("infested")
async def test_what_one_chooses_from_shows_words_only(house: House) -> None:
    talk = await open_talk(house, agent="inna", taken_by="inna")
    page, dialog = talk.page, talk.page.get_by_role("dialog")
    await talk.field.click()
    await page.keyboard.type("/evil")
    await expect(page.get_by_role("option")).to_contain_text("<script>")
    assert await harm(page) == []
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await talk.log.focus()
    await page.keyboard.press("f")
    await expect(dialog.get_by_label("<script>")).to_be_attached()
    assert await harm(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="Contact actions").click()
    await page.get_by_role("menuitem", name="Merge").click()
    await dialog.get_by_role("textbox").or_(dialog.get_by_role("searchbox")).fill("ran")
    await expect(dialog.get_by_label("<script>").first).to_be_attached()
    assert await harm(page) == []


async def test_a_note_on_the_desktop_turns_nothing_around(
    house: House, infested: dict[str, Any]
) -> None:
    window = await house.window("mallory")
    await _wish(house, window, {"desktop": True, "text": True, "level": "all"})
    await window.page.add_init_script(f"({_NOTES})()")
    page = await window.open("/inbox/view/all")
    await house.text(infested["contact"]["address"], HOSTILE)

    async def is_noted() -> bool:
        return bool(await page.evaluate("window.notes.length"))

    await until(is_noted, within_s=15)
    [note] = await page.evaluate("window.notes")
    assert "<script>" in note["title"]
    assert "<script>" in note["body"]
    shown = note["title"] + note["body"] + await page.title()
    assert re.search("[\u202a-\u202e\u2066-\u2069]", shown) is None
    assert await harm(page) == []


async def _wish(house: House, window: Window, notify: dict[str, object]) -> None:
    """What the settings of that person's page say about notes."""
    address = f"{house.site.gateway}/api/v1/session"
    request = window.context.request
    csrf = (await (await request.get(address)).json())["csrf"]
    preferences = {"notify": notify}
    answer = await request.patch(
        address, data={"preferences": preferences}, headers={"X-CSRF-Token": csrf}
    )
    assert answer.status == 200, await answer.text()


async def test_ten_thousand_characters_without_a_space_fit(house: House) -> None:
    phone, text = new_phone(), "x" * LONG
    await house.text(phone, text)  # 66 parts

    async def is_there() -> bool:
        rows = (await house.site.get("/threads?view=all"))["items"]
        return any(row["contact"]["address"] == phone for row in rows)

    await until(is_there, within_s=60)
    thread = await house.thread_of(phone)
    note = {"client_id": "e" * 32, "text": "ю" * LONG}
    await call(house, "anna", "POST", f"/threads/{thread['id']}/notes", note)
    window = await house.window("anna")
    page = await window.open("/inbox/view/all")
    row = page.get_by_role("link").filter(has_text="ю" * 20).first
    for width in (WIDE, NARROW):
        await window.resize(width)
        await expect(row).to_be_visible()
        assert len(await row.inner_text()) < 1_000
        assert await window.overflow() == 0
        box = await row.bounding_box()
        assert box is not None
        assert box["height"] < 200
    log = page.get_by_role("log")
    await row.click()
    for width in (NARROW, WIDE):
        await window.resize(width)
        await expect(log.locator(".bubble.in .words")).to_have_text(text)
        await expect(log.locator(".bubble.note .words")).to_have_text("ю" * LONG)
        assert await window.overflow() == 0


async def test_too_long_a_reply_is_refused_in_words_and_kept(house: House) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow("422 POST .*/replies")
    await talk.field.fill("я" * LONG)
    await talk.page.get_by_role("button", name="Send", exact=True).click()
    refused = talk.log.get_by_text("The text is too long. Nothing was sent")
    await expect(refused).to_be_visible()
    await talk.log.get_by_role("button", name="Keep as draft").click()
    await expect(talk.field).to_have_value("я" * LONG)
    assert await house.phone(talk.phone) == []


async def test_names_and_tags_have_an_end(house: House) -> None:
    talk = await open_talk(house)
    card = talk.thread["contact"]["id"]
    for fields in (
        {"name": "я" * LONG},
        {"tags": ["я" * LONG]},
        {"attributes": {"city": "я" * LONG}},
    ):
        status, answer = await house.site.api(
            "PATCH", f"/contacts/{card}", fields, headers={"Seventy-Agent": "anna"}
        )
        assert (status, answer["code"]) == (422, "invalid_value")
    await talk.page.get_by_role("button", name="Edit contact").click()
    name = talk.page.get_by_role("dialog").get_by_label("Name")
    await name.click()
    await talk.page.keyboard.insert_text("я" * LONG)
    await expect(name).to_have_value("я" * 200)
