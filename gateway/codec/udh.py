"""The user data header: its information elements, and those that we understand.

Unknown elements are kept as they came. Relies on `cursor`; what the elements mean for
the text is for `segment` and `reassemble`.

Spec: 3GPP TS 23.040 9.2.3.24
"""

from collections.abc import Iterable
from enum import IntEnum

from gateway.codec.cursor import Cursor
from gateway.codec.gsm7 import Language
from gateway.codec.value import value


class ElementId(IntEnum):
    """The identifiers that we read or write."""

    CONCATENATION = 0x00
    SPECIAL_INDICATION = 0x01
    PORTS_8BIT = 0x04
    PORTS_16BIT = 0x05
    CONCATENATION_WIDE = 0x08
    SINGLE_SHIFT = 0x24
    LOCKING_SHIFT = 0x25


@value(frozen=True, slots=True, kw_only=True)
class Element:
    """One information element as it is on the air."""

    id: int
    data: bytes


@value(frozen=True, slots=True, kw_only=True)
class Concatenation:
    """Which of how many segments; `wide` means a 16-bit reference."""

    reference: int
    total: int
    number: int
    wide: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Ports:
    """WDP port addresses; `wide` means 16 bits each."""

    destination: int
    source: int
    wide: bool = True


def decode_header(octets: bytes) -> tuple[Element, ...]:
    """The elements of a header that begins with its length octet.

    Octets behind the header are not looked at. `DecodeError` when the header or its
    last element ends too early.
    """
    length_octets = Cursor(octets).octet("user data header length")
    whole = Cursor(octets, 1).take(length_octets, "user data header")
    cursor = Cursor(whole)
    elements: list[Element] = []
    while cursor.remaining:
        identifier = cursor.octet("information element")
        data_length = cursor.octet("information element length")
        data = cursor.take(data_length, "information element data")
        elements.append(Element(id=identifier, data=data))
    return tuple(elements)


def encode_header(elements: Iterable[Element]) -> bytes:
    """Length octet and elements; nothing at all when there are none."""
    body = b"".join(
        bytes([element.id, len(element.data)]) + element.data for element in elements
    )
    if not body:
        return b""
    if len(body) > 139:
        raise ValueError(f"user data header of {len(body)} octets: at most 139 fit")
    return bytes([len(body)]) + body


def find_concatenation(elements: Iterable[Element]) -> Concatenation | None:
    """The last valid one: repeated or mutually exclusive elements, the last stands.

    Spec: 3GPP TS 23.040 9.2.3.24, 9.2.3.24.1, 9.2.3.24.8
    """
    valid = None
    for element in elements:
        shape = element.id, len(element.data)
        if shape not in (
            (ElementId.CONCATENATION, 3),
            (ElementId.CONCATENATION_WIDE, 4),
        ):
            continue
        *reference, total, number = element.data
        if 1 <= number <= total:
            valid = Concatenation(
                reference=int.from_bytes(bytes(reference)),
                total=total,
                number=number,
                wide=element.id == ElementId.CONCATENATION_WIDE,
            )
    return valid


def find_ports(elements: Iterable[Element]) -> Ports | None:
    """The last valid one. Spec: 3GPP TS 23.040 9.2.3.24.3, 9.2.3.24.4"""
    valid = None
    for element in elements:
        shape = element.id, len(element.data)
        if shape not in ((ElementId.PORTS_8BIT, 2), (ElementId.PORTS_16BIT, 4)):
            continue
        half = len(element.data) // 2
        valid = Ports(
            destination=int.from_bytes(element.data[:half]),
            source=int.from_bytes(element.data[half:]),
            wide=element.id == ElementId.PORTS_16BIT,
        )
    return valid


def find_locking(elements: Iterable[Element]) -> Language:
    """The locking table in force. Spec: 3GPP TS 23.040 9.2.3.24.16"""
    return _find_language(elements, ElementId.LOCKING_SHIFT)


def find_single(elements: Iterable[Element]) -> Language:
    """The single shift table in force. Spec: 3GPP TS 23.040 9.2.3.24.15"""
    return _find_language(elements, ElementId.SINGLE_SHIFT)


def _find_language(elements: Iterable[Element], identifier: ElementId) -> Language:
    found = Language.DEFAULT
    for element in elements:
        # A reserved language identifier makes the receiver ignore the element.
        if (
            element.id == identifier
            and len(element.data) == 1
            and 1 <= element.data[0] <= max(Language)
        ):
            found = Language(element.data[0])
    return found


def concatenation_element(concatenation: Concatenation) -> Element:
    """ValueError when the reference, the total or the number does not fit."""
    reference_octets = 2 if concatenation.wide else 1
    limit = 256**reference_octets
    if not 0 <= concatenation.reference < limit:
        raise ValueError(
            f"concatenation reference {concatenation.reference}: must be below {limit}"
        )
    if not 1 <= concatenation.number <= concatenation.total <= 255:
        raise ValueError(
            f"segment {concatenation.number} of {concatenation.total}: at most 255"
        )
    return Element(
        id=ElementId.CONCATENATION_WIDE
        if concatenation.wide
        else ElementId.CONCATENATION,
        data=concatenation.reference.to_bytes(reference_octets)
        + bytes([concatenation.total, concatenation.number]),
    )


def ports_element(ports: Ports) -> Element:
    """ValueError when a port does not fit."""
    port_octets = 2 if ports.wide else 1
    if (
        not 0
        <= min(ports.destination, ports.source)
        <= max(ports.destination, ports.source)
        < 256**port_octets
    ):
        raise ValueError(f"ports must be below {256**port_octets}")
    return Element(
        id=ElementId.PORTS_16BIT if ports.wide else ElementId.PORTS_8BIT,
        data=ports.destination.to_bytes(port_octets)
        + ports.source.to_bytes(port_octets),
    )


def language_elements(locking: Language, single: Language) -> tuple[Element, ...]:
    """The elements that put these tables in force; none for the default ones."""
    chosen = (
        (ElementId.SINGLE_SHIFT, single),
        (ElementId.LOCKING_SHIFT, locking),
    )
    return tuple(
        Element(id=identifier, data=bytes([language]))
        for identifier, language in chosen
        if language is not Language.DEFAULT
    )
