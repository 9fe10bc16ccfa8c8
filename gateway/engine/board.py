"""What is known of all links now: who may be given work, and how each is.

Lanes and the faces read it; links report to it through the door. Relies on `roster` for
who stands in for whom. Its service writes `link.*` events, a moment after a state has
settled. Keeps nothing across a restart.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from gateway.core.clock import Clock
from gateway.core.errors import NotFound
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import Link, LinkState, LinkStatus
from gateway.core.message import MessageState
from gateway.core.message_store import Backlog, Place
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine.expectation import Expectations
from gateway.engine.express import Offer
from gateway.engine.gauge import DEGRADED, show_links
from gateway.engine.health import Sign
from gateway.engine.present import link_json
from gateway.engine.roster import Roster
from gateway.engine.route import Choice, Member, Routing
from gateway.engine.waiting import Bell
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

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
    """One link as the board sees it."""

    link: Link
    status: LinkStatus  # as it was told last
    cost: int
    paused_until: float = 0.0  # of the steady clock
    told: LinkState | None = None
    bell: Bell = field(default_factory=Bell)
    lane: "Lane | None" = None  # while it runs


class Lane(Protocol):
    """What takes messages for a link."""

    def offer(self, count: int) -> Offer | None:
        """Room for at most so many messages that are about to be queued."""
        ...


class LinkBoard:
    """All links and what is known of them."""

    def __init__(
        self, store: Store, clock: Clock, policy: Policy, metrics: Metrics
    ) -> None:
        self._store = store
        self._clock = clock
        self._costs = policy.costs
        self._metrics = metrics
        self._roster = Roster(clock, policy)
        self._entries: dict[LinkId, _Entry] = {}
        self._changed = Bell()
        self._backlog: dict[tuple[LaneId, MessageState], int] = {}
        self.expectations = Expectations()
        metrics.before_exposition(lambda: show_links(metrics, self.statuses()))

    def register(self, link: Link) -> None:
        """A link that exists, whether or not it works now."""
        cost = self._costs.get(link.id, 0)
        self._entries[link.id] = _Entry(link=link, status=link.status, cost=cost)
        any_sender = link.capabilities.any_sender
        self._roster.enlist(
            Member(link=link.id, any_sender=any_sender, cost=cost),
            is_up=link.status.state is LinkState.UP,
        )
        self._changed.ring()

    def get(self, link_id: LinkId) -> Link:
        """The link; `NotFound` when there is none of that name."""
        return self._entry(link_id).link

    def status(self, link_id: LinkId) -> LinkStatus:
        """As it is this moment; `NotFound` when there is no such link."""
        status = self._entry(link_id).link.status
        illness = self._roster.illness(link_id)
        if illness is None or status.state is not LinkState.UP:
            return status
        return replace(status, reason=DEGRADED, detail=illness)

    def statuses(self) -> list[LinkStatus]:
        return [self.status(link_id) for link_id in self._entries]

    def number(self, link_id: LinkId) -> str | None:
        """A link's own number, as far as it is known."""
        return self._entry(link_id).status.msisdn

    def knows(self, link_id: LinkId) -> bool:
        return link_id in self._entries

    @property
    def routing(self) -> Routing:
        """The routes in force."""
        return self._roster.routing

    def lanes(self, link_id: LinkId) -> tuple[LaneId, ...]:
        """The lanes a link serves."""
        return self.routing.lanes(link_id)

    def places(self, link_id: LinkId) -> tuple[Place, ...]:
        """From where it takes messages now."""
        return self._roster.places(link_id)

    def is_degraded(self, link_id: LinkId) -> bool:
        """Whether it is up, but is to be given one segment at a time."""
        return self._roster.illness(link_id) is not None

    def available(self, link_id: LinkId) -> bool:
        """Whether it may be given work now."""
        entry = self._entry(link_id)
        return (
            entry.status.state is LinkState.UP
            and entry.paused_until <= self._clock.monotonic()
        )

    def away_since(self, link_id: LinkId) -> datetime | None:
        """Since when it cannot be given work; None when it can."""
        since = self._roster.away_since(link_id)
        if since is None:
            return None
        away = self._clock.monotonic() - since
        return self._clock.now() - timedelta(seconds=away)

    def pause(self, link_id: LinkId, wait: timedelta) -> None:
        """Leave a link in peace that said it cannot send now."""
        entry = self._entry(link_id)
        entry.paused_until = self._clock.monotonic() + wait.total_seconds()
        self._roster.leave(link_id)
        self._metrics.link_pauses.labels(link_id).inc()
        self.stumble(link_id, Sign.REFUSED)

    def wants_wide(self, lane: LaneId) -> bool:
        """Whether a link of this lane ties segments by 16-bit references."""
        links = (self._entries[link_id].link for link_id in self.routing.servers(lane))
        return any(link.capabilities.wide_references for link in links)

    def takes_whole(self, lane: LaneId) -> bool:
        """Whether every link of this lane takes a long message uncut."""
        links = [self._entries[link_id].link for link_id in self.routing.servers(lane)]
        return bool(links) and all(link.capabilities.whole_messages for link in links)

    def is_sick(self, link_id: LinkId) -> bool:
        """Whether it is to be tried with one message at a time."""
        return self._roster.illness(link_id) is not None

    def thrive(self, link_id: LinkId) -> None:
        """A link took a segment: whatever was, it works."""
        entry = self._entry(link_id)
        entry.paused_until = 0.0
        if entry.status.state is LinkState.UP:
            self._roster.come_back(link_id)
        if entry.cost:
            self._metrics.link_cost.labels(link_id).inc(entry.cost)
        self._heed(link_id, Sign.TAKEN)

    def stumble(self, link_id: LinkId, sign: Sign) -> None:
        """An attempt came to nothing, and the link may be why."""
        self._heed(link_id, sign)

    def begun(self, link_id: LinkId) -> None:
        """A segment is on its way."""
        if self._roster.begun(link_id):
            self.wake()

    def pause_left_s(self, link_id: LinkId) -> float:
        left = self._entry(link_id).paused_until - self._clock.monotonic()
        return max(left, 0.0)

    def status_changed(self, status: LinkStatus) -> None:
        """News of a link; cheap, never blocks."""
        entry = self._entry(status.link)
        was_up = entry.status.state is LinkState.UP
        is_up = status.state is LinkState.UP
        entry.status = status
        if is_up and not was_up:
            self._roster.come_back(status.link)
            entry.paused_until = 0.0
            entry.bell.ring()
        elif was_up and not is_up:
            self._roster.leave(status.link)
        self._changed.ring()

    def bell(self, link_id: LinkId) -> Bell:
        """Rings when a lane of this link may have work."""
        return self._entry(link_id).bell

    def open_lane(self, link_id: LinkId, lane: Lane | None) -> None:
        """Who takes messages for a link now; None: nobody any more."""
        self._entry(link_id).lane = lane

    def offer(self, choice: Choice | None, count: int) -> Offer | None:
        """Room that a link has for messages that would wait in this place."""
        if choice is None:
            return None
        wanted = choice.preferred
        links = self.routing.servers(choice.lane) if wanted is None else [wanted]
        for link_id in links:
            lane = self._entries[link_id].lane
            offer = None if lane is None else lane.offer(count)
            if offer is not None:
                return offer
        return None

    def wake(self, lane: LaneId | None = None) -> None:
        """Tell those who serve a lane (None: all) to look for work."""
        links = self._entries if lane is None else self.routing.servers(lane)
        for link_id in links:
            self._entries[link_id].bell.ring()

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

    def _heed(self, link_id: LinkId, sign: Sign) -> None:
        was_sick = self._roster.illness(link_id) is not None
        if not self._roster.note(link_id, sign):
            return
        illness = self._roster.illness(link_id)
        if illness is not None and not was_sick:
            logger.warning("link %s is degraded: %s", link_id, illness)
        elif illness is None and was_sick:
            logger.info("link %s is well again", link_id)
        self.wake()
