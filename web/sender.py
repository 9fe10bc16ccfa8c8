"""Sends what is owed: signed, several at once to each listener, tried for days.

A line for each URL (`web.line`) says what comes next and how much at once; what became
of it goes to disk through `web.results`. What is owed comes straight from the fan-out,
or from the store where that is too much, or for another time.
Spec: Standard Webhooks 1.0.0; spec/reliability.md DG-21, FT-32, FT-33, C8.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NoReturn

from gateway.core.account import Delivery
from gateway.core.clock import Clock
from gateway.core.ids import IdSource
from gateway.core.store import Store
from gateway.metrics import Metrics
from web.batch import body_of, identity_of
from web.keyring import Keyring
from web.line import QUEUE_LIMIT, Line
from web.post import Answered, Poster, Unanswered
from web.results import Results, failed, given_up, gone
from web.schedule import next_try

_LOOK_AGAIN = timedelta(minutes=1)
_ERROR_LIMIT = 200
_LINES = 4096
_QUEUED = 4096  # of all lines together, more or less


class Sender:
    """Keeps at most `concurrency` posts under way, `in_flight` to one URL."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        poster: Poster,
        metrics: Metrics,
        *,
        crash: Callable[[str], None],
        concurrency: int = 128,
        in_flight: int = 16,
        linger_s: float = 0.05,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._poster = poster
        self._metrics = metrics
        self._answers = cache(metrics.deliveries.labels)
        self._crash = crash
        self._concurrency = concurrency
        self._in_flight = in_flight
        self._keyring = Keyring(store)
        self._results = Results(store, clock, linger_s=linger_s, settled=self._move)
        self._lines: dict[str, Line] = {}
        self._under_way = 0
        self._waiting: deque[Line] = deque()  # for one of all posts to end
        self._look_at: datetime | None = None  # at the agenda; None: now
        self._moment: datetime | None = None  # when a look is due; None: it goes on
        self._woken = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None

    def wake(self) -> None:
        """Webhooks may have changed, or something old may be due."""
        self._keyring.forget()
        self._look_at = None
        self._woken.set()

    def take(self, owed: Sequence[Delivery]) -> None:
        """These are new, and on disk."""
        lines: dict[str, Line] = {}
        for delivery in owed:
            line = self._line(delivery.url)
            if line is None:
                self._woken.set()  # the agenda will have it, once there is room
            else:
                line.offer(delivery, limit=self._queue_limit)
                lines[delivery.url] = line
        for line in lines.values():
            self._move(line)

    async def run(self) -> NoReturn:
        """Send until cancelled; posts under way are then repeated at the next start."""
        self._lines, self._under_way, self._look_at = {}, 0, None
        self._waiting.clear()
        async with contextlib.aclosing(self._poster), asyncio.TaskGroup() as group:
            self._group = group
            group.create_task(self._results.run())
            try:
                await self._go_on(group)
            finally:
                self._group = None
        raise AssertionError("it goes on until it is cancelled")

    async def _go_on(self, group: asyncio.TaskGroup) -> NoReturn:
        while True:
            self._woken.clear()
            self._moment = None
            self._moment = await self._look()
            timer = group.create_task(self._wake_at(self._moment))
            await self._woken.wait()
            timer.cancel()

    async def _look(self) -> datetime:
        """Ask the store where it is time to; when to look again."""
        now = self._clock.now()
        again = self._look_at
        if again is None or again <= now:
            again = self._look_at = now + _LOOK_AGAIN
            await self._read_agenda()
        moments = [again]
        for line in list(self._lines.values()):
            line.forget_old_pause(now)
            if line.is_hungry(now):
                await self._fill(line, now)
            if line.is_over and not line.under_way:
                del self._lines[line.url]
            elif (moment := line.next_look(now)) is not None:
                moments.append(moment)
        return min(moments)

    async def _read_agenda(self) -> None:
        agenda = await self._store.read(lambda tx: tx.webhooks.agenda())
        for url, due_at in sorted(agenda, key=lambda one: one[1]):
            if (line := self._line(url)) is not None:
                line.expect(due_at)

    async def _fill(self, line: Line, now: datetime) -> None:
        asked = line.ask(limit=self._queue_limit)
        found = await self._store.read(lambda tx: tx.webhooks.pending(line.url, asked))
        line.fill(found, now, asked=asked)
        self._move(line)

    async def _wake_at(self, moment: datetime) -> None:
        wait = moment - self._clock.now()
        await self._clock.sleep(max(wait.total_seconds(), 0.0))
        self._woken.set()

    def _line(self, url: str) -> Line | None:
        line = self._lines.get(url)
        if line is None and len(self._lines) < _LINES:
            line = self._lines[url] = Line(url, window_limit=self._in_flight)
        return line

    @property
    def _queue_limit(self) -> int:
        return min(QUEUE_LIMIT, max(1, _QUEUED // (len(self._lines) or 1)))

    def _move(self, line: Line) -> None:
        """Start what may start, and ask for more when it is time."""
        now = self._clock.now()
        if self._group is not None:
            while self._under_way < self._concurrency:
                delivery = line.next(now)
                if delivery is None:
                    break
                self._under_way += 1
                self._group.create_task(self._serve(line, delivery))
            else:
                if line not in self._waiting:
                    self._waiting.append(line)
        moment = line.next_look(now)
        is_early = moment and (self._moment is None or moment < self._moment)
        if line.is_over or is_early:
            self._woken.set()

    async def _serve(self, line: Line, first: Delivery) -> None:
        """Post one after the other while the line has any and nobody else waits."""
        delivery: Delivery | None = first
        try:
            while delivery is not None:
                try:
                    await self._send(line, delivery)
                finally:
                    line.under_way -= 1
                delivery = None if self._waiting else line.next(self._clock.now())
        finally:
            self._under_way -= 1
        self._move(line)
        if self._waiting:
            self._move(self._waiting.popleft())

    async def _send(self, line: Line, delivery: Delivery) -> None:
        terms = await self._keyring.of(delivery)
        if terms is None:
            reason = "the listener is gone or switched off"
            change = given_up(self._clock.now(), reason)
            self._results.changed(line, delivery, change, None)
            return
        members, identity, body = [delivery], str(delivery.id), delivery.body
        if terms.batch > 1:
            members = line.join(delivery, terms.batch)
            identity, body = identity_of(members), body_of(members)
        started = self._clock.monotonic()
        result = await self._poster.post(
            delivery.url, identity=identity, body=body.encode(), secrets=terms.secrets
        )
        self._count(result, self._clock.monotonic() - started)
        self._crash("C8")
        now = self._clock.now()
        match result:
            case Answered(status=status) if 200 <= status < 300:
                line.worked(now)
                for member in members:
                    self._results.delivered(line, member, status)
            case Answered(status=410):
                for member in members:
                    self._results.changed(line, member, gone(now), None)
                self._keyring.forget()
            case Answered() | Unanswered():
                self._failed(line, members, result, now)

    def _failed(
        self,
        line: Line,
        members: Sequence[Delivery],
        result: Answered | Unanswered,
        now: datetime,
    ) -> None:
        status, retry_after, reason = None, None, ""
        match result:
            case Answered():
                status, retry_after = result.status, result.retry_after
                reason = f"answered {status}"
            case Unanswered():
                reason = result.reason[:_ERROR_LIMIT]
        line.failed(
            now, status=status, retry_after=retry_after, jitter=self._ids.jitter()
        )
        first = members[0]
        wait = next_try(
            first.attempts + 1,
            age=now - first.created_at,
            jitter=self._ids.jitter(),
        )
        if wait is not None:
            wait = max(wait, retry_after or wait)
        change = failed(now, status=status, reason=reason, wait=wait)
        due_at = None if wait is None else now + wait
        for member in members:
            self._results.changed(line, member, change, due_at)

    def _count(self, result: Answered | Unanswered, took_s: float) -> None:
        kind = f"{result.status // 100}xx" if isinstance(result, Answered) else "none"
        self._answers(kind).inc()
        self._metrics.delivery_seconds.observe(took_s)
