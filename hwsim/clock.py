"""Time as the simulator sees it: the loop's own, or one that a test moves by hand.

Relies on asyncio for real timers only. ``Clock.sleep`` works on both, so a virtual
hour of store and forward passes in a moment. It does not speed the real clock up.
"""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

_START = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
# A timer's callback wakes tasks, and those may set timers of their own inside the
# stretch being passed; so many turns of the loop let them do it before time moves on.
_TURNS_PER_TIMER = 8
# Enough to tell two moments apart in the loop's heap.
_STEP_S = 1e-6


class Timer(Protocol):
    """A callback that waits for its moment."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What every part of the simulator asks for the time."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...

    def call_later(self, delay_s: float, fn: Callable[[], object]) -> Timer: ...

    async def sleep(self, delay_s: float) -> None: ...


class RealClock:
    """The machine's clock over the running loop."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def call_later(self, delay_s: float, fn: Callable[[], object]) -> Timer:
        return asyncio.get_running_loop().call_later(delay_s, fn)

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(delay_s)


@dataclass(slots=True, order=True)
class _VirtualTimer:
    due: float
    order: int
    fn: Callable[[], object] | None = field(compare=False)

    def cancel(self) -> None:
        self.fn = None


class VirtualClock:
    """A clock that stands still until ``advance`` or ``pass_time`` moves it."""

    def __init__(self, start: datetime = _START) -> None:
        self._start = start
        self._elapsed = 0.0
        self._timers: list[_VirtualTimer] = []
        self._orders = count()
        self._passing = asyncio.Lock()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def call_later(self, delay_s: float, fn: Callable[[], object]) -> Timer:
        due = self._elapsed + max(0.0, delay_s)
        timer = _VirtualTimer(due, next(self._orders), fn)
        heapq.heappush(self._timers, timer)
        return timer

    async def sleep(self, delay_s: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not woken.done():
                woken.set_result(None)

        timer = self.call_later(delay_s, wake)
        try:
            await woken
        finally:
            timer.cancel()

    def advance(self, seconds: float) -> None:
        """Move on and call what fell due, in order, without giving the loop a turn."""
        end = self._elapsed + seconds
        while self._fire_next(end):
            pass
        self._elapsed = end

    async def pass_time(self, seconds: float) -> None:
        """Move on as ``advance`` does, letting tasks run between the timers."""
        async with self._passing:
            end = self._elapsed + seconds
            await self._let_tasks_run()
            while self._fire_next(end):
                await self._let_tasks_run()
            self._elapsed = end

    async def _let_tasks_run(self) -> None:
        for _ in range(_TURNS_PER_TIMER):
            await asyncio.sleep(0)

    def _fire_next(self, end: float) -> bool:
        while self._timers and self._timers[0].due <= end:
            timer = heapq.heappop(self._timers)
            if timer.fn is None:
                continue
            self._elapsed = max(self._elapsed, timer.due)
            timer.fn()
            return True
        return False


class Sequence:
    """Callbacks after their delays, those of one key never out of their order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: dict[str, float] = {}

    def call_later(self, key: str, delay_s: float, fn: Callable[[], object]) -> Timer:
        now = self._clock.monotonic()
        due = max(now + delay_s, self._due.get(key, 0.0) + _STEP_S)
        self._due[key] = due

        def call() -> None:
            if self._due.get(key) == due:
                del self._due[key]
            fn()

        return self._clock.call_later(due - now, call)
