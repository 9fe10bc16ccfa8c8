"""Who tries to get in, or to act for somebody: other sites, thieves, guessers; and the
login that ends under one's hands."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.house import PASSWORD, House
from tests.browser.marks import BROWSER
from tests.browser.stranger import Stranger, stranger
from tests.browser.talk import open_talk
from tests.browser.window import Window

pytestmark = BROWSER

API = "/api/v1"
COOKIE = "seventy_session"
SLOW_MS = 20_000
ENDED = r"401 |ApiError: log in first|net::ERR_"


@pytest_asyncio.fixture(loop_scope="module")
async def elsewhere() -> AsyncIterator[Stranger]:
    """A site of somebody else's."""
    async with stranger() as place:
        yield place


async def status_of(context: BrowserContext, house: House, path: str) -> int:
    """What that browser's cookie gets for a GET."""
    answer = await context.request.get(house.site.gateway + API + path)
    return answer.status


async def as_thief(house: House, owner: Window) -> BrowserContext:
    """Another browser with the stolen cookie in it."""
    stolen = [one for one in await owner.context.cookies() if one["name"] == COOKIE]
    assert len(stolen) == 1
    context = await house.browser.new_context()
    address = house.site.gateway
    await context.add_cookies(
        [{"name": COOKIE, "value": stolen[0]["value"], "url": address}]
    )
    assert await status_of(context, house, "/session") == 200
    return context


async def open_settings(page: Page, tab: str) -> None:
    await page.get_by_role("button", name="presence, settings").click()
    await page.get_by_role("menuitem", name="Settings").click()
    await page.get_by_role("tab", name=tab).click()


async def log_in(page: Page, login: str, password: str) -> None:
    await page.get_by_label("Login", exact=True).fill(login)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_another_site_can_neither_read_nor_act(
    house: House, elsewhere: Stranger, host: str
) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow(r"40[13] |CORS|net::ERR_|OPTIONS")
    gateway = house.site.gateway + API
    replies = f"{gateway}/threads/{talk.thread['id']}/replies"
    said = '{"client_id":"' + "a" * 32 + '","seen_seq":99999999,"text":"Pay here"}'
    page = await talk.window.context.new_page()
    await page.goto(elsewhere.address(host))
    json = {"Content-Type": "application/json"}
    for address, method, body, headers in (
        (f"{gateway}/session", "GET", None, {}),
        (f"{gateway}/threads?view=all", "GET", None, {}),
        (replies, "POST", said, {}),
        (replies, "POST", said, json),
        (replies, "POST", said, {**json, "X-CSRF-Token": "0" * 64}),
        (f"{gateway}/session", "DELETE", None, {}),
    ):
        seen = await page.evaluate(elsewhere.ask, [address, method, body, headers])
        assert seen is None, (method, address, seen)
    assert await page.evaluate(elsewhere.listen, f"{gateway}/inbox/stream") is None
    # A form needs no script's rights; its octets can be those of JSON.
    async with page.expect_navigation() as posted:
        await page.evaluate(elsewhere.post_form, [replies, said[:-2]])
    # The strictest cookie goes with no request of another host's page.
    refused = {"127.0.0.1": 403, "localhost": 401}[host]
    assert (await posted.value).status == refused
    await talk.reply("Anna's own words")
    assert await talk.arrived() == ["Anna's own words"]
    await expect(talk.log.locator(".bubble.out")).to_have_count(1)


async def test_another_site_cannot_log_somebody_in_as_the_attacker(
    house: House, elsewhere: Stranger
) -> None:
    window = await house.window("anna")
    window.watch.allow(r"4\d\d POST .*/session")
    page = await window.open("/inbox")
    address = house.site.gateway + API + "/session"
    evil = await window.context.new_page()
    await evil.goto(elsewhere.address("127.0.0.1"))
    # The form adds the sign "=", which any password may hold.
    body = '{"login":"oleg","password":"an attacker chooses '
    async with evil.expect_navigation() as posted:
        await evil.evaluate(elsewhere.post_form, [address, body])
    assert (await posted.value).status == 403
    await page.reload()
    await expect(page.get_by_role("button", name=re.compile("^Анна"))).to_be_visible()


