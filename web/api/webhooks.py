"""`/webhooks`: who listens outside, to what, with which secret.

Relies on `web.egress` for which URLs may be given. Sends nothing itself.
Spec: Standard Webhooks 1.0.0; spec/reliability.md DG-21.
"""

import dataclasses
from collections.abc import Callable

from aiohttp import web
from yarl import URL

from gateway.core.account import Delivery, Role, Webhook, WebhookState
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, Invalid, NotFound
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import IdSource, WebhookId
from gateway.core.store import Store, Tx
from gateway.engine.audit import difference, record
from web.egress import Egress
from web.endpoint import B, Call, Endpoint, Q, endpoint, reply
from web.schema import (
    ChangeWebhook,
    CreateWebhook,
    Nothing,
    RotateSecret,
)
from web.shape import (
    DeliveryShape,
    WebhookList,
    WebhookShape,
)
from web.signature import SECRET_OCTETS, read_secret, spell_secret
from web.webhooks import owe

_ROOT = "/api/v1/webhooks"
_ONE = _ROOT + "/{webhook_id}"


class Webhooks:
    """The resource."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        egress: Egress,
        *,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._egress = egress
        self._wake = wake

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._listing(), *self._acts()]

    def _listing(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                _ROOT,
                self.create,
                access=Role.WEBHOOKS,
                summary="Listen to events; the secret is shown once",
                body=CreateWebhook,
                answer=WebhookShape,
                status=201,
            ),
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.WEBHOOKS,
                summary="Every webhook",
                answer=WebhookList,
            ),
            endpoint(
                "GET",
                _ONE,
                self.show,
                access=Role.WEBHOOKS,
                summary="One webhook",
                answer=WebhookShape,
            ),
        ]

    def _acts(self) -> list[Endpoint]:
        return [
            endpoint(
                "PATCH",
                _ONE,
                self.change,
                access=Role.WEBHOOKS,
                summary="Change a webhook, or switch it on or off",
                body=ChangeWebhook,
                answer=WebhookShape,
            ),
            endpoint(
                "DELETE",
                _ONE,
                self.delete,
                access=Role.WEBHOOKS,
                summary="Stop listening",
                answer=None,
                status=204,
            ),
            endpoint(
                "POST",
                _ONE + "/rotate",
                self.rotate,
                access=Role.WEBHOOKS,
                summary="A new secret; the old one signs beside it meanwhile",
                body=RotateSecret,
                answer=WebhookShape,
            ),
            endpoint(
                "POST",
                _ONE + "/test",
                self.test,
                access=Role.WEBHOOKS,
                summary="Send a webhook.test event to this webhook alone",
                answer=DeliveryShape,
                status=202,
            ),
        ]

    async def create(self, call: Call[Nothing, CreateWebhook]) -> web.Response:
        """201 with the secret."""
        body = call.body
        self._egress.check_url(body.url, field="url")
        secret = self._secret(body.secret)
        webhook = Webhook(
            id=WebhookId(self._ids.new("whk")),
            url=body.url,
            types=_types(body.types),
            batch=body.batch,
            secrets=(secret,),
            state=WebhookState.ACTIVE,
            created_at=self._clock.now(),
            description=body.description or "",
        )
        actor, now = call.actor, webhook.created_at

        def keep(tx: Tx) -> None:
            tx.webhooks.insert(webhook)
            told = _told(webhook)
            record(tx, actor, "webhook.created", webhook.id, None, told, now)

        await self._store.write(keep)
        self._wake()
        return reply(_shape(webhook, secret=secret), status=201)

    async def listing(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All of them."""
        found = await self._store.read(lambda tx: tx.webhooks.listing())
        return reply(WebhookList(items=[_shape(webhook) for webhook in found]))

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One."""
        webhook_id = _id(call)
        return reply(
            _shape(await self._store.read(lambda tx: find_webhook(tx, webhook_id)))
        )

    async def change(self, call: Call[Nothing, ChangeWebhook]) -> web.Response:
        """The webhook as it is now."""
        webhook_id, body = _id(call), call.body
        if body.url is not None:
            self._egress.check_url(body.url, field="url")
        types = None if body.types is None else _types(body.types)
        actor, now = call.actor, self._clock.now()

        def keep(tx: Tx) -> Webhook:
            old = find_webhook(tx, webhook_id)
            state = body.state or old.state
            is_on = state is WebhookState.ACTIVE
            new = dataclasses.replace(
                old,
                url=body.url or old.url,
                types=old.types if types is None else types,
                batch=body.batch or old.batch,
                description=body.description or old.description,
                state=state,
                disabled_reason=None if is_on else old.disabled_reason or "by request",
            )
            tx.webhooks.save(new)
            moved = difference(_told(old), _told(new))
            record(tx, actor, "webhook.changed", webhook_id, *moved, now)
            return new

        changed = await self._store.write(keep)
        self._wake()
        return reply(_shape(changed))

    async def delete(self, call: Call[Nothing, Nothing]) -> web.Response:
        """204."""
        webhook_id = _id(call)
        actor, now = call.actor, self._clock.now()

        def drop(tx: Tx) -> None:
            told = _told(find_webhook(tx, webhook_id))
            tx.webhooks.delete(webhook_id)
            record(tx, actor, "webhook.deleted", webhook_id, told, None, now)

        await self._store.write(drop)
        self._wake()
        return web.Response(status=204)

    async def rotate(self, call: Call[Nothing, RotateSecret]) -> web.Response:
        """The webhook with its new secret."""
        webhook_id, body = _id(call), call.body
        secret = self._secret(body.secret)
        actor, now = call.actor, self._clock.now()

        def keep(tx: Tx) -> Webhook:
            old = find_webhook(tx, webhook_id)
            before = old.secrets[:1] if body.keep_old else ()
            new = dataclasses.replace(old, secrets=(secret, *before))
            tx.webhooks.save(new)
            record(tx, actor, "webhook.secret_rotated", webhook_id, None, None, now)
            return new

        changed = await self._store.write(keep)
        self._wake()
        return reply(_shape(changed, secret=secret))

    async def test(self, call: Call[Nothing, Nothing]) -> web.Response:
        """202: a delivery is owed."""
        webhook_id = _id(call)
        now = self._clock.now()

        def keep(tx: Tx) -> Delivery:
            webhook = find_webhook(tx, webhook_id)
            if webhook.state is not WebhookState.ACTIVE:
                raise Conflict("webhook_disabled", "switch it on first")
            happened = NewEvent(
                type=EventType.WEBHOOK_TEST, at=now, data={"id": webhook.id}
            )
            event = tx.events.get(tx.events.append(happened))
            if event is None:
                raise AssertionError("appended just before")
            delivery = owe(webhook, event, self._ids, now)
            tx.webhooks.owe([delivery])
            return delivery

        delivery = await self._store.write(keep)
        self._wake()
        return reply(DeliveryShape.of(delivery), status=202)

    def _secret(self, given: str | None) -> bytes:
        if given is None:
            return self._ids.secret(SECRET_OCTETS)
        try:
            return read_secret(given)
        except ValueError as error:
            raise Invalid("invalid_value", str(error), field="secret") from None


def _shape(webhook: Webhook, *, secret: bytes | None = None) -> WebhookShape:
    return WebhookShape(
        id=webhook.id,
        url=webhook.url,
        types=list(webhook.types),
        batch=webhook.batch,
        state=webhook.state,
        description=webhook.description,
        disabled_reason=webhook.disabled_reason,
        created_at=webhook.created_at,
        secrets=len(webhook.secrets),
        secret="" if secret is None else spell_secret(secret),
    )


def _told(webhook: Webhook) -> dict[str, object]:
    """What the audit log may say; a URL may hold a secret in its path or query."""
    return {
        "host": URL(webhook.url).host,
        "types": webhook.types,
        "batch": webhook.batch,
        "state": webhook.state,
        "description": webhook.description,
    }


def _types(names: list[str]) -> tuple[str, ...]:
    known = {event_type.value for event_type in EventType}
    known |= {name.partition(".")[0] + ".*" for name in known}
    for index, name in enumerate(names):
        if name not in known:
            raise Invalid(
                "invalid_value", "there is no such event", field=f"types[{index}]"
            )
    return tuple(dict.fromkeys(names))


def _id(call: Call[Q, B]) -> WebhookId:
    return WebhookId(call.part("webhook_id"))


def find_webhook(tx: Tx, webhook_id: WebhookId) -> Webhook:
    """The webhook; raises `NotFound`."""
    webhook = tx.webhooks.get(webhook_id)
    if webhook is None:
        raise NotFound("webhook_not_found", "there is no such webhook")
    return webhook
