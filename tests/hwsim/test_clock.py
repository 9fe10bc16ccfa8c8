"""The virtual clock and sequences on it."""

import asyncio

from hwsim.clock import Sequence, VirtualClock


def test_timers_fire_in_order_at_their_moment() -> None:
    clock = VirtualClock()
    fired: list[tuple[str, float]] = []
    clock.call_later(2, lambda: fired.append(("late", clock.monotonic())))
    clock.call_later(1, lambda: fired.append(("early", clock.monotonic())))
    clock.advance(5)
    assert fired == [("early", 1), ("late", 2)]
    assert clock.monotonic() == 5


def test_a_cancelled_timer_stays_silent() -> None:
    clock = VirtualClock()
    fired: list[int] = []
    clock.call_later(1, lambda: fired.append(1)).cancel()
    clock.advance(2)
    assert fired == []


def test_timers_set_on_the_way_count() -> None:
    clock = VirtualClock()
    fired: list[float] = []

    def again() -> None:
        fired.append(clock.monotonic())
        clock.call_later(1, again)

    clock.call_later(1, again)
    clock.advance(3.5)
    assert fired == [1, 2, 3]


async def test_sleepers_wake_and_sleep_again_while_time_passes() -> None:
    clock = VirtualClock()
    woken: list[float] = []

    async def sleeper() -> None:
        for _ in range(3):
            await clock.sleep(10)
            woken.append(clock.monotonic())

    task = asyncio.ensure_future(sleeper())
    await clock.pass_time(25)
    assert woken == [10, 20]
    await clock.pass_time(10)
    await task
    assert woken == [10, 20, 30]


def test_a_sequence_keeps_the_order_of_a_key() -> None:
    clock = VirtualClock()
    sequence = Sequence(clock)
    fired: list[str] = []
    sequence.call_later("a", 5, lambda: fired.append("a1"))
    sequence.call_later("a", 1, lambda: fired.append("a2"))
    sequence.call_later("b", 1, lambda: fired.append("b"))
    clock.advance(6)
    assert fired == ["b", "a1", "a2"]
