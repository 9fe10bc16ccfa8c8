"""What is known of all links now: who may be given work, since when one is away.

Lanes and the faces read it; links report to it through the door. Its service writes
`link.*` events, a moment after a state has settled. Keeps nothing across a restart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gateway.core.clock import Clock
from gateway.core.errors import NotFound
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import Link, LinkState, LinkStatus
from gateway.core.message import MessageState
from gateway.core.policy import Policy, Route
from gateway.core.store import Backlog, Store, Tx
from gateway.engine.present import link_json
from gateway.engine.route import covers, effective_routes, lanes_of
from gateway.engine.waiting import Bell
from gateway.metrics import Metrics

DEBOUNCE_S: Final = 1.0
IDLE_S: Final = 3600.0

_EVENT_OF: Final = {
    LinkState.UP: EventType.LINK_UP,
    LinkState.DOWN: EventType.LINK_DOWN,
    LinkState.PAUSED: EventType.LINK_PAUSED,
    LinkState.BLOCKED: EventType.LINK_BLOCKED,
}
_WAITING: Final = frozenset({MessageState.SCHEDULED, MessageState.QUEUED})


@dataclass(slots=True, kw_only=True)
class _Entry:
    """One link as the board sees it; times are of the steady clock."""

    link: Link
    status: LinkStatus
    away_since: float | None  # None: it may be given work
    paused_until: float = 0.0
    told: LinkState | None = None
    bell: Bell = field(default_factory=Bell)


class LinkBoard:
    """All links and what is known of them."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, metrics: Metrics
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._metrics = metrics
        self._entries: dict[LinkId, _Entry] = {}
        self._changed = Bell()
        self._backlog: dict[tuple[LaneId, MessageState], int] = {}

    def register(self, link: Link) -> None:
        """A link that exists, whether or not it works now."""
        status = link.status
        is_up = status.state is LinkState.UP
        self._entries[link.id] = _Entry(
            link=link,
            status=status,
            away_since=None if is_up else self._clock.monotonic(),
        )
        self._show(status)
        self._changed.ring()

    def get(self, link_id: LinkId) -> Link:
        """The link; `NotFound` when there is none of that name."""
        return self._entry(link_id).link

    def status(self, link_id: LinkId) -> LinkStatus:
        """`NotFound` when there is no such link."""
        return self._entry(link_id).status

    def statuses(self) -> list[LinkStatus]:
        return [entry.status for entry in self._entries.values()]

    def knows(self, link_id: LinkId) -> bool:
        return link_id in self._entries

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes in force."""
        return effective_routes(self._policy.routes, tuple(self._entries))

    def lanes(self, link_id: LinkId) -> tuple[LaneId, ...]:
        """The lanes a link serves."""
        return lanes_of(link_id, self.routes)

    def covers(self, link_id: LinkId) -> tuple[LinkId, ...]:
        """The links it stands in for now."""
        return covers(link_id, self.routes, self._is_away_long)

    def available(self, link_id: LinkId) -> bool:
        """Whether it may be given work now."""
        entry = self._entry(link_id)
        return (
            entry.status.state is LinkState.UP
            and entry.paused_until <= self._clock.monotonic()
        )

    def away_since(self, link_id: LinkId) -> datetime | None:
        """Since when it cannot be given work; None when it can."""
        entry = self._entry(link_id)
        if entry.away_since is None:
            return None
        away = self._clock.monotonic() - entry.away_since
        return self._clock.now() - timedelta(seconds=away)

    def pause(self, link_id: LinkId, wait: timedelta) -> None:
        """Leave a link in peace that said it cannot send now."""
        entry = self._entry(link_id)
        now = self._clock.monotonic()
        entry.paused_until = now + wait.total_seconds()
        if entry.away_since is None:
            entry.away_since = now
        self._metrics.link_pauses.labels(link_id).inc()

    def thrive(self, link_id: LinkId) -> None:
        """A link took a segment: whatever was, it works."""
        entry = self._entry(link_id)
        entry.paused_until = 0.0
        if entry.status.state is LinkState.UP:
            entry.away_since = None

    def pause_left_s(self, link_id: LinkId) -> float:
        left = self._entry(link_id).paused_until - self._clock.monotonic()
        return max(left, 0.0)

    def status_changed(self, status: LinkStatus) -> None:
        """News of a link; cheap, never blocks."""
        entry = self._entry(status.link)
        was_up = entry.status.state is LinkState.UP
        is_up = status.state is LinkState.UP
        entry.status = status
        self._show(status)
        if is_up and not was_up:
            entry.away_since = None
            entry.paused_until = 0.0
            entry.bell.ring()
        elif was_up and not is_up and entry.away_since is None:
            entry.away_since = self._clock.monotonic()
        self._changed.ring()

    def bell(self, link_id: LinkId) -> Bell:
        """Rings when a lane of this link may have work."""
        return self._entry(link_id).bell

    def wake(self, lane: LaneId | None = None) -> None:
        """Tell those who serve a lane (None: all) to look for work."""
        routes = self.routes
        for link_id, entry in self._entries.items():
            if lane is None or lane in lanes_of(link_id, routes):
                entry.bell.ring()

    def note_backlog(self, backlog: Sequence[Backlog]) -> None:
        """What waits, counted by the sweep."""
        self._backlog = {(one.lane, one.state): one.count for one in backlog}

    def note_accepted(self, lane: LaneId, count: int) -> None:
        """What came to wait since it was counted."""
        key = lane, MessageState.QUEUED
        self._backlog[key] = self._backlog.get(key, 0) + count

    def waiting(self, lanes: Sequence[LaneId] | None = None) -> int:
        """About how many messages wait in some lanes, or in all."""
        return sum(
            count
            for (lane, state), count in self._backlog.items()
            if state in _WAITING and (lanes is None or lane in lanes)
        )

    async def run(self) -> None:
        """Write the events of links whose state has settled, until cancelled."""
        while True:
            seen = self._changed.rings
            if not await self.tell():
                await self._changed.wait(seen, self._clock, IDLE_S)
            await self._clock.sleep(DEBOUNCE_S)

    async def tell(self) -> bool:
        """Write what has not been told yet; whether there was anything."""
        news = [
            (entry, entry.status)
            for entry in self._entries.values()
            if entry.status.state in _EVENT_OF and entry.status.state is not entry.told
        ]
        if not news:
            return False
        now = self._clock.now()

        def append(tx: Tx) -> None:
            for _, status in news:
                tx.events.append(
                    NewEvent(
                        type=_EVENT_OF[status.state],
                        at=now,
                        data=link_json(status),
                        link=status.link,
                    )
                )

        await self._store.write(append)
        for entry, status in news:
            entry.told = status.state
        return True

    def _entry(self, link_id: LinkId) -> _Entry:
        try:
            return self._entries[link_id]
        except KeyError:
            raise NotFound("no_such_link", f"there is no link {link_id!r}") from None

    def _is_away_long(self, link_id: LinkId) -> bool:
        entry = self._entries.get(link_id)
        if entry is None or entry.away_since is None:
            return entry is None
        away_s = self._clock.monotonic() - entry.away_since
        return away_s >= self._policy.failover_after.total_seconds()

    def _show(self, status: LinkStatus) -> None:
        for state in LinkState:
            gauge = self._metrics.link_state.labels(status.link, state.value)
            gauge.set(1 if state is status.state else 0)
        if status.signal_dbm is not None:
            self._metrics.link_signal_dbm.labels(status.link).set(status.signal_dbm)
        self._metrics.link_recoveries.labels(status.link).set(status.recoveries)
        if status.storage_used is not None and status.storage_total:
            ratio = status.storage_used / status.storage_total
            self._metrics.link_storage_used.labels(status.link).set(ratio)
