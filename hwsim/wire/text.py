"""Texts and octets to the user data of segments, and back.

Relies on ``user_data`` and ``gsm7``. It cuts and joins; references and order are the
sender's business.

Spec: 3GPP TS 23.040 9.2.3.24.1, 9.2.3.24.15, 9.2.3.24.16
"""

from collections.abc import Sequence
from itertools import groupby

from hwsim.wire import WireError, gsm7
from hwsim.wire.gsm7_tables import ESCAPE
from hwsim.wire.user_data import (
    LOCKING_SHIFT,
    MAX_USER_DATA_OCTETS,
    SINGLE_SHIFT,
    Alphabet,
    Concatenation,
    UserData,
    alphabet_of,
    dcs_for,
    header_of,
)

MAX_SEGMENTS = 255


def segment_text(
    text: str,
    *,
    reference: int = 0,
    wide: bool = False,
    alphabet: Alphabet | None = None,
    locking: int = 0,
    single: int = 0,
    message_class: int | None = None,
) -> list[UserData]:
    """One user data when it fits, else several that share the reference.

    No escape and no surrogate pair is cut. Without an alphabet: GSM 7-bit when the
    tables hold every character, else UCS-2.
    """
    if alphabet is None:
        fits = gsm7.encodable(text, locking=locking, single=single)
        alphabet = Alphabet.GSM7 if fits else Alphabet.UCS2
    dcs = dcs_for(alphabet, message_class=message_class)
    if alphabet is Alphabet.GSM7:
        units = gsm7.septets_of(text, locking=locking, single=single)
        shifts = _shift_elements(locking, single)
        return _segments(units, dcs, shifts, reference=reference, wide=wide)
    encoding = "utf-16-be" if alphabet is Alphabet.UCS2 else "utf-8"
    units = [character.encode(encoding) for character in text]
    return _segments(units, dcs, b"", reference=reference, wide=wide)


def segment_octets(
    data: bytes,
    *,
    reference: int = 0,
    wide: bool = False,
    ports: tuple[int, int] | None = None,
) -> list[UserData]:
    """8-bit data, to an application port when one is named."""
    element = b""
    if ports is not None:
        element = b"\x05\x04" + b"".join(port.to_bytes(2, "big") for port in ports)
    units = [data[i : i + 1] for i in range(len(data))]
    return _segments(units, 0x04, element, reference=reference, wide=wide)


def capacity(dcs: int, header_octets: int) -> int:
    """Septets or octets that fit beside a header of so many octets."""
    free = MAX_USER_DATA_OCTETS - header_octets
    return free * 8 // 7 if alphabet_of(dcs) is Alphabet.GSM7 else free


def text_of(segments: Sequence[UserData]) -> str:
    """The text of segments in their order; neighbours of one alphabet read as one.

    Joining before decoding makes pairs whole that were cut at a border. 8-bit data is
    shown as UTF-8 where it is that.
    """

    def reading(segment: UserData) -> tuple[Alphabet, int, int]:
        return (segment.alphabet, *segment.tables)

    text = ""
    for (alphabet, locking, single), run in groupby(segments, reading):
        body = b"".join(segment.body for segment in run)
        match alphabet:
            case Alphabet.GSM7:
                text += gsm7.decode(body, locking=locking, single=single)
            case Alphabet.UCS2:
                text += body.decode("utf-16-be", "replace")
            case Alphabet.OCTETS:
                text += body.decode("utf-8", "replace")
    return text


def border_inside_a_pair(units: bytes, alphabet: Alphabet) -> int | None:
    """The first place that cuts an escape or a surrogate pair; None without pairs."""
    if alphabet is Alphabet.GSM7:
        place = units.find(ESCAPE)
        return place + 1 if 0 <= place < len(units) - 1 else None
    if alphabet is Alphabet.UCS2:
        for place in range(0, len(units) - 2, 2):
            if units[place] & 0xFC == 0xD8:
                return place + 2
    return None


def _shift_elements(locking: int, single: int) -> bytes:
    element = bytes((SINGLE_SHIFT, 1, single)) if single else b""
    return element + (bytes((LOCKING_SHIFT, 1, locking)) if locking else b"")


def concatenated(
    parts: Sequence[tuple[int, bytes]],
    *,
    reference: int,
    wide: bool = False,
    elements: bytes = b"",
) -> list[UserData]:
    """User data of given codings and bodies, numbered as one message."""
    if len(parts) > MAX_SEGMENTS:
        raise WireError(f"{len(parts)} segments, the limit is {MAX_SEGMENTS}")
    links = (
        Concatenation(reference=reference, total=len(parts), number=number, wide=wide)
        for number in range(1, len(parts) + 1)
    )
    return [
        UserData(dcs=dcs, header=header_of(link.element() + elements), body=body)
        for link, (dcs, body) in zip(links, parts, strict=True)
    ]


def _segments(
    units: Sequence[bytes], dcs: int, elements: bytes, *, reference: int, wide: bool
) -> list[UserData]:
    alone = header_of(elements)
    if sum(map(len, units)) <= capacity(dcs, len(alone)):
        return [UserData(dcs=dcs, header=alone, body=b"".join(units))]
    own_octets = len(elements) + (7 if wide else 6)
    bodies = _fill(units, capacity(dcs, own_octets))
    return concatenated(
        [(dcs, body) for body in bodies],
        reference=reference,
        wide=wide,
        elements=elements,
    )


def _fill(units: Sequence[bytes], limit: int) -> list[bytes]:
    bodies = [b""]
    for unit in units:
        if len(bodies[-1]) + len(unit) > limit:
            bodies.append(b"")
        bodies[-1] += unit
    return bodies
