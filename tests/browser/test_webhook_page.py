"""A webhook as its administrator has it: made, tried out, watched, sent again.

Against a real listener on loopback, with signatures checked as listeners do.
"""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.house import House, open_house
from tests.browser.marks import BROWSER
from tests.support.site import until
from tests.web.receiver import Received, Receiver, answering, open_receiver
from web.signature import read_secret

pytestmark = BROWSER


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listener() -> AsyncIterator[Receiver]:
    """Who is told."""
    async with open_receiver() as receiver:
        yield receiver


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_house(
    tmp_path_factory: pytest.TempPathFactory, axe: str, listener: Receiver
) -> AsyncIterator[House]:
    """A house that may speak to the listener."""
    folder = tmp_path_factory.mktemp("house")
    allowed = f'webhook_hosts = ["{urlsplit(listener.url).netloc}"]'
    async with open_house(folder, axe, "admin", http_keys=allowed) as house:
        yield house


async def make_webhook(page: Page, url: str) -> bytes:
    """By the form; the secret that is shown once."""
    await page.get_by_role("button", name="New webhook").first.click()
    form = page.get_by_role("dialog", name="New webhook")
    await form.get_by_label("Address").fill(url)
    await form.get_by_label("Events").fill("webhook.test, message.received")
    await form.get_by_role("button", name="Save").click()
    shown = page.get_by_role("dialog", name="Secret of the webhook")
    secret = await shown.get_by_label("Secret").input_value()
    await shown.get_by_role("button", name="I have kept it").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    return read_secret(secret)


async def are_delivered(house: House, total: int) -> None:
    """Until the box has its answers."""
    (webhook,) = (await house.site.get("/webhooks"))["items"]

    async def is_so() -> bool:
        path = f"/webhooks/{webhook['id']}/deliveries?state=delivered"
        return len((await house.site.get(path))["items"]) == total

    await until(is_so, within_s=15)


async def told(listener: Receiver, kind: str, total: int) -> list[bytes]:
    """Events of a kind as they were told, once there are so many."""
    found: list[bytes] = []

    async def is_so() -> bool:
        all_ = [one.body for one in listener.received]
        found[:] = [one for one in all_ if json.loads(one)["type"] == kind]
        return len(found) == total

    await until(is_so, within_s=15)
    return found


def event_of(received: Received, secret: bytes) -> tuple[str, dict[str, Any]]:
    """The name under which it was told and what, if it was told by the box."""
    said = {name.lower(): value for name, value in received.headers.items()}
    name = said["webhook-id"]
    signed = f"{name}.{said['webhook-timestamp']}.".encode() + received.body
    mac = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    assert said["webhook-signature"] == f"v1,{mac}"
    event: dict[str, Any] = json.loads(received.body)
    return name, event


async def test_a_test_event_is_sent_watched_and_sent_again(
    house: House, listener: Receiver
) -> None:
    window = await house.window("admin")
    page = await window.open("/inbox/admin/webhooks")
    secret = await make_webhook(page, listener.url)
    await page.get_by_role("button", name=f"Actions: {listener.url}").click()
    await page.get_by_role("menuitem", name="Send a test event").click()
    name, event = event_of((await listener.wait(1))[0], secret)
    assert event["type"] == "webhook.test"
    await are_delivered(house, 1)
    await page.get_by_role("button", name=f"Deliveries to {listener.url}").click()
    row = page.get_by_role("row").filter(has_text="webhook.test")
    await expect(row).to_contain_text("delivered")
    await expect(row).to_contain_text("204")
    # The second time it does not understand, and is asked again later.
    listener.behave = answering(503)
    await row.get_by_role("button", name="Send again").click()
    await expect(page.locator(".toasts")).to_contain_text("1 event will be sent again")
    again = event_of((await listener.wait(2))[1], secret)
    assert again == (name, event)
    refresh = page.get_by_role("button", name="Refresh")
    await refresh.click()
    await expect(row.filter(has_text="503")).to_contain_text("waits")
    listener.behave = answering(204)


async def test_a_span_of_time_is_sent_again(house: House, listener: Receiver) -> None:
    window = await house.window("admin")
    window.watch.allow("422 POST .*/replay")
    page = await window.open("/inbox/admin/webhooks")
    if not (await house.site.get("/webhooks"))["items"]:
        await make_webhook(page, listener.url)
    await house.text("+79162000801", "Where is my order?")
    (first,) = await told(listener, "message.received", 1)
    await page.get_by_role("button", name=f"Deliveries to {listener.url}").click()
    row = page.get_by_role("row").filter(has_text="message.received")
    await expect(row).to_have_count(1)
    await page.get_by_role("button", name="Send a span of time again").click()
    span = page.get_by_role("dialog", name="Send a span of time again")
    await span.get_by_role("button", name="Send again").click()
    since = span.get_by_label("From")
    await expect(since).to_have_attribute("aria-invalid", "true")
    await since.fill("2026-01-01T00:00")
    await span.get_by_role("button", name="Send again").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await told(listener, "message.received", 2) == [first, first]
