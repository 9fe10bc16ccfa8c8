"""Sends what is owed: signed, one at a time to each listener, tried for days.

Relies on `web.egress` for where it may connect to and `web.schedule` for when. A result
is a row before the next try; a crash between the two sends the same id again.
Spec: Standard Webhooks 1.0.0; spec/reliability.md DG-21, FT-32, FT-33, C8.
"""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn

from gateway.core.account import Delivery, DeliveryState, Webhook, WebhookState
from gateway.core.clock import Clock
from gateway.core.errors import StoreError
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import IdSource
from gateway.core.store import Page, Store, Tx
from gateway.metrics import Metrics
from web.post import Answered, Poster, Unanswered
from web.schedule import Pause, next_try

_log = logging.getLogger(__name__)

_LOOK_AGAIN = timedelta(minutes=1)
_ERROR_LIMIT = 200


class Sender:
    """Keeps at most `concurrency` posts under way, one for each URL."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        poster: Poster,
        metrics: Metrics,
        *,
        crash: Callable[[str], None],
        concurrency: int = 16,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._poster = poster
        self._metrics = metrics
        self._crash = crash
        self._concurrency = concurrency
        self._busy: set[str] = set()
        self._pauses: dict[str, Pause] = {}
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something new to send."""
        self._woken.set()

    async def run(self) -> NoReturn:
        """Send until cancelled; posts under way are then repeated at the next start."""
        async with contextlib.aclosing(self._poster), asyncio.TaskGroup() as group:
            while True:
                self._woken.clear()
                now = self._clock.now()
                # A long backlog of one listener hides the others until it is busy.
                while due := await self._due(now):
                    for delivery in due:
                        self._busy.add(delivery.url)
                        group.create_task(self._attempt(delivery))
                timer = group.create_task(self._wake_at(await self._next_moment(now)))
                await self._woken.wait()
                timer.cancel()

    async def _wake_at(self, moment: datetime) -> None:
        wait = moment - self._clock.now()
        await self._clock.sleep(max(wait.total_seconds(), 0.0))
        self._woken.set()

    async def _due(self, now: datetime) -> list[Delivery]:
        free = self._concurrency - len(self._busy)
        if free <= 0:
            return []
        self._pauses = {
            url: pause
            for url, pause in self._pauses.items()
            # An ended pause is kept for its count of failures, but not for ever.
            if now - pause.until < _LOOK_AGAIN * 10
        }
        held = [*self._busy, *self._paused(now)]
        # One URL may fill the list: take the oldest of each.
        due = await self._store.read(
            lambda tx: tx.webhooks.due(now, free * 8, exclude=held)
        )
        oldest: dict[str, Delivery] = {}
        for delivery in due:
            oldest.setdefault(delivery.url, delivery)
        return list(oldest.values())[:free]

    def _paused(self, now: datetime) -> list[str]:
        return [url for url, pause in self._pauses.items() if pause.until > now]

    async def _next_moment(self, now: datetime) -> datetime:
        """When to look again, if no post ends and nobody wakes us before."""
        moments = [pause.until for pause in self._pauses.values()]
        next_due = await self._store.read(lambda tx: tx.webhooks.next_due())
        if next_due is not None:
            moments.append(next_due)
        # What was due at `now` waits for a post to end or for a pause.
        return min([*(one for one in moments if one > now), now + _LOOK_AGAIN])

    async def _attempt(self, delivery: Delivery) -> None:
        try:
            await self._send(delivery)
        except StoreError as error:
            _log.warning("delivery %s: result not kept: %s", delivery.id, error)
            self._pause(delivery.url, status=None, retry_after=None)
        finally:
            self._busy.discard(delivery.url)
            self._woken.set()

    async def _send(self, delivery: Delivery) -> None:
        secrets = await self._store.read(lambda tx: _secrets(tx, delivery))
        if not secrets:
            await self._give_up(delivery, "the listener is gone or switched off")
            return
        started = self._clock.monotonic()
        result = await self._poster.post(
            delivery.url,
            identity=delivery.id,
            body=delivery.body.encode(),
            secrets=secrets,
        )
        self._count(result, self._clock.monotonic() - started)
        self._crash("C8")
        match result:
            case Answered(status=status) if 200 <= status < 300:
                self._pauses.pop(delivery.url, None)
                await self._delivered(delivery, status)
            case Answered(status=410):
                await self._gone(delivery)
            case Answered() | Unanswered():
                await self._failed(delivery, result)

    async def _delivered(self, delivery: Delivery, status: int) -> None:
        done = dataclasses.replace(
            delivery,
            state=DeliveryState.DELIVERED,
            attempts=delivery.attempts + 1,
            finished_at=self._clock.now(),
            last_status=status,
            last_error=None,
        )
        await self._store.write(lambda tx: tx.webhooks.save_delivery(done))

    async def _give_up(self, delivery: Delivery, reason: str) -> None:
        dead = dataclasses.replace(
            delivery,
            state=DeliveryState.DEAD,
            finished_at=self._clock.now(),
            last_error=reason,
        )
        await self._store.write(lambda tx: tx.webhooks.save_delivery(dead))

    async def _gone(self, delivery: Delivery) -> None:
        now = self._clock.now()
        dead = dataclasses.replace(
            delivery,
            state=DeliveryState.DEAD,
            attempts=delivery.attempts + 1,
            finished_at=now,
            last_status=410,
            last_error="410 Gone",
        )

        def keep(tx: Tx) -> None:
            tx.webhooks.save_delivery(dead)
            _disable(tx, dead, now, "the listener answered 410 Gone")

        await self._store.write(keep)

    async def _failed(self, delivery: Delivery, result: Answered | Unanswered) -> None:
        now = self._clock.now()
        status, retry_after, reason = None, None, ""
        match result:
            case Answered():
                status, retry_after = result.status, result.retry_after
                reason = f"answered {status}"
            case Unanswered():
                reason = result.reason[:_ERROR_LIMIT]
        self._pause(delivery.url, status=status, retry_after=retry_after)
        attempts = delivery.attempts + 1
        wait = next_try(
            attempts, age=now - delivery.created_at, jitter=self._ids.jitter()
        )
        tried = dataclasses.replace(
            delivery, attempts=attempts, last_status=status, last_error=reason
        )

        def keep(tx: Tx) -> None:
            if wait is not None:
                due_at = now + max(wait, retry_after or wait)
                tx.webhooks.save_delivery(dataclasses.replace(tried, due_at=due_at))
                return
            dead = dataclasses.replace(tried, state=DeliveryState.DEAD, finished_at=now)
            tx.webhooks.save_delivery(dead)
            if not _worked_since(tx, dead):
                _disable(tx, dead, now, "the listener failed for days")

        await self._store.write(keep)

    def _count(self, result: Answered | Unanswered, took_s: float) -> None:
        kind = f"{result.status // 100}xx" if isinstance(result, Answered) else "none"
        self._metrics.deliveries.labels(kind).inc()
        self._metrics.delivery_seconds.observe(took_s)

    def _pause(
        self, url: str, *, status: int | None, retry_after: timedelta | None
    ) -> None:
        self._pauses[url] = Pause.after(
            self._pauses.get(url),
            now=self._clock.now(),
            status=status,
            retry_after=retry_after,
            jitter=self._ids.jitter(),
        )


