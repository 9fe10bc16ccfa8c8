"""User data: header and units of one segment, and their way into octets and out.

Relies on `udh` and `gsm7`; what the units mean as text is for `reassemble`.

Spec: 3GPP TS 23.040 9.2.3.16, 9.2.3.23 and 9.2.3.24
"""

from typing import Final

from gateway.codec import DecodeError
from gateway.codec.cursor import Cursor
from gateway.codec.dcs import Alphabet, DataCoding
from gateway.codec.gsm7 import pack, packed_length, unpack
from gateway.codec.udh import Element, decode_header, encode_header
from gateway.codec.value import value

USER_DATA_OCTETS: Final = 140


@value(frozen=True, slots=True, kw_only=True)
class UserData:
    """One segment's user data; `units` are what follows the header.

    With the GSM 7-bit alphabet one byte of `units` is one septet; otherwise the units
    are octets.
    """

    alphabet: Alphabet
    header: tuple[Element, ...] = ()
    units: bytes

    @property
    def length(self) -> int:
        """TP-UDL: septets for GSM 7-bit, else octets, header included."""
        header_octets = len(encode_header(self.header))
        if self.alphabet is Alphabet.GSM7:
            return header_septets(header_octets) + len(self.units)
        return header_octets + len(self.units)

    def octets(self) -> bytes:
        """TP-UD: header, fill bits, packed units; ValueError when above 140 octets."""
        header = encode_header(self.header)
        if self.alphabet is Alphabet.GSM7:
            body = pack(self.units, fill_bits=fill_bits(len(header)))
        else:
            body = self.units
        octets = header + body
        if len(octets) > USER_DATA_OCTETS:
            raise ValueError(f"user data of {len(octets)} octets: at most 140 fit")
        return octets


def header_septets(header_octets: int) -> int:
    """The septets that a header takes, fill bits included."""
    return (header_octets * 8 + 6) // 7


def fill_bits(header_octets: int) -> int:
    """The zero bits between a header and the next septet boundary."""
    return -header_octets * 8 % 7


def encode_user_data(user_data: UserData, coding: DataCoding) -> bytes:
    """TP-UDL and TP-UD; ValueError when the coding says another alphabet."""
    if coding.alphabet is not user_data.alphabet:
        raise ValueError(
            f"DCS {coding.octet:#04x} says {coding.alphabet}, "
            f"user data are {user_data.alphabet}"
        )
    octets = user_data.octets()
    return bytes([user_data.length]) + octets


def take_user_data(cursor: Cursor, coding: DataCoding, *, has_header: bool) -> UserData:
    """TP-UDL and as much as it says; octets behind stay with the cursor."""
    alphabet = coding.alphabet
    length = cursor.octet("user data length")
    is_septets = alphabet is Alphabet.GSM7
    octets = cursor.take(packed_length(length) if is_septets else length, "user data")
    if not has_header:
        units = unpack(octets, length) if is_septets else octets
        return UserData(alphabet=alphabet, units=units)
    header_octets = 1 + Cursor(octets).octet("user data header length")
    header = _decode_header(octets, header_octets)
    units = octets[header_octets:]
    if is_septets:
        count = length - header_septets(header_octets)
        if count < 0:
            raise DecodeError("user data header inside user data", 0, octets)
        units = unpack(units, count, fill_bits=fill_bits(header_octets))
    return UserData(alphabet=alphabet, header=header, units=units)


def _decode_header(octets: bytes, header_octets: int) -> tuple[Element, ...]:
    if header_octets > len(octets):
        raise DecodeError("user data header inside user data", 0, octets)
    try:
        return decode_header(octets)
    except DecodeError:
        # 23.040 9.2.3.24: a header whose last element does not fit is ignored whole.
        return ()
