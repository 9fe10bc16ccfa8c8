"""`/webhooks/{id}/deliveries` and `…/replay`: what was sent, and sending it again.

Relies on `web.replay`. Sends nothing itself.
Spec: spec/reliability.md DG-21.
"""

from collections.abc import Callable

from aiohttp import web

from gateway.core.account import Delivery, Role, WebhookState
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, Invalid
from gateway.core.ids import DeliveryId, IdSource, WebhookId
from gateway.core.message_store import Page
from gateway.core.store import Store, Tx
from web.api.webhooks import find_webhook
from web.endpoint import Call, Endpoint, endpoint, reply
from web.paging import next_cursor
from web.replay import Replay
from web.schema import ListDeliveries, Nothing, ReplayDeliveries
from web.shape import DeliveryPage, DeliveryShape, Replayed

_ONE = "/api/v1/webhooks/{webhook_id}"


class Deliveries:
    """The resource."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, *, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._clock = clock
        self._wake = wake
        self._replay = Replay(store, clock, ids)

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                _ONE + "/deliveries",
                self.deliveries,
                access=Role.WEBHOOKS,
                summary="What was sent, newest first",
                query=ListDeliveries,
                answer=DeliveryPage,
            ),
            endpoint(
                "POST",
                _ONE + "/replay",
                self.replay,
                access=Role.WEBHOOKS,
                summary="Send one delivery again, or every event of a span of time",
                body=ReplayDeliveries,
                answer=Replayed,
                status=202,
            ),
        ]

    async def deliveries(self, call: Call[ListDeliveries, Nothing]) -> web.Response:
        """A page."""
        webhook_id, query = WebhookId(call.part("webhook_id")), call.query
        page = Page(limit=query.limit, before=query.cursor)

        def find(tx: Tx) -> list[Delivery]:
            find_webhook(tx, webhook_id)
            return tx.webhooks.deliveries(webhook_id, query.state, page)

        found = await self._store.read(find)
        return reply(
            DeliveryPage(
                items=[DeliveryShape.of(delivery) for delivery in found],
                next=next_cursor(found, query.limit),
            )
        )

    async def replay(self, call: Call[Nothing, ReplayDeliveries]) -> web.Response:
        """202: due again."""
        webhook_id, body = WebhookId(call.part("webhook_id")), call.body
        webhook = await self._store.read(lambda tx: find_webhook(tx, webhook_id))
        if webhook.state is not WebhookState.ACTIVE:
            raise Conflict("webhook_disabled", "switch it on first")
        if body.delivery_id is not None:
            if body.since is not None or body.until is not None:
                raise Invalid(
                    "invalid_value", "either one delivery or a span", field="since"
                )
            result = await self._replay.one(webhook, DeliveryId(body.delivery_id))
        elif body.since is None:
            raise Invalid("required", "delivery_id or since is needed", field="since")
        else:
            until = body.until or self._clock.now()
            if until <= body.since:
                raise Invalid("invalid_value", "must be after since", field="until")
            result = await self._replay.span(webhook, body.since, until)
        self._wake()
        return reply(result, status=202)
