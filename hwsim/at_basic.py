"""The commands of V.250 without a plus: echo, results, profiles, registers.

Relies on the session's settings.

Spec: ITU-T V.250 6.1, 6.2
"""

from typing import TYPE_CHECKING

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import AtError, Reply, reply

if TYPE_CHECKING:
    from hwsim.at_registry import Handler
    from hwsim.at_session import Session


def _bit(command: Command) -> bool:
    if command.text not in ("", "0", "1"):
        raise AtError
    return command.text == "1"


def _echo(session: "Session", command: Command) -> Reply:
    session.echo = _bit(command)
    return reply()


def _quiet(session: "Session", command: Command) -> Reply:
    session.quiet = _bit(command)
    return reply()


def _verbose(session: "Session", command: Command) -> Reply:
    session.verbose = _bit(command)
    return reply()


def _reset(session: "Session", command: Command) -> Reply:
    session.restore()
    return reply()


def _factory(session: "Session", command: Command) -> Reply:
    session.factory_reset()
    return reply()


def _save(session: "Session", command: Command) -> Reply:
    session.save()
    return reply()


def _accepted(session: "Session", command: Command) -> Reply:
    """Settings of a line we do not have: any value will do."""
    return reply()


def _register(number: int) -> "Handler":
    def register(session: "Session", command: Command) -> Reply:
        if command.operation is Operation.READ:
            return reply(f"{session.registers.get(number, 0):03d}")
        if command.operation is not Operation.SET:
            return reply()
        value = Values(command.text).number(0, 0)
        if not 0 <= value <= 255 or (number in (3, 4, 5) and value > 127):
            raise AtError
        session.registers[number] = value
        return reply()

    return register


def _information(session: "Session", command: Command) -> Reply:
    personality = session.modem.personality
    if command.text not in ("", "0"):
        return reply(personality.revision)
    return reply(
        *personality.ati,
        f"IMEI: {session.modem.imei}",
        f"+GCAP: {personality.capabilities}",
    )


def _profile(session: "Session", command: Command) -> Reply:
    return reply(
        f"E{session.echo:d} Q{session.quiet:d} V{session.verbose:d}",
        *(f"S{n:02d}:{v:03d}" for n, v in sorted(session.registers.items())),
    )


COMMANDS: dict[str, "Handler"] = {
    "E": _echo,
    "Q": _quiet,
    "V": _verbose,
    "Z": _reset,
    "&F": _factory,
    "&W": _save,
    "&V": _profile,
    "I": _information,
    **dict.fromkeys(
        ["X", "&C", "&D", "&K", "&S", "&Y", "\\Q", "\\V", "L", "M", "T", "P", "W"],
        _accepted,
    ),
    **{f"S{number}": _register(number) for number in range(40)},
}
