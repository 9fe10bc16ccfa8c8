"""A scenario file: which modems and phones there are, and what happens when.

Relies on the same readers as the control API, so that a file may say what a request
may. TOML:

    seed = 7                       # the command line wins over these three
    latency_s = 0.5
    virtual_clock = true

    [[modem]]                      # in order; numbers follow the place
    count = 2                      # so many like this
    personality = "huawei"
    pin = "1234"                   # asked for after power-on; needs no puk
    puk = "12345678"
    name = "sim-a"                 # with count 1 only, else modem<i>
    msisdn = "+79160000001"        # with count 1 only
    faults = [{ kind = "late_prompt", delay_s = 3 }]

    [[phone]]
    msisdn = "+79991234567"
    reachable = false              # and report, delay_s, status

    [[account]]                    # of the SMSC; alters or adds to the usual one
    system_id = "esme"             # and what PUT /smsc/accounts/{system_id} takes
    short_codes = ["2345"]

    [[event]]                      # at_s after the start, on the simulator's clock
    at_s = 10
    every_s = 60                   # again and again, times in all (0: for ever)
    times = 5
    do = "message"                 # from, and what POST …/messages takes
    from = "+79991234567"
    to = "+79160000001"
    text = "hello"

Other values of ``do``: "call" (from, to, …), "phone" (msisdn, settings), "fault" and
"plug" (modem, kind, …), "network_fault" and "smsc_fault" (kind, …), "advance"
(advance_s; its at_s and every_s are of the real clock, since the virtual one stands
still until then).

Spec: PRODUCT.md 8
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from hwsim.fault_kinds import MODEM_KINDS
from hwsim.fault_request import read_fault
from hwsim.network_faults import NETWORK_KINDS
from hwsim.phone import PhoneSettings
from hwsim.phone_request import read_call, read_message, read_number, read_settings
from hwsim.plan import (
    MAX_MODEMS,
    Action,
    Advance,
    Event,
    MakeCall,
    ModemPlan,
    PhonePlan,
    Plug,
    Scenario,
    SendMessage,
    SetPhone,
    WantFault,
    WantSmscFault,
    modem_msisdn,
    modem_name,
)
from hwsim.problem import Fields, Problem, invalid
from hwsim.smsc_account import (
    DEFAULT_ACCOUNT,
    Account,
    new_account,
    read_account,
)
from hwsim.smsc_faults import SMSC_KINDS

_MOST_SECONDS = 31 * 86_400.0
_MOST_TIMES = 1_000_000


class ScenarioError(ValueError):
    """The file is wrong; says where."""


class _Do(StrEnum):
    MESSAGE = "message"
    CALL = "call"
    PHONE = "phone"
    FAULT = "fault"
    PLUG = "plug"
    NETWORK_FAULT = "network_fault"
    SMSC_FAULT = "smsc_fault"
    ADVANCE = "advance"


def load_scenario(path: Path, personalities: Sequence[str]) -> Scenario:
    """The file's plan; ScenarioError, OSError when it cannot be."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ScenarioError(f"{path}: {error}") from error
    tables = {
        name: _tables(path, name, document.pop(name, []))
        for name in ("modem", "phone", "account", "event")
    }
    try:
        return _scenario(Fields(document), tables, personalities)
    except Problem as problem:
        raise ScenarioError(f"{path}: {problem}") from problem


def _scenario(
    head: Fields, tables: Mapping[str, list[Fields]], personalities: Sequence[str]
) -> Scenario:
    modems: list[ModemPlan] = []
    for place, fields in enumerate(tables["modem"], 1):
        with _in_table("modem", place):
            modems += _read_modems(fields, len(modems) + 1, personalities)
    phones: list[PhonePlan] = []
    for place, fields in enumerate(tables["phone"], 1):
        with _in_table("phone", place):
            phones.append(_read_phone(fields))
    accounts: list[Account] = []
    for place, fields in enumerate(tables["account"], 1):
        with _in_table("account", place):
            accounts.append(_read_account(fields))
    names = {modem.name for modem in modems}
    events: list[Event] = []
    for place, fields in enumerate(tables["event"], 1):
        with _in_table("event", place):
            events.append(_read_event(fields, names))
    scenario = Scenario(
        modems=tuple(modems),
        phones=tuple(phones),
        accounts=tuple(accounts),
        events=tuple(events),
        seed=head.maybe_whole("seed", most=2**53),
        latency_s=_maybe_seconds(head, "latency_s"),
        virtual_clock=head.flag("virtual_clock"),
    )
    head.finish()
    return scenario


