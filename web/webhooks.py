"""From events to what is owed to each listener, exactly once.

What is owed is written in the write that appends the event. A durable cursor moves in
the same write, so that what was appended while nobody was beside is found in the log.
Sending is `web.sender`'s. Spec: spec/reliability.md DG-21, DG-22.
Decision: docs/decisions/0016-owed-in-the-write-of-the-event.md
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NoReturn

import msgspec

from gateway.codec.value import value
from gateway.core.account import Delivery, DeliveryState, Webhook, WebhookState
from gateway.core.clock import Clock
from gateway.core.event import Appended, Event, EventType
from gateway.core.ids import DeliveryId, IdSource, MessageId, TokenId
from gateway.core.store import Store, Tx
from gateway.engine.feed import cursor_of, move_cursor
from gateway.engine.present import time_text

READER = "webhooks"  # whose cursor it is
BODY_LIMIT_OCTETS = 20_000

_BATCH = 500
# What a listener needs to ask for the rest when an event is too big to be sent.
_KEYS_OF_A_STUB = ("id", "direction", "state", "from", "to", "thread_id", "link")


@value(frozen=True, slots=True, kw_only=True)
class Owed:
    """What a write owes, and up to where in the log."""

    reached: int
    deliveries: Sequence[Delivery]


class FanOut:
    """`core.store.Companion`; `offer` is given what became owed, in order, on disk."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        *,
        offer: Callable[[Sequence[Delivery]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._offer = offer
        self._fallen: asyncio.Future[Exception] | None = None

    async def run(self) -> NoReturn:
        """Owe until cancelled; safe to cancel. What fell is owed when it runs again."""
        self._fallen = asyncio.get_running_loop().create_future()
        self._store.accompany(self)
        try:
            await self._catch_up()
            raise await self._fallen
        finally:
            self._store.accompany(None)

    def write(self, tx: Tx, appended: Sequence[Appended]) -> Owed:
        """In the write of these events, or else from the log."""
        after = cursor_of(tx, READER) or 0
        if appended and appended[0].seq == after + 1:
            owed = Owed(
                reached=appended[-1].seq, deliveries=self._of_news(tx, appended)
            )
        else:
            owed = self._of_log(tx, after)
        if owed.deliveries:
            tx.webhooks.owe(owed.deliveries)
        if owed.reached > after:
            move_cursor(tx, READER, owed.reached)
        return owed

    def told(self, owed: Owed | None) -> None:
        """It is on disk."""
        if owed is not None and owed.deliveries:
            self._offer(owed.deliveries)

    def fell(self, error: Exception) -> None:
        """Whoever runs it is to run it again."""
        if self._fallen is not None and not self._fallen.done():
            self._fallen.set_result(error)

    async def _catch_up(self) -> None:
        """Owe what was told while nobody was beside."""
        reached = -1
        while True:
            owed = await self._store.write_among(self._bite, None, self.told)
            if owed.reached <= reached:
                return
            reached = owed.reached

    def _bite(self, tx: Tx, asked: Sequence[None]) -> list[Owed]:
        return [self.write(tx, ()) for _ in asked]

    def _of_news(self, tx: Tx, appended: Sequence[Appended]) -> list[Delivery]:
        webhooks = _active(tx)
        types = _types(webhooks)
        now = self._clock.now()
        return [
            delivery
            for one in appended
            if one.news.type in types or one.news.report_url is not None
            for delivery in self._of_one(one, webhooks, now)
        ]

    def _of_one(
        self, one: Appended, webhooks: Sequence[Webhook], now: datetime
    ) -> Iterator[Delivery]:
        event, url = one.event, one.news.report_url
        for webhook in webhooks:
            if wants(webhook, event):
                yield owe(webhook, event, self._ids, now)
        if url is not None and event.type is not EventType.MESSAGE_PROGRESS:
            token_id = one.news.token_id
            yield _delivery(event, self._ids, now, url=url, token_id=token_id)

    def _of_log(self, tx: Tx, after: int) -> Owed:
        until = min(after + _BATCH, tx.events.last_seq())
        webhooks = _active(tx)
        types = sorted(_types(webhooks))
        now = self._clock.now()
        owed = [
            owe(webhook, event, self._ids, now)
            for event in (tx.events.span(after, until, types) if types else ())
            for webhook in webhooks
            if wants(webhook, event)
        ]
        owed += [
            _delivery(wish.event, self._ids, now, url=wish.url, token_id=wish.token_id)
            for wish in tx.webhooks.reports(after, until)
        ]
        owed.sort(key=lambda one: one.event_seq)
        return Owed(reached=max(until, after), deliveries=owed)


def _active(tx: Tx) -> list[Webhook]:
    return [one for one in tx.webhooks.listing() if one.state is WebhookState.ACTIVE]


def _types(webhooks: Sequence[Webhook]) -> frozenset[EventType]:
    """What some of them asked for."""
    return frozenset[EventType]().union(*(_meant(one.types) for one in webhooks))


@lru_cache(maxsize=256)
def _meant(types: tuple[str, ...]) -> frozenset[EventType]:
    return frozenset(kind for kind in EventType if _covers(types, kind))


def wants(webhook: Webhook, event: Event) -> bool:
    """Is `event` owed to `webhook`; a test event is owed by whoever asked for it."""
    return (
        webhook.state is WebhookState.ACTIVE
        and event.type is not EventType.WEBHOOK_TEST
        and event.at >= webhook.created_at
        and matches(webhook, event.type)
    )


def matches(webhook: Webhook, event_type: EventType) -> bool:
    """Does the listener's choice of types cover this one."""
    return _covers(webhook.types, event_type)


def _covers(types: tuple[str, ...], event_type: EventType) -> bool:
    name = event_type.value
    family = name.partition(".")[0] + ".*"
    return not types or name in types or family in types


def owe(webhook: Webhook, event: Event, ids: IdSource, now: datetime) -> Delivery:
    """A delivery of `event` to `webhook`."""
    return _delivery(event, ids, now, url=webhook.url, webhook=webhook)


def render(event: Event) -> str:
    """The body of a webhook; a stub when the event's data is too big for one."""
    body = _body(event, event.content)
    if len(body) * 4 <= BODY_LIMIT_OCTETS or len(body.encode()) <= BODY_LIMIT_OCTETS:
        return body
    data = event.data
    stub = {key: data[key] for key in _KEYS_OF_A_STUB if key in data}
    return _body(event, msgspec.json.encode({**stub, "truncated": True}).decode())


def _delivery(
    event: Event,
    ids: IdSource,
    now: datetime,
    *,
    url: str,
    webhook: Webhook | None = None,
    token_id: TokenId | None = None,
) -> Delivery:
    return Delivery(
        id=DeliveryId(ids.new("whd")),
        webhook_id=webhook.id if webhook else None,
        url=url,
        token_id=token_id,
        message_id=MessageId(event.message_id) if event.message_id else None,
        event_seq=event.seq,
        event_type=event.type.value,
        body=render(event),
        state=DeliveryState.PENDING,
        attempts=0,
        due_at=now,
        created_at=now,
    )


def _body(event: Event, content: str) -> str:
    # The names of events and the spelling of times need no escaping.
    return (
        f'{{"type":"{event.type.value}","timestamp":"{time_text(event.at)}",'
        f'"data":{content}}}'
    )
