"""The writer: one thread, one connection, all waiting writes in one commit.

Each write runs in a savepoint, so that one that raises takes only itself back. Relies
on a session that turns the database's errors into the `StoreError` tree; knows no SQL.
Spec: reliability DG-01..03, DG-31, DG-39
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TypeVar

from gateway.codec.value import value
from gateway.core.clock import Clock
from gateway.core.errors import (
    GatewayError,
    StoreBroken,
    StoreBusy,
    StoreError,
    StoreFull,
)
from gateway.core.event import Appended
from gateway.store.engine import Beside, Session

_LOG = logging.getLogger(__name__)

A = TypeVar("A")
T = TypeVar("T")


class WritingSession(Session, Protocol):
    """A session whose transactions the writer steers."""

    appended: list[Appended]  # in the transaction under way

    @property
    def in_transaction(self) -> bool: ...

    def control(self, command: str) -> None: ...


@value(frozen=True, slots=True, kw_only=True)
class Job:
    """A write that waits, and whom to tell.

    `fn` takes all items of those that wait with the same one, and gives a result or an
    error for each.
    """

    fn: Callable[[Session, Sequence[Any]], Sequence[Any]]
    item: Any
    future: asyncio.Future[Any]
    told: Callable[[Any], None] | None = None


@value(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a write came to."""

    job: Job
    value: object = None
    error: Exception | None = None