@contextmanager
def _in_table(name: str, place: int) -> Iterator[None]:
    """Problems inside say which table they are of."""
    try:
        yield
    except Problem as problem:
        detail = f"{name} {place}: {problem.detail}"
        raise Problem(problem.code, detail, field=problem.field) from problem


def _tables(path: Path, name: str, value: object) -> list[Fields]:
    if not isinstance(value, list) or not all(isinstance(t, dict) for t in value):
        raise ScenarioError(f"{path}: {name} is not written as [[{name}]]")
    return [Fields(table) for table in value]


def _read_modems(
    fields: Fields, first: int, personalities: Sequence[str]
) -> list[ModemPlan]:
    count = fields.whole("count", 1, most=MAX_MODEMS)
    for name in ("name", "msisdn"):
        if count != 1 and name in fields:
            raise invalid(name, "is for one modem, count says otherwise")
    personality = fields.text("personality", personalities[0])
    if personality not in personalities:
        raise invalid("personality", f"is not one of: {', '.join(personalities)}")
    given_name = fields.text("name", "")
    given_msisdn = read_number(fields, "msisdn") if "msisdn" in fields else ""
    pin = fields.text("pin") if "pin" in fields else None
    puk = fields.text("puk") if "puk" in fields else None
    faults = tuple(read_fault(table, MODEM_KINDS) for table in fields.tables("faults"))
    fields.finish()
    return [
        ModemPlan(
            name=given_name or modem_name(place),
            msisdn=given_msisdn or modem_msisdn(place),
            personality=personality,
            pin=pin,
            puk=puk,
            faults=faults,
        )
        for place in range(first, first + count)
    ]


def _read_phone(fields: Fields) -> PhonePlan:
    msisdn = read_number(fields, "msisdn")
    settings = read_settings(fields, PhoneSettings())
    fields.finish()
    return PhonePlan(msisdn=msisdn, settings=settings)


def _read_account(fields: Fields) -> Account:
    system_id = fields.text("system_id")
    usual = system_id == DEFAULT_ACCOUNT.system_id
    return read_account(fields, DEFAULT_ACCOUNT if usual else new_account(system_id))


def _read_event(fields: Fields, modems: Set[str]) -> Event:
    at_s = fields.number("at_s", 0.0, most=_MOST_SECONDS)
    every_s = fields.number("every_s", 0.0, most=_MOST_SECONDS)
    times = fields.whole("times", 0 if every_s else 1, most=_MOST_TIMES)
    if times != 1 and not every_s:
        raise invalid("times", "needs every_s")
    action = _read_action(fields, modems)
    fields.finish()
    return Event(at_s=at_s, every_s=every_s, times=times, action=action)


def _read_action(fields: Fields, modems: Set[str]) -> Action:
    do = fields.maybe_choice("do", _Do)
    match do:
        case None:
            raise Problem("missing_field", "do is missing", field="do")
        case _Do.MESSAGE:
            sender = read_number(fields, "from")
            return SendMessage(sender=sender, message=read_message(fields))
        case _Do.CALL:
            caller = read_number(fields, "from")
            return MakeCall(caller=caller, call=read_call(fields))
        case _Do.PHONE:
            msisdn = read_number(fields, "msisdn")
            members = fields.rest()
            check = Fields(members)
            read_settings(check, PhoneSettings())
            check.finish()
            return SetPhone(msisdn=msisdn, members=members)
        case _Do.FAULT:
            modem = _read_modem_name(fields, modems)
            return WantFault(modem=modem, fault=read_fault(fields, MODEM_KINDS))
        case _Do.PLUG:
            return Plug(modem=_read_modem_name(fields, modems))
        case _Do.NETWORK_FAULT:
            return WantFault(modem=None, fault=read_fault(fields, NETWORK_KINDS))
        case _Do.SMSC_FAULT:
            return WantSmscFault(fault=read_fault(fields, SMSC_KINDS))
        case _Do.ADVANCE:
            return Advance(advance_s=fields.number("advance_s", most=_MOST_SECONDS))
        case _:
            assert_never(do)


def _read_modem_name(fields: Fields, modems: Set[str]) -> str:
    name = fields.text("modem")
    if modems and name not in modems:
        raise invalid("modem", f"is not one of: {', '.join(sorted(modems))}")
    return name


def _maybe_seconds(fields: Fields, name: str) -> float | None:
    return fields.number(name, most=_MOST_SECONDS) if name in fields else None
