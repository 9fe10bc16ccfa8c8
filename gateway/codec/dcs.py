"""The data coding scheme octet: alphabet, class and what a waiting indication says.

Relies on nothing; does not decode user data.

Spec: 3GPP TS 23.038 clause 4
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Alphabet(StrEnum):
    """What the units of user data are: septets, octets or UTF-16 pairs of octets."""

    GSM7 = "gsm7"
    OCTETS = "8bit"
    UCS2 = "ucs2"


class IndicationKind(StrEnum):
    """What waits, in a message waiting indication."""

    VOICEMAIL = "voicemail"
    FAX = "fax"
    EMAIL = "email"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCoding:
    """A data coding scheme octet, read.

    Compressed user data counts and travels in octets whatever its characters, so its
    alphabet is `OCTETS`. `store` is false only where a waiting indication says that
    its text may be thrown away.
    """

    octet: int
    alphabet: Alphabet
    message_class: int | None = None
    compressed: bool = False
    auto_delete: bool = False
    indication: IndicationKind | None = None
    indication_active: bool = False
    store: bool = True


_ALPHABETS: Final = (Alphabet.GSM7, Alphabet.OCTETS, Alphabet.UCS2, Alphabet.GSM7)
_KINDS: Final = tuple(IndicationKind)


def decode_dcs(octet: int) -> DataCoding:
    """The meaning of any octet; reserved codings are the default alphabet."""
    match octet >> 4:
        case 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7:
            return _decode_general(octet)
        case 0xC | 0xD | 0xE as group:
            return DataCoding(
                octet=octet,
                alphabet=Alphabet.UCS2 if group == 0xE else Alphabet.GSM7,
                indication=_KINDS[octet & 3],
                indication_active=bool(octet & 0x08),
                store=group != 0xC,
            )
        case 0xF:
            return DataCoding(
                octet=octet,
                alphabet=Alphabet.OCTETS if octet & 0x04 else Alphabet.GSM7,
                message_class=octet & 3,
            )
        case _:
            return DataCoding(octet=octet, alphabet=Alphabet.GSM7)


def _decode_general(octet: int) -> DataCoding:
    compressed = bool(octet & 0x20)
    return DataCoding(
        octet=octet,
        alphabet=Alphabet.OCTETS if compressed else _ALPHABETS[octet >> 2 & 3],
        message_class=octet & 3 if octet & 0x10 else None,
        compressed=compressed,
        auto_delete=bool(octet & 0x40),
    )


def encode_dcs(alphabet: Alphabet, *, message_class: int | None = None) -> int:
    """The octet of the general group for an alphabet and, if any, a class 0 to 3."""
    octet = _ALPHABETS.index(alphabet) << 2
    if message_class is None:
        return octet
    if not 0 <= message_class <= 3:
        raise ValueError(f"message class {message_class}: must be 0 to 3")
    return octet | 0x10 | message_class
