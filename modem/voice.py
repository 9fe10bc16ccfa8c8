"""A ringing line as a value: one call is told once, with its number when known.

No I/O and no clock: notifications and moments in, `Rang` out.

Spec: 3GPP TS 27.007 6.11 (+CRC), 7.6 (+CLIP).
"""

from dataclasses import dataclass

from modem import answers
from modem.notice import CALL, Notice

_ENDED = frozenset({"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """Somebody calls; `caller` is None when the number is withheld or not told."""

    caller: str | None


class CallWatch:
    """Follows one line's ringing; `deadline` is when `expire` has to be called."""

    def __init__(self, *, clip_s: float, ring_gap_s: float) -> None:
        self._clip_s = clip_s
        self._ring_gap_s = ring_gap_s
        self._told = False
        self._ends: float | None = None  # no ring until then: the call is over
        self._number_until: float | None = None

    @property
    def deadline(self) -> float | None:
        moments = [m for m in (self._ends, self._number_until) if m is not None]
        return min(moments, default=None)

    def notice(self, notice: Notice, now: float) -> Rang | None:
        """Take one notification; anything that is not about calls is ignored."""
        if notice.name not in CALL:
            return None
        if notice.name in _ENDED:
            # A caller who gave up before the number came did call all the same.
            rang = self._tell(None) if self._number_until is not None else None
            self._forget()
            return rang
        self._ends = now + self._ring_gap_s
        if notice.name == "+CLIP":
            return self._tell(answers.caller(notice.head))
        if not self._told and self._number_until is None:
            self._number_until = now + self._clip_s
        return None

    def expire(self, now: float) -> Rang | None:
        """Let go of what is overdue."""
        rang = None
        if self._number_until is not None and self._number_until <= now:
            rang = self._tell(None)
        if self._ends is not None and self._ends <= now:
            self._forget()
        return rang

    def _tell(self, caller: str | None) -> Rang | None:
        self._number_until = None
        if self._told:
            return None
        self._told = True
        return Rang(caller=caller)

    def _forget(self) -> None:
        self._told = False
        self._ends = None
        self._number_until = None
