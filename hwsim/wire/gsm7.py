"""GSM 7-bit text: characters to septets by any national tables, septets to octets.

Relies on ``gsm7_tables``. A septet string holds one septet per byte. It knows nothing
of headers or limits; ``text`` cuts.

Spec: 3GPP TS 23.038 6.1.2.1.1, 6.2.1
"""

from functools import cache

from hwsim.wire import WireError
from hwsim.wire.gsm7_tables import ESCAPE, LOCKING, SHIFT


@cache
def _encoder(locking: int, single: int) -> dict[str, bytes]:
    """Characters to one septet, or to an escape and a septet."""
    table = {" ": b"\x20"}
    for code, character in enumerate(LOCKING[locking]):
        if code != ESCAPE:
            table.setdefault(character, bytes((code,)))
    for code, character in SHIFT[single].items():
        table.setdefault(character, bytes((ESCAPE, code)))
    return table


def encodable(text: str, *, locking: int = 0, single: int = 0) -> bool:
    """Whether every character has a place in these tables."""
    return _encoder(locking, single).keys() >= set(text)


def septets_of(text: str, *, locking: int = 0, single: int = 0) -> list[bytes]:
    """One item per character, of one or two septets; WireError names a stranger."""
    table = _encoder(locking, single)
    try:
        return [table[character] for character in text]
    except KeyError as error:
        raise WireError(f"{error.args[0]!r} is not in the 7-bit tables") from None


def encode(text: str, *, locking: int = 0, single: int = 0) -> bytes:
    return b"".join(septets_of(text, locking=locking, single=single))


def decode(septets: bytes, *, locking: int = 0, single: int = 0) -> str:
    """Text of any septets.

    An escape before a cell the shift table leaves empty shows the main table's
    character; a second or a last escape shows a space.
    """
    main = LOCKING[locking]
    shift = SHIFT[single]
    characters: list[str] = []
    escaped = False
    for septet in septets:
        code = septet & 0x7F
        if escaped:
            escaped = False
            characters.append(" " if code == ESCAPE else shift.get(code) or main[code])
        elif code == ESCAPE:
            escaped = True
        else:
            characters.append(main[code])
    if escaped:
        characters.append(" ")
    return "".join(characters)


def pack(septets: bytes, *, fill_bits: int = 0) -> bytes:
    """Seven bits each, low bit first, behind ``fill_bits`` zero bits."""
    bits = 0
    for position, septet in enumerate(septets):
        bits |= (septet & 0x7F) << (fill_bits + 7 * position)
    length_bits = fill_bits + 7 * len(septets)
    return bits.to_bytes((length_bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, *, fill_bits: int = 0) -> bytes:
    """``count`` septets from octets that hold at least so many bits."""
    if fill_bits + 7 * count > 8 * len(octets):
        raise WireError(f"{len(octets)} octets do not hold {count} septets")
    bits = int.from_bytes(octets, "little") >> fill_bits
    return bytes((bits >> (7 * position)) & 0x7F for position in range(count))
