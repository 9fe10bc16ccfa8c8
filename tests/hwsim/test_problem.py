"""Fields read with care."""

import pytest

from hwsim.ledger import LedgerKind
from hwsim.problem import Fields, Problem


@pytest.mark.parametrize("value", ["5", True, None, -1, 11, float("nan")])
def test_a_number_is_a_number_in_its_range(value: object) -> None:
    with pytest.raises(Problem) as wrong:
        Fields({"n": value}).number("n", most=10)
    assert wrong.value.field == "n"


@pytest.mark.parametrize("value", ["5", True, 5.0, -1, 11])
def test_a_whole_number_is_whole(value: object) -> None:
    with pytest.raises(Problem):
        Fields({"n": value}).whole("n", most=10)


@pytest.mark.parametrize("value", [0, "true"])
def test_a_flag_is_true_or_false(value: object) -> None:
    with pytest.raises(Problem):
        Fields({"f": value}).flag("f")


def test_a_choice_names_what_may_be_chosen() -> None:
    with pytest.raises(Problem, match="accepted"):
        Fields({"kind": "x"}).maybe_choice("kind", LedgerKind)
    kinds = Fields({"kind": "call"})
    assert kinds.choice("kind", LedgerKind, LedgerKind.USSD) is LedgerKind.CALL
    assert kinds.choice("kind", LedgerKind, LedgerKind.USSD) is LedgerKind.USSD


def test_one_number_stands_for_a_list_of_one() -> None:
    assert Fields({"drop": 3}).wholes("drop", most=9) == (3,)
    assert Fields({"drop": [3, 4]}).wholes("drop", most=9) == (3, 4)
    assert Fields({}).wholes("drop", most=9) == ()


def test_what_nobody_asked_for_is_refused() -> None:
    fields = Fields({"a": 1, "b": 2})
    fields.whole("a", most=9)
    with pytest.raises(Problem) as wrong:
        fields.finish()
    assert (wrong.value.field, wrong.value.code) == ("b", "unknown_field")


def test_what_is_missing_is_named() -> None:
    with pytest.raises(Problem) as wrong:
        Fields({}).text("to")
    assert (wrong.value.field, wrong.value.code) == ("to", "missing_field")
