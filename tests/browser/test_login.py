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
    found = [
        await fields.nth(n).get_attribute("autocomplete")
        for n in range(await fields.count())
    ]
    assert found == ["username", "current-password"]


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


async def test_the_second_step_is_set_up_and_asked_for(house: House) -> None:
    window = await house.window("oleg")
    page = await window.open("/inbox")
    await page.get_by_role("button", name="presence, settings").click()
    await page.get_by_role("menuitem", name="Settings").click()
    await page.get_by_role("tab", name="Password").click()
    await page.get_by_role("button", name="Set up").click()
    secret = (await page.locator(".secret").inner_text()).replace(" ", "")
    await page.get_by_label("Code from the app").fill(code_now(secret))
    await page.get_by_role("button", name="Switch on").click()
    await expect(page.locator(".toasts")).to_contain_text("second step is on")
    _, page = await login_page(house)
    await fill(page, "oleg", PASSWORD)
    await page.get_by_label("Code from the app").fill("000 000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").first).to_contain_text("code is wrong")
    status, _ = await house.site.api(
        "DELETE", f"/agents/{house.agents['oleg']['id']}/totp"
    )
    assert status in (200, 204)


def code_now(secret: str) -> str:
    """What an authenticator app shows."""
    octets = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return code_at(octets, step_at(datetime.now(UTC)))
