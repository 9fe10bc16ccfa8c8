"""One name for one subscriber."""

import pytest

from hwsim.numbering import number_of, parse_number
from hwsim.wire import WireError
from hwsim.wire.sms import Address, TypeOfNumber


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+7 916 123-45-67", "+79161234567"),
        ("8 (916) 123-45-67", "+79161234567"),
        ("9161234567", "+79161234567"),
        ("0044 7700 900123", "+447700900123"),
        ("900", "900"),
        ("Bank 24", "Bank 24"),
    ],
)
def test_what_a_person_types_becomes_one_number(written: str, number: str) -> None:
    assert parse_number(written) == number


def test_a_national_type_gets_the_country() -> None:
    address = Address(digits="9161234567", ton=TypeOfNumber.NATIONAL)
    assert number_of(address) == "+79161234567"


@pytest.mark.parametrize("written", ["", "+", "ЯЯЯ", "a" * 20])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(WireError):
        parse_number(written)
