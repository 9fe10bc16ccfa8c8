"""Values and pure functions that decide: retries, rates, words, keeping, routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from gateway.core.ids import LaneId, LinkId
from gateway.core.message import MessageClass, OnUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Doubling waits with full jitter (spec/reliability.md DG-09)."""

    first: timedelta = timedelta(seconds=30)
    cap: timedelta = timedelta(hours=1)

    def wait(self, tries: int, jitter: float) -> timedelta:
        """After the `tries`-th failure (from 1); `jitter` in [0, 1)."""
        ceiling = min(self.cap, self.first * (1 << min(tries - 1, 32)))
        floor = min(self.first, ceiling) / 2
        return floor + (ceiling - floor) * jitter


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPolicy:
    """How one class of messages is treated."""

    on_unknown: OnUnknown = OnUnknown.HOLD
    validity: timedelta = timedelta(hours=48)
    priority: int = 1


DEFAULT_CLASSES: Mapping[MessageClass, ClassPolicy] = {
    MessageClass.NORMAL: ClassPolicy(),
    MessageClass.OTP: ClassPolicy(
        on_unknown=OnUnknown.RESEND, validity=timedelta(minutes=15), priority=3
    ),
    MessageClass.ALERT: ClassPolicy(
        on_unknown=OnUnknown.RESEND, validity=timedelta(hours=12), priority=2
    ),
    MessageClass.BULK: ClassPolicy(priority=0),
}


class Order(StrEnum):
    """Whom of a route's links a message goes to first."""

    GIVEN = "given"  # as they are listed
    CHEAPEST = "cheapest"  # by cost; equals share
    SPREAD = "spread"  # whoever is idle


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which links serve which messages; the first route that matches wins.

    Every condition must hold; an empty one always does.
    """

    lane: LaneId
    links: tuple[LinkId, ...]
    order: Order = Order.GIVEN
    prefixes: tuple[str, ...] = ()  # of the canonical address
    senders: tuple[str, ...] = ()  # as the caller asks for; "+7495*" is a prefix
    queues: tuple[str, ...] = ()
    classes: tuple[MessageClass, ...] = ()


STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "quit", "end", "стоп", "отписаться", "отписка"}
    | {"отмена рассылки", "зупинити", "відписатися"}
)
START_WORDS = frozenset({"start", "unstop", "старт", "подписаться", "почати"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept; None: for ever."""

    messages: timedelta | None = timedelta(days=90)
    raw: timedelta | None = timedelta(days=7)
    events: timedelta | None = timedelta(days=30)
    fingerprints: timedelta = timedelta(days=30)
    parked_reports: timedelta = timedelta(days=7)
    answers: timedelta = timedelta(days=7)
    deliveries: timedelta = timedelta(days=30)
    notices: timedelta = timedelta(days=7)
    quarantine: timedelta | None = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything the rooms decide by."""

    region: str = "RU"
    backoff: Backoff = Backoff()
    max_tries: int = 8  # of a message; link faults do not count
    classes: Mapping[MessageClass, ClassPolicy] = field(
        default_factory=lambda: DEFAULT_CLASSES
    )
    routes: tuple[Route, ...] = ()
    costs: Mapping[LinkId, int] = field(default_factory=dict)  # see `cost` of a link
    failover_after: timedelta = timedelta(seconds=30)  # link down this long: others
    reassembly_timeout: timedelta = timedelta(hours=24)
    late_segment: timedelta = timedelta(days=7)  # a gap may still be closed
    destination_interval: timedelta = timedelta(0)  # least time between messages to one
    max_segments: int = 20
    max_recipients: int = 500
    max_queue: int = 1_000_000
    stop_words: frozenset[str] = STOP_WORDS
    start_words: frozenset[str] = START_WORDS
    retention: Retention = Retention()
