"""Services fall and rise alone, and everything stops in its order."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from gateway.core.errors import LinkLost
from gateway.supervisor import (
    RestartPolicy,
    Run,
    ServiceState,
    ServiceStatus,
    StopStep,
    Supervisor,
)
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds

POLICY = RestartPolicy(falls_in_window=3)


class Ward:
    """A supervisor with a clock in our hands, and what it told."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.told: list[ServiceStatus] = []
        self.supervisor = Supervisor(
            clock=self.clock,
            ids=SeededIds(),
            policy=POLICY,
            on_change=self.told.append,
        )

    async def start(self, name: str, run: Run) -> None:
        """Started, and as far as it gets without time passing."""
        self.supervisor.start(name, run)
        await self.clock.advance(0)

    def state(self, name: str) -> ServiceState:
        (status,) = [s for s in self.supervisor.statuses() if s.name == name]
        return status.state


@pytest.fixture
async def ward() -> AsyncIterator[Ward]:
    made = Ward()
    yield made
    await made.supervisor.end_all()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Faller:
    """Falls so many times, then holds."""

    def __init__(self, falls: int, error: Exception | None = None) -> None:
        self.left = falls
        self.starts = 0
        self.error = error

    async def run(self) -> None:
        self.starts += 1
        if self.left:
            self.left -= 1
            if self.error is not None:
                raise self.error
            return
        await asyncio.Event().wait()


async def test_a_service_that_fell_is_started_again_and_others_are_left(
    ward: Ward,
) -> None:
    faller, neighbour = Faller(1, ValueError("wrong")), Faller(0)
    await ward.start("faller", faller.run)
    await ward.start("neighbour", neighbour.run)
    await ward.clock.advance(2)
    assert (faller.starts, neighbour.starts) == (2, 1)
    assert ward.state("faller") is ServiceState.RUNNING
    assert [s.error for s in ward.told if s.state is ServiceState.WAITING] == [
        "ValueError: wrong"
    ]


async def test_a_service_that_returns_has_fallen(ward: Ward) -> None:
    faller = Faller(1)
    await ward.start("faller", faller.run)
    await ward.clock.advance(2)
    assert faller.starts == 2


async def test_the_waits_double_up_to_the_longest(ward: Ward) -> None:
    waits = [POLICY.wait(falls, jitter=0.999) for falls in (1, 2, 3, 7, 100)]
    seconds = [round(wait.total_seconds()) for wait in waits]
    assert seconds == [1, 2, 4, 60, 60]
    assert POLICY.wait(3, jitter=0) == timedelta(seconds=2)


async def test_too_many_falls_mark_a_service_down_once_and_it_is_still_tried(
    ward: Ward,
) -> None:
    faller = Faller(6, LinkLost("gone"))
    await ward.start("faller", faller.run)
    await ward.clock.advance(120)
    assert faller.starts == 7
    downs = [s for s in ward.told if s.state is ServiceState.DOWN]
    assert len(downs) == 1
    assert downs[0].error == "LinkLost: gone"


async def test_a_service_that_was_down_is_up_when_it_has_held_for_a_while(
    ward: Ward,
) -> None:
    await ward.start("faller", Faller(4, LinkLost("gone")).run)
    await ward.clock.advance(16)
    assert ward.state("faller") is ServiceState.DOWN
    await ward.clock.advance(POLICY.longest_wait.total_seconds())
    assert ward.state("faller") is ServiceState.RUNNING


async def test_old_falls_are_forgotten(ward: Ward) -> None:
    faller = Faller(0)
    again = asyncio.Event()

    async def run() -> None:
        faller.starts += 1
        await again.wait()
        again.clear()

    await ward.start("seldom", run)
    for _ in range(6):
        await ward.clock.advance(POLICY.window.total_seconds())
        again.set()
        await ward.clock.advance(0)
        await ward.clock.advance(60)
    assert faller.starts == 7
    assert all(status.state is not ServiceState.DOWN for status in ward.told)


async def test_a_service_that_was_told_to_finish_is_not_started_again(
    ward: Ward,
) -> None:
    told = asyncio.Event()
    starts = 0

    async def run() -> None:
        nonlocal starts
        starts += 1
        await told.wait()

    await ward.start("lane", run)
    told.set()
    await ward.supervisor.finish("lane")
    await ward.clock.advance(300)
    assert starts == 1
    assert ward.state("lane") is ServiceState.STOPPED


async def test_a_service_that_waits_to_be_restarted_finishes_at_once(
    ward: Ward,
) -> None:
    await ward.start("lane", Faller(1).run)
    assert ward.state("lane") is ServiceState.WAITING
    await ward.supervisor.finish("lane")
    assert ward.state("lane") is ServiceState.STOPPED


async def test_the_steps_of_a_stop_run_in_order(ward: Ward) -> None:
    done: list[str] = []

    async def act(name: str) -> None:
        done.append(name)

    late = await ward.supervisor.stop(
        [
            StopStep(name=name, action=lambda name=name: act(name), limit=SECOND)  # type: ignore[misc]
            for name in ("listeners", "lanes", "store")
        ]
    )
    assert done == ["listeners", "lanes", "store"]
    assert late == []


SECOND = timedelta(seconds=1)
SOON = timedelta(seconds=0.02)


async def test_a_step_that_takes_too_long_is_left_and_named(ward: Ward) -> None:
    done: list[str] = []

    async def act() -> None:
        done.append("store")

    late = await ward.supervisor.stop(
        [
            StopStep(name="lanes", action=asyncio.Event().wait, limit=SOON),
            StopStep(name="store", action=act, limit=SECOND),
        ]
    )
    assert (late, done) == (["lanes"], ["store"])


async def test_a_step_that_fails_does_not_stop_the_stop(ward: Ward) -> None:
    async def fail() -> None:
        raise OSError("no")

    assert await ward.supervisor.stop(
        [StopStep(name="listeners", action=fail, limit=SECOND)]
    ) == ["listeners"]


async def test_a_second_wish_skips_the_waits_but_does_what_is_quick(
    ward: Ward,
) -> None:
    done: list[str] = []

    async def act() -> None:
        done.append("store")

    async def endless() -> None:
        ward.supervisor.hurry()
        await asyncio.Event().wait()

    late = await ward.supervisor.stop(
        [
            StopStep(name="lanes", action=endless, limit=timedelta(hours=1)),
            StopStep(name="store", action=act, limit=timedelta(hours=1)),
        ]
    )
    assert (late, done) == (["lanes"], ["store"])


async def test_a_stop_ends_every_service(ward: Ward) -> None:
    await ward.start("link", Faller(0).run)
    await ward.supervisor.stop([])
    assert ward.state("link") is ServiceState.STOPPED


async def test_the_first_of_several_waits_decides(ward: Ward) -> None:
    asked = asyncio.Event()
    asked.set()
    await ward.supervisor.first(asked.wait, asyncio.Event().wait)

    async def broken() -> None:
        raise LinkLost("gone")

    with pytest.raises(LinkLost):
        await ward.supervisor.first(asyncio.Event().wait, broken)
