"""`/messages`: send, look at, cancel, send again, ask the price.

Relies on the submit door for every rule about numbers, texts and routes.
Spec: PRODUCT.md 6; spec/reliability.md DG-01, DG-20.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import timedelta

import msgspec
from aiohttp import web

from gateway.core.account import Role
from gateway.core.errors import Invalid, NotFound
from gateway.core.ids import LinkId, MessageId, ThreadId
from gateway.core.message import Message
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Store, Tx
from gateway.engine.present import message_detail_json, message_json
from gateway.engine.request import SubmitRequest
from gateway.engine.submit import KeepAnswer
from web.carrier import carrier_options
from web.egress import Egress
from web.endpoint import Call, Endpoint, endpoint, reply, reply_octets
from web.paging import next_cursor, read_address
from web.schema import (
    CreateMessage,
    ListMessages,
    Nothing,
    PreviewMessage,
    RetryMessage,
)
from web.services import SubmitDoor
from web.shape import Accepted, AcceptedAll, MessagePage, MessageShape, Preview

_KEY_LIMIT = 255


class Messages:
    """The resource."""

    def __init__(
        self, submit: SubmitDoor, store: Store, egress: Egress, region: str
    ) -> None:
        self._submit = submit
        self._store = store
        self._egress = egress
        self._region = region

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._sending(), *self._reading()]

    def _sending(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                "/api/v1/messages",
                self.create,
                access=Role.MESSAGES_SEND,
                summary="Send a message to one number or to several",
                body=CreateMessage,
                answer=(Accepted, AcceptedAll),
                status=202,
                headers=("Idempotency-Key",),
                safe_to_cancel=True,
            ),
            endpoint(
                "DELETE",
                "/api/v1/messages/{message_id}",
                self.cancel,
                access=Role.MESSAGES_SEND,
                summary="Cancel what has not left; 409 when too late",
                answer=MessageShape,
            ),
            endpoint(
                "POST",
                "/api/v1/messages/{message_id}/retry",
                self.retry,
                access=Role.MESSAGES_SEND,
                summary="Send again what failed, expired or is unknown",
                body=RetryMessage,
                answer=MessageShape,
                status=202,
            ),
        ]

    def _reading(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                "/api/v1/messages/preview",
                self.preview,
                access=Role.MESSAGES_SEND,
                summary="What a text costs, and which characters make it dear",
                body=PreviewMessage,
                answer=Preview,
            ),
            endpoint(
                "GET",
                "/api/v1/messages",
                self.listing,
                access=Role.MESSAGES_READ,
                summary="List messages, newest first",
                query=ListMessages,
                answer=MessagePage,
            ),
            endpoint(
                "GET",
                "/api/v1/messages/{message_id}",
                self.show,
                access=Role.MESSAGES_READ,
                summary="A message with its segments and attempts",
                answer=MessageShape,
            ),
        ]

    async def create(self, call: Call[Nothing, CreateMessage]) -> web.Response:
        """202: it is on disk."""
        request = _request(call)
        if request.report_url is not None:
            if call.by.login is not None:
                raise Invalid(
                    "report_url_needs_key",
                    "what is posted there is signed by a key: send with one",
                    field="report_url",
                )
            self._egress.check_url(request.report_url, field="report_url")
        key = _idempotency_key(call.request)
        is_list = isinstance(call.body.to, list)

        def render(messages: Sequence[Message]) -> tuple[int, str]:
            items = [_accepted(message) for message in messages]
            content = AcceptedAll(messages=items) if is_list else items[0]
            return 202, msgspec.json.encode(content).decode()

        if key is None:
            submitted = await self._submit.submit(request)
            return _as_kept(*render(submitted.messages))
        submitted = await self._submit.submit(
            request,
            KeepAnswer(
                token_id=call.caller.id,
                key=key,
                body_digest=call.digest(),
                render=render,
            ),
        )
        if submitted.answer is None:
            raise AssertionError("an answer was to be kept")
        response = _as_kept(submitted.answer.status, submitted.answer.body)
        if submitted.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    async def listing(self, call: Call[ListMessages, Nothing]) -> web.Response:
        """A page."""
        query = call.query
        which = MessageFilter(
            direction=query.direction,
            states=frozenset({query.state}) if query.state else None,
            peer=read_address(query.peer, self._region) if query.peer else None,
            thread_id=ThreadId(query.thread_id) if query.thread_id else None,
            link=LinkId(query.link) if query.link else None,
            reference=query.reference,
            since=query.since,
            until=query.until,
        )
        page = Page(limit=query.limit, before=query.cursor)
        found = await self._store.read(lambda tx: tx.outbox.listing(which, page))
        return reply(
            {
                "items": [message_json(message) for message in found],
                "next": next_cursor(found, query.limit),
            }
        )

    async def preview(self, call: Call[Nothing, PreviewMessage]) -> web.Response:
        """Nothing is sent or kept."""
        plan = self._submit.preview(call.body.text)
        return reply(
            Preview(
                alphabet=plan.alphabet.value,
                segments=plan.segments,
                units=plan.units,
                units_per_segment=plan.units_per_segment,
                units_left=plan.units_left,
                forcing=list(plan.forcing),
            )
        )

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One message, whole; also by the name an application has for it."""
        name = call.part("message_id")

        def find(tx: Tx) -> dict[str, object] | None:
            message = _named(tx, name)
            if message is None:
                return None
            return message_detail_json(
                message, tx.outbox.segments(message.id), tx.outbox.attempts(message.id)
            )

        content = await self._store.read(find)
        if content is None:
            raise NotFound("message_not_found", "there is no such message")
        return reply(content)

    async def cancel(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The cancelled message."""
        message = await self._submit.cancel(MessageId(call.part("message_id")))
        return reply(message_json(message))

    async def retry(self, call: Call[Nothing, RetryMessage]) -> web.Response:
        """The message, queued anew."""
        message = await self._submit.retry(
            MessageId(call.part("message_id")), force=call.body.force
        )
        return reply(message_json(message), status=202)


def _named(tx: Tx, name: str) -> Message | None:
    for message_id in (name, f"msg_{name}"):
        message = tx.outbox.get(MessageId(message_id))
        if message is not None:
            return message
    found = tx.applications.named(name)
    return None if found is None else tx.outbox.get(found)


def _request(call: Call[Nothing, CreateMessage]) -> SubmitRequest:
    body = call.body
    if body.media is not None:
        raise Invalid(
            "media_unsupported", "this gateway does not send MMS yet", field="media"
        )
    return SubmitRequest(
        to=tuple(body.to) if isinstance(body.to, list) else (body.to,),
        text=body.text,
        octets=_octets(body.octets),
        destination_port=body.destination_port,
        link=LinkId(body.link) if body.link else None,
        sender=body.sender,
        reference=body.reference,
        message_class=body.message_class,
        flash=body.flash,
        validity=None
        if body.validity_s is None
        else timedelta(seconds=body.validity_s),
        send_at=body.send_at,
        priority=body.priority,
        queue=body.queue,
        report_url=body.report_url,
        status_report=body.status_report,
        on_unknown=body.on_unknown,
        carrier=carrier_options(body.carrier),
        token_id=call.caller.id,
    )


def _octets(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("invalid_value", "not base64", field="octets") from None


def _idempotency_key(request: web.Request) -> str | None:
    keys = request.headers.getall("Idempotency-Key", [])
    if not keys:
        return None
    key = keys[0]
    well_formed = 0 < len(key) <= _KEY_LIMIT and key.isascii() and key.isprintable()
    if len(keys) > 1 or not well_formed:
        raise Invalid(
            "invalid_value",
            f"one key of 1 to {_KEY_LIMIT} printable ASCII characters",
            field="Idempotency-Key",
        )
    return key


def _accepted(message: Message) -> Accepted:
    return Accepted(
        id=message.id,
        state=message.state,
        alphabet=message.alphabet.value,
        segments=message.segments,
        link=message.link or message.preferred_link,
        to=message.peer,
    )


def _as_kept(status: int, body: str) -> web.Response:
    return reply_octets(body.encode(), status=status)
