"""3GPP TS 23.040 9.1.2: addresses of all types, and the SMSC in front."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.address import (
    Address,
    NumberingPlan,
    TypeOfNumber,
    decode_address,
    decode_smsc,
    encode_address,
    encode_smsc,
)
from tests.codec.strategy import addresses, numbers


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("+79160000001", "0B919761000000F1"),
        ("+4915112345678", "0D91945111325476F8"),
        ("900", "038109F0"),
        ("*100#", "05811A00FB"),
        ("a", "02D061"),
        ("MegaFon", "0DD0CDF2396C7CBB01"),
        ("InternetSMS", "14D04937BD2C7797E9D3E614"),
    ],
)
def test_a_text_becomes_the_octets_of_9_1_2_5(text: str, octets: str) -> None:
    address = Address.parse(text)
    assert encode_address(address).hex().upper() == octets
    assert decode_address(bytes.fromhex(octets), 0) == (address, len(octets) // 2)
    assert str(address) == text


@given(addresses, st.binary(max_size=3), st.binary(max_size=3))
def test_an_address_survives_between_other_octets(
    address: Address, before: bytes, behind: bytes
) -> None:
    octets = before + encode_address(address)
    assert decode_address(octets + behind, len(before)) == (address, len(octets))


@given(numbers)
def test_an_smsc_survives(address: Address) -> None:
    octets = encode_smsc(address)
    assert octets[0] == len(octets) - 1
    assert decode_smsc(octets, 0) == (address, len(octets))


def test_no_smsc_is_one_zero() -> None:
    assert encode_smsc(None) == b"\0"
    assert encode_smsc(Address(digits="")) == b"\0"
    assert decode_smsc(b"\0\x04", 0) == (None, 1)


@given(st.binary(max_size=20), st.integers(0, 22))
def test_any_octets_are_an_address_or_a_decode_error(
    octets: bytes, offset: int
) -> None:
    for decode in (decode_address, decode_smsc):
        try:
            address, end = decode(octets, offset)
        except DecodeError:
            continue
        assert offset < end <= len(octets)
        assert "\x1b" not in str(address)


def test_every_type_and_plan_is_kept() -> None:
    for octet in range(0x80, 0x100):
        if octet >> 4 & 7 == TypeOfNumber.ALPHANUMERIC:
            continue
        octets = bytes([3, octet, 0x21, 0xF3])
        address, _ = decode_address(octets, 0)
        assert (address.ton, address.npi) == (octet >> 4 & 7, octet & 15)
        assert encode_address(address) == octets


@pytest.mark.parametrize("octets", ["0080", "0091", "00D0", "0000"])
def test_length_zero_is_no_digits_and_still_has_a_type(octets: str) -> None:
    address, end = decode_address(bytes.fromhex(octets + "0B91"), 0)
    assert (str(address), end) == ("", 2)


def test_digits_of_the_extended_set_are_not_hexadecimal() -> None:
    address, _ = decode_address(bytes.fromhex("0F811032547698BADCFE"), 0)
    assert address.digits == "0123456789*#abc"


def test_a_filler_counted_as_a_digit_is_dropped() -> None:
    assert decode_address(bytes.fromhex("06912143F5"), 0)[0].digits == "12345"


def test_seven_letters_counted_in_whole_octets_have_no_at_sign_behind() -> None:
    octets = bytes.fromhex("0ED0CDF2396C7CBB01")
    assert decode_address(octets, 0)[0].digits == "MegaFon"


def test_an_international_number_is_shown_with_a_plus() -> None:
    number = Address(digits="12345", ton=TypeOfNumber.NATIONAL)
    assert str(number) == "12345"
    assert str(Address(digits="12345", ton=TypeOfNumber.INTERNATIONAL)) == "+12345"
    assert str(Address(digits="", ton=TypeOfNumber.INTERNATIONAL)) == ""


def test_parsing_tells_type_and_plan() -> None:
    assert Address.parse("+123") == Address(
        digits="123", ton=TypeOfNumber.INTERNATIONAL, npi=NumberingPlan.E164
    )
    assert Address.parse("900").ton is TypeOfNumber.UNKNOWN
    assert Address.parse("Bank 1") == Address(
        digits="Bank 1", ton=TypeOfNumber.ALPHANUMERIC, npi=NumberingPlan.UNKNOWN
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("+", "digits"),
        ("+*100#", r"after \+"),
        ("+7916abc", "digits"),
        ("8 916", "digits"),
        ("123456789012345678901", "20 digits"),
        ("TwelveLetter", "11"),
        ("Ten Lett€€r", "11"),
        ("Банк", "U\\+0411"),
        ("AT\r", "control"),
        ("79160000001\rAT", "control"),
        ("79160000001\n", "digits"),
        ("٣٤٥", "digits"),
        ("\ud83d", "digits"),
    ],
)
def test_what_is_no_address_is_refused_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Address.parse(text)


@given(st.text(max_size=25))
def test_any_text_is_an_address_that_can_be_encoded_or_a_value_error(
    text: str,
) -> None:
    try:
        address = Address.parse(text)
    except ValueError:
        return
    assert str(address) == text
    assert len(encode_address(address)) <= 12


@pytest.mark.parametrize(
    "address",
    [
        Address(digits="1" * 21),
        Address(digits="12d4"),
        Address(digits="TwelveLetter", ton=TypeOfNumber.ALPHANUMERIC),
        Address(digits="ж", ton=TypeOfNumber.ALPHANUMERIC),
    ],
)
def test_an_address_that_does_not_fit_is_refused(address: Address) -> None:
    with pytest.raises(ValueError, match=r"20 semi-octets|digits 0 to 9|U\+0436"):
        encode_address(address)


def test_an_smsc_of_more_than_20_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="20 digits"):
        encode_smsc(Address(digits="1" * 21))
