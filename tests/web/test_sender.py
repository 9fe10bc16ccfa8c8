"""Deliveries over real sockets, on a clock that is moved by hand."""

import asyncio
import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from standardwebhooks import Webhook as Verifier

from gateway.core.account import Delivery, DeliveryState, WebhookState
from gateway.core.event import EventType
from gateway.core.store import Tx
from tests.web.hooks import SECRET, Condition, Hooks, open_hooks
from tests.web.receiver import answering, open_receiver
from web.line import QUEUE_LIMIT
from web.schedule import DELAYS

SENT = EventType.MESSAGE_SENT
PENDING, DELIVERED, DEAD = DeliveryState


def all_in(state: DeliveryState, count: int = 1) -> Condition:
    def holds(found: list[Delivery]) -> bool:
        return len(found) == count and all(one.state is state for one in found)

    return holds


def tried(times: int) -> Condition:
    return lambda found: len(found) == 1 and found[0].attempts == times


async def test_only_a_2xx_delivers(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver() as receiver:
        await hooks.listen(receiver.url)
        await hooks.happen(SENT)
        [done] = await hooks.until(all_in(DELIVERED))
        assert (done.attempts, done.last_status) == (1, 204)
        assert done.finished_at is not None


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500, 503])
async def test_anything_else_is_tried_again_later(tmp_path: Path, status: int) -> None:
    async with (
        open_hooks(tmp_path) as hooks,
        open_receiver() as elsewhere,
        open_receiver(answering(status, Location=elsewhere.url)) as receiver,
    ):
        await hooks.listen(receiver.url)
        await hooks.happen(SENT)
        [waiting] = await hooks.until(tried(1))
        assert (waiting.state, waiting.last_status) == (PENDING, status)
        assert DELAYS[0] <= waiting.due_at - hooks.clock.now() <= DELAYS[0] * 1.1
        receiver.behave = answering(200)
        hooks.clock.advance(DELAYS[0] * 1.1)
        await hooks.until(all_in(DELIVERED))
        assert elsewhere.received == []
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


