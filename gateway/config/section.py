"""The sections no adapter owns: the gateway itself, routes, classes, keeping, policy.

Keys carry their unit; the values the rooms decide by (`gateway.core.policy`) are made
here. Defaults are those of the policies, written once.
"""

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import phonenumbers
from msgspec import Meta

from gateway.core.errors import ConfigError
from gateway.core.ids import LaneId, LinkId
from gateway.core.message import MessageClass, OnUnknown
from gateway.core.policy import (
    DEFAULT_CLASSES,
    START_WORDS,
    STOP_WORDS,
    Backoff,
    ClassPolicy,
    Order,
    Policy,
    Retention,
    Route,
)

_Text = TypeVar("_Text", bound=str)

YEAR_S = 365 * 86400
Seconds = Annotated[int, Meta(ge=1, le=YEAR_S)]
Days = Annotated[int, Meta(ge=1, le=3650)] | Literal["forever"]
# Not as a pattern of msgspec's: its 0.22 damages memory when it checks one.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_PREFIX = re.compile(r"\+?[0-9]{1,15}")
_SENDER = re.compile(r"[ -)+-~]{0,20}\*?")
_QUEUE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class LogLevel(StrEnum):
    """How much the log says."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySection:
    """[gateway]"""

    data_dir: Path
    region: str = "RU"
    timezone: str = "UTC"
    public_url: str | None = None
    log_level: LogLevel = LogLevel.INFO

    def __post_init__(self) -> None:
        if self.region not in phonenumbers.SUPPORTED_REGIONS:
            raise ConfigError("region", "must be a country code such as RU or DE")
        try:
            zoneinfo.ZoneInfo(self.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigError(
                "timezone", "must be a time zone such as Europe/Moscow"
            ) from error
        if self.public_url is not None and not re.fullmatch(
            r"https?://[^\s/?#@]+(/[^\s?#]*)?", self.public_url
        ):
            raise ConfigError("public_url", "must be an http:// or https:// address")


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSection:
    """[[route]]"""

    links: tuple[str, ...]
    prefix: tuple[str, ...] | str = ()
    sender: tuple[str, ...] | str = ()
    queue: tuple[str, ...] | str = ()
    class_: tuple[MessageClass, ...] | MessageClass = ()
    name: str | None = None
    order: Order | None = None
    spread: bool | None = None  # true: short for order = "spread"

    def __post_init__(self) -> None:
        if not self.links:
            raise ConfigError("links", "must name at least one link")
        for name in self.links:
            _check_name("links", name)
        if self.name is not None:
            _check_name("name", self.name)
        if len(set(self.links)) < len(self.links):
            raise ConfigError("links", "names a link twice")
        self._check_conditions()
        is_spread = self.order is Order.SPREAD
        if None not in (self.order, self.spread) and self.spread is not is_spread:
            raise ConfigError("order", "says one thing and the key spread another")

    def _check_conditions(self) -> None:
        for prefix in _listed(self.prefix):
            if not _PREFIX.fullmatch(prefix):
                raise ConfigError("prefix", f"{prefix!r} must be digits such as +7916")
        for sender in _listed(self.sender):
            if not _SENDER.fullmatch(sender):
                raise ConfigError(
                    "sender", f"{sender!r} must be a sender, or its beginning and *"
                )
        for queue in _listed(self.queue):
            if not _QUEUE.fullmatch(queue):
                raise ConfigError("queue", f"{queue!r} must be the name of a queue")

    def route(self, number: int) -> Route:
        """The value; `number` names the lane of a route without a name."""
        return Route(
            lane=LaneId(self.name or f"route{number}"),
            links=tuple(LinkId(name) for name in self.links),
            order=self.order or (Order.SPREAD if self.spread else Order.GIVEN),
            prefixes=_listed(self.prefix),
            senders=_listed(self.sender),
            queues=_listed(self.queue),
            classes=_listed(self.class_),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSection:
    """[class.otp] and its like; what is not given stays as it is by default."""

    on_unknown: OnUnknown | None = None
    validity_s: Seconds | None = None
    priority: Annotated[int, Meta(ge=0, le=3)] | None = None

    def over(self, default: ClassPolicy) -> ClassPolicy:
        """The default with what was given in its place."""
        return ClassPolicy(
            on_unknown=self.on_unknown or default.on_unknown,
            validity=_seconds(self.validity_s) or default.validity,
            priority=default.priority if self.priority is None else self.priority,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSection:
    """[retention]"""

    messages_days: Days = 90
    raw_days: Days = 7
    events_days: Days = 30
    fingerprints_days: Annotated[int, Meta(ge=30, le=3650)] = 30
    parked_reports_days: Annotated[int, Meta(ge=7, le=3650)] = 7
    answers_days: Annotated[int, Meta(ge=7, le=3650)] = 7
    deliveries_days: Annotated[int, Meta(ge=4, le=3650)] = 30
    notices_days: Annotated[int, Meta(ge=1, le=3650)] = 7
    quarantine_days: Days = 90

    def retention(self) -> Retention:
        """The value."""
        return Retention(
            messages=_days(self.messages_days),
            raw=_days(self.raw_days),
            events=_days(self.events_days),
            fingerprints=timedelta(days=self.fingerprints_days),
            parked_reports=timedelta(days=self.parked_reports_days),
            answers=timedelta(days=self.answers_days),
            deliveries=timedelta(days=self.deliveries_days),
            notices=timedelta(days=self.notices_days),
            quarantine=_days(self.quarantine_days),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySection:
    """[policy]"""

    backoff_first_s: Seconds = 30
    backoff_cap_s: Seconds = 3600
    max_tries: Annotated[int, Meta(ge=1, le=100)] = 8
    failover_after_s: Annotated[int, Meta(ge=0, le=YEAR_S)] = 30
    reassembly_timeout_s: Seconds = 86400
    late_segment_s: Seconds = 7 * 86400
    destination_interval_s: Annotated[int, Meta(ge=0, le=86400)] = 0
    max_segments: Annotated[int, Meta(ge=1, le=255)] = 20
    max_recipients: Annotated[int, Meta(ge=1, le=10_000)] = 500
    max_queue: Annotated[int, Meta(ge=1, le=100_000_000)] = 1_000_000
    stop_words: tuple[str, ...] = tuple(sorted(STOP_WORDS))
    start_words: tuple[str, ...] = tuple(sorted(START_WORDS))

    def __post_init__(self) -> None:
        if self.backoff_cap_s < self.backoff_first_s:
            raise ConfigError("backoff_cap_s", "must not be below backoff_first_s")
        if both := set(map(_folded, self.stop_words)) & set(
            map(_folded, self.start_words)
        ):
            raise ConfigError("start_words", f"{min(both)!r} is also a stop word")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSections:
    """[class]: one section for each message class."""

    normal: ClassSection = field(default_factory=ClassSection)
    otp: ClassSection = field(default_factory=ClassSection)
    alert: ClassSection = field(default_factory=ClassSection)
    bulk: ClassSection = field(default_factory=ClassSection)

    def of(self, message_class: MessageClass) -> ClassSection:
        """The section of that class."""
        match message_class:
            case MessageClass.NORMAL:
                return self.normal
            case MessageClass.OTP:
                return self.otp
            case MessageClass.ALERT:
                return self.alert
            case MessageClass.BULK:
                return self.bulk


def _listed(value: tuple[_Text, ...] | _Text) -> tuple[_Text, ...]:
    """As a list, however it was written."""
    return (value,) if isinstance(value, str) else value


def _check_name(key: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ConfigError(
            key, f"{name!r} must be letters, digits, '.', '_' and '-', at most 63"
        )


def policy_of(
    *,
    region: str,
    policy: PolicySection,
    classes: ClassSections,
    routes: tuple[RouteSection, ...],
    costs: Mapping[str, int],
    retention: RetentionSection,
) -> Policy:
    """Everything the rooms decide by, from the sections."""
    return Policy(
        region=region,
        backoff=Backoff(
            first=timedelta(seconds=policy.backoff_first_s),
            cap=timedelta(seconds=policy.backoff_cap_s),
        ),
        max_tries=policy.max_tries,
        classes={
            message_class: classes.of(message_class).over(default)
            for message_class, default in DEFAULT_CLASSES.items()
        },
        routes=tuple(
            route.route(number) for number, route in enumerate(routes, start=1)
        ),
        costs={LinkId(name): cost for name, cost in costs.items()},
        failover_after=timedelta(seconds=policy.failover_after_s),
        reassembly_timeout=timedelta(seconds=policy.reassembly_timeout_s),
        late_segment=timedelta(seconds=policy.late_segment_s),
        destination_interval=timedelta(seconds=policy.destination_interval_s),
        max_segments=policy.max_segments,
        max_recipients=policy.max_recipients,
        max_queue=policy.max_queue,
        stop_words=frozenset(map(_folded, policy.stop_words)),
        start_words=frozenset(map(_folded, policy.start_words)),
        retention=retention.retention(),
    )


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())


def _days(days: int | str) -> timedelta | None:
    return timedelta(days=days) if isinstance(days, int) else None


def _seconds(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
