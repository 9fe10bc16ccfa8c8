"""Coming in: plain fields, told failures, a second step for who wants it."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.async_api import Page, expect

from gateway.engine.totp import code_at, step_at
from tests.browser.house import PASSWORD, House
from tests.browser.marks import BROWSER
from tests.browser.window import NARROW, WIDE, Window

pytestmark = BROWSER

PAUSE_MS = 20_000


async def login_page(house: House, **options: Any) -> tuple[Window, Page]:
    window = await house.window(**options)
    window.watch.allow(r"401 ")
    return window, await window.open("/inbox")


async def fill(page: Page, login: str, password: str) -> None:
    await page.get_by_label("Login", exact=True).fill(login)
    await page.get_by_label("Password", exact=True).fill(password)
    await page.keyboard.press("Enter")


async def test_a_wrong_password_is_told_and_the_right_one_lets_in(
    house: House,
) -> None:
    _, page = await login_page(house)
    await fill(page, "anna", "not this one, surely")
    await expect(page.get_by_role("alert").first).to_contain_text("is wrong")
    await expect(page.get_by_label("Login", exact=True)).to_have_value("anna")
    await fill(page, "anna", PASSWORD)
    await expect(page.get_by_role("heading", name="My work")).to_be_visible()
    cookies = await page.context.cookies()
    (cookie,) = [one for one in cookies if one["name"] == "seventy_session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"


async def test_password_managers_know_the_fields(house: House) -> None:
    _, page = await login_page(house)
    fields = page.locator("input")
    await expect(fields).to_have_count(2)
    for number, known_as in enumerate(("username", "current-password")):
        await expect(fields.nth(number)).to_have_attribute("autocomplete", known_as)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
async def test_the_page_before_the_login_is_for_everybody(
    house: House, width: int, theme: str
) -> None:
    window, page = await login_page(house, width=width, theme=theme, locale="ru")
    await expect(page.get_by_role("button", name="Войти")).to_be_visible()
    assert await window.complaints() == []
    assert await window.unnamed() == []
    assert await window.overflow() == 0
    await window.shoot(f"login-ru-{theme}")
    await page.get_by_role("combobox").select_option("uk")
    await expect(page.get_by_role("button", name="Увійти")).to_be_visible()


async def set_up_second_step(page: Page) -> bytes:
    """As a person does, by the key that is shown; that key."""
    await page.get_by_role("button", name="presence, settings").click()
    await page.get_by_role("menuitem", name="Settings").click()
    await page.get_by_role("tab", name="Password").click()
    await page.get_by_role("button", name="Set up").click()
    shown = (await page.locator(".secret").inner_text()).replace(" ", "")
    secret = base64.b32decode(shown + "=" * (-len(shown) % 8))
    await page.get_by_label("Code from the app").fill(code_at(secret, step_now()))
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.locator(".toasts")).to_contain_text("second step is on")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    return secret


async def log_out(page: Page) -> None:
    await page.get_by_role("button", name="presence, settings").click()
    await page.get_by_role("menuitem", name="Log out").click()
    await expect(page.get_by_label("Login", exact=True)).to_be_focused()


async def give(page: Page, code: str) -> None:
    """The code after the password; a pause that a wrong one has made is waited for."""
    enter = page.get_by_role("button", name="Log in")
    await expect(enter).to_be_enabled(timeout=PAUSE_MS)
    await page.get_by_label("Code from the app").fill(code)
    await enter.click()


async def test_the_second_step_lets_in_by_a_right_code_and_once(house: House) -> None:
    window = await house.window("oleg")
    window.watch.allow(r"401 ")
    page = await window.open("/inbox")
    secret = await set_up_second_step(page)
    # The code of the next step is good already; that of this one has been used.
    right = code_at(secret, step_now() + 1)
    await log_out(page)
    await fill(page, "oleg", PASSWORD)
    await expect(page.get_by_label("Code from the app")).to_be_focused()
    await give(page, f"{(int(right) + 1) % 1_000_000:06}")
    refused = page.get_by_role("alert").first
    await expect(refused).to_contain_text("code is wrong")
    await give(page, f"{right[:3]} {right[3:]}")
    await expect(page.get_by_role("heading", name="My work")).to_be_visible()
    await log_out(page)
    await fill(page, "oleg", PASSWORD)
    await give(page, right)
    await expect(refused).to_contain_text("code is wrong or too old")
    await expect(page.get_by_role("heading", name="My work")).to_have_count(0)
    status, _ = await house.site.api(
        "DELETE", f"/agents/{house.agents['oleg']['id']}/totp"
    )
    assert status in (200, 204)


def step_now() -> int:
    """The step that an authenticator app is in."""
    return step_at(datetime.now(UTC))
