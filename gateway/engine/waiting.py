"""Waiting on a clock that tests can move: for a bell, or for work with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from gateway.core.clock import Clock

T = TypeVar("T")


class Bell:
    """Wakes all who wait; whoever remembers `rings` misses none between two looks."""

    def __init__(self) -> None:
        self.rings = 0
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        self.rings += 1
        waiting, self._waiting = self._waiting, []
        for woken in waiting:
            _wake(woken)

    async def wait(self, seen: int, clock: Clock, timeout_s: float) -> None:
        """Until it rang more often than `seen`, or the time is up."""
        if self.rings != seen:
            return
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        self._waiting.append(woken)
        timer = loop.create_task(clock.sleep(timeout_s))
        timer.add_done_callback(lambda _: _wake(woken))
        try:
            await woken
        finally:
            timer.cancel()


def _wake(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


async def within(clock: Clock, seconds: float, work: Callable[[], Awaitable[T]]) -> T:
    """The result of `work`; `TimeoutError`, with the work cancelled, when it is late.

    Safe to cancel: the work is cancelled too.
    """
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_outcome(work))
        timer = group.create_task(clock.sleep(seconds))
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        task.cancel()
    if task.cancelled():
        raise TimeoutError(f"not done within {seconds} s")
    [result] = task.result()
    if isinstance(result, BaseException):
        raise result
    return result


async def _outcome(
    work: Callable[[], Awaitable[T]],
) -> tuple[T | BaseException]:
    """An error as a value, so that the group around does not wrap it."""
    [result] = await asyncio.gather(work(), return_exceptions=True)
    return (result,)
