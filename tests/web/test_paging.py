"""Cuts of listings, and addresses as callers write them."""

import pytest

from gateway.core.errors import Invalid
from web.paging import next_cursor, read_address, read_msisdn


class Item:
    def __init__(self, identity: str) -> None:
        self.id = identity


def test_a_full_page_names_the_next_and_a_short_one_is_the_last() -> None:
    items = [Item("b"), Item("a")]
    assert next_cursor(items, 2) == "a"
    assert next_cursor(items, 3) is None
    assert next_cursor([], 3) is None


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("+79161234567", "+79161234567"),
        (" 79161234567", "+79161234567"),  # an unescaped + of a query string
        ("8 (916) 123-45-67", "+79161234567"),
        ("900", "900"),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, address: str) -> None:
    assert read_address(written, "RU") == address
    assert read_msisdn(written, "RU") == address


@pytest.mark.parametrize("text", ["", "BANK", "*100#", "+", "12\n", "9" * 30])
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_msisdn(text, "RU")
    assert caught.value.field == "msisdn"
