"""What became of posts, written together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from gateway.core.account import Delivery, DeliveryState, Webhook, WebhookState
from gateway.core.errors import StoreBusy
from gateway.core.ids import WebhookId
from gateway.core.message_store import Page
from gateway.core.store import Companion, Tx
from gateway.store.config import StoreConfig
from gateway.store.store import SqlStore
from tests.support.opened import open_quickly
from tests.web.test_line import delivery
from tests.web.world import START, FakeClock
from web.line import QUEUE_LIMIT, Line
from web.results import Results, failed, given_up, gone

A = TypeVar("A")
T = TypeVar("T")

HOOK = Webhook(
    id=WebhookId("whk_1"),
    url="u",
    types=(),
    secrets=(b"s" * 32,),
    state=WebhookState.ACTIVE,
    created_at=START,
)


@dataclass
class Store:
    """The real one, that counts writes and may be too busy for them."""

    inner: SqlStore
    low_space: bool = False
    writes: int = 0
    busy: bool = False

    async def read(self, fn: Callable[[Tx], T], /) -> T:
        return await self.inner.read(fn)

    async def write(self, fn: Callable[[Tx], T], /) -> T:
        if self.busy:
            raise StoreBusy("later")
        self.writes += 1
        return await self.inner.write(fn)

    async def write_among(
        self,
        fn: Callable[[Tx, Sequence[A]], Sequence[T | Exception]],
        item: A,
        /,
        told: Callable[[T | None], None] | None = None,
    ) -> T:
        return await self.inner.write_among(fn, item, told)

    def accompany(self, companion: Companion | None) -> None:
        self.inner.accompany(companion)

    async def wait_commit(self, seq: int, kinds: Iterable[str] | None = None) -> int:
        return await self.inner.wait_commit(seq, kinds)


@dataclass
class Desk:
    """Results of a line whose deliveries are under way."""

    store: Store
    clock: FakeClock
    line: Line
    owed: list[Delivery]
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    async def rows(self) -> list[Delivery]:
        found = await self.store.read(
            lambda tx: tx.webhooks.deliveries(HOOK.id, None, Page(limit=100))
        )
        return found[::-1]

    @asynccontextmanager
    async def running(self, linger_s: float = 0.0) -> AsyncIterator[Results]:
        results = Results(
            self.store,
            self.clock,
            linger_s=linger_s,
            settled=lambda _line: self.settled.set(),
        )
        task = asyncio.create_task(results.run())
        try:
            yield results
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def open_desk(directory: Path, count: int) -> AsyncIterator[Desk]:
    clock = FakeClock()
    config = StoreConfig(path=directory / "results.db", ballast_octets=0)
    store = await open_quickly(config, clock)
    owed = [replace(delivery(number), webhook_id=HOOK.id) for number in range(count)]
    line = Line("u", window_limit=16)
    for one in owed:
        line.offer(one, limit=QUEUE_LIMIT)

    def fn(tx: Tx) -> None:
        tx.webhooks.insert(HOOK)
        tx.webhooks.owe(owed)

    await store.write(fn)
    try:
        yield Desk(Store(store), clock, line, owed)
    finally:
        await store.close()


async def test_results_that_come_together_are_one_write(tmp_path: Path) -> None:
    async with open_desk(tmp_path, 5) as desk, desk.running() as results:
        for one in desk.owed:
            results.delivered(desk.line, one, 204)
        await desk.settled.wait()
        rows = await desk.rows()
        assert {(one.state, one.attempts, one.last_status) for one in rows} == {
            (DeliveryState.DELIVERED, 1, 204)
        }
        assert all(one.finished_at == START for one in rows)
        assert desk.store.writes == 1


async def test_what_waits_is_written_at_the_end(tmp_path: Path) -> None:
    async with open_desk(tmp_path, 1) as desk:
        async with desk.running(linger_s=60) as results:
            results.delivered(desk.line, desk.owed[0], 200)
            await asyncio.sleep(0.02)
            assert desk.store.writes == 0
        [done] = await desk.rows()
        assert done.last_status == 200


async def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    async with open_desk(tmp_path, 1) as desk, desk.running() as results:
        desk.store.busy = True
        results.delivered(desk.line, desk.owed[0], 200)
        await asyncio.sleep(0.02)
        assert not desk.settled.is_set()
        desk.store.busy = False
        desk.clock.advance(timedelta(seconds=1))
        await desk.settled.wait()
        [done] = await desk.rows()
        assert done.last_status == 200


async def test_a_failure_is_due_again_and_the_line_knows_when(tmp_path: Path) -> None:
    wait = timedelta(seconds=5)
    async with open_desk(tmp_path, 1) as desk, desk.running() as results:
        change = failed(START, status=500, reason="answered 500", wait=wait)
        results.changed(desk.line, desk.owed[0], change, START + wait)
        await desk.settled.wait()
        [tried] = await desk.rows()
        assert (tried.state, tried.attempts) == (DeliveryState.PENDING, 1)
        assert tried.due_at == desk.line.look_at == START + wait


async def test_only_a_listener_that_never_worked_is_switched_off_by_a_death(
    tmp_path: Path,
) -> None:
    async with open_desk(tmp_path, 2) as desk, desk.running() as results:
        worked, died = desk.owed
        desk.clock.advance(timedelta(days=3))
        results.delivered(desk.line, worked, 200)
        last = failed(desk.clock.now(), status=500, reason="x", wait=None)
        results.changed(desk.line, died, last, None)
        await desk.settled.wait()
        assert await state_of_hook(desk) is WebhookState.ACTIVE
        desk.settled.clear()
        results.changed(desk.line, died, gone(desk.clock.now()), None)
        await desk.settled.wait()
        assert await state_of_hook(desk) is WebhookState.DISABLED


async def state_of_hook(desk: Desk) -> WebhookState:
    hook = await desk.store.read(lambda tx: tx.webhooks.get(HOOK.id))
    assert hook is not None
    return hook.state


async def test_a_deleted_listeners_results_are_passed_over(tmp_path: Path) -> None:
    async with open_desk(tmp_path, 2) as desk, desk.running() as results:
        await desk.store.write(lambda tx: tx.webhooks.delete(HOOK.id))
        results.delivered(desk.line, desk.owed[0], 200)
        results.changed(desk.line, desk.owed[1], given_up(START, "gone"), None)
        await desk.settled.wait()
        assert await desk.rows() == []
