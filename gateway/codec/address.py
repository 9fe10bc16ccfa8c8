"""Addresses: digits or letters with type of number and numbering plan.

Relies on `cursor` and `gsm7`. What people mean by a number written without country code
is for `number_plan`, whose `normalise` is offered here too.

Spec: 3GPP TS 23.040 9.1.2.3 and 9.1.2.5; 3GPP TS 24.011 8.2.5 for the SMSC's form
"""

import re
from enum import IntEnum
from typing import Final, Self

from gateway.codec.cursor import Cursor
from gateway.codec.gsm7 import (
    UnencodableError,
    decode_septets,
    encode_septets,
    pack,
    unpack,
)
from gateway.codec.number_plan import normalise
from gateway.codec.value import value

__all__ = [
    "Address",
    "NumberingPlan",
    "TypeOfNumber",
    "decode_address",
    "decode_smsc",
    "encode_address",
    "encode_smsc",
    "normalise",
    "take_address",
]

_NIBBLES: Final = "0123456789*#abc"
_DIGITS_ONLY: Final = re.compile(r"[0-9*#]+")
_MAX_SEMI_OCTETS: Final = 20
_MAX_ALPHANUMERIC_SEPTETS: Final = 11
_MAX_SMSC_OCTETS: Final = 11


class TypeOfNumber(IntEnum):
    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK_SPECIFIC = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6
    RESERVED = 7


class NumberingPlan(IntEnum):
    UNKNOWN = 0
    E164 = 1
    RESERVED_2 = 2
    DATA = 3
    TELEX = 4
    SC_SPECIFIC_5 = 5
    SC_SPECIFIC_6 = 6
    RESERVED_7 = 7
    NATIONAL = 8
    PRIVATE = 9
    ERMES = 10
    RESERVED_11 = 11
    RESERVED_12 = 12
    RESERVED_13 = 13
    RESERVED_14 = 14
    RESERVED_15 = 15


@value(frozen=True, slots=True, kw_only=True)
class Address:
    """Who sent or who shall have it; `digits` are letters when alphanumeric.

    `str()` gives the canonical text: with a plus when international, empty when the
    address has no digits at all.
    """

    digits: str
    ton: TypeOfNumber = TypeOfNumber.UNKNOWN
    npi: NumberingPlan = NumberingPlan.E164

    @classmethod
    def parse(cls, text: str) -> Self:
        """An address as people write it; ValueError says what is wrong with it."""
        if not text:
            raise ValueError("an address must not be empty")
        international = text.startswith("+")
        digits = text[1:] if international else text
        if _DIGITS_ONLY.fullmatch(digits):
            if len(digits) > _MAX_SEMI_OCTETS:
                raise ValueError(f"an address has at most {_MAX_SEMI_OCTETS} digits")
            if international and not digits.isdecimal():
                raise ValueError("after + only digits may follow")
            ton = TypeOfNumber.INTERNATIONAL if international else TypeOfNumber.UNKNOWN
            return cls(digits=digits, ton=ton, npi=NumberingPlan.E164)
        if international or not any(char.isalpha() for char in text):
            raise ValueError(
                "a number is digits, with + in front when international, or * and #"
            )
        return cls._parse_alphanumeric(text)

    @classmethod
    def _parse_alphanumeric(cls, text: str) -> Self:
        if not text.isprintable():
            raise ValueError("an alphanumeric address has no control characters")
        try:
            septets = encode_septets(text)
        except UnencodableError as error:
            raise ValueError(f"alphanumeric address: {error}") from error
        if len(septets) > _MAX_ALPHANUMERIC_SEPTETS:
            raise ValueError(
                f"an alphanumeric address has at most {_MAX_ALPHANUMERIC_SEPTETS} "
                "GSM 7-bit characters"
            )
        return cls(
            digits=text, ton=TypeOfNumber.ALPHANUMERIC, npi=NumberingPlan.UNKNOWN
        )

    def __str__(self) -> str:
        if self.ton is TypeOfNumber.INTERNATIONAL and self.digits:
            return "+" + self.digits
        return self.digits


