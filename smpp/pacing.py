"""How fast a link sends: as configured, and what its refusals teach.

One cut for each burst of refusals, to what was let through; then slowly upwards, and
faster the longer nothing was refused. Turns are given in order.

Spec: spec/smpp.md 24 to 27
"""

import asyncio
from collections import deque
from typing import Final

from gateway.core.clock import Clock

DEPTH_S: Final = 0.02  # of the bucket: small ones on the other side do not refuse
_MEASURED_S: Final = 1.0
_SHORTEST_MEASURED_S: Final = 0.1
_AFTER_CUT: Final = 0.97
_GROWTH_PER_S: Final = 0.005
_GROWTH_DOUBLES_S: Final = 4.0
_MOST_DOUBLINGS: Final = 7.0
_SLOWEST_PER_S: Final = 1.0
_PAUSE_S: Final = 0.05
_CONGESTED_PERCENT: Final = 80


class Pacer:
    """Gives turns to send; one for all binds of a link."""

    def __init__(self, clock: Clock, rate_per_s: float | None) -> None:
        self._clock = clock
        self._configured = rate_per_s
        self._rate = rate_per_s
        self._free_at = clock.monotonic()
        self._cut_at = float("-inf")
        self._grown_at = self._free_at
        self._before_cut = float("inf")
        self._accepted: deque[float] = deque(maxlen=10_000)
        self._line = asyncio.Lock()

    @property
    def rate_per_s(self) -> float | None:
        """What is allowed now; None: whatever the window lets through."""
        return self._rate

    async def turn(self) -> float:
        """Wait for one's turn; its moment, to be told with the result."""
        now = self._clock.monotonic()
        if self._rate is None and now >= self._free_at and not self._line.locked():
            return now
        async with self._line:
            while (wait_s := self._free_at - self._clock.monotonic()) > 0:
                await self._clock.sleep(wait_s)
            now = self._clock.monotonic()
            self._grow(now)
            if self._rate is not None:
                earliest = max(self._free_at, now - DEPTH_S)
                self._free_at = earliest + 1.0 / self._rate
            return now

    def accepted(self, turn_at: float) -> None:
        """The SMSC took one; the segment whose turn was then."""
        now = self._clock.monotonic()
        self._accepted.append(now)
        if turn_at <= self._cut_at and self._rate is not None:
            self._cut_less(now, self._rate)

    def refused(self, turn_at: float) -> None:
        """The SMSC said: too fast; about the segment whose turn was then."""
        now = self._clock.monotonic()
        self._free_at = max(self._free_at, now + _PAUSE_S)
        if turn_at > self._cut_at:
            self._cut_at = self._grown_at = now
            self._cut(self._measured(now))

    def congestion(self, percent: int, turn_at: float) -> None:
        """The SMSC told how full it is (SMPP 5.0 4.8.4.18)."""
        if percent > _CONGESTED_PERCENT and turn_at > self._cut_at:
            self._cut_at = self._grown_at = now = self._clock.monotonic()
            self._cut(self._measured(now))

    def _cut(self, measured_per_s: float) -> None:
        rate = measured_per_s * _AFTER_CUT
        self._before_cut = float("inf")
        if self._rate is not None:
            self._before_cut = self._rate * _AFTER_CUT
            rate = min(rate, self._before_cut)
        self._rate = max(rate, _SLOWEST_PER_S)
        if self._configured is not None:
            self._rate = min(self._rate, self._configured)

    def _cut_less(self, now: float, rate: float) -> None:
        """Where refusals came at once, what was let through is known only later."""
        better = min(self._measured(now) * _AFTER_CUT, self._before_cut)
        if better > rate:
            self._rate = better
            self._free_at = min(self._free_at, now + 1.0 / better)

    def _measured(self, now: float) -> float:
        """Accepted a second, of late."""
        since = now - _MEASURED_S
        while self._accepted and self._accepted[0] < since:
            self._accepted.popleft()
        if not self._accepted:
            return 0.0
        span_s = max(now - self._accepted[0], _SHORTEST_MEASURED_S)
        return len(self._accepted) / span_s

    def _grow(self, now: float) -> None:
        if self._rate is None or self._rate == self._configured:
            return
        doublings = min((now - self._cut_at) / _GROWTH_DOUBLES_S, _MOST_DOUBLINGS)
        growth = _GROWTH_PER_S * 2.0**doublings * (now - self._grown_at)
        self._rate *= 1.0 + min(growth, 1.0)
        self._grown_at = now
        if self._configured is not None:
            self._rate = min(self._rate, self._configured)
