"""The rate, as configured and as learnt, on a clock that is moved."""

from collections import deque
from typing import Final

import pytest

from smpp.pacing import Pacer
from tests.support.clock import FakeClock

WINDOW: Final = 50
LATENCY_S: Final = 0.1


class Bucket:
    """An SMSC that lets a rate through and refuses what is above it."""

    def __init__(self, clock: FakeClock, rate_per_s: float, burst_s: float) -> None:
        self._clock = clock
        self._rate_per_s = rate_per_s
        self._depth = rate_per_s * burst_s
        self._tokens = self._depth
        self._filled_at = clock.monotonic()

    def takes(self) -> bool:
        now = self._clock.monotonic()
        earned = (now - self._filled_at) * self._rate_per_s
        self._tokens, self._filled_at = min(self._depth, self._tokens + earned), now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


async def send(
    pacer: Pacer, clock: FakeClock, smsc: Bucket, count: int
) -> tuple[float, int]:
    """Messages a second and refusals, one after the other at half a millisecond."""
    started, refused, done = clock.monotonic(), 0, 0
    while done < count:
        turn_at = await pacer.turn()
        clock.pass_time(0.0005)
        if smsc.takes():
            pacer.accepted(turn_at)
            done += 1
        else:
            pacer.refused(turn_at)
            refused += 1
    return count / (clock.monotonic() - started), refused


class RunningClock(FakeClock):
    """Whoever sleeps finds the time passed at once."""

    async def sleep(self, seconds: float) -> None:
        self.pass_time(max(seconds, 0.0))


@pytest.mark.parametrize(("burst_s", "least"), [(1.0, 95.0), (0.1, 80.0)])
async def test_an_unknown_rate_is_learnt(burst_s: float, least: float) -> None:
    clock = RunningClock()
    smsc = Bucket(clock, 100.0, burst_s)
    rate, refused = await send(Pacer(clock, None), clock, smsc, 3000)
    assert rate >= least
    assert refused <= 60


async def test_a_configured_rate_is_kept_and_met() -> None:
    clock = RunningClock()
    smsc = Bucket(clock, 100.0, 0.1)
    rate, refused = await send(Pacer(clock, 95.0), clock, smsc, 1000)
    assert 93.0 <= rate <= 96.0
    assert refused == 0


async def test_a_rate_that_was_cut_to_nothing_comes_back() -> None:
    clock = RunningClock()
    pacer = Pacer(clock, None)
    for _ in range(20):
        pacer.refused(await pacer.turn())
    assert pacer.rate_per_s == 1.0
    smsc = Bucket(clock, 1000.0, 1.0)
    rate, _ = await send(pacer, clock, smsc, 2000)
    assert rate > 30.0


@pytest.mark.parametrize("burst_s", [1.0, 0.1])
async def test_refusals_that_come_before_the_answers_teach_no_crawling(
    burst_s: float,
) -> None:
    clock = RunningClock()
    pacer, smsc = Pacer(clock, None), Bucket(clock, 100.0, burst_s)
    answers: deque[tuple[float, float]] = deque()  # when, and whose turn
    refused = done = 0
    started = clock.monotonic()
    while done < 3000:
        if len(answers) == WINDOW:
            at, turn_at = answers.popleft()
            clock.pass_time(max(at - clock.monotonic(), 0.0))
            pacer.accepted(turn_at)
        turn_at = await pacer.turn()
        while answers and answers[0][0] <= clock.monotonic():
            pacer.accepted(answers.popleft()[1])
        clock.pass_time(0.0005)
        if smsc.takes():
            answers.append((clock.monotonic() + LATENCY_S, turn_at))
            done += 1
        else:
            pacer.refused(turn_at)
            refused += 1
    assert done / (clock.monotonic() - started) >= 80.0
    assert refused <= 60


async def test_without_a_limit_nobody_waits() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, None)
    for _ in range(1000):
        await pacer.turn()
    assert clock.monotonic() == 0.0


async def test_congestion_slows_down() -> None:
    clock = RunningClock()
    pacer = Pacer(clock, 100.0)
    for _ in range(10):
        pacer.accepted(await pacer.turn())
    pacer.congestion(81, await pacer.turn())
    assert pacer.rate_per_s is not None
    assert pacer.rate_per_s < 100.0
