"""From the event log to what is owed to each listener, exactly once.

A reader of the log with a durable cursor: deliveries and the cursor move in one write.
Sending is `web.sender`'s. Spec: spec/reliability.md DG-21, DG-22.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn

import msgspec

from gateway.core.account import Delivery, DeliveryState, Webhook, WebhookState
from gateway.core.clock import Clock
from gateway.core.event import Event, EventType
from gateway.core.ids import DeliveryId, IdSource, MessageId, TokenId
from gateway.core.store import Store, Tx
from gateway.engine.feed import cursor_of, move_cursor
from gateway.engine.present import time_text
from gateway.engine.waiting import within

READER = "webhooks"  # whose cursor it is
BODY_LIMIT_OCTETS = 20_000

_BATCH = 500
# The cursor on disk may lie this far back: nothing is owed for the events between.
_CURSOR_LAG = 500
_STANDSTILL_S = 60.0
# What reports are mostly about: who gave a URL for them may wait for these.
_ENDS = frozenset(
    {
        EventType.MESSAGE_DELIVERED,
        EventType.MESSAGE_UNDELIVERED,
        EventType.MESSAGE_FAILED,
        EventType.MESSAGE_EXPIRED,
        EventType.MESSAGE_UNKNOWN,
        EventType.MESSAGE_CANCELLED,
        EventType.WEBHOOK_TEST,
    }
)
# What a listener needs to ask for the rest when an event is too big to be sent.
_KEYS_OF_A_STUB = ("id", "direction", "state", "from", "to", "thread_id", "link")


class FanOut:
    """Follows the log; `offer` is given what became owed, in order, once on disk."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        *,
        offer: Callable[[Sequence[Delivery]], None],
        linger_s: float = 0.0,
    ) -> None:
        """`linger_s`: how long events may wait that probably nobody is told of."""
        self._store = store
        self._clock = clock
        self._ids = ids
        self._offer = offer
        self._linger_s = linger_s
        self._prompt = _ENDS
        self._reached = 0
        self._saved = 0

    async def run(self) -> NoReturn:
        """Follow until cancelled; safe to cancel."""
        self._reached = self._saved = await self._store.read(
            lambda tx: cursor_of(tx, READER) or 0
        )
        while True:
            await self._rest()
            await self._step()

    async def _rest(self) -> None:
        """Until the log moves; what is read may be purged once it stands still."""

        async def moved() -> int:
            return await self._store.wait_commit(self._reached)

        if self._saved < self._reached:
            try:
                await within(self._clock, _STANDSTILL_S, moved)
            except TimeoutError:
                await self._save([])
        await moved()
        if self._linger_s:
            with contextlib.suppress(TimeoutError):
                await within(self._clock, self._linger_s, self._called_for)

    async def _called_for(self) -> int:
        """Until there is an event that somebody may have asked for."""
        return await self._store.wait_commit(self._reached, self._prompt)

    async def _step(self) -> None:
        """Take one batch of the log."""
        after = self._reached
        self._reached, owed = await self._store.read(lambda tx: self._plan(tx, after))
        if owed or self._reached - self._saved >= _CURSOR_LAG:
            await self._save(owed)
        if owed:
            self._offer(owed)

    async def _save(self, owed: Sequence[Delivery]) -> None:
        reached = self._reached
        await self._store.write(lambda tx: _keep(tx, reached, owed))
        self._saved = reached

    def _plan(self, tx: Tx, after: int) -> tuple[int, list[Delivery]]:
        until = min(after + _BATCH, tx.events.last_seq())
        webhooks = [
            webhook
            for webhook in tx.webhooks.listing()
            if webhook.state is WebhookState.ACTIVE
        ]
        types = [
            kind for kind in EventType if any(matches(hook, kind) for hook in webhooks)
        ]
        self._prompt = _ENDS.union(types)
        now = self._clock.now()
        owed = [
            owe(webhook, event, self._ids, now)
            for event in (tx.events.span(after, until, types) if types else ())
            for webhook in webhooks
            if wants(webhook, event)
        ]
        reports = [
            _delivery(wish.event, self._ids, now, url=wish.url, token_id=wish.token_id)
            for wish in tx.webhooks.reports(after, until)
        ]
        if reports:
            owed = sorted([*owed, *reports], key=lambda one: one.event_seq)
        return until, owed


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
    name = event_type.value
    family = name.partition(".")[0] + ".*"
    return not webhook.types or name in webhook.types or family in webhook.types


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


def _keep(tx: Tx, reached: int, owed: Sequence[Delivery]) -> None:
    if owed:
        tx.webhooks.owe(owed)
    move_cursor(tx, READER, reached)
