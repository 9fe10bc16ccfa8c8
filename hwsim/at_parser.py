"""Command lines: octets to lines, lines to commands, values to parameters.

Relies on nothing. It knows the syntax and no command; echo, states and answers are
the session's.

Spec: ITU-T V.250 5.2 to 5.4; 3GPP TS 27.007 4
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from hwsim.at_reply import AtError, CmeError

MAX_LINE_OCTETS = 2048
_EXTENDED = "+^#$%*!_"
_NAME = frozenset(string.ascii_letters + string.digits + "!%-./:_&")


class Operation(Enum):
    EXECUTE = ""
    READ = "?"
    TEST = "=?"
    SET = "="


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a line; ``name`` in capitals, ``text`` what stands behind =."""

    name: str
    operation: Operation
    text: str = ""

    def __str__(self) -> str:
        return self.name + self.operation.value + self.text


class Values:
    """The values of a command, each absent, a number or a string."""

    def __init__(self, text: str) -> None:
        self._values = tuple(_split_values(text))

    def __len__(self) -> int:
        return len(self._values)

    def has(self, place: int) -> bool:
        return place < len(self._values) and self._values[place] != ""

    def text(self, place: int, default: str | None = None) -> str:
        """The string without its quotes; without a default it must be there."""
        if self.has(place):
            return self._values[place].strip('"')
        if default is None:
            raise CmeError(50)
        return default

    def number(self, place: int, default: int | None = None) -> int:
        text = self.text(place, None if default is None else str(default))
        if not text.isascii() or not text.removeprefix("-").isdecimal():
            raise CmeError(50)
        return int(text)


class LineBuffer:
    """Collects one command line with the editing a terminal may do."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._overrun = False

    def __len__(self) -> int:
        return len(self._line)

    def clear(self) -> None:
        self._line.clear()
        self._overrun = False

    def put(self, octet: int, *, line_end: int, erase: int) -> str | None:
        """The whole line when this octet ends it; ``A/`` ends without a line end."""
        if octet == line_end:
            line = self._line.decode("latin-1")
            overrun = self._overrun
            self.clear()
            return "AT?" if overrun else line
        if octet == erase:
            if self._line:
                self._line.pop()
        elif len(self._line) >= MAX_LINE_OCTETS:
            self._overrun = True
        else:
            self._line.append(octet)
            if self._line.lstrip()[-2:].upper() == b"A/" and not self._overrun:
                return self._repeat()
        return None

    def _repeat(self) -> str | None:
        if b"AT" in self._line.upper():
            return None
        self.clear()
        return "A/"


def commands_of(line: str) -> Iterator[Command] | None:
    """The commands behind AT; None when the line holds no AT and is no command."""
    start = line.upper().find("AT")
    if start < 0:
        return None
    return _commands(line[start + 2 :])


def _commands(body: str) -> Iterator[Command]:
    place = 0
    while place < len(body):
        if body[place] in " ;\n":
            place += 1
            continue
        if body[place] in _EXTENDED:
            command, place = _extended(body, place)
        elif body[place] in "Dd":
            command = Command(
                name="D", operation=Operation.SET, text=body[place + 1 :].strip()
            )
            place = len(body)
        else:
            command, place = _basic(body, place)
        yield command


def _extended(body: str, start: int) -> tuple[Command, int]:
    end = start + 1
    while end < len(body) and body[end] in _NAME:
        end += 1
    name = body[start:end].upper()
    return _with_operation(name, body, end)


def _with_operation(name: str, body: str, place: int) -> tuple[Command, int]:
    rest = body[place:]
    if rest.startswith("=?"):
        return Command(name=name, operation=Operation.TEST), place + 2
    if rest.startswith("?"):
        return Command(name=name, operation=Operation.READ), place + 1
    if rest.startswith("="):
        end = _value_end(body, place + 1)
        text = body[place + 1 : end].strip()
        return Command(name=name, operation=Operation.SET, text=text), end
    return Command(name=name, operation=Operation.EXECUTE), place


def _value_end(body: str, place: int) -> int:
    quoted = False
    while place < len(body):
        if body[place] == '"':
            quoted = not quoted
        elif body[place] == ";" and not quoted:
            break
        place += 1
    return place


def _basic(body: str, start: int) -> tuple[Command, int]:
    end = start + (2 if body[start] in "&\\" else 1)
    name = body[start:end].upper()
    if not name[-1].isalpha():
        raise AtError
    digits = end
    while digits < len(body) and body[digits].isdecimal():
        digits += 1
    number = body[end:digits]
    if name == "S":
        return _register(name + number, body, digits)
    if number:
        return Command(name=name, operation=Operation.SET, text=number), digits
    return _with_operation(name, body, digits)


def _register(name: str, body: str, place: int) -> tuple[Command, int]:
    """Like an extended command, but a value is digits and needs no semicolon."""
    if not body.startswith("=", place) or body.startswith("=?", place):
        return _with_operation(name, body, place)
    end = place + 1
    while end < len(body) and body[end].isdecimal():
        end += 1
    text = body[place + 1 : end]
    return Command(name=name, operation=Operation.SET, text=text), end


def _split_values(text: str) -> Iterator[str]:
    value = ""
    quoted = False
    depth = 0
    for character in text:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "()":
            depth += 1 if character == "(" else -1
        if character == "," and not quoted and depth == 0:
            yield value.strip()
            value = ""
        else:
            value += character
    if text:
        yield value.strip()