async def test_a_listener_that_is_gone_is_switched_off(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver(answering(410)) as receiver:
        webhook = await hooks.listen(receiver.url, "message.*")
        await hooks.happen(SENT)
        await hooks.until(all_in(DEAD))
        kept = await hooks.store.read(lambda tx: tx.webhooks.get(webhook.id))
        assert kept is not None
        assert kept.state is WebhookState.DISABLED
        events = await hooks.store.read(lambda tx: tx.events.after(0, 10))
        assert events[-1].type is EventType.WEBHOOK_DISABLED
        assert events[-1].data["id"] == webhook.id
        await hooks.happen(SENT)
        assert len(await hooks.deliveries()) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_retry_after_is_honoured(tmp_path: Path, status: int) -> None:
    behave = answering(status, Retry_After="3600")
    async with open_hooks(tmp_path) as hooks, open_receiver(behave) as receiver:
        await hooks.listen(receiver.url)
        await hooks.happen(SENT)
        [waiting] = await hooks.until(tried(1))
        assert waiting.due_at - hooks.clock.now() >= timedelta(hours=1)
        # The whole listener is left alone, not this delivery only.
        await hooks.happen(SENT)
        await hooks.until(lambda found: len(found) == 2)
        hooks.clock.advance(timedelta(minutes=59))
        await asyncio.sleep(0.05)
        assert len(receiver.received) == 1


async def test_a_delivery_dies_after_three_days_and_its_listener_is_switched_off(
    tmp_path: Path,
) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver(answering(500)) as receiver:
        webhook = await hooks.listen(receiver.url, "message.*")
        await hooks.happen(SENT)
        started = hooks.clock.now()
        for times, delay in enumerate(DELAYS, start=1):
            await hooks.until(tried(times))
            hooks.clock.advance(delay * 1.1)
        [dead] = await hooks.until(all_in(DEAD))
        assert dead.attempts == len(DELAYS) + 1
        assert hooks.clock.now() - started >= timedelta(days=3)
        kept = await hooks.store.read(lambda tx: tx.webhooks.get(webhook.id))
        assert kept is not None
        assert kept.state is WebhookState.DISABLED


async def slow(_request: web.Request) -> web.Response:
    await asyncio.sleep(0.01)
    return web.Response()


async def test_one_in_flight_means_one_at_a_time_in_order(tmp_path: Path) -> None:
    async with (
        open_hooks(tmp_path, in_flight=1) as hooks,
        open_receiver(slow) as receiver,
    ):
        await hooks.listen(receiver.url)
        await hooks.happen(*[SENT] * 10)
        done = await hooks.until(all_in(DELIVERED, 10))
        assert receiver.most_at_once == 1
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert ids == [delivery.id for delivery in done]


async def test_a_listener_that_keeps_up_is_sent_several_at_once(tmp_path: Path) -> None:
    async with (
        open_hooks(tmp_path, in_flight=4) as hooks,
        open_receiver(slow) as receiver,
    ):
        await hooks.listen(receiver.url)
        await hooks.happen(*[SENT] * 40)
        await hooks.until(all_in(DELIVERED, 40))
        assert receiver.most_at_once == 4
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert len(set(ids)) == len(ids)


async def test_a_backlog_that_does_not_fit_in_memory_is_sent_once(
    tmp_path: Path,
) -> None:
    count = 3 * QUEUE_LIMIT
    async with open_hooks(tmp_path) as hooks, open_receiver() as receiver:
        await hooks.listen(receiver.url)
        await hooks.happen(*[SENT] * count)
        await receiver.wait(count)
        await hooks.happen(*[SENT] * 3)
        await receiver.wait(count + 3)
        await hooks.settled()
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert len(set(ids)) == len(ids) == count + 3


async def test_being_woken_at_any_moment_sends_nothing_twice(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver(slow) as receiver:
        await hooks.listen(receiver.url)
        await hooks.happen(*[SENT] * 50)
        while len(receiver.received) < 50:
            hooks.sender.wake()
            await asyncio.sleep(0)
        await hooks.until(all_in(DELIVERED, 50))
        assert len(receiver.received) == 50


async def test_a_webhook_that_is_switched_off_or_deleted_is_told_nothing_more(
    tmp_path: Path,
) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver() as receiver:
        kept, gone = [await hooks.listen(receiver.url) for _ in range(2)]
        await hooks.happen(SENT)
        await hooks.until(all_in(DELIVERED, 2))
        # Owed before, to be sent after.
        receiver.behave = answering(500)
        await hooks.happen(SENT)
        await hooks.until(lambda found: sum(one.attempts for one in found) >= 3)
        off = dataclasses.replace(kept, state=WebhookState.DISABLED)

        def change(tx: Tx) -> None:
            tx.webhooks.save(off)
            tx.webhooks.delete(gone.id)

        await hooks.store.write(change)
        hooks.sender.wake()
        receiver.received.clear()
        receiver.behave = answering(200)
        hooks.clock.advance(DELAYS[0] * 2)
        await hooks.until(lambda found: [one.state for one in found][-1:] == [DEAD])
        assert receiver.received == []


async def test_a_listener_that_asked_for_batches_gets_each_event_once_in_order(
    tmp_path: Path,
) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver(slow) as receiver:
        await hooks.listen(receiver.url, batch=10)
        hooks.clock.set_to_wall()
        await hooks.happen(*[SENT] * 35)
        done = await hooks.until(all_in(DELIVERED, 35))
        assert len(receiver.received) < 10
        told = []
        for one in receiver.received:
            content = Verifier(SECRET).verify(one.body, one.headers)
            assert content["type"] == "batch"
            assert 1 <= len(content["data"]["events"]) <= 10
            told += content["data"]["events"]
        assert [event["id"] for event in told] == [delivery.id for delivery in done]
        assert all(event["data"] == {"id": "x"} for event in told)


async def test_a_batch_that_failed_is_tried_again_as_it_was(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver(answering(500)) as receiver:
        await hooks.listen(receiver.url, batch=10)
        await hooks.happen(*[SENT] * 4)
        await hooks.until(lambda found: sum(one.attempts for one in found) == 4)
        receiver.behave = answering(200)
        await hooks.happen(*[SENT] * 4)
        hooks.clock.advance(DELAYS[0] * 1.1)
        await hooks.until(all_in(DELIVERED, 8))
        bodies = [one.body for one in receiver.received]
        ids = [one.headers["webhook-id"] for one in receiver.received]
        assert bodies.count(bodies[0]) == ids.count(ids[0]) == 2


async def test_a_rotated_secret_signs_from_then_on(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver() as receiver:
        webhook = await hooks.listen(receiver.url)
        await hooks.happen(SENT)
        await receiver.wait(1)
        new = dataclasses.replace(webhook, secrets=(b"n" * 32,))
        await hooks.store.write(lambda tx: tx.webhooks.save(new))
        hooks.sender.wake()
        hooks.clock.set_to_wall()
        await hooks.happen(SENT)
        [_, second] = await receiver.wait(2)
        assert Verifier(b"n" * 32).verify(second.body, second.headers)


async def test_a_hanging_listener_does_not_delay_another(tmp_path: Path) -> None:
    async def hang(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with (
        open_hooks(tmp_path, timeout_s=30) as hooks,
        open_receiver(hang) as stuck,
        open_receiver() as well,
    ):
        await hooks.listen(stuck.url)
        await hooks.listen(well.url)
        await hooks.happen(*[SENT] * 40)
        await well.wait(40)
        assert len(stuck.received) == 1


async def test_no_more_than_the_bound_are_under_way(tmp_path: Path) -> None:
    gate = asyncio.Event()

    async def wait(_request: web.Request) -> web.Response:
        await gate.wait()
        return web.Response()

    async with open_hooks(tmp_path, concurrency=3) as hooks, open_receiver(wait) as one:
        for number in range(6):
            await hooks.listen(f"{one.url}/{number}")
        await hooks.happen(SENT)
        await one.wait(3)
        await asyncio.sleep(0.05)
        assert len(one.received) == 3
        gate.set()
        await hooks.until(all_in(DELIVERED, 6))
        assert one.most_at_once == 3


async def test_a_listener_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    async with open_hooks(tmp_path) as hooks:
        async with open_receiver() as receiver:
            url = receiver.url
        await hooks.listen(url)
        await hooks.happen(SENT)
        [waiting] = await hooks.until(tried(1))
        assert waiting.state is PENDING
        assert waiting.last_status is None
        assert waiting.last_error


async def test_what_was_not_finished_is_sent_again_with_its_identity(
    tmp_path: Path,
) -> None:
    gate = asyncio.Event()

    async def wait(_request: web.Request) -> web.Response:
        await gate.wait()
        return web.Response()

    async with open_receiver(wait) as receiver:
        async with open_hooks(tmp_path) as hooks:
            await hooks.listen(receiver.url)
            await hooks.happen(SENT)
            await receiver.wait(1)
        gate.set()
        async with open_hooks(tmp_path) as hooks:
            await hooks.until(all_in(DELIVERED))
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body


async def test_the_crash_point_is_between_the_answer_and_its_row(
    tmp_path: Path,
) -> None:
    """C8: what is lost there is the result, and the same identity goes out again."""
    receivers: list[int] = []

    def stop(name: str) -> None:
        receivers.append(len(receiver.received))
        raise asyncio.CancelledError(name)

    async with open_receiver() as receiver:
        async with open_hooks(tmp_path, crash=stop) as hooks:
            await hooks.listen(receiver.url)
            await hooks.happen(SENT)
            [waiting] = await hooks.until(lambda _found: receivers[:1] == [1])
            assert (waiting.state, waiting.attempts) == (PENDING, 0)
        async with open_hooks(tmp_path) as hooks:
            await hooks.until(all_in(DELIVERED))
        first, second = receiver.received[0], receiver.received[-1]
        assert first.headers["webhook-id"] == second.headers["webhook-id"]


async def test_both_secrets_of_a_rotation_verify(tmp_path: Path) -> None:
    new, old = b"n" * 32, b"o" * 32
    async with open_hooks(tmp_path) as hooks, open_receiver() as receiver:
        await hooks.listen(receiver.url, secrets=(new, old))
        hooks.clock.set_to_wall()
        await hooks.happen(SENT, data={"id": "msg_1", "text": "Щука"})
        [one] = await receiver.wait(1)
        for secret in (new, old):
            content = Verifier(secret).verify(one.body, one.headers)
            assert content["type"] == "message.sent"
            assert content["data"] == {"id": "msg_1", "text": "Щука"}


async def test_a_backlog_is_drained_when_its_listener_is_back(
    tmp_path: Path,
) -> None:
    async with open_hooks(tmp_path) as hooks, open_receiver(answering(500)) as receiver:
        await hooks.listen(receiver.url)
        await hooks.happen(*[SENT] * 50)
        await hooks.until(lambda found: len(found) == 50)
        await receiver.wait(1)
        for _ in range(24 * 60):
            hooks.clock.advance(timedelta(minutes=1))
            await asyncio.sleep(0)
        tries_while_down = len(receiver.received)
        assert tries_while_down < 24 * 60 + 60
        receiver.behave = answering(200)
        receiver.most_at_once = 0
        await _pass_days(hooks, 2)
        await hooks.until(all_in(DELIVERED, 50))
        assert receiver.most_at_once <= 16


async def _pass_days(hooks: Hooks, days: int) -> None:
    for _ in range(days * 24):
        hooks.clock.advance(timedelta(hours=1))
        await asyncio.sleep(0.005)
