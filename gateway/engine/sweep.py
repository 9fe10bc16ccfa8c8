"""Timers that are rows: what has become due, has expired, or has waited long enough.

Wakes scheduled and deferred messages, ends expired ones, shows long messages whose
time is up, counts the backlog, and purges once a day. Holds nothing that a restart
could lose. Nothing expires while the clock is not to be trusted.

Spec: spec/reliability.md DG-09, DG-18, DG-27
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from gateway.core.clock import Clock
from gateway.core.event import Event, EventType
from gateway.core.message import SegmentState
from gateway.core.message_store import Backlog
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.claim import EXPIRED
from gateway.engine.groups import surface
from gateway.engine.retention import purge_bite
from gateway.engine.transition import announce, close
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

PERIOD_S: Final = 1.0
BITE: Final = 200
COUNT_EVERY_S: Final = 10.0
PURGE_EVERY: Final = timedelta(days=1)
MARK_EVERY: Final = timedelta(minutes=5)
STEP_BACK_ALLOWED: Final = timedelta(minutes=10)
CLOCK_MARK: Final = "clock:mark"
PURGED_AT: Final = "retention:purged_at"


class Sweep:
    """The clockwork of the rooms."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Policy,
        board: LinkBoard,
        metrics: Metrics,
        *,
        is_synchronised: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._board = board
        self._metrics = metrics
        self._is_synchronised = is_synchronised
        self._counted_at: float | None = None
        self._seq: int | None = None
        self._is_trusted = True

    async def run(self) -> None:
        """Sweep until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(PERIOD_S)

    async def once(self) -> None:
        """One pass over everything."""
        await self._count()
        if await self._is_clock_right():
            await self._time_out()
            await self._purge_daily()

    async def _time_out(self) -> None:
        now = self._clock.now()
        if not await self._store.read(lambda tx: _has_work(tx, now)):
            return
        while True:
            woken, has_more = await self._store.write(lambda tx: _pass(tx, now))
            if woken:
                self._board.wake()
            if not has_more:
                return

    async def _is_clock_right(self) -> bool:
        """Whether the wall clock is not behind what it once was (DG-27)."""
        now = self._clock.now()
        text = await self._store.read(lambda tx: tx.facts.get(CLOCK_MARK))
        mark = datetime.fromisoformat(text) if text else None
        is_behind = mark is not None and now < mark - STEP_BACK_ALLOWED
        # A clock that others keep right is believed even when it goes back.
        is_right = not is_behind or self._is_synchronised()
        if is_right is not self._is_trusted:
            logger.warning(
                "the clock is %s", "right" if is_right else "behind: waiting"
            )
            self._is_trusted = is_right
        if is_right and (mark is None or is_behind or now - mark >= MARK_EVERY):
            await self._store.write(
                lambda tx: tx.facts.put(CLOCK_MARK, now.isoformat())
            )
        return is_right

    async def _purge_daily(self) -> None:
        """A bite a pass, so that nobody waits for it; then a day of rest."""
        now = self._clock.now()
        text = await self._store.read(lambda tx: tx.facts.get(PURGED_AT))
        if text and now - datetime.fromisoformat(text) < PURGE_EVERY:
            return
        gone = await purge_bite(self._store, self._policy.retention, now)
        self._metrics.purged.inc(gone)
        if not gone:
            await self._store.write(lambda tx: tx.facts.put(PURGED_AT, now.isoformat()))

    async def _count(self) -> None:
        """Figures for the metrics and for the limit of the queue."""
        steady = self._clock.monotonic()
        if self._counted_at is not None and steady - self._counted_at < COUNT_EVERY_S:
            return
        self._counted_at = steady
        backlog = await self._store.read(lambda tx: tx.outbox.backlog())
        self._board.note_backlog(backlog)
        self._show_backlog(backlog)
        await self._count_events()

    def _show_backlog(self, backlog: list[Backlog]) -> None:
        self._metrics.backlog.clear()
        self._metrics.backlog_age_seconds.clear()
        now = self._clock.now()
        for one in backlog:
            labels = one.lane, one.state.value
            self._metrics.backlog.labels(*labels).set(one.count)
            age = self._metrics.backlog_age_seconds.labels(*labels)
            age.set((now - one.oldest_at).total_seconds())

    async def _count_events(self) -> None:
        """Count by type what was committed since the last time."""
        if self._seq is None:
            self._seq = await self._store.read(lambda tx: tx.events.last_seq())
        while events := await self._events_after(self._seq):
            for event in events:
                self._metrics.events.labels(event.type.value).inc()
                if event.type is EventType.MESSAGE_RECEIVED and _has_gap(event.data):
                    self._metrics.surfaced.inc()
            self._seq = events[-1].seq
        self._metrics.event_seq.set(self._seq)

    async def _events_after(self, seq: int) -> list[Event]:
        return await self._store.read(lambda tx: tx.events.after(seq, BITE))


def _has_gap(data: object) -> bool:
    return isinstance(data, dict) and bool(data.get("missing"))


def _has_work(tx: Tx, now: datetime) -> bool:
    moments = (tx.outbox.next_due(), tx.inbox.next_deadline())
    is_due = any(moment is not None and moment <= now for moment in moments)
    return is_due or bool(tx.outbox.expired(now, 1))


def _pass(tx: Tx, now: datetime) -> tuple[bool, bool]:
    """Whether messages were woken, and whether there is more of anything."""
    # First what has expired: it must not be woken and sent.
    expired = tx.outbox.expired(now, BITE)
    for message in expired:
        close(tx, message, SegmentState.EXPIRED, EXPIRED, now)
    woken = tx.outbox.wake_due(now, BITE)
    for message in woken:
        if message.link is None:
            # Never claimed, so it was scheduled: deferred ones told so when deferred.
            announce(tx, message, EventType.MESSAGE_QUEUED, now)
    groups = tx.inbox.overdue_groups(now, BITE)
    for group in groups:
        surface(tx, group, now)
    has_more = BITE in (len(expired), len(woken), len(groups))
    return bool(woken), has_more
