"""Listeners, and the deliveries owed to them."""

from collections.abc import Sequence
from datetime import datetime

from gateway.core.account import Delivery, DeliveryState, Webhook
from gateway.core.ids import DeliveryId, WebhookId
from gateway.core.message_store import Page
from gateway.core.store import ReportWish
from gateway.store.column import BEYOND, from_moment, to_moment
from gateway.store.engine import Session
from gateway.store.premise import expect_one
from gateway.store.side_rows import (
    changing_delivery_values,
    changing_webhook_values,
    delivery_of,
    delivery_values,
    event_of,
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

    def owe(self, deliveries: Sequence[Delivery]) -> None:
        self._session.many("webhooks.owe", list(map(delivery_values, deliveries)))

    def reports(self, after: int, until: int) -> list[ReportWish]:
        rows = self._session.all("webhooks.reports", after=after, until=until)
        return [
            ReportWish(
                event=event_of(row), url=row["report_url"], token_id=row["token_id"]
            )
            for row in rows
        ]

    def delivered(
        self, delivery_ids: Sequence[DeliveryId], *, status: int, at: datetime
    ) -> None:
        self._session.among(
            "webhooks.delivered", delivery_ids, status=status, at=from_moment(at)
        )

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

    def pending(self, url: str, limit: int) -> list[Delivery]:
        rows = self._session.all("webhooks.pending", url=url, limit=limit)
        return [delivery_of(row) for row in rows]

    def agenda(self) -> list[tuple[str, datetime]]:
        rows = self._session.all("webhooks.agenda")
        return [(row["url"], to_moment(row["due_at"])) for row in rows]

    def pending_count(self) -> int:
        return int(self._session.only("webhooks.pending_count")["count"])
