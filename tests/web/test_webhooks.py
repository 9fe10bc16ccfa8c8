"""What the fan-out owes to whom, and the `/webhooks` calls."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from standardwebhooks import Webhook as Verifier

from gateway.core.account import Role
from gateway.core.errors import Invalid
from gateway.core.event import EventType, NewEvent
from gateway.core.store import Tx
from gateway.engine.crash import no_crash
from gateway.engine.feed import cursor_of
from gateway.store.config import StoreConfig
from tests.support.clock import FakeClock
from tests.support.opened import open_quickly
from tests.web.hooks import open_hooks
from tests.web.receiver import open_receiver
from tests.web.world import World
from web.post import Poster
from web.sender import Sender
from web.shape import DeliveryPage, WebhookShape
from web.webhooks import BODY_LIMIT_OCTETS, READER, FanOut

URL = "http://127.0.0.1:9/hook"
ROOT = "/api/v1/webhooks"


@asynccontextmanager
async def follow(world: World) -> AsyncIterator[None]:
    """The fan-out and the sender over the world's store."""
    services = world.services
    poster = Poster(services.egress, services.clock)
    sender = Sender(
        services.store,
        services.clock,
        services.ids,
        poster,
        services.metrics,
        crash=no_crash,
    )
    fan_out = FanOut(services.store, services.clock, services.ids, offer=sender.take)
    tasks = [asyncio.create_task(sender.run()), asyncio.create_task(fan_out.run())]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def make(world: World, **fields: object) -> WebhookShape:
    answer = await world.call("POST", ROOT, {"url": URL, **fields})
    assert answer.status == 201, answer.text
    return msgspec.convert(answer.json, WebhookShape)


