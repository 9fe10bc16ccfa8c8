"""A dialogue as a test has it at hand: somebody wrote, an agent has it open.

Relies on tests/browser/house.py; each talk has a phone number of its own, so that the
tests of a module do not hear one another.
"""

from dataclasses import dataclass
from itertools import count
from typing import Any

from playwright.async_api import Locator, Page

from tests.browser.house import House
from tests.browser.window import Window
from tests.support.site import until

_NUMBERS = count(79162100000)


def new_phone() -> str:
    """A number nobody has written from."""
    return f"+{next(_NUMBERS)}"


@dataclass(slots=True)
class Talk:
    """One thread, open in one window."""

    house: House
    window: Window
    phone: str
    thread: dict[str, Any]

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def path(self) -> str:
        return f"/inbox/t/{self.thread['id']}"

    @property
    def field(self) -> Locator:
        return self.page.locator("#composer-text")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    async def write(self, text: str) -> None:
        """Type it as a person does, without sending."""
        await self.field.click()
        await self.page.keyboard.insert_text(text)

    async def reply(self, text: str) -> None:
        await self.write(text)
        await self.page.keyboard.press("Enter")

    async def arrived(self, total: int = 1, *, within_s: float = 15) -> list[str]:
        """The texts on the phone, once there are so many."""

        async def there() -> bool:
            return len(await self.house.phone(self.phone)) >= total

        await until(there, within_s=within_s)
        return [one["text"] for one in await self.house.phone(self.phone)]


async def open_talk(
    house: House,
    text: str = "Hello",
    *,
    agent: str = "anna",
    taken_by: str | None = "anna",
    phone: str | None = None,
    **options: Any,
) -> Talk:
    """Somebody writes; an agent takes it and has it open."""
    phone = phone or new_phone()
    await house.text(phone, text)
    thread = await house.thread_of(phone)
    if taken_by is not None:
        await act(house, taken_by, thread, "take")
    window = await house.window(agent, **options)
    talk = Talk(house=house, window=window, phone=phone, thread=thread)
    await window.open(talk.path)
    await talk.log.get_by_text(text[:20]).first.wait_for()
    return talk


async def act(
    house: House, agent: str, thread: dict[str, Any], verb: str, **body: object
) -> dict[str, Any]:
    """A decision of an agent's who has no window here."""
    path = f"/conversations/{thread['conversation']['id']}/{verb}"
    return await call(house, agent, "POST", path, body)


async def call(
    house: House, agent: str, method: str, path: str, body: object | None = None
) -> dict[str, Any]:
    """What an agent does by other means than this page."""
    answered, content = await house.site.api(
        method, path, body, headers={"Seventy-Agent": agent}
    )
    assert answered < 300, content
    return content or {}
