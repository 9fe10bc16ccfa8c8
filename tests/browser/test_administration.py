"""An administrator at work: people, keys, phrases, settings, the log, erasing."""

import re

from playwright.async_api import Page, expect

from tests.browser.house import PASSWORD, House
from tests.browser.marks import BROWSER
from tests.browser.talk import call, open_talk
from tests.support.site import until

pytestmark = BROWSER

CALLER = "+79162000009"


async def shown_once(page: Page, label: str) -> str:
    """The secret in the dialog, which is then closed."""
    dialog = page.get_by_role("dialog")
    secret = await dialog.get_by_label(label, exact=True).input_value()
    await dialog.get_by_role("button", name="I have kept it").click()
    await expect(dialog).to_have_count(0)
    assert secret not in await page.content()
    return secret


async def pick(page: Page, of: str, item: str) -> None:
    """An item of the menu in somebody's row."""
    await page.get_by_role("button", name=f"Actions: {of}").click()
    await page.get_by_role("menuitem", name=item).click()


async def test_a_person_is_hired_and_logs_in_with_the_password_shown_once(
    house: House,
) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/users")
    await page.get_by_role("button", name="New person").click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Login").fill("kate")
    await form.get_by_label("Name", exact=True).fill("Катя <b>Смирнова</b>")
    await form.get_by_label("Role").select_option("trainee")
    await page.keyboard.press("Enter")
    password = await shown_once(page, "Password")
    row = page.get_by_role("row").filter(has_text="kate")
    await expect(row).to_contain_text("Катя <b>Смирнова</b>")
    newcomer = await house.window()
    newcomer.watch.allow("401 GET .*/session")
    door = await newcomer.open("/inbox")
    await door.get_by_label("Login").fill("kate")
    await door.get_by_label("Password").fill(password)
    await door.keyboard.press("Enter")
    await door.get_by_role("main").wait_for()


async def test_who_loses_access_is_out_at_once(house: House) -> None:
    oleg = await house.window("oleg")
    oleg.watch.allow("401 |session_ended|ApiError: 401")
    page = await oleg.open("/inbox")
    admin = await house.window("admin")
    users = await admin.open("/inbox/admin/users")
    await pick(users, "Олег Ким", "Close access")
    await users.get_by_role("button", name="Close access").last.click()
    row = users.get_by_role("row").filter(has_text="oleg")
    await expect(row).to_contain_text("closed")
    await page.get_by_label("Password").wait_for()
    await pick(users, "Олег Ким", "Open access")
    await expect(row).not_to_contain_text("closed")


async def test_a_key_works_until_it_is_revoked(house: House) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/tokens")
    await page.get_by_role("button", name="New key").click()
    await page.get_by_role("dialog").get_by_label("Name").fill("Shop")
    await page.get_by_label("messages:read read messages").check()
    await page.keyboard.press("Enter")
    key = await shown_once(page, "Key")
    headers = {"Authorization": f"Bearer {key}"}
    status, _ = await house.site.api("GET", "/messages", headers=headers)
    assert status == 200
    await page.get_by_role("button", name="Revoke Shop").click()
    await page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    row = page.get_by_role("row").filter(has_text="Shop")
    await expect(row).to_contain_text("revoked")
    status, _ = await house.site.api("GET", "/messages", headers=headers)
    assert status == 401


async def test_a_shared_phrase_has_versions_and_comes_from_a_table(
    house: House,
) -> None:
    window = await house.window("inna")
    page = await window.open("/inbox/admin/canned")
    await page.get_by_role("button", name="Import").click()
    table = 'hours; We are open 9-21\nприв; "Привет; Анна"; Здравствуйте, {name}!'
    await page.get_by_label("Or paste it here").fill(table)
    await page.get_by_role("button", name="Take 2 phrases").click()
    row = page.get_by_role("row").filter(has_text="/hours")
    await expect(row).to_contain_text("1 SMS")
    await expect(page.get_by_text("Привет; Анна")).to_be_visible()
    await pick(page, "hours", "Change phrase")
    form = page.get_by_role("dialog")
    await form.get_by_label("Text").fill("We are open 10-22 ✓ " * 5)
    await expect(form.get_by_text("2 SMS")).to_be_visible()
    await form.get_by_role("button", name="Save").click()
    await expect(row).to_contain_text("10-22")
    await pick(page, "hours", "Earlier versions")
    await page.get_by_role("button", name="Bring back version 1").click()
    await expect(row).to_contain_text("9-21")


