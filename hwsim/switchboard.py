"""Calls from phones to modems: they ring, nobody speaks.

Relies on the clock for how long a caller waits. One call at a time reaches a modem.

Spec: PRODUCT.md 8
"""

from collections.abc import Callable
from dataclasses import dataclass

from hwsim.clock import Clock, Timer
from hwsim.mailbox import Radio
from hwsim.phone import Call, CallState, Phone


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ringing:
    call: Call
    phone: Phone
    radio: Radio
    timer: Timer


class Switchboard:
    """Which modem rings for whom."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._ringing: dict[str, _Ringing] = {}

    def ring(
        self,
        phone: Phone,
        number: str,
        radio: Radio | None,
        *,
        duration_s: float,
        hidden: bool,
    ) -> Call:
        """A call that rings for so long, or one that cannot."""
        if radio is None or not radio.reachable:
            return phone.called(number, CallState.UNREACHABLE)
        if number in self._ringing:
            return phone.called(number, CallState.BUSY)
        call = phone.called(number, CallState.RINGING)
        self._ringing[number] = _Ringing(
            call=call,
            phone=phone,
            radio=radio,
            timer=self._clock.call_later(duration_s, lambda: self._give_up(number)),
        )
        radio.ring("" if hidden else phone.msisdn)
        return call

    def refuse(self, number: str) -> None:
        """The modem hangs up."""
        self._end(number, CallState.REFUSED)

    def stop(self, phone: Phone) -> None:
        """The caller hangs up."""
        for number, ringing in list(self._ringing.items()):
            if ringing.phone is phone:
                self._give_up(number)

    def _give_up(self, number: str) -> None:
        ringing = self._end(number, CallState.MISSED)
        if ringing is not None:
            ringing.radio.ring_stop()

    def _end(self, number: str, state: CallState) -> _Ringing | None:
        ringing = self._ringing.pop(number, None)
        if ringing is not None:
            ringing.timer.cancel()
            ringing.call.state = state
            ringing.phone.touch()
            self._changed()
        return ringing
