"""Addresses as they stand in a TPDU and in front of one.

Relies on ``gsm7`` for alphanumeric senders. It does not know numbering plans of
countries; the network brings a number to its international form.

Spec: 3GPP TS 23.040 9.1.2.5; 3GPP TS 24.011 8.2.5
"""

from dataclasses import dataclass
from enum import IntEnum

from hwsim.wire import WireError, gsm7

_DIGITS = "0123456789*#abc"
_FILLER = 0xF
_MAX_DIGITS = 20


class TypeOfNumber(IntEnum):
    UNKNOWN = 0
    INTERNATIONAL = 1
    NATIONAL = 2
    NETWORK_SPECIFIC = 3
    SUBSCRIBER = 4
    ALPHANUMERIC = 5
    ABBREVIATED = 6
    RESERVED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Digits, or letters when the type is ALPHANUMERIC."""

    digits: str
    ton: TypeOfNumber = TypeOfNumber.UNKNOWN
    npi: int = 1

    @classmethod
    def of(cls, text: str) -> "Address":
        """``+7916…`` international, other digits unknown, the rest alphanumeric."""
        if text.startswith("+") and text[1:].isdecimal() and text.isascii():
            return cls(digits=text[1:], ton=TypeOfNumber.INTERNATIONAL)
        if text and set(text) <= set("0123456789*#"):
            return cls(digits=text)
        if not text or len(gsm7.encode(text)) > 11:
            raise WireError(f"{text!r} is neither a number nor a short name")
        return cls(digits=text, ton=TypeOfNumber.ALPHANUMERIC, npi=0)

    def __str__(self) -> str:
        plus = "+" if self.ton is TypeOfNumber.INTERNATIONAL else ""
        return plus + self.digits


def encode_address(address: Address) -> bytes:
    """Length in semi-octets, type, value."""
    kind = 0x80 | (address.ton << 4) | (address.npi & 0x0F)
    if address.ton is TypeOfNumber.ALPHANUMERIC:
        septets = gsm7.encode(address.digits)
        length = (7 * len(septets) + 3) // 4
        return bytes((length, kind)) + gsm7.pack(septets)
    return bytes((len(address.digits), kind)) + swap_digits(address.digits)


def decode_address(octets: bytes, offset: int) -> tuple[Address, int]:
    """The address at ``offset`` and the offset behind it."""
    if offset + 2 > len(octets):
        raise WireError(f"no address at octet {offset}")
    length, kind = octets[offset], octets[offset + 1]
    if length > _MAX_DIGITS:
        raise WireError(f"an address of {length} digits at octet {offset}")
    end = offset + 2 + (length + 1) // 2
    value = octets[offset + 2 : end]
    if end > len(octets):
        raise WireError(f"the address at octet {offset} is cut")
    ton = TypeOfNumber((kind >> 4) & 7)
    if ton is TypeOfNumber.ALPHANUMERIC:
        name = gsm7.decode(gsm7.unpack(value, length * 4 // 7))
        return Address(digits=name, ton=ton, npi=kind & 0x0F), end
    digits = digits_of(value)[:length]
    if len(digits) != length:
        raise WireError(f"the address at octet {offset} ends before its length")
    return Address(digits=digits, ton=ton, npi=kind & 0x0F), end


def encode_smsc(number: str) -> bytes:
    """The service centre in front of a TPDU on the AT interface; "" for none."""
    if not number:
        return b"\x00"
    address = Address.of(number)
    value = swap_digits(address.digits)
    kind = 0x80 | (address.ton << 4) | address.npi
    return bytes((len(value) + 1, kind)) + value


def decode_smsc(octets: bytes) -> tuple[str, int]:
    """The service centre's number, "" for none, and the offset of the TPDU."""
    if not octets or 1 + octets[0] > len(octets):
        raise WireError("the service centre address is cut")
    end = 1 + octets[0]
    if end < 3:
        return "", end
    ton = TypeOfNumber((octets[1] >> 4) & 7)
    return str(Address(digits=digits_of(octets[2:end]), ton=ton)), end


def swap_digits(digits: str) -> bytes:
    """Semi-octets, first digit low, filled up with 1111."""
    try:
        nibbles = [_DIGITS.index(digit) for digit in digits]
    except ValueError:
        raise WireError(f"{digits!r} cannot be dialled") from None
    if len(nibbles) % 2:
        nibbles.append(_FILLER)
    pairs = zip(nibbles[::2], nibbles[1::2], strict=True)
    return bytes(high << 4 | low for low, high in pairs)


def digits_of(octets: bytes) -> str:
    """Semi-octets back to digits, up to the filler."""
    digits = ""
    for octet in octets:
        for nibble in (octet & 0x0F, octet >> 4):
            if nibble == _FILLER:
                return digits
            digits += _DIGITS[nibble]
    return digits