async def test_a_changed_phrase_is_offered_at_once(house: House) -> None:
    phrase = {"shortcut": "way", "title": "The way", "text": "By bus", "language": "en"}
    await call(house, "inna", "POST", "/canned", phrase)
    talk = await open_talk(house, agent="inna", taken_by="inna")
    page = talk.page
    await talk.write("/way")
    await expect(page.get_by_role("option")).to_contain_text("By bus")
    await talk.field.fill("")
    await page.get_by_role("link", name="Administration").click()
    await page.get_by_role("link", name="Canned phrases").click()
    await pick(page, "way", "Change phrase")
    form = page.get_by_role("dialog")
    await form.get_by_label("Text").fill("By tram")
    await form.get_by_role("button", name="Save").click()
    await expect(form).to_have_count(0)
    await page.go_back()
    await page.go_back()
    await talk.write("/way")
    await expect(page.get_by_role("option")).to_contain_text("By tram")


async def test_a_word_is_tried_out_without_harm(house: House) -> None:
    window = await house.window("inna")
    page = await window.open("/inbox/admin/keywords")
    for text, verdict in (
        ("СТОП.", "Opts out"),
        ("Где заказ?", "An ordinary message"),
    ):
        await page.get_by_label("Text of the customer").fill(text)
        await page.keyboard.press("Enter")
        first = page.get_by_role("listitem").filter(has_text=text)
        await expect(first).to_contain_text(verdict)


async def test_settings_are_kept_for_everybody(house: House) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/settings")
    await page.get_by_label("Tags that are offered").fill("оплата\nдоставка")
    await page.get_by_label("Price of one SMS").fill("2,40")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Settings saved").first.wait_for()
    kept = await house.site.get("/inbox/settings")
    assert kept["tags"] == ["оплата", "доставка"]
    assert kept["price_per_segment"] == 240


async def test_the_log_tells_who_did_it_and_that_it_is_whole(house: House) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/audit")
    await page.get_by_label("Kind").select_option("login")
    row = page.get_by_role("row").filter(has_text="Logged in").first
    await expect(row).to_contain_text("Админ")
    await page.get_by_role("button", name="Verify the chain").click()
    await page.get_by_text(re.compile("The chain is whole")).first.wait_for()


async def test_a_contact_is_counted_then_erased(house: House) -> None:
    await house.text(CALLER, "Забудьте меня")
    await house.thread_of(CALLER)
    window = await house.window("admin")
    page = await window.open("/inbox/admin/contacts")
    await page.get_by_label("Name, number or CRM id").fill(CALLER)
    async with page.expect_download() as download:
        await page.get_by_role("link", name=f"Export {CALLER}").click()
    assert (await download.value).suggested_filename.endswith(".json")
    await page.get_by_role("button", name=f"Erase {CALLER}").click()
    form = page.get_by_role("dialog")
    await expect(form.get_by_text("Messages", exact=True)).to_be_visible()
    window.watch.allow("422 POST .*/erase")
    await form.get_by_label(re.compile("type the number")).fill("+7000")
    await page.keyboard.press("Enter")
    await expect(form).to_contain_text("The number does not match")
    await form.get_by_label(re.compile("type the number")).fill(CALLER)
    await page.keyboard.press("Enter")
    await page.get_by_text(f"{CALLER} is erased").first.wait_for()

    async def is_gone() -> bool:
        rows = (await house.site.get("/threads?view=all"))["items"]
        return all(row["contact"]["address"] != CALLER for row in rows)

    await until(is_gone, within_s=10)


async def test_a_reset_password_ends_the_old_one(house: House) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/users")
    await pick(page, "Вера Лис", "New password")
    await page.get_by_role("button", name="Set it").click()
    fresh = await shown_once(page, "Password")
    url = house.site.gateway + "/api/v1/session"
    for password, status in ((PASSWORD, 401), (fresh, 200)):
        body = {"login": "vera", "password": password}
        async with house.site.session.post(url, json=body) as answer:
            assert answer.status == status
