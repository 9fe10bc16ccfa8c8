"""Values cost what plain dataclasses do, and are compared as frozen ones are."""

from dataclasses import FrozenInstanceError, dataclass, fields, replace

import pytest

from gateway.codec.value import value


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
