"""Which deliver_sm is one that we took before and whose thanks may have been lost.

A deliver_sm has no time stamp: a person who writes "yes" twice makes the same octets
twice. Only what was unanswered, or just answered, when a connection ended may be the
same message again.

Spec: spec/smpp.md 52, 70; spec/reliability.md DG-16
"""

from typing import Final

from smpp.wire import Frame

_MAY_BE_LOST_S: Final = 2.0
_REMEMBERED_S: Final = 300.0
_MOST: Final = 1000


class Repeats:
    """Gives each message its own octets, and a repeated one those it had."""

    def __init__(self) -> None:
        self._taken: dict[bytes, tuple[bytes, float]] = {}
        self._doubtful: dict[bytes, tuple[bytes, float]] = {}

    def raw_of(self, frame: Frame, stamp: bytes, now: float) -> bytes:
        """The PDU and a stamp that tells it from its like."""
        raw, until = self._doubtful.pop(frame.body, (b"", now))
        if not raw or until < now:
            raw = frame.octets + stamp
        self._keep(self._taken, frame.body, raw, float("inf"))
        return raw

    def answered(self, frame: Frame, now: float) -> None:
        """Its answer was written."""
        raw, _ = self._taken.pop(frame.body, (b"", now))
        if raw:
            self._keep(self._taken, frame.body, raw, now + _MAY_BE_LOST_S)

    def connection_ended(self, now: float) -> None:
        """What was taken of late may come again."""
        for body, (raw, until) in self._taken.items():
            if until >= now:
                self._keep(self._doubtful, body, raw, now + _REMEMBERED_S)
        self._taken.clear()

    @staticmethod
    def _keep(
        where: dict[bytes, tuple[bytes, float]], body: bytes, raw: bytes, until: float
    ) -> None:
        where[body] = raw, until
        if len(where) > _MOST:
            del where[next(iter(where))]