def encode_address(address: Address) -> bytes:
    """Length in semi-octets, type of address, value; ValueError when it cannot be."""
    if address.ton is TypeOfNumber.ALPHANUMERIC:
        septets = encode_septets(address.digits)
        value = pack(septets)
        length_semi_octets = (len(septets) * 7 + 3) // 4
    else:
        value = _encode_semi_octets(address.digits)
        length_semi_octets = len(address.digits)
    if length_semi_octets > _MAX_SEMI_OCTETS:
        raise ValueError(f"an address has at most {_MAX_SEMI_OCTETS} semi-octets")
    return bytes([length_semi_octets, _encode_type(address)]) + value


def decode_address(octets: bytes, offset: int) -> tuple[Address, int]:
    """The address at an offset and the offset behind it, or `DecodeError`."""
    cursor = Cursor(octets, offset)
    address = take_address(cursor)
    return address, cursor.offset


def take_address(cursor: Cursor) -> Address:
    """The address at the cursor, which moves behind it."""
    length_semi_octets = cursor.octet("address length")
    ton, npi = _decode_type(cursor.octet("type of address"))
    value = cursor.take((length_semi_octets + 1) // 2, "address")
    if ton is TypeOfNumber.ALPHANUMERIC:
        digits = _decode_alphanumeric(value, length_semi_octets)
    else:
        digits = _decode_semi_octets(value)[:length_semi_octets]
    return Address(digits=digits, ton=ton, npi=npi)


def _decode_alphanumeric(value: bytes, length_semi_octets: int) -> str:
    count = length_semi_octets * 4 // 7
    septets = unpack(value, count)
    # Senders that count whole octets leave seven zero bits after 7 or 15 characters.
    if length_semi_octets % 14 == 0 and septets.endswith(b"\0"):
        septets = septets[:-1]
    return decode_septets(septets)


def encode_smsc(address: Address | None) -> bytes:
    """The SMSC in front of a TPDU: length in octets; one zero for the SIM's own."""
    if address is None or not address.digits:
        return b"\0"
    value = bytes([_encode_type(address)]) + _encode_semi_octets(address.digits)
    if len(value) > _MAX_SMSC_OCTETS:
        raise ValueError("an SMSC address has at most 20 digits")
    return bytes([len(value)]) + value


def decode_smsc(octets: bytes, offset: int) -> tuple[Address | None, int]:
    """The SMSC at an offset, None when its length is zero, and the offset behind."""
    cursor = Cursor(octets, offset)
    length_octets = cursor.octet("SMSC length")
    if length_octets == 0:
        return None, cursor.offset
    type_octet, *value = cursor.take(length_octets, "SMSC address")
    ton, npi = _decode_type(type_octet)
    digits = _decode_semi_octets(bytes(value))
    return Address(digits=digits, ton=ton, npi=npi), cursor.offset


def _encode_type(address: Address) -> int:
    return 0x80 | address.ton << 4 | address.npi


def _decode_type(octet: int) -> tuple[TypeOfNumber, NumberingPlan]:
    return TypeOfNumber(octet >> 4 & 7), NumberingPlan(octet & 15)


def _encode_semi_octets(digits: str) -> bytes:
    nibbles = [_NIBBLES.find(digit) for digit in digits]
    if -1 in nibbles:
        raise ValueError("a number is made of the digits 0 to 9, *, #, a, b, c")
    if len(nibbles) % 2:
        nibbles.append(0xF)
    return bytes(
        low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True)
    )


def _decode_semi_octets(octets: bytes) -> str:
    # A nibble of ones is filler; some senders count it as a digit.
    nibbles = (nibble for octet in octets for nibble in (octet & 15, octet >> 4))
    return "".join(_NIBBLES[nibble] for nibble in nibbles if nibble != 0xF)
