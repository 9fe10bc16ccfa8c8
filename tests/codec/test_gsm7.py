"""3GPP TS 23.038 6.1.2 and 6.2.1: characters, septets, octets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.gsm7 import (
    Language,
    UnencodableError,
    decode_septets,
    encode_septets,
    locking_places,
    pack,
    single_places,
    unpack,
)
from tests.codec.strategy import languages

septets = st.binary(max_size=170).map(lambda octets: bytes(o & 0x7F for o in octets))


def test_the_example_of_packing_is_as_in_the_specification() -> None:
    # 23.038 6.1.2.1.1: bit 1 of the first character is bit 1 of the first octet,
    # the second character begins in bit 8.
    assert pack(bytes([0b1010101, 0b0110011])) == bytes([0b11010101, 0b00011001])


def test_eight_septets_fill_seven_octets() -> None:
    assert pack(b"12345678") == bytes.fromhex("31D98C56B3DD70")


def test_a_last_septet_of_zero_is_not_lost() -> None:
    assert unpack(pack(b"1234567\0"), 8) == b"1234567\0"


@given(septets, st.integers(0, 6))
def test_packing_is_undone(units: bytes, fill_bits: int) -> None:
    octets = pack(units, fill_bits=fill_bits)
    assert len(octets) == (len(units) * 7 + fill_bits + 7) // 8
    assert unpack(octets, len(units), fill_bits=fill_bits) == units
    assert unpack(octets + b"\xff", len(units), fill_bits=fill_bits) == units


def test_too_few_octets_are_a_decode_error() -> None:
    with pytest.raises(DecodeError, match="9 septets at octet 7 of 7"):
        unpack(bytes(7), 9)


@pytest.mark.parametrize("locking", Language)
@pytest.mark.parametrize("single", Language)
def test_every_character_of_a_pair_of_tables_survives(
    locking: Language, single: Language
) -> None:
    text = "".join({**locking_places(locking), **single_places(single)})
    units = encode_septets(text, locking=locking, single=single)
    assert decode_septets(units, locking=locking, single=single) == text


def test_a_character_of_the_extension_takes_two_septets() -> None:
    assert encode_septets("€{") == bytes.fromhex("1B651B28")


def test_a_blank_is_always_0x20_though_tables_show_it_elsewhere_too() -> None:
    for locking in Language:
        assert encode_septets(" ", locking=locking) == b" "


def test_what_cannot_be_encoded_is_named_once_in_order_of_appearance() -> None:
    with pytest.raises(UnencodableError, match=r"U\+0436, U\+0060") as caught:
        encode_septets("aж`жb")
    assert caught.value.characters == ("ж", "`")


@pytest.mark.parametrize(
    ("units", "text"),
    [
        (b"a\x1bab", "aab"),
        (b"a\x1b\x1bb", "a b"),
        (b"a\x1b\x1b\x40b", "a ¡b"),
        (b"a\x1b", "a "),
        (b"\x1b", " "),
        (b"\x1b\x0a", "\f"),
        (b"\x1b\x0d", "\r"),
    ],
    ids=["empty place", "two escapes", "two and one", "last", "alone", "page", "CR2"],
)
def test_an_odd_escape_is_shown_as_6_2_1_1_says(units: bytes, text: str) -> None:
    assert decode_septets(units) == text


def test_an_empty_place_after_an_escape_shows_the_locking_table_in_force() -> None:
    assert decode_septets(b"\x1b\x07", locking=Language.TURKISH) == "ı"


@given(st.binary(max_size=200), languages, languages)
def test_any_septets_are_a_text(
    units: bytes, locking: Language, single: Language
) -> None:
    text = decode_septets(units, locking=locking, single=single)
    assert "\x1b" not in text
    assert len(text) <= len(units)
