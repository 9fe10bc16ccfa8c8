"""The two ways to work: all by mouse, or all by keyboard.

By keyboard means by keys alone. What has no key of its own is reached by Tab or by the
arrows from where the focus is, in no more steps than somebody would put up with.

Spec: spec/inbox.md F.3, G
"""

import re
from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect

MOUSE, KEYBOARD = "mouse", "keyboard"
WAYS = (MOUSE, KEYBOARD)
PATIENCE = 12  # steps to a control
# The page gets a title of its own when it has begun to listen to keys.
LISTENS = re.compile(" · ")


@dataclass(frozen=True, slots=True)
class Hands:
    """One person's, at one page."""

    page: Page
    way: str

    @property
    def have_mouse(self) -> bool:
        return self.way == MOUSE

    async def keys(self, *keys: str) -> None:
        """Press these, one after the other, where no control is meant."""
        await expect(self.page).to_have_title(LISTENS)
        for key in keys:
            await self.page.keyboard.press(key)

    async def press(
        self, control: Locator, key: str | None = None, *, by: str = "Tab"
    ) -> None:
        """A click; or the control's own key, else `by` until it has the focus."""
        await control.wait_for()
        if self.have_mouse:
            await control.click()
        elif key is not None:
            await self.keys(key)
        else:
            await self.reach(control, by=by)
            await self.page.keyboard.press("Enter")

    async def reach(self, control: Locator, *, by: str = "Tab") -> None:
        """Bring the focus there by key."""
        for _ in range(PATIENCE):
            if await control.evaluate("one => one === document.activeElement"):
                return
            await self.page.keyboard.press(by)
        await expect(control).to_be_focused()

    async def choose(self, select: Locator, value: str) -> None:
        """One of a list that unfolds."""
        if self.have_mouse:
            await select.select_option(value)
            return
        await self.reach(select)
        await self.keys("Home")
        for _ in range(PATIENCE):
            if await select.input_value() == value:
                return
            await self.keys("ArrowDown")
        await expect(select).to_have_value(value)

    async def write(self, text: str) -> None:
        """Begin a reply, or go on with it."""
        field = self.page.get_by_role("textbox", name="Reply")
        await field.wait_for()
        if self.have_mouse:
            await field.click()
        else:
            await self.keys("Escape", "KeyR")
        await expect(field).to_be_focused()
        await self.page.keyboard.type(text)

    async def send(self) -> None:
        """Send what is in the field."""
        button = self.page.get_by_role("button", name="Send", exact=True)
        await self.press(button, "Enter")

    async def say(self, text: str) -> None:
        await self.write(text)
        await self.send()

    async def open_row(self, row: Locator) -> None:
        """Open a thread of the list, where none is open yet."""
        await row.wait_for()
        if self.have_mouse:
            await row.click()
            return
        last, here = "", self.page.locator(".row:focus")
        for _ in range(PATIENCE):
            await self.keys("KeyJ")
            await expect(here).not_to_have_attribute("data-thread", last)
            last = await here.get_attribute("data-thread") or ""
            if last == await row.get_attribute("data-thread"):
                break
        await self.page.keyboard.press("Enter")

    async def command(self, words: str) -> None:
        """By keyboard only: what the command bar finds first, in any language."""
        await self.keys("Control+KeyK")
        field = self.page.locator("dialog input[role=combobox]")
        await expect(field).to_be_focused()
        await self.page.keyboard.type(words)
        first = self.page.get_by_role("option", selected=True)
        await expect(first).to_contain_text(words)
        await self.page.keyboard.press("Enter")
        await expect(field).to_have_count(0)
