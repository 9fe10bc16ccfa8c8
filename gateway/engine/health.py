"""Whether a link that is up really carries messages: judged by its last attempts.

It falls sick when more than half of them were refused for now, or too many got no
answer; it is well again after a few in a row were taken. Until then it is tried with
one message at a time, at growing distances. Pure; time is an argument, in seconds.
"""

from collections import deque
from datetime import timedelta
from enum import Enum, auto
from typing import Final

from gateway.core.policy import Backoff

LOOKED_AT: Final = 20
LEAST_SEEN: Final = 10  # fewer say nothing
MOST_DOUBTFUL: Final = 5  # of those looked at
REMEMBERED_S: Final = 900.0
TAKEN_TO_RECOVER: Final = 3
TRIALS: Final = Backoff(first=timedelta(seconds=15), cap=timedelta(minutes=5))


class Sign(Enum):
    """What an attempt says of its link."""

    TAKEN = auto()
    REFUSED = auto()  # for now, and not because of the recipient
    DOUBTFUL = auto()  # no answer


class Health:
    """What the attempts of one link amount to."""

    __slots__ = (
        "_failures",
        "_in_a_row",
        "_recent",
        "_try_at",
        "_well_since",
        "_words",
        "is_sick",
    )

    def __init__(self) -> None:
        self.is_sick = False
        self._recent: deque[tuple[float, Sign]] = deque(maxlen=LOOKED_AT)
        self._words = ""
        self._in_a_row = 0
        self._failures = 0
        self._well_since = float("-inf")
        self._try_at: float | None = None  # None: one is being tried

    @property
    def words(self) -> str:
        """What made it sick."""
        return self._words

    @property
    def try_at(self) -> float | None:
        """When it may be tried; None while it is well or being tried."""
        return self._try_at if self.is_sick else None

    def note(self, sign: Sign, now: float) -> bool:
        """One attempt ended; whether that makes a difference."""
        if self.is_sick:
            return self._convalesce(sign, now)
        self._recent.append((now, sign))
        if sign is Sign.TAKEN or not self._looks_sick(now):
            return False
        self.is_sick = True
        self._in_a_row = 0
        if now - self._well_since > REMEMBERED_S:
            self._failures = 0  # else a relapse: the waits go on growing
        self._rest(now)
        return True

    def begun(self) -> bool:
        """A message is on its way; whether that was the one to try it with."""
        if self._try_at is None or not self.is_sick:
            return False
        self._try_at = None
        return True

    def _looks_sick(self, now: float) -> bool:
        signs = [sign for at, sign in self._recent if at > now - REMEMBERED_S]
        refused, doubtful = signs.count(Sign.REFUSED), signs.count(Sign.DOUBTFUL)
        self._words = (
            f"of the last {len(signs)} attempts {refused} were refused for now "
            f"and {doubtful} got no answer"
        )
        is_bad = len(signs) >= LEAST_SEEN and 2 * (refused + doubtful) > len(signs)
        return is_bad or doubtful >= MOST_DOUBTFUL

    def _convalesce(self, sign: Sign, now: float) -> bool:
        if sign is not Sign.TAKEN:
            self._in_a_row = 0
            if self._try_at is not None:
                return False  # sent before, or beside the one it is tried with
            self._rest(now)
            return True
        self._in_a_row += 1
        self._try_at = now
        if self._in_a_row >= TAKEN_TO_RECOVER:
            self.is_sick = False
            self._well_since = now
            self._recent.clear()
        return True

    def _rest(self, now: float) -> None:
        self._failures += 1
        self._try_at = now + TRIALS.wait(self._failures, 1.0).total_seconds()
