"""What is wrong with a value, in words a person reads who writes TOML."""

import enum
import re
import types
import typing
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}


def kind_of(value: object) -> str:
    """What a TOML value is, for one who wrote it."""
    match value:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case Mapping():
            return "a table"
        case _:
            return "a date or time"


def unknown_key(key: str, known: Iterable[str]) -> str:
    """With the key that was probably meant."""
    close = get_close_matches(key, list(known), n=1)
    return "is not a key of this section" + (
        f"; did you mean {close[0]}?" if close else ""
    )


def _allowed(hint: Any) -> Iterable[str]:
    """What may be written, in words."""
    origin = typing.get_origin(hint)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        yield from (str(member.value) for member in hint)
    elif origin is typing.Literal:
        yield from map(str, typing.get_args(hint))
    elif origin in (types.UnionType, typing.Union):
        for arm in typing.get_args(hint):
            yield from _allowed(arm)
    elif origin in (typing.Annotated, tuple):
        yield from _allowed(typing.get_args(hint)[0])
    elif hint is not types.NoneType:
        yield _WORDS.get(getattr(hint, "__name__", ""), str(hint))


def plain(message: str, hint: Any) -> str:
    """msgspec's words in ours."""
    message, _, place = message.partition(" - at ")
    if message.startswith("Invalid enum value"):
        return "must be " + " or ".join(dict.fromkeys(_allowed(hint)))
    message = re.sub(
        r"`([a-z| ]+)`",
        lambda found: " or ".join(
            _WORDS.get(word, word) for word in found[1].split(" | ") if word != "null"
        ),
        message,
    )
    message = re.sub(r"^Expected ", "must be ", message).replace(", got ", ", not ")
    index = re.search(r"\[(\d+|\.\.\.)\]", place)
    where = f"item {index[1]} " if index and index[1] != "..." else ""
    return where + message
