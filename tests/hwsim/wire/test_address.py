"""Addresses in a TPDU and in front of one."""

import pytest

from hwsim.wire import WireError
from hwsim.wire.address import (
    Address,
    TypeOfNumber,
    decode_address,
    decode_smsc,
    encode_address,
    encode_smsc,
)


def test_an_international_number_is_swapped_digits() -> None:
    octets = encode_address(Address.of("+79161234567"))
    assert octets.hex().upper() == "0B919761214365F7"


@pytest.mark.parametrize(
    "text", ["+79161234567", "900", "*100#", "Bank 24", "SEVENTYSMS1"]
)
def test_an_address_comes_back(text: str) -> None:
    octets = b"\xff" + encode_address(Address.of(text))
    address, end = decode_address(octets, 1)
    assert str(address) == text
    assert end == len(octets)


def test_all_fifteen_digits_are_read() -> None:
    address, _ = decode_address(bytes.fromhex("0F811032547698BADCFE"), 0)
    assert address.digits == "0123456789*#abc"
    assert address.ton is TypeOfNumber.UNKNOWN


@pytest.mark.parametrize("octets", ["", "0B", "0B9197", "FF91", "0491F1FF"])
def test_a_damaged_address_is_refused(octets: str) -> None:
    with pytest.raises(WireError):
        decode_address(bytes.fromhex(octets), 0)


def test_the_centre_has_its_length_in_octets() -> None:
    octets = encode_smsc("+79160000000")
    assert octets.hex().upper() == "07919761000000F0"
    assert decode_smsc(octets + b"\x01") == ("+79160000000", len(octets))
    assert decode_smsc(encode_smsc("") + b"\x01") == ("", 1)
