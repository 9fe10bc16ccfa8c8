"""Which deliver_sm is one that we took before and whose thanks may have been lost.

A deliver_sm has no time stamp: a person who writes "yes" twice makes the same octets
twice. Only what was unanswered, or just answered, when a connection or the process
ended may be the same message again; on whichever bind of the link it comes.

Spec: spec/smpp.md 52, 54, 70; spec/reliability.md DG-16
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from smpp.wire import Frame

_MAY_BE_LOST_S: Final = 2.0
_REMEMBERED_S: Final = 300.0
_BEFORE_CRASH: Final = 60_000_000  # microseconds; a crash may follow on another
_MOST: Final = 1000
_HEADER_OCTETS: Final = 16
_STAMP_OCTETS: Final = 8


def stamped(frame: Frame, microseconds: int) -> bytes:
    """The octets of a message that tell it from its like."""
    return frame.octets + microseconds.to_bytes(_STAMP_OCTETS)


class Doubts:
    """What may come again; one for all connections of a link."""

    def __init__(self) -> None:
        self._doubtful: deque[tuple[bytes, bytes, float]] = deque(maxlen=_MOST)
        self.connections: list[Repeats] = []

    def add(self, body: bytes, raw: bytes, now: float) -> None:
        """A message of that body, known as `raw`, may come again."""
        self._doubtful.append((body, raw, now + _REMEMBERED_S))

    def add_after_crash(self, kept: Sequence[bytes], now: float) -> None:
        """What was kept last, newest first, before an end without a farewell."""
        known = [(raw, int.from_bytes(raw[-_STAMP_OCTETS:])) for raw in reversed(kept)]
        newest = max((stamp for _, stamp in known), default=0)
        for raw, stamp in known:
            if stamp >= newest - _BEFORE_CRASH:
                self.add(raw[_HEADER_OCTETS:-_STAMP_OCTETS], raw, now)

    def take(self, body: bytes, now: float) -> bytes | None:
        """As what such a message was known, once; the one that has waited longest."""
        while self._doubtful and self._doubtful[0][2] < now:
            self._doubtful.popleft()
        for doubt in self._doubtful:
            if doubt[0] == body:
                self._doubtful.remove(doubt)
                return doubt[1]
        return None


class Repeats:
    """Gives each message of a connection its own octets, and a repeat those it had."""

    def __init__(self, doubts: Doubts) -> None:
        self._doubts = doubts
        self._taken: dict[int, tuple[bytes, bytes, float]] = {}  # by sequence
        self._bodies: dict[bytes, float] = {}  # until when thanks may be lost

    def is_elsewhere(self, frame: Frame, now: float) -> bool:
        """Whether its like was just taken by another connection of the link."""
        return any(
            other is not self and other._bodies.get(frame.body, 0.0) >= now
            for other in self._doubts.connections
        )

    def raw_of(self, frame: Frame, microseconds: int, now: float) -> bytes:
        """The PDU and a stamp; `microseconds` is the time of its coming."""
        raw = self._doubts.take(frame.body, now) or stamped(frame, microseconds)
        if self not in self._doubts.connections:
            self._doubts.connections.append(self)
        self._keep(frame, raw, float("inf"))
        return raw

    def answered(self, frame: Frame, now: float) -> None:
        """Its answer was written."""
        _, raw, _ = self._taken.pop(frame.sequence, (b"", b"", now))
        if raw:
            self._keep(frame, raw, now + _MAY_BE_LOST_S)

    def connection_ended(self, now: float) -> None:
        """What was taken of late may come again."""
        for body, raw, until in self._taken.values():
            if until >= now:
                self._doubts.add(body, raw, now)
        self._taken.clear()
        self._bodies.clear()
        if self in self._doubts.connections:
            self._doubts.connections.remove(self)

    def _keep(self, frame: Frame, raw: bytes, until: float) -> None:
        self._taken[frame.sequence] = frame.body, raw, until
        self._bodies[frame.body] = until
        if len(self._taken) > _MOST:
            body, _, _ = self._taken.pop(next(iter(self._taken)))
            self._bodies.pop(body, None)
