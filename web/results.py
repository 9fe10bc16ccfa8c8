"""What became of posts, written together: nobody waits for the row of one.

A result that is lost in a crash means that the same delivery is posted again, with its
identity. Spec: spec/reliability.md DG-21, DG-22, C8; Standard Webhooks 1.0.0.
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
from gateway.core.ids import DeliveryId
from gateway.core.message_store import Page
from gateway.core.store import Store, Tx
from web.line import Line

_log = logging.getLogger(__name__)

_AGAIN_S = 1.0

# Changes the row of a delivery as it stands then.
Change = Callable[[Tx, Delivery], None]


@dataclasses.dataclass(slots=True)
class _Batch:
    """Results that wait for their write."""

    delivered: dict[int, list[DeliveryId]] = dataclasses.field(default_factory=dict)
    changes: list[tuple[DeliveryId, Change]] = dataclasses.field(default_factory=list)
    held: list[tuple[Line, DeliveryId, datetime | None]] = dataclasses.field(
        default_factory=list
    )


class Results:
    """Takes results, writes them at most `linger_s` later, then lets go of them."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        linger_s: float,
        settled: Callable[[Line], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._linger_s = linger_s
        self._settled = settled
        self._batch = _Batch()
        self._came = asyncio.Event()

    def delivered(self, line: Line, delivery: Delivery, status: int) -> None:
        """The listener took it."""
        self._batch.delivered.setdefault(status, []).append(delivery.id)
        self._note(line, delivery, None)

    def changed(
        self, line: Line, delivery: Delivery, change: Change, due_at: datetime | None
    ) -> None:
        """Anything else; `due_at`: when it is to be tried again."""
        self._batch.changes.append((delivery.id, change))
        self._note(line, delivery, due_at)

    async def run(self) -> NoReturn:
        """Write until cancelled; what waits then is written before it ends."""
        try:
            while True:
                await self._came.wait()
                await self._clock.sleep(self._linger_s)
                await self._write()
        finally:
            with contextlib.suppress(StoreError):
                await self._keep(self._batch)

    async def _keep(self, batch: _Batch) -> None:
        if batch.held:
            at = self._clock.now()
            await self._store.write(lambda tx: _keep(tx, batch, at))

    def _note(self, line: Line, delivery: Delivery, due_at: datetime | None) -> None:
        self._batch.held.append((line, delivery.id, due_at))
        self._came.set()

    async def _write(self) -> None:
        batch, self._batch = self._batch, _Batch()
        self._came.clear()
        while True:
            try:
                await self._keep(batch)
                break
            except StoreError as error:
                # Lines hold what waits here, and so stop sending when it is too much.
                _log.warning("%d results are not kept yet: %s", len(batch.held), error)
                await self._clock.sleep(_AGAIN_S)
        for line, delivery_id, due_at in batch.held:
            line.settle(delivery_id)
            if due_at is not None:
                line.expect(due_at)
        for line in {id(line): line for line, _, _ in batch.held}.values():
            self._settled(line)


def given_up(now: datetime, reason: str) -> Change:
    """It is not to be sent any more."""

    def change(tx: Tx, delivery: Delivery) -> None:
        tx.webhooks.save_delivery(
            dataclasses.replace(
                delivery, state=DeliveryState.DEAD, finished_at=now, last_error=reason
            )
        )

    return change


def gone(now: datetime) -> Change:
    """The listener said that it is no more: it is switched off."""

    def change(tx: Tx, delivery: Delivery) -> None:
        tx.webhooks.save_delivery(
            dataclasses.replace(
                delivery,
                state=DeliveryState.DEAD,
                attempts=delivery.attempts + 1,
                finished_at=now,
                last_status=410,
                last_error="410 Gone",
            )
        )
        _disable(tx, delivery, now, "the listener answered 410 Gone")

    return change


def failed(
    now: datetime, *, status: int | None, reason: str, wait: timedelta | None
) -> Change:
    """One more try was in vain; without `wait` it was the last."""

    def change(tx: Tx, delivery: Delivery) -> None:
        tried = dataclasses.replace(
            delivery,
            attempts=delivery.attempts + 1,
            last_status=status,
            last_error=reason,
        )
        if wait is not None:
            tx.webhooks.save_delivery(dataclasses.replace(tried, due_at=now + wait))
            return
        dead = dataclasses.replace(tried, state=DeliveryState.DEAD, finished_at=now)
        tx.webhooks.save_delivery(dead)
        if not _worked_since(tx, dead):
            _disable(tx, dead, now, "the listener failed for days")

    return change


def _keep(tx: Tx, batch: _Batch, at: datetime) -> None:
    for status, ids in batch.delivered.items():
        tx.webhooks.delivered(ids, status=status, at=at)
    for delivery_id, change in batch.changes:
        # Its webhook may have been deleted meanwhile, and it with it.
        if (delivery := tx.webhooks.delivery(delivery_id)) is not None:
            change(tx, delivery)


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
