"""Values cost what plain dataclasses do, and are compared as frozen ones are."""

import dataclasses
from dataclasses import FrozenInstanceError, dataclass, fields

import pytest

from gateway.codec.value import replace, value


@value(frozen=True, slots=True, kw_only=True)
class Quick:
    """Held by the type checker."""

    name: str
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Held at run time, too."""

    name: str
    size: int = 0


def test_a_value_is_made_shown_and_compared_like_a_frozen_dataclass() -> None:
    one = Quick(name="a", size=1)
    assert one == replace(one)
    assert one != replace(one, size=2)
    assert hash(one) == hash(replace(one)) == hash(Frozen(name="a", size=1))
    assert repr(one) == "Quick(name='a', size=1)"
    assert not hasattr(one, "__dict__")
    assert [field.name for field in fields(one)] == ["name", "size"]


def test_only_the_type_checker_keeps_it_as_it_is() -> None:
    one, other = Quick(name="a"), Frozen(name="a")
    one.name = "b"  # type: ignore[misc]  # this is what is forbidden
    with pytest.raises(FrozenInstanceError):
        other.name = "b"  # type: ignore[misc]  # here at run time


def test_another_differs_in_what_is_named_and_in_nothing_else() -> None:
    one = Quick(name="a", size=1)
    other = replace(one, size=2)
    assert other == dataclasses.replace(one, size=2) == Quick(name="a", size=2)
    assert one == Quick(name="a", size=1)
    assert replace(Frozen(name="a"), size=3) == Frozen(name="a", size=3)
    with pytest.raises(AttributeError):
        replace(one, weight=3)  # type: ignore[call-arg]  # there is no such field
