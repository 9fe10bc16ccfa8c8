"""Power: what happens after it comes, in which order, and what its loss takes away.

Relies on the personality's times and the SIM. Registration starts when the SIM is
open; settings, not the SIM's content, are lost with the power.

Spec: modem.md 4, 10.13 h; 3GPP TS 27.007 8.2 +CFUN
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hwsim.clock import Timer
from hwsim.personality import Chatter
from hwsim.sim_card import SimState

if TYPE_CHECKING:
    from hwsim.modem import Modem


class Boot:
    """The timers of one modem's start."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        self._timers: list[Timer] = []
        self.powered = False
        self.sim_ready = False
        self.sms_ready = False
        self.on_air = False

    def start(self) -> None:
        """Power comes: boot notifications, then SIM, then network."""
        modem = self._modem
        personality = modem.personality
        self.powered = True
        modem.sim.power_on()
        for line in personality.boot:
            if not line.needs_sim:
                self._say_later(line.after_s, line.text)
        self._later(personality.sim_ready_after_s, self._sim_is_up)
        for chatter in personality.chatter:
            self._chat(chatter)

    def start_done(self) -> None:
        """As if power had come long ago: no notifications, no waiting."""
        self.powered = True
        self._modem.sim.power_on()
        self.sim_ready = True
        if self._modem.sim_state is SimState.READY:
            self.sms_ready = self.on_air = True
        for chatter in self._modem.personality.chatter:
            self._chat(chatter)
        self._modem.registration.update()

    def stop(self) -> None:
        """Power goes."""
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.powered = self.sim_ready = self.sms_ready = self.on_air = False
        self._modem.registration.update()

    def sim_opened(self) -> None:
        """PIN or PUK was right, or the SIM came back."""
        if self.powered and self._modem.sim_state is SimState.READY:
            self._open_services()

    def sim_gone(self) -> None:
        self.sms_ready = self.on_air = False
        self._modem.registration.update()

    def _sim_is_up(self) -> None:
        self.sim_ready = True
        if self._modem.sim_state is SimState.READY:
            self._open_services()

    def _open_services(self) -> None:
        personality = self._modem.personality
        for line in personality.boot:
            if line.needs_sim:
                self._say_later(line.after_s, line.text)
        self._later(personality.sms_ready_after_s, self._sms_is_up)
        self._later(personality.registered_after_s, self._air_is_up)

    def _sms_is_up(self) -> None:
        self.sms_ready = True
        self._modem.network.memory_available(self._modem)

    def _air_is_up(self) -> None:
        self.on_air = True
        self._modem.registration.update()

    def _say_later(self, after_s: float, text: str) -> None:
        def say() -> None:
            pin = self._modem.sim_state.value
            self._modem.notify_all(text.format(pin=pin))

        self._later(after_s, say)

    def _chat(self, chatter: Chatter) -> None:
        def chat() -> None:
            self._modem.chatter(chatter.text, chatter.switch)
            self._later(chatter.every_s, chat)

        self._later(chatter.every_s, chat)

    def _later(self, delay_s: float, fn: Callable[[], None]) -> None:
        timer: Timer

        def fire() -> None:
            self._timers.remove(timer)
            fn()

        timer = self._modem.clock.call_later(delay_s, fire)
        self._timers.append(timer)
