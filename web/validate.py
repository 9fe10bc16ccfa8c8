"""From octets to a checked request: every problem of every field, at once.

Relies on msgspec for types and limits. Patterns are kept in the schema
(`extra_json_schema`) and checked here: the `pattern` of msgspec 0.22.0's own `Meta`
corrupts memory (seen with PYTHONMALLOC=debug on CPython 3.11).
"""

import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, TypeVar, Union

import msgspec

from gateway.core.errors import Invalid

S = TypeVar("S", bound=msgspec.Struct)

_NAME_LIMIT = 64
_DETAIL_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """What is wrong with one field; `field` is a path such as `to[3]`."""

    field: str
    code: str
    detail: str


class InvalidFields(Invalid):
    """One or more fields cannot be taken."""

    def __init__(self, problems: list[FieldProblem]) -> None:
        first = problems[0]
        super().__init__(first.code, first.detail, field=first.field)
        self.problems = tuple(problems)


def parse_json(octets: bytes) -> object:
    """The JSON value; an empty body is an empty object."""
    if not octets.strip():
        return {}
    try:
        return msgspec.json.decode(octets)
    except RecursionError:
        raise Invalid("malformed_json", "the body is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid("malformed_json", f"the body is not JSON: {error}") from None


def read(octets: bytes, shape: type[S]) -> S:
    """A checked `shape` of a request body, or `Invalid` as `check` raises it."""
    if octets and shape.__struct_config__.forbid_unknown_fields:
        try:
            found = msgspec.json.decode(octets, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass  # what is wrong is found out below, field by field
        else:
            if _fits(found, _forms(shape)):
                return found
    return check(parse_json(octets), shape)


def check(raw: object, shape: type[S], *, strict: bool = True) -> S:
    """Make a `shape` of `raw`, or raise `InvalidFields`.

    `strict=False` reads numbers and times from text, as a query string has them.
    """
    if not isinstance(raw, Mapping):
        raise Invalid("not_an_object", "the body must be a JSON object")
    fields = _fields(shape)
    values: dict[str, object] = {}
    problems: list[FieldProblem] = []
    for key, value in raw.items():
        field = fields.get(key)
        if field is None:
            problems.append(_unknown(str(key), fields))
            continue
        try:
            made = msgspec.convert({key: value}, field.lone, strict=strict)
        except msgspec.ValidationError as error:
            problems.append(_refused(str(error), key))
            continue
        converted = getattr(made, field.attribute)
        problems.extend(_mismatches(converted, field.annotation, key))
        values[field.attribute] = converted
    for key, field in fields.items():
        if field.required and key not in raw:
            problems.append(
                FieldProblem(field=key, code="required", detail="this field is needed")
            )
    if problems:
        raise InvalidFields(problems)
    return shape(**values)


@dataclass(frozen=True, slots=True)
class _Field:
    attribute: str
    annotation: object
    required: bool
    lone: type[msgspec.Struct]  # a struct of this field alone


@cache
def _fields(shape: type[msgspec.Struct]) -> dict[str, _Field]:
    hints = typing.get_type_hints(shape, include_extras=True)
    made = {}
    for info in msgspec.structs.fields(shape):
        lone = msgspec.defstruct(
            shape.__name__,
            [(info.name, info.type)],
            rename={info.name: info.encode_name},
        )
        made[info.encode_name] = _Field(
            info.name, hints[info.name], info.required, lone
        )
    return made


def _unknown(key: str, fields: Mapping[str, _Field]) -> FieldProblem:
    known = ", ".join(fields) or "none"
    return FieldProblem(
        field=_printable(key)[:_NAME_LIMIT],
        code="unknown_field",
        detail=f"there is no such field; known: {known}"[:_DETAIL_LIMIT],
    )


def _refused(message: str, key: str) -> FieldProblem:
    detail, _, path = message.rpartition(" - at `$")
    return FieldProblem(
        field=path.removesuffix("`").lstrip(".") if detail else key,
        code="invalid_value",
        detail=_printable(detail or message)[:_DETAIL_LIMIT],
    )


def _mismatches(value: object, annotation: object, path: str) -> Iterator[FieldProblem]:
    """Where `value` breaks a pattern that `annotation` carries."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        inner, *extras = typing.get_args(annotation)
        for meta in extras:
            if isinstance(meta, msgspec.Meta) and isinstance(value, str):
                yield from _mismatch(value, meta, path)
        yield from _mismatches(value, inner, path)
    elif origin is list and isinstance(value, list):
        (inner,) = typing.get_args(annotation)
        for index, item in enumerate(value):
            yield from _mismatches(item, inner, f"{path}[{index}]")
    elif isinstance(value, msgspec.Struct) and type(value) is annotation:
        for name, field in _fields(type(value)).items():
            nested = getattr(value, field.attribute)
            yield from _mismatches(nested, field.annotation, f"{path}.{name}")
    elif origin in (Union, types.UnionType):
        for inner in typing.get_args(annotation):
            yield from _mismatches(value, inner, path)


def _mismatch(value: str, meta: msgspec.Meta, path: str) -> Iterator[FieldProblem]:
    pattern = _pattern_of(meta)
    if pattern is not None and re.search(pattern, value) is None:
        yield FieldProblem(
            field=path,
            code="invalid_value",
            detail=f"not of the expected form: {meta.description or pattern}",
        )


@dataclass(frozen=True, slots=True)
class _Form:
    """The patterns of a field, of its text or of the items of its list."""

    attribute: str
    of_text: tuple[re.Pattern[str], ...]
    of_items: tuple[re.Pattern[str], ...]


@cache
def _forms(shape: type[msgspec.Struct]) -> tuple[_Form, ...]:
    """Those of the fields that have any."""
    forms = []
    for field in _fields(shape).values():
        patterns = list(_patterns(field.annotation, 0))
        if patterns:
            of_text, of_items = (
                tuple(re.compile(pattern) for depth, pattern in patterns if depth == at)
                for at in (0, 1)
            )
            forms.append(_Form(field.attribute, of_text, of_items))
    return tuple(forms)


def _fits(found: msgspec.Struct, forms: tuple[_Form, ...]) -> bool:
    """As `_mismatches` judges, without saying where."""
    for form in forms:
        value = getattr(found, form.attribute)
        if value is None or value is msgspec.UNSET:
            continue
        texts = value if isinstance(value, list) else (value,)
        patterns = form.of_items if texts is value else form.of_text
        for pattern in patterns:
            for text in texts:
                if pattern.search(text) is None:
                    return False
    return True


def _patterns(annotation: object, depth: int) -> Iterator[tuple[int, str]]:
    """The patterns in an annotation, and how many lists deep they apply."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        inner, *extras = typing.get_args(annotation)
        for meta in extras:
            pattern = _pattern_of(meta)
            if pattern is not None:
                yield depth, pattern
        yield from _patterns(inner, depth)
    elif origin in (list, Union, types.UnionType):
        for inner in typing.get_args(annotation):
            yield from _patterns(inner, depth + (origin is list))


def _pattern_of(meta: object) -> str | None:
    if not isinstance(meta, msgspec.Meta):
        return None
    pattern = (meta.extra_json_schema or {}).get("pattern")
    return None if pattern is None else str(pattern)


def _printable(text: str) -> str:
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )
