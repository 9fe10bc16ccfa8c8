"""Text to septets and back, and septets into octets: the GSM 7-bit alphabets.

A septet is one byte with a value below 128. Relies on the tables in `gsm7_tables`;
which tables a text should use is for `segment` to choose.

Spec: 3GPP TS 23.038 6.1.2.1 and 6.2.1
"""

from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from typing import Final

from gateway.codec import DecodeError
from gateway.codec.gsm7_tables import LOCKING, SINGLE, UNUSED

ESCAPE: Final = 0x1B
_SPACE: Final = 0x20


class Language(IntEnum):
    """The national language identifier. Spec: 3GPP TS 23.038 6.2.1.2.4"""

    DEFAULT = 0
    TURKISH = 1
    SPANISH = 2
    PORTUGUESE = 3
    BENGALI = 4
    GUJARATI = 5
    HINDI = 6
    KANNADA = 7
    MALAYALAM = 8
    ORIYA = 9
    PUNJABI = 10
    TAMIL = 11
    TELUGU = 12
    URDU = 13


class UnencodableError(ValueError):
    """The tables have no place for `characters`, in order of appearance."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(f"U+{ord(char):04X}" for char in characters)
        super().__init__(f"not in the GSM 7-bit alphabet: {named}")
        self.characters = characters


@cache
def locking_places(language: Language) -> Mapping[str, bytes]:
    """The characters that take one septet, and that septet."""
    # Unused places of the Indian tables show a space; the true one must win.
    places = {" ": bytes([_SPACE])}
    for septet, char in enumerate(LOCKING[language]):
        if septet != ESCAPE:
            places.setdefault(char, bytes([septet]))
    return places


@cache
def single_places(language: Language) -> Mapping[str, bytes]:
    """The characters that take an escape and a septet, and those two."""
    places: dict[str, bytes] = {}
    for septet, char in enumerate(SINGLE[language]):
        if char != UNUSED:
            places.setdefault(char, bytes([ESCAPE, septet]))
    return places


@cache
def _places(locking: Language, single: Language) -> Mapping[str, bytes]:
    return {**single_places(single), **locking_places(locking)}


@cache
def _escaped(locking: Language, single: Language) -> str:
    """What each septet means after an escape, for all 128."""
    main = LOCKING[locking].replace("\x1b", " ")
    return "".join(
        main[septet] if char == UNUSED else char
        for septet, char in enumerate(SINGLE[single])
    )


def encode_septets(
    text: str,
    *,
    locking: Language = Language.DEFAULT,
    single: Language = Language.DEFAULT,
) -> bytes:
    """The septets of a text; `UnencodableError` names what has no place."""
    places = _places(locking, single)
    try:
        return b"".join([places[char] for char in text])
    except KeyError:
        missing = dict.fromkeys(char for char in text if char not in places)
        raise UnencodableError(tuple(missing)) from None


def decode_septets(
    septets: bytes,
    *,
    locking: Language = Language.DEFAULT,
    single: Language = Language.DEFAULT,
) -> str:
    """The text of septets, for any octets: bit 8 is not looked at.

    An escape to an empty place shows the character of the main table, an escape of
    the escape or at the very end a space. Spec: 3GPP TS 23.038 6.2.1 notes 1 and 3
    """
    main = LOCKING[locking]
    escaped = _escaped(locking, single)
    text: list[str] = []
    after_escape = False
    for septet in septets:
        place = septet & 0x7F
        if after_escape:
            text.append(escaped[place])
            after_escape = False
        elif place == ESCAPE:
            after_escape = True
        else:
            text.append(main[place])
    if after_escape:
        text.append(" ")
    return "".join(text)


def packed_length(count: int, *, fill_bits: int = 0) -> int:
    """The octets that so many septets take."""
    return (count * 7 + fill_bits + 7) // 8


def pack(septets: bytes, *, fill_bits: int = 0) -> bytes:
    """Septets into octets, lowest bits first, after so many zero bits."""
    value = 0
    for septet in reversed(septets):
        value = value << 7 | septet & 0x7F
    length_octets = packed_length(len(septets), fill_bits=fill_bits)
    return (value << fill_bits).to_bytes(length_octets, "little")


def unpack(octets: bytes, count: int, *, fill_bits: int = 0) -> bytes:
    """The first `count` septets after the fill bits; `DecodeError` if too few."""
    length_octets = packed_length(count, fill_bits=fill_bits)
    if length_octets > len(octets):
        raise DecodeError(f"{count} septets", len(octets), octets)
    value = int.from_bytes(octets[:length_octets], "little") >> fill_bits
    septets = bytearray(count)
    for index in range(count):
        septets[index] = value & 0x7F
        value >>= 7
    return bytes(septets)
