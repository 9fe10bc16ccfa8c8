"""A cursor moves forward and never past the end."""

import pytest

from gateway.codec import DecodeError
from gateway.codec.cursor import Cursor


def test_it_gives_octets_in_order() -> None:
    cursor = Cursor(b"abcd", 1)
    assert (cursor.octet("x"), cursor.take(2, "y"), cursor.remaining) == (98, b"cd", 0)


def test_past_the_end_is_a_decode_error_that_says_what_and_where() -> None:
    cursor = Cursor(b"abcd", 2)
    with pytest.raises(DecodeError, match="3 octets of address at octet 2 of 4") as e:
        cursor.take(3, "address")
    assert (e.value.offset, e.value.octets) == (2, b"abcd")
    assert cursor.take(2, "address") == b"cd"
    with pytest.raises(DecodeError, match="status at octet 4 of 4"):
        cursor.octet("status")


def test_an_offset_past_the_end_has_nothing_left() -> None:
    assert Cursor(b"ab", 5).remaining == 0
