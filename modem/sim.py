"""The SIM's lock: its PIN is tried at most once, and never near the last try.

That a PIN was tried on a card is remembered durably before it is said; a PIN that
was accepted before may be said again, for every power-up asks for it anew.

Spec: 3GPP TS 27.007 8.3; spec/modem.md 9.17.
"""

import hashlib

from gateway.core.link import Memory
from modem import answers, commands
from modem.channel import Channel
from modem.config import ModemConfig, is_pin
from modem.profile import Profile

MIN_ATTEMPTS_LEFT = 2
_ACCEPTED = "accepted"
_TRIED = "tried"
_ROUNDS = 50_000


class SimLock:
    """One card's lock during one bring-up; `card` is its ICCID, when readable."""

    def __init__(
        self,
        *,
        config: ModemConfig,
        channel: Channel,
        memory: Memory,
        card: str | None,
        profile: Profile,
    ) -> None:
        self._config = config
        self._channel = channel
        self._memory = memory
        self._card = card
        self._profile = profile
        self._pending: str | None = None

    @property
    def is_said(self) -> bool:
        """Was the PIN given, and its effect is still waited for?"""
        return self._pending is not None

    async def ready(self) -> None:
        """The card is open: a PIN just given was right."""
        if self._pending is not None:
            await self._memory.remember(self._pending, _ACCEPTED)
            self._pending = None

    async def enter_pin(self) -> tuple[str, str] | None:
        """Say the PIN if that is allowed; else why not, as reason and words."""
        if self._pending is not None:
            return "pin_refused", "the SIM refused the PIN: correct it before any retry"
        pin, problem = self._pin()
        if pin is None:
            return "sim_pin", problem
        key = f"modem.pin {self._card or self._config.name} {_mark(pin, self._card)}"
        if await self._memory.recall(key) not in (None, _ACCEPTED):
            return (
                "pin_refused",
                "this PIN was tried on this SIM already and is not tried again",
            )
        left = await self._attempts_left()
        if left is not None and left < MIN_ATTEMPTS_LEFT:
            return (
                "pin_attempts",
                f"the SIM has {left} attempt left: enter the PIN in a telephone",
            )
        await self._memory.remember(key, _TRIED)
        self._pending = key
        answer = await self._channel.run(commands.enter_pin(pin))
        if answer.ok:
            return None
        state = await self._channel.run_patiently(commands.pin_state())
        if answers.sim_state(state.lines) is answers.SimState.READY:
            return None
        return "pin_refused", "the SIM refused the PIN: correct it before any retry"

    def _pin(self) -> tuple[str | None, str]:
        if self._config.pin is not None:
            return self._config.pin, ""
        if self._config.pin_file is None:
            return None, "the SIM asks for its PIN and none is configured"
        try:
            text = self._config.pin_file.read_text().strip()
        except OSError as problem:
            return None, f"the PIN's file cannot be read: {problem.strerror}"
        if not is_pin(text):
            return None, "the PIN's file does not hold 4 to 8 digits"
        return text, ""

    async def _attempts_left(self) -> int | None:
        for counter in self._profile.pin_counters:
            answer = await self._channel.run_patiently(
                commands.attempts_left(counter.query, counter.prefix)
            )
            left = answers.attempts_left(answer.lines, counter.prefix, counter.position)
            if left is not None:
                return left
        return None


def _mark(pin: str, card: str | None) -> str:
    """Tells PINs of one card apart without writing them down."""
    salt = (card or "").encode()
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), salt, _ROUNDS).hex()[:16]
