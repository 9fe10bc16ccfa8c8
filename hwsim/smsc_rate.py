"""How many submits an account may make a second: a bucket that fills with time.

Relies on the simulator's clock.

Spec: smpp.md 3.3 (25, 26)
"""

from hwsim.clock import Clock
from hwsim.smsc_account import Account


class Bucket:
    """Full at first; an account without a rate has no bottom."""

    def __init__(self, clock: Clock, account: Account) -> None:
        self._clock = clock
        self._rate_per_s = account.rate_per_s
        self._depth = float(account.burst)
        self._level = self._depth
        self._filled_at = clock.monotonic()

    def take(self) -> bool:
        """Whether one more may pass now."""
        if not self._rate_per_s:
            return True
        now = self._clock.monotonic()
        gained = (now - self._filled_at) * self._rate_per_s
        self._level = min(self._depth, self._level + gained)
        self._filled_at = now
        if self._level < 1:
            return False
        self._level -= 1
        return True
