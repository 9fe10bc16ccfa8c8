"""Every dialog, menu and panel that an agent has, for everybody: named, readable in any
look, large enough, its focus seen, fitting each window.

Spec: spec/inbox.md F.12; WCAG 2.2 AA, 1.4.4 and 1.4.10 by a window that is zoomed.
"""

from collections.abc import Iterable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.browser.house import House
from tests.browser.marks import BROWSER
from tests.browser.reach import sideways, too_small, unlit
from tests.browser.talk import Talk, act, call, new_phone
from tests.browser.window import NARROW, WIDE, ZOOMED, Window
from tests.support.site import until

pytestmark = BROWSER

# What the system wishes for, by name; the first is looked at by every rule.
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "dark, more contrast": {"contrast": "more"},
    "light, more contrast": {"color_scheme": "light"},
    "forced colours": {"contrast": "no-preference", "forced_colors": "active"},
}
FOCUSED = ("light", "forced colours")
PLAIN = {"color_scheme": "light", "forced_colors": "none", "contrast": "no-preference"}
SIZES: dict[str, dict[str, Any]] = {
    "wide": {"width": WIDE},
    "narrow": {"width": NARROW},
    "zoomed": {"width": ZOOMED, "device_scale_factor": 2},
}

# How each is opened: keys, or the role and name of what is pressed.
CONTACT = ("button Contact actions",)
SETTINGS = ("key Control+k", "say Settings", "key Enter", "seen Settings")
MORE = ("button More actions",)
OPENINGS: dict[str, tuple[str, ...]] = {
    "the dialogue itself": (),
    "key sheet": ("key ?",),
    "command bar": ("key Control+k",),
    "new message": ("key w",),
    "pass on": ("key f",),
    "snooze": ("key z",),
    "tags": ("key l",),
    "resolve": ("key e", "summary"),
    "own face": ("button presence, settings",),
    "settings": SETTINGS,
    "settings, alerts": (*SETTINGS, "tab Sounds"),
    "settings, keys": (*SETTINGS, "tab Keys"),
    "settings, password": (*SETTINGS, "tab Password"),
    "settings, logins": (*SETTINGS, "tab Logins"),
    "more": MORE,
    "transcript": (*MORE, "menuitem Transcript"),
    "message details": ("tick",),
    "canned": ("slash",),
    "contact panel": (),
    "contact actions": CONTACT,
    "contact, edit": (*CONTACT, "menuitem Edit contact"),
    "contact, opt out": (*CONTACT, "menuitem Opt out"),
    "contact, block": (*CONTACT, "menuitem Block"),
    "contact, merge": (*CONTACT, "menuitem Merge"),
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def worked(one_house: House) -> dict[str, Any]:
    """A thread with something of everything; taken by Anna."""
    house, phone = one_house, new_phone()
    await house.text(phone, "Где мой заказ 5567? Оплатила вчера, а трека нет.")
    thread = await house.thread_of(phone)
    await act(house, "anna", thread, "take")
    card = {"name": "Ирина Ковальчук", "tags": ["vip"], "attributes": {"city": "Тверь"}}
    await call(house, "inna", "PATCH", f"/contacts/{thread['contact']['id']}", card)
    path = f"/threads/{thread['id']}"
    note = {"client_id": "a" * 32, "text": "Проверить оплату"}
    await call(house, "anna", "POST", f"{path}/notes", note)
    seen = (await house.site.get(path))["seq"]
    reply = {"client_id": "b" * 32, "text": "Смотрю!", "seen_seq": seen}
    await call(house, "anna", "POST", f"{path}/replies", reply)
    phrase = {"shortcut": "hi", "title": "Hello", "text": "Hello, {name}!"}
    await call(house, "inna", "POST", "/canned", {**phrase, "language": "en"})

    async def is_delivered() -> bool:
        rows = (await house.site.get(f"{path}/entries"))["items"]
        return any(row.get("state") == "delivered" for row in rows)

    await until(is_delivered, within_s=20)
    return thread


async def press(talk: Talk, step: str) -> None:
    """One step of an opening."""
    page = talk.page
    role, _, name = step.partition(" ")
    match role:
        case "key":
            await page.keyboard.press(name)
        case "say":
            await page.get_by_role("combobox").fill(name)
            await expect(page.get_by_role("option").first).to_contain_text(name)
        case "seen":
            await page.get_by_role("dialog", name=name).wait_for()
        case "slash":
            await talk.field.click()
            await page.keyboard.press("/")
            await page.get_by_role("option").first.wait_for()
        case "tick":
            await talk.log.locator("button.tick").first.press("Enter")
        case "summary":
            await page.locator("dialog summary").press("Enter")
        case _:
            target: Any = role
            await page.get_by_role(target, name=name).first.press("Enter")


def layers(page: Page) -> Locator:
    """What lies over the page."""
    return page.locator("dialog[open], [role=menu]")


async def open_by(talk: Talk, steps: tuple[str, ...], *, in_drawer: bool) -> int:
    """Do what opens it and wait until it is drawn; how many layers there are then."""
    page = talk.page
    dialogs, menus = page.locator("dialog[open]"), page.get_by_role("menu")
    await talk.log.focus()
    if in_drawer:
        await press(talk, "key b")
        await expect(dialogs).to_have_count(1)
    for step in steps:
        await press(talk, step)
    is_menu = bool(steps) and steps[-1].startswith("button")
    is_dialog = bool(steps) and not is_menu and steps != ("slash",)
    await expect(menus).to_have_count(int(is_menu))
    await expect(dialogs).to_have_count(is_dialog + in_drawer)
    await expect(page.locator("[role=status].spinner")).to_have_count(0)
    return is_menu + is_dialog + in_drawer


async def close(talk: Talk, depth: int) -> None:
    """As a person does, layer by layer."""
    if await talk.field.input_value():
        await talk.page.keyboard.press("Escape")
        await talk.field.fill("")
    for left in reversed(range(depth)):
        await talk.page.keyboard.press("Escape")
        await expect(layers(talk.page)).to_have_count(left)


async def troubles(window: Window, looks: Iterable[str] = LOOKS) -> list[str]:
    """What keeps somebody out of what is on top, in these looks."""
    page = window.page
    found = await window.unnamed()
    found += [f"small: {one}" for one in await too_small(page)]
    found += await sideways(page)
    if wider := await window.overflow():
        found.append(f"{wider} px too wide")
    for look in looks:
        await window.look(**LOOKS[look])
        rules = [] if look == "light" else ["color-contrast"]
        found += [f"{look}: {one}" for one in await window.complaints(*rules)]
        if look in FOCUSED:
            found += [f"{look}: {one}" for one in await unlit(page)]
    await window.look(**PLAIN)
    return found


@pytest.mark.parametrize("size", SIZES)
async def test_what_an_agent_opens_keeps_nobody_out(
    house: House, worked: dict[str, Any], size: str
) -> None:
    window = await house.window("anna", **SIZES[size])
    talk = Talk(house=house, window=window, phone="", thread=worked)
    await window.open(talk.path)
    await talk.log.get_by_text("Смотрю!").wait_for()
    # A zoomed window shows a narrow one's colours.
    looks = FOCUSED if size == "zoomed" else LOOKS
    found = []
    for name, steps in OPENINGS.items():
        if name == ("contact panel" if size == "wide" else "own face"):
            continue  # it stands beside the dialogue; it has no place there
        in_drawer = size != "wide" and name.startswith("contact")
        depth = await open_by(talk, steps, in_drawer=in_drawer)
        await window.shoot(f"agent-{name}")
        found += [f"{name}: {one}" for one in await troubles(window, looks)]
        await close(talk, depth)
    assert not found, "\n".join(found)


async def test_what_is_chosen_shows_without_colours_of_ours(
    house: House, worked: dict[str, Any]
) -> None:
    window = await house.window("anna", forced_colors="active")
    talk = Talk(house=house, window=window, phone="", thread=worked)
    page = await window.open(f"{talk.path}")
    await talk.log.get_by_text("Смотрю!").wait_for()
    modes = page.get_by_role("group", name="What to write").get_by_role("button")
    panel = page.get_by_role("button", name="Contact", exact=True)
    for chosen, other in ((modes.nth(0), modes.nth(1)), (panel, panel)):
        pictures = []
        for state, button in (("true", None), ("false", other)):
            if button is not None:
                await button.click()
            await expect(chosen).to_have_attribute("aria-pressed", state)
            # What has the focus, or the pointer over it, looks different anyway.
            await talk.log.focus()
            await page.mouse.move(1, 1)
            pictures.append(await chosen.screenshot())
        assert pictures[0] != pictures[1]
    await open_by(talk, OPENINGS["settings, alerts"], in_drawer=False)
    switch = page.get_by_role("switch", name="A message of mine")
    pictures = []
    for state in ("false", "true"):
        await switch.press("Space")
        await expect(switch).to_have_attribute("aria-checked", state)
        pictures.append(await switch.screenshot())
    assert pictures[0] != pictures[1]


async def in_all_windows(window: Window) -> list[str]:
    """What keeps somebody out of what the page shows now, at each width."""
    found = await troubles(window)
    for width in (NARROW, ZOOMED):
        await window.resize(width)
        found += [f"{width}: {one}" for one in await troubles(window, FOCUSED)]
    await window.resize(WIDE)
    return found


@pytest.mark.usefixtures("worked")
async def test_what_is_found_keeps_nobody_out(house: House) -> None:
    window = await house.window("anna")
    page = await window.open("/inbox/search?q=заказ")
    await page.locator(".hit").first.wait_for()
    await page.keyboard.press("Tab")
    found = await in_all_windows(window)
    assert not found, "\n".join(found)


async def test_the_first_day_keeps_nobody_out(house: House) -> None:
    house.preferences["tour_done"] = False
    window = await house.window("oleg")
    house.preferences["tour_done"] = True
    page = await window.open("/inbox")
    await page.get_by_text("Work stands at the left").wait_for()
    await page.keyboard.press("Tab")
    found = await troubles(window)
    assert not found, "\n".join(found)


async def test_being_cut_off_keeps_nobody_out(
    house: House, worked: dict[str, Any]
) -> None:
    window = await house.window("anna")
    window.watch.allow(r"failed net::ERR_|401 ")
    page = await window.open(f"/inbox/t/{worked['id']}")
    await page.get_by_role("log").get_by_text("Смотрю!").wait_for()
    await page.keyboard.press("Tab")
    await window.context.set_offline(True)
    banner = page.get_by_role("region", name="State of the connection")
    await banner.get_by_role("button", name="Try now").wait_for(timeout=20_000)
    found = await in_all_windows(window)
    await window.context.set_offline(False)
    await expect(banner).not_to_contain_text("No connection", timeout=20_000)
    # The login ends: it is asked for over the page.
    await house.site.api("DELETE", f"/agents/{house.agents['anna']['id']}/logins")
    await page.get_by_role("dialog").wait_for(timeout=20_000)
    found += await in_all_windows(window)
    assert not found, "\n".join(found)
