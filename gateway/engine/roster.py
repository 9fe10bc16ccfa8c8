"""Who takes messages from which place now: who is away, who is sick, who stands in.

Relies on `route` for the order and on `health` for the judgement. What it finds is
remembered until something moves, since it is asked with each message. Keeps nothing
across a restart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gateway.core.clock import Clock
from gateway.core.ids import LinkId
from gateway.core.message_store import Place
from gateway.core.policy import Policy
from gateway.engine.health import Health, Sign
from gateway.engine.route import Member, Routing, Standing, places

_NEVER: Final = float("inf")


@dataclass(slots=True, kw_only=True)
class _Entry:
    """A link on the roster; times are of the steady clock."""

    member: Member
    away_since: float | None  # None: it may be given work
    health: Health = field(default_factory=Health)


class Roster:
    """The links of all routes, and which of them serve."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self.routing = Routing.of(policy.routes, ())
        self._clock = clock
        self._routes = policy.routes
        self._grace_s = policy.failover_after.total_seconds()
        self._entries: dict[LinkId, _Entry] = {}
        self._places: dict[LinkId, tuple[Place, ...]] = {}
        self._good_until = _NEVER

    def enlist(self, member: Member, *, is_up: bool) -> None:
        """A link that exists."""
        away_since = None if is_up else self._clock.monotonic()
        self._entries[member.link] = _Entry(member=member, away_since=away_since)
        members = [entry.member for entry in self._entries.values()]
        self.routing = Routing.of(self._routes, members)
        self._forget()

    def away_since(self, link: LinkId) -> float | None:
        """Since when it cannot be given work."""
        return self._entries[link].away_since

    def leave(self, link: LinkId) -> None:
        """It cannot be given work; since the first time it is told."""
        entry = self._entries[link]
        if entry.away_since is None:
            entry.away_since = self._clock.monotonic()
            self._forget()

    def come_back(self, link: LinkId) -> None:
        """It can be given work again."""
        entry = self._entries[link]
        if entry.away_since is not None:
            entry.away_since = None
            self._forget()

    def note(self, link: LinkId, sign: Sign) -> bool:
        """What an attempt says of a link; whether others have to know."""
        changed = self._entries[link].health.note(sign, self._clock.monotonic())
        if changed:
            self._forget()
        return changed

    def begun(self, link: LinkId) -> bool:
        """A message is on its way; whether others have to know."""
        changed = self._entries[link].health.begun()
        if changed:
            self._forget()
        return changed

    def illness(self, link: LinkId) -> str | None:
        """Why it is taken for sick; None when it is not."""
        health = self._entries[link].health
        return health.words if health.is_sick else None

    def places(self, link: LinkId) -> tuple[Place, ...]:
        """From where it takes messages now."""
        now = self._clock.monotonic()
        if now >= self._good_until:
            self._forget()
        found = self._places.get(link)
        if found is None:
            if not self._places:
                self._good_until = self._next_turn(now)
            found = places(self.routing, link, self._standing_at(now))
            self._places[link] = found
        return found

    def _forget(self) -> None:
        self._places.clear()
        self._good_until = _NEVER

    def _next_turn(self, now: float) -> float:
        """When a standing changes though nothing happens."""
        moments = [
            moment
            for entry in self._entries.values()
            for moment in (self._away_from(entry), entry.health.try_at)
            if moment is not None and moment > now
        ]
        return min(moments, default=_NEVER)

    def _away_from(self, entry: _Entry) -> float | None:
        """When others stand in for it."""
        return None if entry.away_since is None else entry.away_since + self._grace_s

    def _standing_at(self, now: float) -> Callable[[LinkId], Standing]:
        def standing(link: LinkId) -> Standing:
            entry = self._entries[link]
            away_from = self._away_from(entry)
            if away_from is not None and away_from <= now:
                return Standing.AWAY
            health = entry.health
            is_due = health.try_at is not None and health.try_at <= now
            if health.is_sick and not is_due:
                return Standing.SICK
            return Standing.PRESENT

        return standing
