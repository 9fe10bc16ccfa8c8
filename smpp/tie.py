"""How the segments of a long message are tied on a link, however they were cut.

A message is cut with an 8-bit or a 16-bit reference before its link is known for sure:
here the one becomes the other where that fits, or SAR parameters.

Spec: 3GPP TS 23.040 9.2.3.24.1, 9.2.3.24.8; SMPP 3.4 5.3.2.22 to 24; spec/smpp.md 37
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gateway.codec.udh import (
    Concatenation,
    Element,
    ElementId,
    concatenation_element,
    find_concatenation,
)
from smpp import pdu as p
from smpp.config import LongText

Header = tuple[Element, ...]

CONCATENATIONS: Final = frozenset(
    {ElementId.CONCATENATION, ElementId.CONCATENATION_WIDE}
)
_NARROW: Final = 0xFF


def tie(header: Header, form: LongText) -> tuple[Header, tuple[p.Tlv, ...]]:
    """The header to send, and what says the same in parameters instead."""
    if not header:
        return header, ()
    place = find_concatenation(header)
    if place is None:
        return header, ()
    rest = tuple(element for element in header if element.id not in CONCATENATIONS)
    if form is LongText.SAR and not rest:
        return (), _parameters(place)
    # SAR and a header never together: where there is more, the header says it all.
    if form is LongText.UDH and place.wide:
        # One octet shorter, so it fits; the counter's low octet differs as well.
        narrow = replace(place, reference=place.reference & _NARROW, wide=False)
        return (concatenation_element(narrow), *rest), ()
    # A segment cut for an 8-bit reference may have no room for a longer one.
    return header, ()


def untie(pdu: p.Pdu) -> Iterator[Element]:
    """The place in a long message that SAR parameters give, as a header gives it."""
    if not pdu.tlvs:
        return
    tags = (p.Tag.SAR_MSG_REF_NUM, p.Tag.SAR_TOTAL_SEGMENTS, p.Tag.SAR_SEGMENT_SEQNUM)
    reference, total, number = (
        int.from_bytes(pdu.find(tag) or b"") & 0xFFFF for tag in tags
    )
    if 1 < total <= 255 and 1 <= number <= total:
        yield concatenation_element(
            Concatenation(reference=reference, total=total, number=number, wide=True)
        )


def is_last(header: Header) -> bool:
    """Whether nothing of the message comes after this segment."""
    place = find_concatenation(header) if header else None
    return place is None or place.number == place.total


def _parameters(place: Concatenation) -> tuple[p.Tlv, ...]:
    return (
        p.Tlv(tag=p.Tag.SAR_MSG_REF_NUM, value=place.reference.to_bytes(2)),
        p.Tlv(tag=p.Tag.SAR_TOTAL_SEGMENTS, value=bytes((place.total,))),
        p.Tlv(tag=p.Tag.SAR_SEGMENT_SEQNUM, value=bytes((place.number,))),
    )
