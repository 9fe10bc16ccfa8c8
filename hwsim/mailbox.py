"""What waits for one modem: messages and reports, one after the other.

Relies on the clock. The head goes first; when the modem has no room or is off the air
everything behind waits too, until it says so or the retry timer runs out.

Spec: 3GPP TS 23.040 3.2.6; modem.md 10.7
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hwsim.clock import Clock, Timer


class Radio(Protocol):
    """What the network needs of a modem with its SIM."""

    @property
    def msisdn(self) -> str: ...

    @property
    def imsi(self) -> str: ...

    @property
    def reachable(self) -> bool:
        """Registered and powered."""

    def deliver(self, tpdu: bytes, smsc: str) -> bool:
        """Take an SMS-DELIVER or SMS-STATUS-REPORT.

        True: stored or acknowledged. False: no room, not now, or handed on and not
        yet acknowledged; the network keeps it.
        """

    def ring(self, caller: str) -> None: ...

    def ring_stop(self) -> None: ...


@dataclass(slots=True, kw_only=True, eq=False)
class Letter:
    """A TPDU for a modem; ``settled`` is called when the modem has it."""

    tpdu: bytes
    settled: Callable[[], None]


class Mailbox:
    """The letters of one number, kept while its modem is away."""

    def __init__(
        self,
        clock: Clock,
        smsc: str,
        pace_s: Callable[[], float],
        retry_s: float,
    ) -> None:
        self._clock = clock
        self._smsc = smsc
        self._pace_s = pace_s
        self._retry_s = retry_s
        self._letters: deque[Letter] = deque()
        self._timer: Timer | None = None
        self._handed: Letter | None = None
        self.radio: Radio | None = None

    def __len__(self) -> int:
        return len(self._letters)

    def put(self, letter: Letter, *, urgent: bool = False) -> None:
        """Add a letter; an urgent one goes before all and is tried now."""
        if urgent:
            self._letters.appendleft(letter)
        else:
            self._letters.append(letter)
        if urgent or self._timer is None:
            self.push()

    def discard(self, letter: Letter) -> None:
        """Take a letter back that is still here."""
        if letter in self._letters:
            self._letters.remove(letter)

    def push(self) -> None:
        """Try the head now; the rest follows at the network's pace."""
        self._stop_timer()
        radio = self.radio
        if not self._letters or radio is None or not radio.reachable:
            return
        letter = self._letters[0]
        # Set before the modem is asked: its answer may come from inside the call.
        self._timer = self._clock.call_later(self._retry_s, self.push)
        self._handed = letter
        if radio.deliver(letter.tpdu, self._smsc):
            self._settle(letter)

    def acknowledged(self, tpdu: bytes, *, ok: bool) -> None:
        """The late answer of a modem that was handed ``tpdu``.

        A modem that alters what it shows may name it as it shows it; then the letter
        handed on last is meant.
        """
        if not ok:
            return
        named = (letter for letter in self._letters if letter.tpdu == tpdu)
        letter = next(named, self._handed)
        if letter is not None:
            self._settle(letter)

    def _settle(self, letter: Letter) -> None:
        if letter not in self._letters:
            return
        self._letters.remove(letter)
        self._handed = None
        self._stop_timer()
        self._timer = self._clock.call_later(self._pace_s(), self.push)
        letter.settled()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
