"""A voice call as far as it matters here: ringing, answering, hanging up.

Relies on the network for who calls. There is no sound.

Spec: ITU-T V.250 6.3; 3GPP TS 27.007 6.4, 6.11, 7.6, 7.18
"""

from typing import TYPE_CHECKING

from hwsim.clock import Timer

if TYPE_CHECKING:
    from hwsim.modem import Modem

_RING_EVERY_S = 5.0


class VoiceCall:
    """The one call a modem can have."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._timer: Timer | None = None
        self.number: str | None = None
        self.incoming = False
        self.answered = False

    def ring(self, caller: str) -> None:
        """``caller`` is empty when the number is withheld."""
        self.number = caller
        self.incoming = True
        self.answered = False
        self._ring_once()

    def ring_stop(self) -> None:
        """The caller gave up, or the call ended."""
        was_there = self.number is not None
        self._clear()
        if was_there:
            self._modem.notify_all("NO CARRIER")

    def dial(self, number: str) -> None:
        self.number = number
        self.incoming = False
        self.answered = True

    def answer(self) -> bool:
        if self.number is None or not self.incoming or self.answered:
            return False
        self.answered = True
        self._stop_ringing()
        return True

    def hang_up(self) -> None:
        if self.number is None:
            return
        incoming = self.incoming
        self._clear()
        if incoming:
            self._modem.network.hang_up(self._modem)

    def _clear(self) -> None:
        self._stop_ringing()
        self.number = None
        self.incoming = self.answered = False

    def _ring_once(self) -> None:
        caller = self.number or ""
        for session in self._modem.sessions:
            session.notify("+CRING: VOICE" if session.setting("+CRC") else "RING")
            if session.clip:
                kind = 145 if caller.startswith("+") else 129
                validity = 0 if caller else 1
                head = session.prefix("+CLIP") + session.quote(caller)
                session.notify(f'{head},{kind},"",,"",{validity}')
        self._timer = self._modem.clock.call_later(_RING_EVERY_S, self._ring_once)

    def _stop_ringing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
