"""What a verb prints: JSON, tables, progress on a terminal; and how it fails.

Nothing here knows the product. Progress goes to standard error and only when that is a
terminal, so that a pipe stays clean.
"""

import json
import sys
import threading
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType


class VerbFailed(Exception):
    """The verb could not do its work: said in one line, exit status 1."""


class WrongUsage(Exception):
    """The verb was asked for what cannot be: exit status 2."""


def say(text: str = "") -> None:
    """One line to standard output."""
    print(text)


def warn(text: str) -> None:
    """One line to standard error."""
    print(text, file=sys.stderr)


def say_json(value: object) -> None:
    """A JSON document to standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def listed(answer: object) -> list[dict[str, object]]:
    """The items of a page of the API."""
    items = answer.get("items") if isinstance(answer, dict) else None
    if not isinstance(items, list):
        raise VerbFailed("the daemon's answer is not a list")
    return items


def described(answer: object) -> dict[str, object]:
    """An object of the API."""
    if not isinstance(answer, dict):
        raise VerbFailed("the daemon's answer is not an object")
    return answer


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Columns aligned; what is not known is a dash."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        say("nothing")
        return
    table = [[column.upper() for column in columns], *cells]
    widths = [max(_width(row[i]) for row in table) for i in range(len(columns))]
    for row in table:
        line = "  ".join(
            cell + " " * (width - _width(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        say(line.rstrip())


def say_fields(fields: Mapping[str, object]) -> None:
    """Names and values under one another."""
    width = max((_width(name) for name in fields), default=0)
    for name, value in fields.items():
        say(f"{name}{' ' * (width - _width(name))}  {_cell(value)}")


def printable(text: str) -> str:
    """An SMS may hold anything; a terminal must not be driven by it."""
    return "".join(c if c.isprintable() else "\N{MIDDLE DOT}" for c in text)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return printable(str(value))


def _width(text: str) -> int:
    return sum(
        0
        if unicodedata.combining(c)
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


class Progress:
    """Says what goes on, once it has taken a second and only to a terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._detail = ""
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> "Progress":
        if sys.stderr.isatty():
            self._teller.start()
        return self

    def step(self, detail: str) -> None:
        """Something moved."""
        self._detail = detail

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._teller.is_alive():
            self._teller.join()

    def _tell(self) -> None:
        seconds = 0
        while not self._over.wait(1):
            seconds += 1
            line = f"{self._what}: {seconds} s {self._detail}"
            sys.stderr.write(f"\r\033[K{line}")
            sys.stderr.flush()
        if seconds:
            sys.stderr.write("\r\033[K")
