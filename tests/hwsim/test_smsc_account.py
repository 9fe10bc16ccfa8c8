"""Accounts, read and refused."""

import pytest

from hwsim.problem import Fields, Problem
from hwsim.smsc_account import (
    DEFAULT_ACCOUNT,
    IdForm,
    new_account,
    read_account,
)


def test_what_an_account_says_of_itself_makes_it_again() -> None:
    members = DEFAULT_ACCOUNT.describe()
    del members["system_id"]
    assert read_account(Fields(members), new_account("esme")) == DEFAULT_ACCOUNT


def test_one_number_has_many_forms() -> None:
    assert [form.write(0x6AF0000A) for form in IdForm] == [
        "1794113546",
        "6af0000a",
        "6AF0000A",
        "0000001794113546",
    ]


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"password": "ninechars"}, "password"),
        ({"window": 0}, "window"),
        ({"burst": 0}, "burst"),
        ({"message_id": "roman"}, "message_id"),
        ({"short_codes": "2345"}, "short_codes"),
        ({"short_codes": ["+Bank"]}, "short_codes"),
        ({"senders": [1]}, "senders"),
        ({"senders": ["x"] * 101}, "senders"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_member_is_named(members: dict[str, object], field: str) -> None:
    with pytest.raises(Problem) as problem:
        read_account(Fields(members), DEFAULT_ACCOUNT)
    assert problem.value.field == field


@pytest.mark.parametrize("system_id", ["", "x" * 16, "имя"])
def test_a_system_id_fits_its_field(system_id: str) -> None:
    with pytest.raises(Problem):
        new_account(system_id)
