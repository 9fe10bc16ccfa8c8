"""Listeners, and the deliveries owed to them."""

from collections.abc import Sequence
from datetime import datetime

from gateway.core.account import Delivery, DeliveryState, Webhook
from gateway.core.ids import DeliveryId, WebhookId
from gateway.core.store import Page
from gateway.store.column import BEYOND, from_moment, to_moment
from gateway.store.engine import Session
from gateway.store.premise import expect_one
from gateway.store.side_rows import (
    changing_delivery_values,
    changing_webhook_values,
    delivery_of,
    delivery_values,
    webhook_of,
    webhook_values,
)


class SqlWebhooks:
    """`core.store.Webhooks` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, webhook: Webhook) -> None:
        self._session.run("webhooks.insert", **webhook_values(webhook))

    def save(self, webhook: Webhook) -> None:
        values = changing_webhook_values(webhook)
        expect_one(self._session.run("webhooks.save", **values), webhook.id)

    def delete(self, webhook_id: WebhookId) -> bool:
        return bool(self._session.run("webhooks.delete", id=webhook_id))

    def get(self, webhook_id: WebhookId) -> Webhook | None:
        row = self._session.one("webhooks.get", id=webhook_id)
        return None if row is None else webhook_of(row)

    def listing(self) -> list[Webhook]:
        return [webhook_of(row) for row in self._session.all("webhooks.listing")]

    def owe(self, delivery: Delivery) -> None:
        self._session.run("webhooks.owe", **delivery_values(delivery))

    def save_delivery(self, delivery: Delivery) -> None:
        values = changing_delivery_values(delivery)
        expect_one(self._session.run("webhooks.save_delivery", **values), delivery.id)

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None:
        row = self._session.one("webhooks.delivery", id=delivery_id)
        return None if row is None else delivery_of(row)

    def deliveries(
        self,
        webhook_id: WebhookId | None,
        state: DeliveryState | None,
        page: Page,
    ) -> list[Delivery]:
        rows = self._session.all(
            "webhooks.deliveries" if webhook_id is None else "webhooks.deliveries_of",
            webhook_id=webhook_id,
            state=state,
            before=page.before or BEYOND,
            limit=page.limit,
        )
        return [delivery_of(row) for row in rows]

    def due(
        self, now: datetime, limit: int, exclude: Sequence[str] = ()
    ) -> list[Delivery]:
        rows = self._session.among(
            "webhooks.due", exclude, now=from_moment(now), limit=limit
        )
        return [delivery_of(row) for row in rows]

    def next_due(self) -> datetime | None:
        row = self._session.one("webhooks.next_due")
        return None if row is None else to_moment(row["due_at"])

    def pending_count(self) -> int:
        return int(self._session.only("webhooks.pending_count")["count"])
