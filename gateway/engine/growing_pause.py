"""How long whoever fails again and again has to wait: each pause twice the one before.

Counted by key; who counts says what a key is and how many failures are free. Kept in
memory up to a limit, oldest out first, so a restart forgives.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from gateway.core.clock import Clock

FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 900.0
MOST_REMEMBERED: Final = 10_000

_MOST_DOUBLINGS: Final = 16  # more would only make a long number

Key = TypeVar("Key")


@dataclass(slots=True, kw_only=True)
class _Record:
    """Failures under one key."""

    count: int = 0
    last_s: float
    closed_until_s: float


class GrowingPauses(Generic[Key]):
    """Counts failures; all under a key is forgotten after `quiet_s` without one."""

    def __init__(self, clock: Clock, *, quiet_s: float) -> None:
        self._clock = clock
        self._quiet_s = quiet_s
        self._records: OrderedDict[Key, _Record] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._records)

    def wait_s(self, key: Key) -> float:
        """How long the next try has to wait; 0: not at all."""
        record = self._records.get(key)
        if record is None:
            return 0.0
        return max(0.0, record.closed_until_s - self._clock.monotonic())

    def note_failure(self, key: Key, *, allowed: int) -> None:
        """One more; the one that is number `allowed` begins the first pause."""
        now_s = self._clock.monotonic()
        record = self._records.pop(key, None)
        if record is None or self._is_over(record, now_s):
            record = _Record(last_s=now_s, closed_until_s=now_s)
        record.count += 1
        record.last_s = now_s
        excess = record.count - allowed
        if excess >= 0:
            doubled_s = FIRST_PAUSE_S * (1 << min(excess, _MOST_DOUBLINGS))
            record.closed_until_s = now_s + min(LONGEST_PAUSE_S, doubled_s)
        self._records[key] = record
        if len(self._records) > MOST_REMEMBERED:
            self._records.popitem(last=False)

    def forget(self, key: Key) -> None:
        """Nothing counts any more."""
        self._records.pop(key, None)

    def _is_over(self, record: _Record, now_s: float) -> bool:
        return now_s >= max(record.last_s, record.closed_until_s) + self._quiet_s
