"""A TOML text as tables, and the line on which each key stands.

`tomllib` judges the text; the scanner here only runs over text that it has accepted,
so it needs to find where keys begin and nothing else. Keys inside inline tables are
not listed: their line is that of the nearest key around them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Step = str | int
KeyPath = tuple[Step, ...]

_KEY = re.compile(
    r"""[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))[ \t]*(\.?)"""
)
_VALUE_PIECE = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*|[\[{]|[\]}]|\n"
    r"""|[^"'#\[\]{}\n]+""",
    re.DOTALL,
)
_SPACE = " \t\n"
_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)$|\s*\(at end of document\)$")


def spell(path: KeyPath) -> str:
    """`("modem", 0, "port")` as `modem[0].port`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class NotToml(ValueError):
    """The text is not TOML; `line` is where it stopped being so."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the text says, and where."""

    tables: Mapping[str, object]
    lines: Mapping[KeyPath, int]

    def line(self, path: KeyPath) -> int:
        """The line of the key, or of the nearest one around it, or 1."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def parse(text: str) -> Document:
    """Raises `NotToml`."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise NotToml(_PLACE.sub("", str(error)), line) from error
    return Document(tables=tables, lines=_lines(text.replace("\r\n", "\n")))


def _lines(text: str) -> dict[KeyPath, int]:
    lines: dict[KeyPath, int] = {}
    for path, offset in _keys(text):
        lines.setdefault(path, text.count("\n", 0, offset) + 1)
    return lines


def _keys(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Every table header and key with the offset at which it is written."""
    arrays: dict[KeyPath, int] = {}  # path of an array of tables -> its last index
    table: KeyPath = ()
    offset = 0
    while offset < len(text):
        start = len(text) - len(text[offset:].lstrip(_SPACE))
        match text[start : start + 1]:
            case "":
                return
            case "#":
                offset = _end_of_line(text, start)
            case "[":
                double = text.startswith("[[", start)
                names, end = _dotted(text, start + (2 if double else 1))
                table = _resolve(names, arrays, append=double)
                yield table, start
                offset = _end_of_line(text, end)
            case _:
                names, end = _dotted(text, start)
                for length in range(1, len(names) + 1):
                    yield (*table, *names[:length]), start
                offset = _end_of_value(text, end)


def _resolve(
    names: tuple[str, ...], arrays: dict[KeyPath, int], *, append: bool
) -> KeyPath:
    """The path of a table header, with the indexes of the arrays it goes through."""
    path: KeyPath = ()
    for position, name in enumerate(names):
        path = (*path, name)
        if append and position == len(names) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


def _dotted(text: str, offset: int) -> tuple[tuple[str, ...], int]:
    names: list[str] = []
    while found := _KEY.match(text, offset):
        names.append(next(name for name in found.groups()[:3] if name is not None))
        offset = found.end()
        if not found[4]:
            break
    return tuple(names), offset


def _end_of_line(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def _end_of_value(text: str, offset: int) -> int:
    depth = 0
    while found := _VALUE_PIECE.match(text, offset):
        piece = found[0]
        if piece == "\n" and depth == 0:
            break
        depth += (piece in "[{") - (piece in "]}") if len(piece) == 1 else 0
        offset = found.end()
    return offset
