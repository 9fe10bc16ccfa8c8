"""A store, the fan-out and the sender on a clock that tests move."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.core.account import Delivery, DeliveryState, Webhook, WebhookState
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import SystemIds, WebhookId
from gateway.core.message_store import Page
from gateway.engine.crash import no_crash
from gateway.metrics import Metrics
from gateway.store.config import StoreConfig
from gateway.store.store import SqlStore
from tests.support.opened import open_quickly
from tests.web.world import START, FakeClock
from web.egress import Egress
from web.post import Poster
from web.sender import Sender
from web.webhooks import FanOut

SECRET = bytes(range(32))
Condition = Callable[[list[Delivery]], bool]


@dataclass(slots=True)
class Hooks:
    """Everything between the event log and a receiver."""

    store: SqlStore
    clock: FakeClock
    ids: SystemIds
    fan_out: FanOut
    sender: Sender

    async def listen(
        self,
        url: str,
        *types: str,
        secrets: tuple[bytes, ...] = (SECRET,),
        batch: int = 1,
    ) -> Webhook:
        webhook = Webhook(
            id=WebhookId(self.ids.new("whk")),
            url=url,
            types=types,
            batch=batch,
            secrets=secrets,
            state=WebhookState.ACTIVE,
            created_at=START,
        )
        await self.store.write(lambda tx: tx.webhooks.insert(webhook))
        return webhook

    async def happen(
        self, *kinds: EventType, data: Mapping[str, object] | None = None
    ) -> None:
        events = [
            NewEvent(type=kind, at=self.clock.now(), data=data or {"id": "x"})
            for kind in kinds
        ]
        await self.store.write(lambda tx: [tx.events.append(event) for event in events])

    async def deliveries(self, state: DeliveryState | None = None) -> list[Delivery]:
        """Oldest first."""
        whole = Page(limit=500)
        found = await self.store.read(
            lambda tx: [
                delivery
                for webhook in tx.webhooks.listing()
                for delivery in tx.webhooks.deliveries(webhook.id, state, whole)
            ]
        )
        return sorted(found, key=lambda delivery: delivery.id)

    async def until(
        self, condition: Callable[[list[Delivery]], bool]
    ) -> list[Delivery]:
        """Poll the rows, without moving the clock."""
        async with asyncio.timeout(10):
            while True:
                found = await self.deliveries()
                if condition(found):
                    return found
                await asyncio.sleep(0.005)

    async def settled(self) -> None:
        """Until nothing is pending."""
        async with asyncio.timeout(10):
            while True:
                if not await self.store.read(lambda tx: tx.webhooks.pending_count()):
                    return
                await asyncio.sleep(0.01)


@asynccontextmanager
async def open_hooks(
    directory: Path,
    *,
    timeout_s: float = 5.0,
    concurrency: int = 128,
    in_flight: int = 16,
    crash: Callable[[str], None] = no_crash,
) -> AsyncIterator[Hooks]:
    clock, ids = FakeClock(), SystemIds()
    store = await open_quickly(
        StoreConfig(path=directory / "hooks.db", ballast_octets=0), clock
    )
    poster = Poster(Egress(("127.0.0.1",), own_port=None), clock, timeout_s=timeout_s)
    sender = Sender(
        store,
        clock,
        ids,
        poster,
        Metrics(),
        crash=crash,
        concurrency=concurrency,
        in_flight=in_flight,
        linger_s=0,
    )
    fan_out = FanOut(store, clock, ids, offer=sender.take)
    tasks = [asyncio.create_task(sender.run()), asyncio.create_task(fan_out.run())]
    try:
        yield Hooks(store, clock, ids, fan_out, sender)
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        await store.close()
