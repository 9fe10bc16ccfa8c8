"""Phonebooks: an empty one on the SIM, and the own number in ON.

Relies on the SIM for the number. Nothing can be written.

Spec: 3GPP TS 27.007 8.11 to 8.14
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, CmeError, Reply, reply

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session

_CAPACITY = {"SM": 250, "ON": 1}


def _choose(session: "Session", command: Command) -> Reply:
    """+CPBS"""
    head = session.prefix("+CPBS")
    match command.operation:
        case Operation.TEST:
            return reply(head + "(" + ",".join(f'"{n}"' for n in _CAPACITY) + ")")
        case Operation.READ:
            name = session.phonebook
            used = int(name == "ON")
            return reply(f'{head}"{name}",{used},{_CAPACITY[name]}')
        case Operation.EXECUTE:
            raise AtError
        case Operation.SET:
            name = Values(command.text).text(0).upper()
            if name not in _CAPACITY:
                raise CmeError(3)
            session.phonebook = name
            return reply()


def _read(session: "Session", command: Command) -> Reply:
    """+CPBR"""
    head = session.prefix("+CPBR")
    capacity = _CAPACITY[session.phonebook]
    if command.operation is Operation.TEST:
        return reply(f"{head}(1-{capacity}),40,14")
    values = Values(command.text)
    first = values.number(0)
    last = values.number(1, first)
    if not 1 <= first <= last <= capacity:
        raise CmeError(21)
    if session.phonebook != "ON":
        return reply()
    number = session.quote(session.modem.sim.msisdn)
    return reply(f"{head}1,{number},145,{session.quote('Own')}")


def _find(session: "Session", command: Command) -> Reply:
    """+CPBF"""
    if command.operation is Operation.TEST:
        return reply(session.prefix("+CPBF") + "40,14")
    raise CmeError(22)


def _write(session: "Session", command: Command) -> Reply:
    """+CPBW"""
    if command.operation is Operation.TEST:
        capacity = _CAPACITY[session.phonebook]
        return reply(f"{session.prefix('+CPBW')}(1-{capacity}),40,(129,145),14")
    raise CmeError(3)


COMMANDS: dict[str, "Handler"] = {
    "+CPBS": _choose,
    "+CPBR": _read,
    "+CPBF": _find,
    "+CPBW": _write,
}
