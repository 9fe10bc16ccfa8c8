"""Network and equipment: registration, operator, signal, function, clock, indicators.

Relies on the modem's registration and power.

Spec: 3GPP TS 27.007 7.2, 7.3, 8.2, 8.5, 8.9, 8.10, 8.15, 8.69, 10.1
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, CmeError, Reply, reply
from hwsim.at_settings import apply_setting
from hwsim.registration import HOME_OPERATOR, OPERATORS

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session

_NO_SIGNAL = 99


def _registration(session: "Session", command: Command) -> Reply:
    """+CREG, +CGREG, +CEREG"""
    name = command.name
    if command.operation is not Operation.READ:
        return apply_setting(command, session.settings, session.prefix(name))
    mode = session.settings[name][0]
    values = session.modem.registration.values(session, name)
    return reply(f"{session.prefix(name)}{mode},{values}")


def _operator(session: "Session", command: Command) -> Reply:
    """+COPS"""
    head = session.prefix("+COPS")
    registration = session.modem.registration
    match command.operation:
        case Operation.TEST:
            return reply(head + _operator_list(session))
        case Operation.EXECUTE:
            raise AtError
        case Operation.SET:
            return _choose_operator(session, Values(command.text))
        case _:
            operator = registration.operator
    mode = 0 if registration.searching_allowed else 2
    if operator is None:
        return reply(f"{head}{mode}")
    name = f'"{operator}"'
    if session.operator_format != 2:
        name = session.quote(OPERATORS[operator])
    technology = session.modem.personality.technology
    return reply(f"{head}{mode},{session.operator_format},{name},{technology}")


def _operator_list(session: "Session") -> str:
    current = session.modem.registration.operator
    technology = session.modem.personality.technology
    entries = []
    for code, name in OPERATORS.items():
        state = 2 if code == current else 3
        quoted = session.quote(name)
        entries.append(f'({state},{quoted},{quoted},"{code}",{technology})')
    return ",".join(entries) + ",,(0-4),(0-2)"


def _choose_operator(session: "Session", values: Values) -> Reply:
    registration = session.modem.registration
    mode = values.number(0)
    if mode not in (0, 1, 2, 3, 4):
        raise CmeError(50)
    if values.has(1):
        form = values.number(1)
        if form not in (0, 1, 2):
            raise CmeError(50)
        session.operator_format = form
    if mode in (1, 4):
        wanted = values.text(2)
        if wanted not in (HOME_OPERATOR, OPERATORS[HOME_OPERATOR]):
            raise CmeError(32)
    if mode != 3:
        registration.searching_allowed = mode != 2
        registration.update()
    return reply()


def _signal(session: "Session", command: Command) -> Reply:
    """+CSQ"""
    if command.operation is Operation.TEST:
        return reply(f"{session.prefix('+CSQ')}(0-31,99),(0-7,99)")
    rssi = session.modem.registration.rssi
    errors = _NO_SIGNAL if rssi == _NO_SIGNAL else 0
    return reply(f"{session.prefix('+CSQ')}{rssi},{errors}")


def _extended_signal(session: "Session", command: Command) -> Reply:
    """+CESQ"""
    head = session.prefix("+CESQ")
    if command.operation is Operation.TEST:
        return reply(
            f"{head}(0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)"
        )
    rssi = session.modem.registration.rssi
    if rssi == _NO_SIGNAL:
        return reply(f"{head}99,99,255,255,255,255")
    return reply(f"{head}{rssi * 2},0,255,255,20,{rssi * 2 + 10}")


def _function(session: "Session", command: Command) -> Reply:
    """+CFUN"""
    modem = session.modem
    head = session.prefix("+CFUN")
    match command.operation:
        case Operation.TEST:
            return reply(f"{head}(0,1,4),(0,1)")
        case Operation.READ:
            return reply(f"{head}{modem.function}")
        case Operation.EXECUTE:
            values = Values("1")
        case _:
            values = Values(command.text)
    function, reset = values.number(0), values.number(1, 0)
    if function not in (0, 1, 4) or reset not in (0, 1):
        raise CmeError(50)
    if reset:
        modem.reset_soon()
        return reply()
    modem.function = function
    modem.registration.update()
    return reply()


def _clock(session: "Session", command: Command) -> Reply:
    """+CCLK"""
    if command.operation is Operation.TEST or command.operation is Operation.SET:
        return reply()
    now = session.modem.clock.now().strftime("%y/%m/%d,%H:%M:%S")
    return reply(f'{session.prefix("+CCLK")}"{now}+00"')


_INDICATORS = (
    ("battchg", "(0-5)"),
    ("signal", "(0-5)"),
    ("service", "(0,1)"),
    ("message", "(0,1)"),
    ("call", "(0,1)"),
    ("roam", "(0,1)"),
    ("smsfull", "(0,1)"),
)


def _indicators(session: "Session", command: Command) -> Reply:
    """+CIND"""
    modem = session.modem
    head = session.prefix("+CIND")
    if command.operation is Operation.TEST:
        spelled = ",".join(f'("{name}",{values})' for name, values in _INDICATORS)
        return reply(head + spelled)
    if command.operation is Operation.SET:
        return reply()
    rssi = modem.registration.rssi
    store = modem.memory(2)
    now = (
        5,
        0 if rssi == _NO_SIGNAL else min(5, rssi // 6 + 1),
        int(modem.registration.registered),
        int(store.used > 0),
        int(modem.call.number is not None),
        int(modem.registration.status == 5),
        int(store.used >= store.capacity),
    )
    return reply(head + ",".join(map(str, now)))


def _technology(session: "Session", command: Command) -> Reply:
    """+WS46"""
    if command.operation is Operation.READ:
        # Read forms differ from the table's: no parentheses, no prefix before 27.007.
        return reply(f"{session.prefix('+WS46')}{session.setting('+WS46')}")
    return apply_setting(command, session.settings, session.prefix(command.name))


def _attached(session: "Session", command: Command) -> Reply:
    """+CGATT"""
    head = session.prefix("+CGATT")
    match command.operation:
        case Operation.TEST:
            return reply(head + "(0,1)")
        case Operation.READ:
            return reply(f"{head}{session.modem.registration.registered:d}")
        case _:
            return reply()


def _contexts(session: "Session", command: Command) -> Reply:
    """+CGDCONT and +CGACT: one context that is never active."""
    head = session.prefix(command.name)
    active = command.name == "+CGACT"
    match command.operation:
        case Operation.TEST:
            spelled = "(0,1)" if active else '(1-16),"IP",,,(0-2),(0-4)'
            return reply(head + spelled)
        case Operation.READ:
            return reply(head + ("1,0" if active else '1,"IP","internet","",0,0'))
        case Operation.SET if active and command.text.startswith("1"):
            raise CmeError(30)
        case _:
            return reply()


def _operator_names(session: "Session", command: Command) -> Reply:
    """+COPN"""
    if command.operation is Operation.TEST:
        return reply()
    head = session.prefix("+COPN")
    return reply(
        *(f'{head}"{code}",{session.quote(name)}' for code, name in OPERATORS.items())
    )


def _said(text: str) -> "Handler":
    """A command that always says the same."""

    def say(session: "Session", command: Command) -> Reply:
        if command.operation is not Operation.EXECUTE:
            return reply()
        return reply(session.prefix(command.name) + text)

    return say


COMMANDS: dict[str, "Handler"] = {
    "+CREG": _registration,
    "+CGREG": _registration,
    "+CEREG": _registration,
    "+COPS": _operator,
    "+CSQ": _signal,
    "+CESQ": _extended_signal,
    "+CFUN": _function,
    "+CCLK": _clock,
    "+CIND": _indicators,
    "+WS46": _technology,
    "+CGATT": _attached,
    "+CGDCONT": _contexts,
    "+CGACT": _contexts,
    "+COPN": _operator_names,
    "+CBC": _said("0,100"),
    "+CEER": _said("No cause information available"),
    "+CGPADDR": _said("1"),
}