class Writer:
    """Takes writes from the loop, runs them in its thread, answers after commit."""

    def __init__(
        self,
        session: WritingSession,
        clock: Clock,
        *,
        group_size: int,
        queue_bound: int,
        idle_s: float,
        make_room: Callable[[], bool],
        tidy: Callable[[], None],
        finish: Callable[[], None],
    ) -> None:
        """`make_room` frees disk space if it can; `tidy` runs when nothing waits."""
        self._session = session
        self._clock = clock
        self._group_size = group_size
        self._queue_bound = queue_bound
        self._idle_s = idle_s
        self._make_room = make_room
        self._tidy = tidy
        self._finish = finish
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._closing = False
        self._failure: StoreBroken | None = None  # the thread's own knowledge
        self._listeners: list[Callable[[Mapping[str, int]], None]] = []
        self._announced: Mapping[str, int] = {}  # replaced, never changed
        self._beside: Beside | None = None
        self._tidings: list[Callable[[], None]] = []  # of what was written beside
        self._thread = threading.Thread(
            target=self._run, name="store-writer", daemon=True
        )
        self.broken: asyncio.Future[StoreBroken] = self._loop.create_future()
        self.writes = 0
        self.commits = 0
        self.last_commit_s = 0.0

    def start(self) -> None:
        self._thread.start()

    @property
    def waiting(self) -> int:
        return self._queue.qsize()

    def listen(self, heard: Callable[[Mapping[str, int]], None]) -> None:
        self._listeners.append(heard)

    def accompany(self, beside: Beside | None) -> None:
        self._beside = beside

    async def write(self, fn: Callable[[Session], T]) -> T:
        """Cancelling does not take back a write that already waits."""
        return await self.write_among(lambda session, _: [fn(session)], None)

    async def write_among(
        self,
        fn: Callable[[Session, Sequence[A]], Sequence[T | Exception]],
        item: A,
        told: Callable[[T | None], None] | None = None,
    ) -> T:
        """As `write`, together with all who wait with an equal `fn`.

        `told` is called in any case, even when the caller has gone.
        """
        future: asyncio.Future[T] = self._loop.create_future()
        job = Job(fn=fn, item=item, future=future, told=told)
        refusal = self._refusal()
        if refusal is None:
            self._queue.put(job)
        else:
            _settle(Outcome(job=job, error=refusal))
        return await future

    def _refusal(self) -> StoreError | None:
        if self.broken.done():
            return StoreBroken(str(self.broken.result()))
        if self._closing:
            return StoreBusy("the store is closing")
        if self._queue.qsize() >= self._queue_bound:
            return StoreBusy("too many writes wait")
        return None

    async def close(self) -> None:
        """Commit what waits and end the thread."""
        if not self._closing:
            self._closing = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def break_off(self, error: StoreBroken) -> None:
        """From any thread: nothing may be written any more."""
        self._loop.call_soon_threadsafe(self._mark_broken, error)

    def _mark_broken(self, error: StoreBroken) -> None:
        if not self.broken.done():
            _LOG.critical("the store cannot be trusted any more: %s", error)
            self.broken.set_result(error)

    def _run(self) -> None:
        try:
            while (jobs := self._take()) is not None:
                self._serve(jobs)
        finally:
            self._finish()

    def _take(self) -> Sequence[Job] | None:
        """All that waits, up to a group; None at the end."""
        first = self._wait()
        if first is None:
            return None
        jobs = [first]
        while len(jobs) < self._group_size:
            try:
                job = self._queue.get_nowait()
            except Empty:
                break
            if job is None:
                self._queue.put(None)  # the end comes after this group
                break
            jobs.append(job)
        return jobs

    def _wait(self) -> Job | None:
        try:
            return self._queue.get(timeout=self._idle_s)
        except Empty:
            self._tidy_up()
            return self._queue.get()

    def _tidy_up(self) -> None:
        try:
            self._tidy()
        except (StoreError, OSError) as error:
            _LOG.warning("housekeeping was put off: %s", error)

    def _serve(self, jobs: Sequence[Job]) -> None:
        try:
            outcomes = self._refuse(jobs) if self._failure else self._work(jobs)
        except Exception as error:
            _LOG.exception("the writer fell")
            self._failure = StoreBroken(f"the writer fell: {error}")
            outcomes = self._refuse(jobs)
        tidings, self._tidings = self._tidings, []
        self._loop.call_soon_threadsafe(
            self._answer, outcomes, self._announced, tidings
        )

    def _work(self, jobs: Sequence[Job]) -> list[Outcome]:
        """All in one commit; what a full disk refused once more when there is room."""
        started = self._clock.monotonic()
        outcomes = self._commit(jobs)
        starved = [o.job for o in outcomes if isinstance(o.error, StoreFull)]
        if starved and self._make_room():
            outcomes = [o for o in outcomes if o.job not in starved]
            outcomes += self._commit(starved)
        self.last_commit_s = self._clock.monotonic() - started
        return outcomes

    def _refuse(self, jobs: Sequence[Job]) -> list[Outcome]:
        return [Outcome(job=job, error=self._failure) for job in jobs]

    def _commit(self, jobs: Sequence[Job]) -> list[Outcome]:
        """One transaction for all; what fails outside a write fails them all."""
        appended = self._session.appended
        appended.clear()
        try:
            self._session.control("BEGIN IMMEDIATE")
            outcomes = [one for group in _by_work(jobs) for one in self._try(group)]
            tidings = self._write_beside(self._beside, appended.copy())
            self._session.control("COMMIT")
        except Exception as error:
            _LOG.warning("%d writes were not committed: %s", len(jobs), error)
            self._session.held.clear()
            if isinstance(error, StoreBroken):
                self._failure = error
            self._roll_back()
            return [Outcome(job=job, error=error) for job in jobs]
        self.commits += 1
        self.writes += len(jobs)
        self._tidings += tidings
        news = {one.news.type.value: one.seq for one in appended}
        self._announced = {**self._announced, **news}
        return outcomes

    def _write_beside(
        self, beside: Beside | None, appended: Sequence[Appended]
    ) -> Sequence[Callable[[], None]]:
        """How its result is told; its own fault spoils nothing but itself."""
        if beside is None or not appended:
            return ()
        self._session.control("SAVEPOINT beside")
        try:
            result = beside.write(self._session, appended)
        except Exception as error:
            is_ours = isinstance(error, StoreFull | StoreBusy | StoreBroken)
            if is_ours or not self._session.in_transaction:
                raise
            _LOG.exception("what is written beside events failed")
            del self._session.appended[len(appended) :]
            self._session.held.clear()
            self._session.control("ROLLBACK TO beside")
            self._session.control("RELEASE beside")
            self._beside = None
            return (partial(beside.fell, error),)
        self._session.control("RELEASE beside")
        return (partial(beside.told, result),)

    def _try(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Jobs of one kind, together; each alone when that does not work."""
        appended = len(self._session.appended)
        self._session.control("SAVEPOINT job")
        try:
            results = jobs[0].fn(self._session, [job.item for job in jobs])
        except Exception as error:
            if isinstance(error, StoreBroken) or not self._session.in_transaction:
                raise  # SQLite has taken the whole transaction back
            del self._session.appended[appended:]
            self._session.held.clear()
            self._session.control("ROLLBACK TO job")
            self._session.control("RELEASE job")
            if len(jobs) > 1:
                return [one for job in jobs for one in self._try([job])]
            if not isinstance(error, GatewayError):
                _LOG.exception("a write failed")
            return [Outcome(job=jobs[0], error=error)]
        self._session.control("RELEASE job")
        return [
            _outcome(job, result) for job, result in zip(jobs, results, strict=True)
        ]

    def _roll_back(self) -> None:
        if self._session.in_transaction:
            try:
                self._session.control("ROLLBACK")
            except StoreError as error:
                self._failure = StoreBroken(f"rolling back failed: {error}")
                self.break_off(self._failure)

    def _answer(
        self,
        outcomes: Sequence[Outcome],
        announced: Mapping[str, int],
        tidings: Sequence[Callable[[], None]],
    ) -> None:
        for outcome in outcomes:
            if isinstance(outcome.error, StoreBroken):
                self._mark_broken(outcome.error)
            _settle(outcome)
        for tell in tidings:
            tell()
        if announced:
            for heard in self._listeners:
                heard(announced)


def _settle(outcome: Outcome) -> None:
    job = outcome.job
    if job.told is not None:
        job.told(outcome.value)
    if job.future.done():
        return  # the caller went away
    if outcome.error is None:
        job.future.set_result(outcome.value)
    else:
        job.future.set_exception(outcome.error)


def _by_work(jobs: Sequence[Job]) -> Iterable[list[Job]]:
    """Those who wait with the same work, together; the first come first."""
    groups: dict[object, list[Job]] = {}
    for job in jobs:
        groups.setdefault(job.fn, []).append(job)
    return groups.values()


def _outcome(job: Job, result: object) -> Outcome:
    if isinstance(result, Exception):
        return Outcome(job=job, error=result)
    return Outcome(job=job, value=result)
