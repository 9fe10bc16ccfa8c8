"""What a run of the simulator consists of: modems, phones, accounts, events.

Values only; ``scenario`` reads them from a file, ``world`` makes them happen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hwsim.fault_request import FaultRequest
from hwsim.phone import PhoneSettings
from hwsim.phone_request import CallRequest, MessageRequest
from hwsim.smsc_account import Account

MAX_MODEMS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ModemPlan:
    name: str
    msisdn: str
    personality: str
    pin: str | None = None
    puk: str | None = None
    faults: tuple[FaultRequest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhonePlan:
    msisdn: str
    settings: PhoneSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessage:
    sender: str
    message: MessageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeCall:
    caller: str
    call: CallRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPhone:
    """Only the members that are named change."""

    msisdn: str
    members: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantFault:
    """Of a modem, or of the network when ``modem`` is None."""

    modem: str | None
    fault: FaultRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class WantSmscFault:
    fault: FaultRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    modem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    advance_s: float


Action = SendMessage | MakeCall | SetPhone | WantFault | WantSmscFault | Plug | Advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """``times`` 0 is for ever."""

    at_s: float
    every_s: float
    times: int
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    modems: tuple[ModemPlan, ...] = ()
    phones: tuple[PhonePlan, ...] = ()
    accounts: tuple[Account, ...] = ()
    events: tuple[Event, ...] = ()
    seed: int | None = None
    latency_s: float | None = None
    virtual_clock: bool = False


def plan_modems(count: int, personalities: Sequence[str]) -> tuple[ModemPlan, ...]:
    """So many modems, the personalities in turn."""
    return tuple(
        ModemPlan(
            name=modem_name(place),
            msisdn=modem_msisdn(place),
            personality=personalities[(place - 1) % len(personalities)],
        )
        for place in range(1, count + 1)
    )


def modem_name(place: int) -> str:
    return f"modem{place}"


def modem_msisdn(place: int) -> str:
    return f"+7916{place:07d}"
