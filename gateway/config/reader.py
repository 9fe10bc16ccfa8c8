"""A TOML table into the frozen dataclass that owns it, with every problem noted.

Relies on `msgspec` to convert one value to one annotated type (`msgspec.Meta` gives the
limits), so that each key is judged by itself and all problems come at once. A field
with `repr=False` is a secret: it may be written as `<key>_file = "…"` or be given by an
environment variable instead. A `timedelta` is written in seconds; a relative path means
a systemd credential of that name, else a file beside the configuration.
"""

import dataclasses
import keyword
import re
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from gateway.config.document import Document, KeyPath, spell
from gateway.config.wording import kind_of, plain, unknown_key
from gateway.core.errors import ConfigError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")

MAX_TEXT = 1024
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, and where."""

    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.line}: {self.path}: {self.reason}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """Where values that must not stand in the file come from."""

    environment: Mapping[str, str]
    directories: tuple[Path, ...]  # a relative `x_file` is looked for here, in order


class Reader:
    """Reads sections of one document; `problems` grows, nothing is raised."""

    def __init__(self, document: Document, secrets: Secrets) -> None:
        self._document = document
        self._secrets = secrets
        self.problems: list[Problem] = []

    def note(self, path: KeyPath, reason: str) -> None:
        """Something is wrong at `path`."""
        self.problems.append(
            Problem(
                path=spell(path) or "file",
                line=self._document.line(path),
                reason=reason,
            )
        )

    def section(
        self,
        owner: type[T],
        value: object,
        path: KeyPath,
        preset: Mapping[str, object] | None = None,
    ) -> T | None:
        """The section as its owner, or None with the problems noted.

        `preset` fields come from elsewhere: they are no keys of this section.
        """
        if not isinstance(value, Mapping):
            self.note(path, f"must be a table, not {kind_of(value)}")
            return None
        before = len(self.problems)
        hints = typing.get_type_hints(owner, include_extras=True)
        given = dict(preset or {})
        fields = {
            _key(field): field
            for field in dataclasses.fields(owner)
            if field.init and field.name not in given
        }
        table = self._with_secrets(fields, value, path)
        bad: set[str] = set()
        for key in table:
            if key not in fields:
                self.note((*path, key), unknown_key(key, fields))
                continue
            known = len(self.problems)
            hint = hints[fields[key].name]
            given[key] = self._value(hint, table[key], (*path, key))
            if len(self.problems) > known:
                bad.add(key)
        for name, declared in fields.items():
            if name not in table and _required(declared):
                self.note((*path, name), "is required")
                bad.add(name)
        made = self._made(owner, given, bad, path)
        return made if len(self.problems) == before else None

    def sections(self, owner: type[T], value: object, path: KeyPath) -> tuple[T, ...]:
        """A list of tables (`[[modem]]`), the good ones of it."""
        if not isinstance(value, list):
            self.note(path, f"must be a list of tables: write [[{spell(path)}]]")
            return ()
        made = (
            self.section(owner, table, (*path, index))
            for index, table in enumerate(value)
        )
        return tuple(section for section in made if section is not None)

    def _made(
        self, owner: type[T], given: dict[str, object], bad: set[str], path: KeyPath
    ) -> T | None:
        """Let the owner check the whole; keys it refuses are left out in turn.

        So a second wrong key is seen too. What the owner then says of a key that was
        left out is no news.
        """
        while not any(
            _required(f) and _key(f) in bad for f in dataclasses.fields(owner)
        ):
            try:
                good = {k: v for k, v in given.items() if k not in bad}
                return owner(**{_attribute(k): v for k, v in good.items()})
            except ConfigError as error:
                steps = _steps(error.path)
                key = str(steps[0])
                if not bad.isdisjoint({key, *re.findall(r"\w+", error.reason)}):
                    return None
                self.note((*path, *steps), error.reason)
                bad.add(key)
                if key not in given:
                    return None
            except ValueError as error:
                self.note(path, str(error))
                return None
        return None

    def _value(self, hint: Any, value: object, path: KeyPath) -> object:
        for number, text in _texts(value):
            at = path if number is None else (*path, number)
            if reason := _bad_text(text):
                self.note(at, reason)
                return None
        inner = _without_none(hint)
        if dataclasses.is_dataclass(inner) and isinstance(inner, type):
            return self.section(inner, value, path)
        item = _item_of(inner)
        if isinstance(item, type) and dataclasses.is_dataclass(item):
            return self.sections(item, value, path)
        if inner is timedelta:
            return self._duration(value, path)
        try:
            return msgspec.convert(value, hint, strict=True, dec_hook=self._decode)
        except msgspec.ValidationError as error:
            self.note(path, plain(str(error), inner))
        return None

    def _duration(self, value: object, path: KeyPath) -> timedelta | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.note(path, f"must be a number of seconds, not {kind_of(value)}")
            return None
        if not 0 <= value <= 10 * 365 * 86400:
            self.note(path, "must be between 0 seconds and ten years")
            return None
        return timedelta(seconds=value)

    def _with_secrets(
        self,
        fields: Mapping[str, "dataclasses.Field[Any]"],
        table: Mapping[str, object],
        path: KeyPath,
    ) -> dict[str, object]:
        """The table with the secrets that stand in files and in the environment."""
        filled = dict(table)
        for name, declared in fields.items():
            if declared.repr:
                continue
            file_key = f"{name}_file"
            if file_key in filled and file_key not in fields:
                where = filled.pop(file_key)
                if name in table:
                    self.note(
                        (*path, file_key), f"give either this or {name}, not both"
                    )
                elif (text := self._secret(where, (*path, file_key))) is not None:
                    filled[name] = text
            variable = environment_name(path, table, name)
            if name not in filled and variable in self._secrets.environment:
                filled[name] = self._secrets.environment[variable]
        return filled

    def _secret(self, where: object, path: KeyPath) -> str | None:
        if not isinstance(where, str) or _bad_text(where):
            self.note(path, "must be the name of a file")
            return None
        file = self._place(where)
        try:
            return file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            self.note(path, f"cannot read {file}: {reason}")
            return None

    def _place(self, text: str) -> Path:
        """A relative path is one of the credentials, else beside the file."""
        candidates = [directory / text for directory in self._secrets.directories]
        return next((c for c in candidates if c.is_file()), candidates[-1])

    def _decode(self, kind: type, value: object) -> object:
        if not issubclass(kind, Path):
            raise AssertionError(f"a section has a field of type {kind}")
        if not isinstance(value, str):
            raise msgspec.ValidationError(f"must be a path, not {kind_of(value)}")
        return self._place(value)


def _key(declared: "dataclasses.Field[Any]") -> str:
    """How it is written; `class_` cannot be called `class` in Python."""
    return declared.name.removesuffix("_")


def _attribute(key: str) -> str:
    return f"{key}_" if keyword.iskeyword(key) else key


def _steps(path: str) -> KeyPath:
    """`init[2]` as `("init", 2)`."""
    return tuple(
        int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path)
    )


def environment_name(path: KeyPath, table: Mapping[str, object], key: str) -> str:
    """`SEVENTY_MODEM_SIM1_PIN` for the key `pin` of the modem named sim1."""
    named = table.get("name", "")
    steps = [str(step) for step in path if not isinstance(step, int)]
    words = ["SEVENTY", *steps, *([str(named)] if named else []), key]
    return re.sub(r"[^A-Z0-9]", "_", "_".join(words).upper())


def _texts(value: object) -> Iterable[tuple[int | None, str]]:
    if isinstance(value, str):
        yield None, value
    elif isinstance(value, list):
        yield from ((n, item) for n, item in enumerate(value) if isinstance(item, str))


def _bad_text(text: str) -> str | None:
    if not text.strip():
        return "must not be empty"
    if len(text) > MAX_TEXT:
        return f"is longer than {MAX_TEXT} characters"
    if found := _CONTROL.search(text):
        return f"contains the control character U+{ord(found[0]):04X}"
    return None


def _required(declared: "dataclasses.Field[Any]") -> bool:
    return (
        declared.default is dataclasses.MISSING
        and declared.default_factory is dataclasses.MISSING
    )


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        rest = [arm for arm in typing.get_args(hint) if arm is not types.NoneType]
        if len(rest) == 1:
            return _without_none(rest[0])
    return hint


def _item_of(hint: Any) -> Any:
    return typing.get_args(hint)[0] if typing.get_origin(hint) is tuple else None