def _secrets(tx: Tx, delivery: Delivery) -> tuple[bytes, ...]:
    """What signs; nothing when the listener is not (any more) to be told."""
    if delivery.webhook_id is not None:
        webhook = tx.webhooks.get(delivery.webhook_id)
        if webhook is None or webhook.state is not WebhookState.ACTIVE:
            return ()
        return webhook.secrets
    token = tx.accounts.token(delivery.token_id) if delivery.token_id else None
    return (token.report_secret,) if token and token.report_secret else ()


def _worked_since(tx: Tx, dead: Delivery) -> bool:
    if dead.webhook_id is None:
        return True
    newest = tx.webhooks.deliveries(
        dead.webhook_id, DeliveryState.DELIVERED, Page(limit=1)
    )
    return any(
        one.finished_at is not None and one.finished_at > dead.created_at
        for one in newest
    )


def _disable(tx: Tx, delivery: Delivery, now: datetime, reason: str) -> None:
    webhook: Webhook | None = None
    if delivery.webhook_id is not None:
        webhook = tx.webhooks.get(delivery.webhook_id)
    if webhook is None or webhook.state is WebhookState.DISABLED:
        return
    tx.webhooks.save(
        dataclasses.replace(
            webhook, state=WebhookState.DISABLED, disabled_reason=reason
        )
    )
    tx.events.append(
        NewEvent(
            type=EventType.WEBHOOK_DISABLED,
            at=now,
            data={"id": webhook.id, "url": webhook.url, "reason": reason},
        )
    )