async def test_another_site_cannot_put_the_inbox_in_a_frame(
    house: House, elsewhere: Stranger
) -> None:
    window = await house.window("anna")
    window.watch.allow("frame-ancestors|X-Frame-Options|chrome-error|ERR_BLOCKED")
    page = window.page
    await page.goto(elsewhere.address("127.0.0.1"))
    await page.evaluate(
        """(src) => new Promise((done) => {
          const frame = document.createElement("iframe");
          Object.assign(frame, { src, onload: done });
          document.body.append(frame);
        })""",
        f"{house.site.gateway}/inbox",
    )
    assert await page.frames[1].locator("main").count() == 0


async def test_a_stolen_cookie_is_worth_nothing_after_the_log_out(
    house: House,
) -> None:
    window = await house.window("anna")
    window.watch.allow(ENDED)
    page = await window.open("/inbox")
    thief = await as_thief(house, window)
    [stolen] = [one for one in await thief.cookies() if one["name"] == COOKIE]
    stream = house.site.gateway + API + "/inbox/stream"
    headers = {"Cookie": f"{COOKIE}={stolen['value']}"}
    async with house.site.session.get(stream, headers=headers) as listening:
        assert listening.status == 200
        await page.get_by_role("button", name="presence, settings").click()
        await page.get_by_role("menuitem", name="Log out").click()
        await page.get_by_label("Password", exact=True).wait_for()
        # Even what the thief has open already ends.
        async with asyncio.timeout(SLOW_MS / 1000):
            assert b"event: expired" in await listening.read()
    for path in ("/session", "/threads?view=all", "/inbox/stream"):
        assert await status_of(thief, house, path) == 401
    await thief.close()


async def test_a_stolen_cookie_without_the_pages_token_changes_nothing(
    house: House,
) -> None:
    window = await house.window("anna")
    await window.open("/inbox")
    thief = await as_thief(house, window)
    presence = house.site.gateway + API + "/session/presence"
    for headers in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}):
        answer = await thief.request.put(
            presence, data={"presence": "away"}, headers=headers
        )
        assert answer.status == 403
        assert (await answer.json())["code"] == "csrf_token_wrong"
    await thief.close()


async def test_a_login_ended_in_the_settings_is_out_in_the_open_page(
    house: House,
) -> None:
    robbed = await house.window("oleg")
    robbed.watch.allow(ENDED)
    await robbed.open("/inbox")
    thief = await as_thief(house, robbed)
    owner = await house.window("oleg")
    page = await owner.open("/inbox")
    await open_settings(page, "Logins")
    lines = page.get_by_role("dialog").get_by_role("listitem")
    await expect(lines).to_have_count(2)
    await page.get_by_role("button", name="End", exact=True).click()
    await expect(lines).to_have_count(1)
    ended = robbed.page.get_by_role("dialog", name="The login has ended")
    await expect(ended).to_be_visible(timeout=SLOW_MS)
    assert await status_of(thief, house, "/session") == 401
    assert await status_of(owner.context, house, "/session") == 200
    await thief.close()


async def test_a_new_password_ends_what_was_stolen(house: House) -> None:
    robbed = await house.window("inna")
    robbed.watch.allow(ENDED)
    await robbed.open("/inbox")
    thief = await as_thief(house, robbed)
    owner = await house.window("inna")
    page = await owner.open("/inbox")
    await open_settings(page, "Password")
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password").fill("another one, as long as that")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("The password is changed").first).to_be_visible()
    assert await status_of(thief, house, "/session") == 401
    agent = house.agents["inna"]["id"]
    status, _ = await house.site.api(
        "PUT", f"/agents/{agent}/password", {"password": PASSWORD}
    )
    assert status < 300
    owner.watch.allow(ENDED)
    await thief.close()


