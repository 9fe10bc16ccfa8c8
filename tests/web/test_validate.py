"""From octets to a checked request."""

import re
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import web
from gateway.core.errors import Invalid
from web.schema import CreateMessage
from web.validate import FieldProblem, InvalidFields, check, parse_json


class Shape(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[
        str,
        msgspec.Meta(max_length=5, extra_json_schema={"pattern": r"^[a-z]+(?![\s\S])"}),
    ]
    many: list[Annotated[int, msgspec.Meta(ge=0)]] = []
    kind: str = msgspec.field(name="class", default="x")
    maybe: Annotated[int, msgspec.Meta(le=9)] | None = None


def problems(raw: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidFields) as caught:
        check(raw, Shape)
    return [(one.field, one.code) for one in caught.value.problems]


def test_what_fits_is_made() -> None:
    assert check({"name": "ab", "class": "k"}, Shape) == Shape(name="ab", kind="k")
    assert check({"name": "ab", "maybe": None}, Shape).maybe is None


def test_every_problem_is_told_with_its_path() -> None:
    assert problems({"name": 1, "many": [1, -1], "kind": "k", "maybe": 10}) == [
        ("name", "invalid_value"),
        ("many[1]", "invalid_value"),
        ("kind", "unknown_field"),
        ("maybe", "invalid_value"),
    ]
    assert problems({}) == [("name", "required")]


@pytest.mark.parametrize("name", ["", "abcdef", "AB", "ab\n", "\nab", "a b", "ab\x00"])
def test_a_pattern_holds_to_the_last_character(name: str) -> None:
    assert problems({"name": name}) == [("name", "invalid_value")]


def test_a_strange_name_is_told_printable_and_short() -> None:
    [(field, _)] = problems({"name": "ab", "\x1b[2J" + "x" * 500: 1})
    assert field.isprintable()
    assert len(field) <= 64


def test_a_query_reads_numbers_from_text() -> None:
    assert check({"name": "ab", "maybe": "7"}, Shape, strict=False).maybe == 7
    with pytest.raises(InvalidFields):
        check({"name": "ab", "maybe": "7"}, Shape)


@given(st.binary(max_size=200))
def test_any_octets_are_json_or_invalid(octets: bytes) -> None:
    with suppress(Invalid):
        parse_json(octets)


_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
_NAMES = [field.encode_name for field in msgspec.structs.fields(CreateMessage)]


@given(st.dictionaries(st.sampled_from(_NAMES), _JSON))
def test_any_json_is_a_message_or_named_problems(raw: dict[str, Any]) -> None:
    told: tuple[FieldProblem, ...] = ()
    try:
        check(raw, CreateMessage)
    except InvalidFields as error:
        told = error.problems
    assert all(one.field and one.detail for one in told)


def test_no_pattern_is_left_to_msgspec() -> None:
    """It corrupts memory there; see `web.validate`."""
    sources = Path(web.__file__).parent.rglob("*.py")
    pattern = re.compile(r"Meta\([^)]*\bpattern=", re.DOTALL)
    assert not [path.name for path in sources if pattern.search(path.read_text())]
