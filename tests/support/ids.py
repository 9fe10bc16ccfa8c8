"""Identities and chance from a seed: the same in every run."""

import random
import threading

from gateway.core.ids import spell


class SeededIds:
    """`core.ids.IdSource`, growing by one; chance from the seed."""

    def __init__(self, seed: int = 70) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._last = 1 << 90

    def new(self, prefix: str) -> str:
        with self._lock:
            self._last += 1
            return f"{prefix}_{spell(self._last)}"

    def jitter(self) -> float:
        return self._random.random()

    def secret(self, length_octets: int) -> bytes:
        return self._random.randbytes(length_octets)
