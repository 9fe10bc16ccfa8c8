"""A clock that moves only when told, and wakes sleepers in their order."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TURNS = 20  # of the loop after each wake: time for the woken to act


class FakeClock:
    """`core.clock.Clock` in a test's hands."""

    def __init__(self, start: datetime = START) -> None:
        self._start = start
        self._elapsed_s = 0.0
        self._step = timedelta()
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + self._step + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future = asyncio.get_running_loop().create_future()
        entry = (self._elapsed_s + seconds, next(self._order), future)
        heapq.heappush(self._sleepers, entry)
        await future

    def step_wall(self, step: timedelta) -> None:
        """Set the wall clock forward or back; the steady one does not notice."""
        self._step += step

    def pass_time(self, seconds: float) -> None:
        """Let time pass at once; who sleeps is woken but acts only later."""
        self._elapsed_s += seconds
        while self._sleepers and self._sleepers[0][0] <= self._elapsed_s:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)

    async def advance(self, seconds: float) -> None:
        """Let time pass from one sleeper's moment to the next."""
        end = self._elapsed_s + seconds
        while self._sleepers and self._sleepers[0][0] <= end:
            moment = self._sleepers[0][0]
            self.pass_time(max(moment - self._elapsed_s, 0.0))
            for _ in range(TURNS):
                await asyncio.sleep(0)
        self.pass_time(end - self._elapsed_s)
        for _ in range(TURNS):
            await asyncio.sleep(0)
