"""Waiting on a clock that tests can move."""

import asyncio
from functools import partial

import pytest

from gateway.engine.waiting import Bell, within
from tests.support.clock import FakeClock


async def value() -> int:
    return 7


async def trouble() -> int:
    raise LookupError("trouble")


async def test_work_in_time_gives_its_result() -> None:
    assert await within(FakeClock(), 1.0, value) == 7


async def test_trouble_comes_out_as_it_is() -> None:
    with pytest.raises(LookupError):
        await within(FakeClock(), 1.0, trouble)


async def test_late_work_is_cancelled() -> None:
    clock, event = FakeClock(), asyncio.Event()
    task = asyncio.create_task(within(clock, 5.0, event.wait))
    for _ in range(5):
        await asyncio.sleep(0)
    await clock.advance(5)
    with pytest.raises(TimeoutError):
        await task


async def test_cancelling_the_wait_cancels_the_work() -> None:
    ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(within(FakeClock(), 5.0, work))
    for _ in range(5):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_ring_between_two_looks_is_not_missed() -> None:
    bell, clock = Bell(), FakeClock()
    seen = bell.rings
    bell.ring()
    await bell.wait(seen, clock, 3600)


async def test_a_ring_as_the_wait_begins_is_not_missed() -> None:
    bell, clock = Bell(), FakeClock()
    task = asyncio.create_task(bell.wait(bell.rings, clock, 3600))
    await asyncio.sleep(0)
    bell.ring()
    await task


async def test_a_ring_wakes_all_who_wait() -> None:
    bell, clock = Bell(), FakeClock()
    wait = partial(bell.wait, bell.rings, clock, 3600)
    tasks = [asyncio.create_task(wait()) for _ in range(3)]
    for _ in range(5):
        await asyncio.sleep(0)
    bell.ring()
    await asyncio.gather(*tasks)
    assert clock.monotonic() == 0
