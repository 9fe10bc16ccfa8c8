"""Named services, one-for-one restart, ordered stop: the only place tasks are born.

A service that ends is started again after a doubling wait with jitter. One that falls
too often in a window is marked down, which is told to `on_change` (a metric, an event)
and not an exit: it is still tried, at the longest wait. What a fall of a service may
never do is end another service. ARCHITECTURE.md 1.8.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.core.clock import Clock
from gateway.core.errors import GatewayError
from gateway.core.ids import IdSource

log = logging.getLogger(__name__)

Run = Callable[[], Awaitable[object]]
HURRIED_S = 0.2


class ServiceState(StrEnum):
    """How a service is."""

    RUNNING = "running"
    WAITING = "waiting"  # fell, will be started again
    DOWN = "down"  # fell too often; still tried, seldom
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStatus:
    """How a service is, since when and why."""

    name: str
    state: ServiceState
    since: datetime
    falls: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestartPolicy:
    """How falls are met."""

    first_wait: timedelta = timedelta(seconds=1)
    longest_wait: timedelta = timedelta(seconds=60)
    window: timedelta = timedelta(minutes=10)
    falls_in_window: int = 5

    def wait(self, falls: int, jitter: float) -> timedelta:
        """After so many falls in the window; between half and the whole."""
        doublings: int = 2 ** min(falls - 1, 16)
        whole = min(self.longest_wait, self.first_wait * doublings)
        return whole / 2 + whole / 2 * jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class StopStep:
    """One step of the ordered stop."""

    name: str
    action: Run
    limit: timedelta


class Supervisor:
    """Starts services, keeps them, stops them."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: IdSource,
        policy: RestartPolicy | None = None,
        on_change: Callable[[ServiceStatus], None] = lambda status: None,
    ) -> None:
        self._clock = clock
        self._ids = ids
        self._policy = policy or RestartPolicy()
        self._on_change = on_change
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._status: dict[str, ServiceStatus] = {}
        self._finishing: set[str] = set()
        self._hurry = asyncio.Event()

    def start(self, name: str, run: Run) -> None:
        """Begin and keep a service; `run` is called anew after each fall."""
        if name in self._tasks:
            raise AssertionError(f"service {name} is started twice")
        self._move(name, ServiceState.RUNNING)
        self._tasks[name] = asyncio.create_task(self._keep(name, run), name=name)

    def statuses(self) -> list[ServiceStatus]:
        """All services, in the order in which they were started."""
        return list(self._status.values())

    async def first(self, *waits: Run) -> None:
        """Returns when the first of them does, or raises what it raised."""
        tasks = [asyncio.create_task(_finish(wait)) for wait in waits]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self, *names: str) -> None:
        """Wait for services that were told to return; they are not started again."""
        self._finishing.update(names)
        tasks = {name: self._tasks[name] for name in names if name in self._tasks}
        for name, task in tasks.items():
            if self._status[name].state is not ServiceState.RUNNING:
                task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)

    async def end(self, *names: str) -> None:
        """Cancel these services and wait until they are gone."""
        tasks = [self._tasks.pop(name) for name in names if name in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def end_all(self) -> None:
        """Cancel whatever is left, last started first."""
        await self.end(*reversed(self._tasks))

    def hurry(self) -> None:
        """Skip what remains of the waits: the operator asked twice."""
        self._hurry.set()

    async def stop(self, steps: Sequence[StopStep]) -> list[str]:
        """Run the steps in order; the names of those that were not done in time."""
        left: list[str] = []
        for step in steps:
            if not await self._step(step):
                left.append(step.name)
        await self.end_all()
        return left

    async def _step(self, step: StopStep) -> bool:
        """Whether it was done in time and well."""
        log.info("stop: %s", step.name)
        action = asyncio.create_task(_finish(step.action), name=f"stop {step.name}")
        if self._hurry.is_set():
            # Even then each step gets a moment, so that what is quick is done well.
            await asyncio.wait({action}, timeout=HURRIED_S)
        else:
            hurried = asyncio.create_task(_finish(self._hurry.wait))
            await asyncio.wait(
                {action, hurried},
                timeout=step.limit.total_seconds(),
                return_when=asyncio.FIRST_COMPLETED,
            )
            hurried.cancel()
        if not action.done():
            log.warning("stop: %s not done in time", step.name)
            action.cancel()
            await asyncio.gather(action, return_exceptions=True)
            return False
        if error := action.exception():
            log.error("stop: %s failed", step.name, exc_info=error)
        return error is None

    async def _keep(self, name: str, run: Run) -> None:
        falls: deque[float] = deque()
        try:
            while True:
                error = await self._once(name, run)
                if name in self._finishing:
                    return
                now = self._clock.monotonic()
                falls.append(now)
                while falls[0] < now - self._policy.window.total_seconds():
                    falls.popleft()
                down = len(falls) > self._policy.falls_in_window
                state = ServiceState.DOWN if down else ServiceState.WAITING
                self._move(name, state, error=error, fell=True)
                wait = self._policy.wait(len(falls), self._ids.jitter())
                await self._clock.sleep(wait.total_seconds())
                if not down:
                    self._move(name, ServiceState.RUNNING, error=error)
        finally:
            self._move(name, ServiceState.STOPPED)

    async def _once(self, name: str, run: Run) -> str:
        """Run until it ends; why it did."""
        proof = asyncio.create_task(self._prove(name), name=f"{name} proof")
        try:
            await run()
        except GatewayError as error:
            log.warning("service %s fell: %s", name, error, extra={"service": name})
            return f"{type(error).__name__}: {error}"
        except Exception as error:
            # The supervisor is where what nobody foresaw is met (ARCHITECTURE.md 1.9).
            log.exception("service %s fell", name, extra={"service": name})
            return f"{type(error).__name__}: {error}"
        finally:
            proof.cancel()
        if name not in self._finishing:
            log.error("service %s returned", name, extra={"service": name})
        return "returned"

    async def _prove(self, name: str) -> None:
        """What was down is up again only when it has held for a while."""
        await self._clock.sleep(self._policy.longest_wait.total_seconds())
        self._move(name, ServiceState.RUNNING)

    def _move(
        self,
        name: str,
        state: ServiceState,
        *,
        error: str | None = None,
        fell: bool = False,
    ) -> None:
        before = self._status.get(name)
        falls = (before.falls if before else 0) + fell
        if before and before.state is state and not fell:
            return
        since = before.since if before and before.state is state else self._clock.now()
        after = ServiceStatus(
            name=name, state=state, since=since, falls=falls, error=error
        )
        self._status[name] = after
        if before is None or before.state is not state:
            self._on_change(after)


async def _finish(action: Run) -> None:
    await action()
