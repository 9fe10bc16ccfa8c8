"""The one door of chance: identities, jitter and secrets come from an `IdSource`."""

import secrets
import threading
import time
from typing import NewType, Protocol

MessageId = NewType("MessageId", str)
SegmentId = NewType("SegmentId", str)
AttemptId = NewType("AttemptId", str)
ContactId = NewType("ContactId", str)
ThreadId = NewType("ThreadId", str)
LinkId = NewType("LinkId", str)
LaneId = NewType("LaneId", str)
TokenId = NewType("TokenId", str)
AccountId = NewType("AccountId", str)
WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)
AgentId = NewType("AgentId", str)
LoginId = NewType("LoginId", str)
ConversationId = NewType("ConversationId", str)
EntryId = NewType("EntryId", str)  # a message, note, step or reply in a thread

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(one + other for one in _ALPHABET for other in _ALPHABET)
_SHIFTS = tuple(range(120, -1, -10))
_RANDOM_BITS = 80
_POOL_OCTETS = 4096


class IdSource(Protocol):
    """Where identities and chance come from; seeded in tests."""

    def new(self, prefix: str) -> str:
        """A fresh identity such as `msg_01k9…`; later ones sort after earlier ones."""
        ...

    def jitter(self) -> float:
        """A number in [0, 1) to spread retries."""
        ...

    def secret(self, length_octets: int) -> bytes:
        """Unguessable octets for keys."""
        ...


class SystemIds:
    """Time-ordered identities (48 bits of milliseconds, 80 of chance), thread safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._pool = b""
        self._drawn = 0

    def new(self, prefix: str) -> str:
        stamp = time.time_ns() // 1_000_000
        with self._lock:
            value = stamp << _RANDOM_BITS | self._draw(_RANDOM_BITS // 8)
            # Two identities of one millisecond keep their order; a clock that
            # steps back does not hand out an identity that sorts before a given one.
            if value <= self._last:
                value = self._last + 1
            self._last = value
        return f"{prefix}_{spell(value)}"

    def jitter(self) -> float:
        with self._lock:
            return (self._draw(7) >> 3) / (1 << 53)

    def secret(self, length_octets: int) -> bytes:
        return secrets.token_bytes(length_octets)

    def _draw(self, length_octets: int) -> int:
        """Chance from a pool: one call of the system for many identities."""
        end = self._drawn + length_octets
        if end > len(self._pool):
            self._pool = secrets.token_bytes(_POOL_OCTETS)
            self._drawn, end = 0, length_octets
        drawn = int.from_bytes(self._pool[self._drawn : end])
        self._drawn = end
        return drawn


def spell(value: int) -> str:
    """128 bits as 26 letters of Crockford's base 32; order is kept."""
    return "".join([_PAIRS[value >> shift & 1023] for shift in _SHIFTS])
