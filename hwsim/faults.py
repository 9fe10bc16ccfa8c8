"""Faults on demand: which are wanted now, how often, and on what they fall.

Relies on the clock and a seed, so a run repeats itself. It only keeps count; the part
that takes a fault does the harm. KINDS is the modem's list for the control API.

Spec: modem.md 10.13
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hwsim.clock import Clock, Timer
from hwsim.fault_kinds import MODEM_KINDS, FaultKind

NOW = "now"
KINDS: Mapping[str, str] = {
    name: kind.description for name, kind in MODEM_KINDS.items()
}


class UnknownFault(ValueError):
    """The kind or one of its parameters is not known; says which."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """One wanted fault with its selection and its own parameters."""

    id: str
    kind: str
    count: int | None
    probability: float
    match: re.Pattern[str] | None
    starts_at: float
    values: Mapping[str, object]
    taken: int = 0
    timer: Timer | None = field(default=None, repr=False)

    @property
    def spent(self) -> bool:
        return self.count is not None and self.taken >= self.count

    def number(self, name: str, default: float) -> float:
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UnknownFault(f"{self.kind}: {name} is not a number")
        return float(value)

    def whole(self, name: str, default: int) -> int:
        return int(self.number(name, default))

    def text(self, name: str, default: str) -> str:
        return str(self.values.get(name, default))

    def flag(self, name: str, *, default: bool = False) -> bool:
        return bool(self.values.get(name, default))

    def describe(self) -> dict[str, object]:
        return {
            "id": self.id,
            "kind": self.kind,
            "count": self.count,
            "probability": self.probability,
            "match": self.match.pattern if self.match else None,
            "taken": self.taken,
            **self.values,
        }


class FaultSet:
    """The faults wanted of one modem, or of the network."""

    def __init__(
        self,
        clock: Clock,
        seed: int = 0,
        kinds: Mapping[str, FaultKind] = MODEM_KINDS,
    ) -> None:
        self._clock = clock
        self._chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._kinds = kinds
        self._faults: dict[str, Fault] = {}
        self._last_id = 0
        self._started: list[Callable[[Fault], None]] = []
        self._ended: list[Callable[[Fault], None]] = []

    def on_change(
        self, started: Callable[[Fault], None], ended: Callable[[Fault], None]
    ) -> None:
        """Call back when a fault becomes active and when it is removed."""
        self._started.append(started)
        self._ended.append(ended)

    def add(
        self,
        kind: str,
        *,
        count: int | None = None,
        probability: float = 1.0,
        match: str | None = None,
        after_s: float = 0.0,
        **values: object,
    ) -> str:
        """Want a fault; gives its id.

        ``count`` is how many times it falls: left out, a lasting kind stays until
        removed and any other falls once; 0 means every time. ``match`` is a regular
        expression searched in the command, ignoring case.
        """
        known = self._kinds.get(kind)
        if known is None:
            raise UnknownFault(f"no fault is called {kind!r}")
        strangers = values.keys() - set(known.parameters)
        if strangers:
            raise UnknownFault(f"{kind} has no parameter {sorted(strangers)[0]!r}")
        fault = Fault(
            id=self._next_id(),
            kind=kind,
            count=_count(count, known),
            probability=_probability(probability),
            match=_pattern(match),
            starts_at=self._clock.monotonic() + _delay(after_s),
            values=values,
        )
        self._faults[fault.id] = fault
        if after_s > 0:
            fault.timer = self._clock.call_later(after_s, lambda: self._start(fault))
        else:
            self._start(fault)
        return fault.id

    def remove(self, fault_id: str) -> None:
        """Want it no longer; KeyError when it is not there."""
        self._end(self._faults.pop(str(fault_id)))

    def remove_all(self) -> None:
        for fault_id in list(self._faults):
            self.remove(fault_id)

    def take(self, kind: str, subject: str = "", *, at: str = "") -> Fault | None:
        """The fault to do now, counted as done; None when all goes well.

        With ``at`` only one whose own ``at`` is that stage.
        """
        if not self._faults:
            return None
        for fault in list(self._faults.values()):
            if not self._falls_on(fault, kind, subject):
                continue
            if at and fault.text("at", NOW) != at:
                continue
            if fault.probability < 1 and self._chance.random() >= fault.probability:
                continue
            fault.taken += 1
            if fault.spent:
                self._end(self._faults.pop(fault.id))
            return fault
        return None

    def done(self, fault: Fault) -> None:
        """Count one that fell on several at once."""
        fault.taken += 1
        if fault.spent:
            self._end(self._faults.pop(fault.id))

    def active(self, kind: str, subject: str = "") -> Fault | None:
        """A lasting fault that holds now, not counted."""
        for fault in self._faults.values():
            if self._falls_on(fault, kind, subject):
                return fault
        return None

    @property
    def chance(self) -> random.Random:
        """The seeded source of what a fault does by chance."""
        return self._chance

    def describe(self) -> list[dict[str, object]]:
        return [fault.describe() for fault in self._faults.values()]

    def _falls_on(self, fault: Fault, kind: str, subject: str) -> bool:
        if fault.kind != kind or fault.starts_at > self._clock.monotonic():
            return False
        return fault.match is None or fault.match.search(subject) is not None

    def _next_id(self) -> str:
        self._last_id += 1
        return str(self._last_id)

    def _start(self, fault: Fault) -> None:
        for listener in self._started:
            listener(fault)

    def _end(self, fault: Fault) -> None:
        if fault.timer is not None:
            fault.timer.cancel()
        for listener in self._ended:
            listener(fault)


def _count(count: int | None, kind: FaultKind) -> int | None:
    if count is None:
        return None if kind.lasting else 1
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise UnknownFault("count is not a whole number from 0")
    return count or None


def _probability(probability: float) -> float:
    if isinstance(probability, bool) or not isinstance(probability, int | float):
        raise UnknownFault("probability is not a number")
    if not 0 <= probability <= 1:
        raise UnknownFault("probability is not between 0 and 1")
    return float(probability)


def _delay(after_s: float) -> float:
    if isinstance(after_s, bool) or not isinstance(after_s, int | float):
        raise UnknownFault("after_s is not a number")
    if after_s < 0:
        raise UnknownFault("after_s is negative")
    return float(after_s)


def _pattern(match: str | None) -> re.Pattern[str] | None:
    if match is None:
        return None
    try:
        return re.compile(match, re.IGNORECASE)
    except (re.error, TypeError) as error:
        raise UnknownFault(f"match: {error}") from error
