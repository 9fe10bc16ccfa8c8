"""Settings that only have values: their defaults, ranges and forms, as one table.

Relies on the parser's values. A command whose setting has a meaning of its own reads
it from the session; those with more to do than keep a value have their own functions.

Spec: 3GPP TS 27.005 3; 3GPP TS 27.007 5 to 10
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hwsim.at_parser import Command, Operation, Values
from hwsim.at_reply import CmeError, Reply, reply


@dataclass(frozen=True, slots=True)
class Number:
    """One numeric value of a setting."""

    default: int
    allowed: Sequence[int]

    def __str__(self) -> str:
        return spell_range(self.allowed)


def spell_range(allowed: Sequence[int]) -> str:
    """``(0-3)`` when it has no gap and more than two values, else ``(0,2)``."""
    numbers = sorted(allowed)
    whole = numbers[-1] - numbers[0] == len(numbers) - 1
    if whole and len(numbers) > 2:
        return f"({numbers[0]}-{numbers[-1]})"
    return "(" + ",".join(map(str, numbers)) + ")"


def _numbers(*fields: tuple[int, Sequence[int]]) -> tuple[Number, ...]:
    return tuple(Number(default, allowed) for default, allowed in fields)


_BIT = (0, 1)

SETTINGS: dict[str, tuple[Number, ...]] = {
    "+CMEE": _numbers((0, range(3))),
    "+CMGF": _numbers((0, _BIT)),
    "+CSDH": _numbers((0, _BIT)),
    "+CMMS": _numbers((0, range(3))),
    "+CGSMS": _numbers((3, range(4))),
    "+CREG": _numbers((0, range(3))),
    "+CGREG": _numbers((0, range(3))),
    "+CEREG": _numbers((0, range(3))),
    "+CRC": _numbers((0, _BIT)),
    "+CR": _numbers((0, _BIT)),
    "+CTZU": _numbers((0, _BIT)),
    "+CTZR": _numbers((0, _BIT)),
    "+CSSN": _numbers((0, _BIT), (0, _BIT)),
    "+CMER": _numbers((0, range(4)), (0, (0,)), (0, (0,)), (0, range(3)), (0, _BIT)),
    "+CGEREP": _numbers((0, range(3)), (0, _BIT)),
    "+CVHU": _numbers((0, range(3))),
    "+CMOD": _numbers((0, range(4))),
    "+CMUT": _numbers((0, _BIT)),
    "+CLVL": _numbers((50, range(101))),
    "+CRSL": _numbers((2, range(5))),
    "+CBST": _numbers((7, (0, 7, 71)), (0, (0,)), (1, range(4))),
    "+CSTA": _numbers((129, (129, 145))),
    "+IPR": _numbers((115200, (0, 9600, 19200, 38400, 57600, 115200, 230400))),
    "+ICF": _numbers((3, range(1, 4)), (3, range(4))),
    "+IFC": _numbers((0, range(3)), (0, range(3))),
    "+ILRR": _numbers((0, _BIT)),
    "+WS46": _numbers((25, (12, 22, 25, 28, 29))),
    "+COLP": _numbers((0, _BIT)),
    "+CLIR": _numbers((0, range(3))),
    "+CCWA": _numbers((0, _BIT)),
    "+CDIP": _numbers((0, _BIT)),
    "+CALM": _numbers((0, range(3))),
    "+CSNS": _numbers((0, range(8))),
    "+CPLS": _numbers((0, range(3))),
    "+CVIB": _numbers((0, _BIT)),
    "+CGAUTO": _numbers((0, range(4))),
    "+CGCLASS": _numbers((1, (1,))),
}


def defaults() -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(number.default for number in numbers)
        for name, numbers in SETTINGS.items()
    }


def apply_setting(
    command: Command, settings: dict[str, tuple[int, ...]], value_prefix: str
) -> Reply:
    """Test, read or set one of the table; CmeError for what is out of range."""
    numbers = SETTINGS[command.name]
    match command.operation:
        case Operation.TEST:
            return reply(value_prefix + ",".join(map(str, numbers)))
        case Operation.READ:
            values = settings[command.name]
            return reply(value_prefix + ",".join(map(str, values)))
        case Operation.SET:
            settings[command.name] = _new_values(command, settings[command.name])
            return reply()
        case Operation.EXECUTE:
            settings[command.name] = tuple(number.default for number in numbers)
            return reply()


def _new_values(command: Command, old: tuple[int, ...]) -> tuple[int, ...]:
    values = Values(command.text)
    numbers = SETTINGS[command.name]
    if len(values) > len(numbers) or not len(values):
        raise CmeError(50)
    new = []
    for place, number in enumerate(numbers):
        value = values.number(place, old[place])
        if value not in number.allowed:
            raise CmeError(50)
        new.append(value)
    return tuple(new)