async def test_who_guesses_has_to_wait_and_is_told_how_long(house: House) -> None:
    window = await house.window()
    window.watch.allow(r"401 |429 ")
    page = await window.open("/inbox")
    told = page.get_by_role("alert").first
    for number in range(5):
        async with page.expect_response(
            lambda answer: answer.request.method == "POST"
        ) as asked:
            await log_in(page, "vera", f"guess number {number}, why not")
        assert (await (await asked.value).json())["code"] == "login_failed"
        await expect(told).to_contain_text("wrong")
    # Even the right one is not looked at now.
    await log_in(page, "vera", PASSWORD)
    await expect(told).to_have_text(
        re.compile(r"Too many attempts\. Wait 0:\d\d and try again")
    )
    button = page.get_by_role("button", name=re.compile("Wait 0:"))
    await expect(button).to_be_disabled()
    # Nobody else suffers, and names tell nothing: a stranger's has the same answers.
    await house.window("anna")
    tries = house.site.gateway + API + "/session"
    answers = []
    for _ in range(6):
        body = {"login": "nobody", "password": "guess number 1, why not"}
        answer = await window.context.request.post(tries, data=body)
        answers.append((answer.status, (await answer.json())["code"]))
    assert answers == [(401, "login_failed")] * 5 + [(429, "too_many_attempts")]
    await expect(page.get_by_role("button", name="Log in")).to_be_enabled(
        timeout=SLOW_MS
    )
    await log_in(page, "vera", PASSWORD)
    await expect(page.get_by_role("heading", name="My work")).to_be_visible()


@pytest.mark.parametrize(
    "ends", ["ended by an administrator", "forgotten by the browser"]
)
async def test_a_login_that_ends_under_a_draft_costs_no_word(
    house: House, ends: str
) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow(ENDED)
    page = talk.page
    await page.evaluate("window.isTheSamePage = true")
    await talk.write("Your order comes on")
    dialog = page.get_by_role("dialog", name="The login has ended")
    if ends == "forgotten by the browser":
        # As when its time has run out: the next request goes without it.
        await talk.window.context.clear_cookies()
        await talk.write(" Friday")
        await page.keyboard.press("Enter")
    else:
        agent = house.agents["anna"]["id"]
        status, _ = await house.site.api("DELETE", f"/agents/{agent}/logins")
        assert status < 300
    await expect(dialog).to_be_visible(timeout=SLOW_MS)
    assert await house.phone(talk.phone) == []
    for _ in range(3):  # a browser asks the page about the first one only
        await page.keyboard.press("Escape")
    await expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    await page.keyboard.insert_text("not the right one, alas")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert")).to_contain_text("wrong")
    await dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden(timeout=SLOW_MS)
    if ends != "forgotten by the browser":
        await expect(talk.field).to_have_value("Your order comes on")
        await talk.write(" Friday")
        await page.keyboard.press("Enter")
    assert await talk.arrived() == ["Your order comes on Friday"]
    await expect(talk.log.locator(".bubble.out")).to_have_count(1)
    await expect(talk.field).to_have_value("")
    assert await page.evaluate("window.isTheSamePage")


async def test_an_ended_login_is_not_gone_on_with_by_somebody_else(
    house: House,
) -> None:
    talk = await open_talk(house)
    talk.window.watch.allow(ENDED)
    await talk.write("Anna's half a")
    agent = house.agents["anna"]["id"]
    await house.site.api("DELETE", f"/agents/{agent}/logins")
    dialog = talk.page.get_by_role("dialog", name="The login has ended")
    await expect(dialog.get_by_label("Login", exact=True)).to_have_value("anna")
    await dialog.get_by_role("button", name="I am somebody else").click()
    door = talk.page.get_by_role("main")
    await expect(door.get_by_label("Login", exact=True)).to_have_value("")
    await log_in(talk.page, "oleg", PASSWORD)
    await talk.page.get_by_role("heading", name="My work").wait_for()
    await talk.window.open(talk.path)
    await expect(talk.field).to_have_value("")
    await talk.page.get_by_role("button", name="presence, settings").click()
    await talk.page.get_by_role("menuitem", name="Log out").click()
    await log_in(talk.page, "anna", PASSWORD)
    await talk.page.get_by_role("heading", name="My work").wait_for()
    await talk.window.open(talk.path)
    await expect(talk.field).to_have_value("Anna's half a")
