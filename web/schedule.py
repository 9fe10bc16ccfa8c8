"""When a delivery is tried again, and for how long its listener is left alone.

Pure. Spec: Standard Webhooks 1.0.0; spec/reliability.md DG-21, FT-33.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# 75 hours and a half; jitter only adds.
DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_AGE = timedelta(days=4)

_JITTER = 0.1
_RETRY_AFTER_CAP = timedelta(days=1)
_THROTTLE = timedelta(seconds=30)
_PAUSE_FIRST = timedelta(seconds=1)
_PAUSE_CAP = timedelta(minutes=1)
# Their own words for "slow down", or a proxy's for "nobody is behind me".
_THROTTLING = frozenset({429, 502, 504})


def next_try(attempts: int, *, age: timedelta, jitter: float) -> timedelta | None:
    """How long after the `attempts`-th failure (from 1); None: give up."""
    if attempts > len(DELAYS) or age >= MAX_AGE:
        return None
    return DELAYS[attempts - 1] * (1 + _JITTER * jitter)


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or an HTTP date; None when absent or odd. Spec: RFC 9110 10.2.3."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        wait = timedelta(seconds=int(text))
    else:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        wait = moment - now
    return min(max(wait, timedelta(0)), _RETRY_AFTER_CAP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A listener that fails is left alone, and its backlog with it."""

    failures: int
    until: datetime
    asked: bool  # the listener asked for it

    @classmethod
    def after(
        cls,
        previous: "Pause | None",
        *,
        now: datetime,
        status: int | None,
        retry_after: timedelta | None,
        jitter: float,
    ) -> "Pause":
        """After one more failure in a row; `status` None: no answer at all."""
        failures = 1 if previous is None else previous.failures + 1
        asked = retry_after is not None or status in _THROTTLING
        wait = min(_PAUSE_CAP, _PAUSE_FIRST * 2 ** min(failures - 1, 16))
        if status in _THROTTLING:
            wait = max(wait, _THROTTLE)
        if retry_after is not None:
            wait = max(wait, retry_after)
        until = now + wait * (1 + _JITTER * jitter)
        return cls(failures=failures, until=until, asked=asked)
