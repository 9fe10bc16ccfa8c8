"""The SIM: identities, PIN and PUK counters that really lock, references, storage SM.

Relies on ``storage``. It outlives the modem it sits in: a counter spent here stays
spent through reboot and replug, as on a real card.

Spec: 3GPP TS 31.101 9.5; 3GPP TS 27.007 8.3; ITU-T E.118
"""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from hwsim.storage import Storage

PIN_ATTEMPTS = 3
PUK_ATTEMPTS = 10


class SimState(StrEnum):
    """As +CPIN? names it; BLOCKED and ABSENT have errors instead of names."""

    READY = "READY"
    PIN = "SIM PIN"
    PUK = "SIM PUK"
    BLOCKED = "blocked"
    ABSENT = "absent"


class Verdict(Enum):
    ACCEPTED = "accepted"
    WRONG = "wrong"
    REFUSED = "refused"  # not asked for now, or too few attempts left


@dataclass(slots=True, kw_only=True)
class SecretCode:
    """A PIN with its PUK and what is left of the attempts."""

    pin: str
    puk: str
    pin_left: int = PIN_ATTEMPTS
    puk_left: int = PUK_ATTEMPTS

    def verify(self, pin: str) -> Verdict:
        if self.pin_left == 0:
            return Verdict.REFUSED
        if pin != self.pin:
            self.pin_left -= 1
            return Verdict.WRONG
        self.pin_left = PIN_ATTEMPTS
        return Verdict.ACCEPTED

    def unblock(self, puk: str, new_pin: str) -> Verdict:
        if self.puk_left == 0:
            return Verdict.REFUSED
        if puk != self.puk:
            self.puk_left -= 1
            return Verdict.WRONG
        self.pin = new_pin
        self.pin_left = PIN_ATTEMPTS
        self.puk_left = PUK_ATTEMPTS
        return Verdict.ACCEPTED


@dataclass(slots=True, kw_only=True)
class SimCard:
    """One card; ``locked`` is whether it asks for its PIN after power-on."""

    msisdn: str
    imsi: str
    iccid: str
    smsc: str
    messages: Storage
    locked: bool = False
    code: SecretCode = field(
        default_factory=lambda: SecretCode(pin="1234", puk="12345678")
    )
    code2: SecretCode = field(
        default_factory=lambda: SecretCode(pin="5678", puk="87654321")
    )
    unlocked: bool = False
    next_reference: int = 0

    def power_on(self) -> None:
        self.unlocked = not self.locked

    @property
    def state(self) -> SimState:
        if self.code.pin_left == 0:
            return SimState.BLOCKED if self.code.puk_left == 0 else SimState.PUK
        return SimState.READY if self.unlocked else SimState.PIN

    def enter_pin(self, pin: str) -> Verdict:
        if self.state is not SimState.PIN:
            return Verdict.REFUSED
        verdict = self.code.verify(pin)
        self.unlocked = verdict is Verdict.ACCEPTED
        return verdict

    def enter_puk(self, puk: str, new_pin: str) -> Verdict:
        verdict = self.code.unblock(puk, new_pin)
        if verdict is Verdict.ACCEPTED:
            self.unlocked = True
        return verdict

    def set_lock(self, pin: str, *, locked: bool) -> Verdict:
        verdict = self.code.verify(pin)
        if verdict is Verdict.ACCEPTED:
            self.locked = locked
        elif self.code.pin_left == 0:
            self.unlocked = False
        return verdict

    def take_reference(self) -> int:
        """The TP-MR of the next submission: one octet, 255 is followed by 0."""
        reference = self.next_reference
        self.next_reference = (reference + 1) % 256
        return reference


def with_check_digit(digits: str) -> str:
    """The digits with their Luhn check digit behind them."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def make_sim(
    msisdn: str, smsc: str, *, capacity: int = 30, first_index: int = 1
) -> SimCard:
    """A card whose identities follow from the number, so that runs repeat."""
    subscriber = "".join(c for c in msisdn if c.isdecimal())[-9:].rjust(9, "0")
    return SimCard(
        msisdn=msisdn,
        imsi="250010" + subscriber,
        iccid=with_check_digit("897010" + "000" + subscriber),
        smsc=smsc,
        messages=Storage("SM", capacity, first_index),
    )
