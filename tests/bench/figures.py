"""What a trial gives: rates, waits, CPU, memory, and what was lost on the way.

Made from the notes of load, SMSC and receiver, matched by message number.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.bench.usage import centile

Times = dict[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Milliseconds."""

    p50: float
    p99: float

    @classmethod
    def between(cls, since: Times, until: Times) -> "Wait | None":
        waits = [(at - since[number]) * 1000 for number, at in until.items()]
        if not waits:
            return None
        return cls(
            p50=round(centile(waits, 0.5), 2), p99=round(centile(waits, 0.99), 2)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one trial gave."""

    subject: str
    messages: int
    accepted_per_s: float
    submitted_per_s: float
    end_per_s: float | None
    accept: Wait | None
    submit: Wait | None
    tell: Wait | None
    cpu_s_per_1000: float
    peak_mib: float
    posts: int  # webhook requests
    refused: Mapping[str, int]
    lost: int
    doubled: int
    unreported: int
    throttled: int
    harness_cpu_s: Mapping[str, float]

    @property
    def through_per_s(self) -> float:
        """How fast messages came to their end."""
        return self.submitted_per_s if self.end_per_s is None else self.end_per_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the three parts noted."""

    sent: Mapping[str, Any]
    smsc: Mapping[str, Any]
    told: Mapping[str, Any]

    def figures(
        self,
        name: str,
        *,
        messages: int,
        receipts: bool,
        cpu_s_used: float,
        peak: float,
        harness: Mapping[str, float],
    ) -> Figures:
        started = {number: at for number, at, _ in self.sent["accepted"]}
        accepted = {number: at for number, _, at in self.sent["accepted"]}
        submitted = _among(dict(self.smsc["submitted"]), started)
        answered = _among(dict(self.smsc["answered"]), started)
        reported = _among(dict(self.smsc["reported"]), started)
        told = _among(dict(self.told["told"]), started)
        since = self.sent["started"]
        return Figures(
            subject=name,
            messages=messages,
            accepted_per_s=_per_s(accepted, since),
            submitted_per_s=_per_s(answered, since),
            end_per_s=_per_s(told, since) if receipts else None,
            accept=Wait.between(started, accepted),
            submit=Wait.between(started, submitted),
            tell=Wait.between(reported, _among(told, reported)),
            cpu_s_per_1000=round(cpu_s_used / messages * 1000, 3),
            peak_mib=round(peak, 1),
            posts=self.told.get("posts", 0),
            refused=self.sent["refused"],
            lost=len(accepted.keys() - submitted.keys()),
            doubled=self.smsc["duplicates"],
            unreported=len(reported.keys() - told.keys()),
            throttled=self.smsc["throttled"],
            harness_cpu_s=harness,
        )


def _per_s(times: Times, since: float) -> float:
    if not times:
        return 0.0
    return round(len(times) / (max(times.values()) - since), 1)


def _among(times: Times, known: Times) -> Times:
    return {number: at for number, at in times.items() if number in known}


def median(rounds: Sequence[Figures]) -> Figures:
    """Each figure's median; what was lost or doubled is summed."""

    def middle(values: Sequence[float | None]) -> float | None:
        present = [value for value in values if value is not None]
        return round(statistics.median(present), 3) if present else None

    def wait(values: Sequence[Wait | None]) -> Wait | None:
        present = [value for value in values if value is not None]
        if not present:
            return None
        return Wait(
            p50=statistics.median(one.p50 for one in present),
            p99=statistics.median(one.p99 for one in present),
        )

    return replace(
        rounds[0],
        accepted_per_s=middle([one.accepted_per_s for one in rounds]) or 0.0,
        submitted_per_s=middle([one.submitted_per_s for one in rounds]) or 0.0,
        end_per_s=middle([one.end_per_s for one in rounds]),
        accept=wait([one.accept for one in rounds]),
        submit=wait([one.submit for one in rounds]),
        tell=wait([one.tell for one in rounds]),
        cpu_s_per_1000=middle([one.cpu_s_per_1000 for one in rounds]) or 0.0,
        peak_mib=middle([one.peak_mib for one in rounds]) or 0.0,
        lost=sum(one.lost for one in rounds),
        doubled=sum(one.doubled for one in rounds),
        unreported=sum(one.unreported for one in rounds),
        throttled=sum(one.throttled for one in rounds),
    )