async def test_each_listener_is_owed_the_types_it_chose(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        await hooks.listen(URL + "/all")
        await hooks.listen(URL + "/family", "message.*")
        await hooks.listen(URL + "/one", "link.down")
        await hooks.happen(
            EventType.MESSAGE_SENT, EventType.LINK_DOWN, EventType.WEBHOOK_TEST
        )
        found = await hooks.until(lambda found: len(found) >= 4)
        owed = sorted((one.url[len(URL) :], one.event_type) for one in found)
        assert owed == [
            ("/all", "link.down"),
            ("/all", "message.sent"),
            ("/family", "message.sent"),
            ("/one", "link.down"),
        ]


async def test_a_message_reports_to_its_own_url_with_its_tokens_secret(
    world: World,
) -> None:
    async with open_receiver() as receiver:
        token, secret = await world.secret(Role.MESSAGES_SEND)
        sent = await world.call(
            "POST",
            "/api/v1/messages",
            {"to": "+79161234567", "text": "x", "report_url": receiver.url},
            secret=secret,
        )
        async with follow(world):
            [one] = await receiver.wait(1)
        content = Verifier(token.report_secret).verify(one.body, one.headers)
        assert content["type"] == "message.queued"
        assert content["data"]["id"] == sent.json["id"]


async def test_the_cursor_moves_in_the_write_that_owes(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        await hooks.listen(URL)
        await hooks.happen(*[EventType.MESSAGE_SENT] * 3)
        found = await hooks.until(lambda found: len(found) == 3)
        reached = await hooks.store.read(lambda tx: cursor_of(tx, READER))
        assert reached == found[-1].event_seq
    async with open_hooks(tmp_path) as again:
        await again.happen(EventType.MESSAGE_SENT)
        found = await again.until(lambda found: len(found) >= 4)
        assert [one.event_seq for one in found] == [1, 2, 3, 4]


async def test_what_is_owed_is_on_disk_with_its_event(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        await hooks.listen(URL, "link.down")
        await hooks.happen(EventType.MESSAGE_SENT, EventType.LINK_DOWN)
        assert [one.event_seq for one in await hooks.deliveries()] == [2]


async def test_what_is_told_beside_a_write_that_fails_is_not_owed(
    tmp_path: Path,
) -> None:
    async with open_hooks(tmp_path) as hooks:
        await hooks.listen(URL)
        event = NewEvent(type=EventType.LINK_DOWN, at=hooks.clock.now(), data={})

        def fail(tx: Tx) -> None:
            tx.events.append(event)
            raise Invalid("no", "it is not to be")

        told = asyncio.gather(
            hooks.store.write(fail),
            hooks.happen(EventType.LINK_UP),
            return_exceptions=True,
        )
        refused, _ = await told
        assert isinstance(refused, Invalid)
        assert [one.event_type for one in await hooks.deliveries()] == ["link.up"]


async def test_what_was_told_while_nobody_was_beside_is_owed_in_bites(
    tmp_path: Path,
) -> None:
    config = StoreConfig(path=tmp_path / "hooks.db", ballast_octets=0)
    async with open_hooks(tmp_path) as hooks:
        await hooks.listen(URL)
    clock = FakeClock()
    store = await open_quickly(config, clock)
    event = NewEvent(type=EventType.LINK_DOWN, at=clock.now(), data={})
    await store.write(lambda tx: tx.events.append_all([event] * 1200))
    await store.close()
    async with open_hooks(tmp_path) as again:
        await again.until(lambda found: len(found) == 500)  # a page of them
        async with asyncio.timeout(10):
            # The rows are watched, to which nothing rings.
            while await again.store.read(lambda tx: cursor_of(tx, READER)) != 1200:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await again.happen(EventType.LINK_UP)
        assert await again.store.read(lambda tx: cursor_of(tx, READER)) == 1201


async def test_too_big_an_event_is_sent_as_a_stub(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        await hooks.listen(URL)
        data = {"id": "msg_1", "state": "received", "text": "Щ" * 30_000}
        await hooks.happen(EventType.MESSAGE_RECEIVED, data=data)
        [owed] = await hooks.until(lambda found: len(found) == 1)
        assert len(owed.body.encode()) <= BODY_LIMIT_OCTETS
        assert msgspec.json.decode(owed.body)["data"] == {
            "id": "msg_1",
            "state": "received",
            "truncated": True,
        }


async def test_a_secret_is_shown_once(world: World) -> None:
    made = await make(world, types=["message.*"], description="crm")
    assert made.secret.startswith("whsec_")
    assert len(base64.b64decode(made.secret.removeprefix("whsec_"))) == 32
    for path in (ROOT, f"{ROOT}/{made.id}"):
        assert made.secret not in (await world.call("GET", path)).text
        assert "whsec_" not in (await world.call("GET", path)).text


async def test_a_caller_may_bring_a_secret_of_24_to_64_octets(world: World) -> None:
    for length, status in ((23, 422), (24, 201), (64, 201), (65, 422)):
        secret = "whsec_" + base64.b64encode(b"k" * length).decode()
        answer = await world.call("POST", ROOT, {"url": URL, "secret": secret})
        assert answer.status == status, length
        if status == 201:
            assert answer.json["secret"] == secret
        else:
            assert answer.json["field"] == "secret"


async def test_a_url_off_the_list_is_refused(world: World) -> None:
    for call in (("POST", ROOT), ("PATCH", f"{ROOT}/{(await make(world)).id}")):
        answer = await world.call(*call, {"url": "http://169.254.169.254/latest"})
        assert (answer.status, answer.json["field"]) == (422, "url")
        assert answer.json["code"] == "host_not_allowed"


async def test_a_webhook_is_changed_switched_off_and_deleted(world: World) -> None:
    made = await make(world)
    path = f"{ROOT}/{made.id}"
    changed = await world.call(
        "PATCH", path, {"types": ["link.*"], "state": "disabled"}
    )
    assert changed.json["types"] == ["link.*"]
    assert changed.json["disabled_reason"] == "by request"
    refused = await world.call("POST", f"{path}/test")
    assert (refused.status, refused.json["code"]) == (409, "webhook_disabled")
    on = await world.call("PATCH", path, {"state": "active"})
    assert on.json["disabled_reason"] is None
    assert (await world.call("DELETE", path)).status == 204
    assert (await world.call("DELETE", path)).status == 404
    assert (await world.call("GET", ROOT)).json["items"] == []


async def test_an_unknown_event_type_is_named(world: World) -> None:
    answer = await world.call(
        "POST", ROOT, {"url": URL, "types": ["message.*", "message.sneezed"]}
    )
    assert (answer.status, answer.json["field"]) == (422, "types[1]")


async def test_a_rotation_keeps_the_old_secret_until_told_otherwise(
    world: World,
) -> None:
    made = await make(world)
    rotated = await world.call("POST", f"{ROOT}/{made.id}/rotate")
    assert rotated.json["secrets"] == 2
    assert rotated.json["secret"] != made.secret
    again = await world.call("POST", f"{ROOT}/{made.id}/rotate")
    assert again.json["secrets"] == 2
    ended = await world.call("POST", f"{ROOT}/{made.id}/rotate", {"keep_old": False})
    assert ended.json["secrets"] == 1


async def test_a_test_event_is_owed_to_this_webhook_alone(world: World) -> None:
    one, other = await make(world), await make(world)
    answer = await world.call("POST", f"{ROOT}/{one.id}/test")
    assert answer.status == 202
    assert answer.json["event_type"] == "webhook.test"
    assert world.wakes
    page = await world.call("GET", f"{ROOT}/{one.id}/deliveries?state=pending")
    assert len(msgspec.convert(page.json, DeliveryPage).items) == 1
    empty = await world.call("GET", f"{ROOT}/{other.id}/deliveries")
    assert empty.json["items"] == []
