"""A token bucket: how often a link may be given a segment."""

from gateway.core.clock import Clock


class TokenBucket:
    """Holds one token at most: segments are spread evenly, never in bursts."""

    def __init__(self, clock: Clock, rate_per_s: float | None) -> None:
        if rate_per_s is not None and rate_per_s <= 0:
            raise ValueError(f"a rate must be above 0, not {rate_per_s}")
        self._clock = clock
        self._interval_s = 0.0 if rate_per_s is None else 1.0 / rate_per_s
        self._free_at = clock.monotonic()

    def try_take(self) -> bool:
        """Take the token if there is one."""
        now = self._clock.monotonic()
        if now < self._free_at:
            return False
        # What was missed by a little is made up for, so that the mean rate is kept.
        self._free_at = max(self._free_at, now - self._interval_s) + self._interval_s
        return True

    def give_back(self) -> None:
        """The token was not used."""
        self._free_at -= self._interval_s

    def wait_s(self) -> float:
        """How long until there is a token."""
        return max(self._free_at - self._clock.monotonic(), 0.0)
