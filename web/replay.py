"""Makes deliveries due again: one, or all that a span of time would owe.

Works from the event log, so that events which came while a listener was switched off
are found too. A delivery that exists keeps its identity, and listeners can tell.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from gateway.core.account import Delivery, DeliveryState, Webhook
from gateway.core.clock import Clock
from gateway.core.errors import NotFound
from gateway.core.event import Event, EventType
from gateway.core.ids import DeliveryId, IdSource
from gateway.core.message_store import Page
from gateway.core.store import Store, Tx
from web.shape import Replayed
from web.webhooks import matches, owe

_AT_ONCE = 1000  # events of one call; the caller asks again for the rest
_PAGE = 500


class Replay:
    """The verbs behind `POST /webhooks/{id}/replay`."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    async def one(self, webhook: Webhook, delivery_id: DeliveryId) -> Replayed:
        """That delivery, whatever became of it."""
        now = self._clock.now()

        def keep(tx: Tx) -> None:
            delivery = tx.webhooks.delivery(delivery_id)
            if delivery is None or delivery.webhook_id != webhook.id:
                raise NotFound(
                    "delivery_not_found",
                    "there is no such delivery",
                    field="delivery_id",
                )
            tx.webhooks.save_delivery(_due_again(delivery, webhook, now))

        await self._store.write(keep)
        return Replayed(count=1, next_since=None)

    async def span(
        self, webhook: Webhook, since: datetime, until: datetime
    ) -> Replayed:
        """Every event in [since, until) that the listener's types cover."""
        now = self._clock.now()

        def keep(tx: Tx) -> Replayed:
            events, next_since = _events_within(tx, since, until)
            wanted = [
                event
                for event in events
                if event.type is not EventType.WEBHOOK_TEST
                and matches(webhook, event.type)
            ]
            known = _deliveries_of(tx, webhook, wanted)
            for event in wanted:
                delivery = known.get(event.seq)
                if delivery is None:
                    tx.webhooks.owe([owe(webhook, event, self._ids, now)])
                else:
                    tx.webhooks.save_delivery(_due_again(delivery, webhook, now))
            return Replayed(count=len(wanted), next_since=next_since)

        return await self._store.write(keep)


def _due_again(delivery: Delivery, webhook: Webhook, now: datetime) -> Delivery:
    return dataclasses.replace(
        delivery,
        url=webhook.url,
        state=DeliveryState.PENDING,
        attempts=0,
        due_at=now,
        created_at=now,  # its days of retries begin anew
        finished_at=None,
    )


def _events_within(
    tx: Tx, since: datetime, until: datetime
) -> tuple[list[Event], datetime | None]:
    """At most a thousand, and the time of the first that did not fit."""
    found = tx.events.after(_last_before(tx, since), _AT_ONCE + 1)
    inside = [event for event in found if since <= event.at < until]
    if len(found) > _AT_ONCE and found[-1].at < until:
        return inside[:_AT_ONCE], found[-1].at
    return inside, None


def _last_before(tx: Tx, since: datetime) -> int:
    """A place in the log behind which everything since then lies."""
    low, high = max(0, tx.events.first_seq() - 1), tx.events.last_seq()
    while low < high:
        middle = (low + high) // 2
        nearest = tx.events.after(middle, 1)
        if nearest and nearest[0].at < since:
            low = nearest[0].seq
        else:
            high = middle
    return low


def _deliveries_of(
    tx: Tx, webhook: Webhook, events: Sequence[Event]
) -> dict[int, Delivery]:
    """The listener's deliveries of those events, newest of each."""
    if not events:
        return {}
    oldest_at = events[0].at
    wanted = {event.seq for event in events}
    known: dict[int, Delivery] = {}
    before: str | None = None
    while True:
        page = tx.webhooks.deliveries(
            webhook.id, None, Page(limit=_PAGE, before=before)
        )
        for delivery in page:
            if delivery.event_seq in wanted:
                known.setdefault(delivery.event_seq, delivery)
        if len(page) < _PAGE or page[-1].created_at < oldest_at:
            return known
        before = page[-1].id
