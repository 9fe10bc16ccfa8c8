"""Long messages, tied as the link wants it, however they were cut."""

import pytest

from gateway.codec.udh import (
    Concatenation,
    Element,
    ElementId,
    Ports,
    concatenation_element,
    find_concatenation,
    ports_element,
)
from smpp import pdu as p
from smpp.config import LongText
from smpp.tie import is_last, tie, untie

PORTS = ports_element(Ports(destination=2948, source=9200))


def place(*, reference: int = 7, number: int = 2, wide: bool = False) -> Element:
    return concatenation_element(
        Concatenation(reference=reference, total=3, number=number, wide=wide)
    )


@pytest.mark.parametrize("wide", [False, True])
def test_sar_takes_either_width(*, wide: bool) -> None:
    header, tlvs = tie((place(wide=wide),), LongText.SAR)
    assert header == ()
    assert [tlv.value for tlv in tlvs] == [b"\x00\x07", b"\x03", b"\x02"]
    [element] = untie(p.DeliverSm(tlvs=tlvs))
    assert element == place(wide=True)


def test_a_wide_cut_goes_with_eight_bits_where_the_link_wants_that() -> None:
    header, tlvs = tie((place(reference=0x1234, wide=True), PORTS), LongText.UDH)
    assert header == (place(reference=0x34), PORTS)
    assert tlvs == ()


@pytest.mark.parametrize("form", [LongText.UDH16, LongText.PAYLOAD])
def test_a_narrow_cut_goes_as_it_was_cut(form: LongText) -> None:
    assert tie((place(),), form) == ((place(),), ())


def test_a_wide_cut_keeps_its_sixteen_bits() -> None:
    wide = place(reference=0x1234, wide=True)
    assert tie((wide,), LongText.UDH16) == ((wide,), ())


def test_sar_and_a_header_never_go_together() -> None:
    header, tlvs = tie((place(), PORTS), LongText.SAR)
    assert find_concatenation(header) is not None
    assert tlvs == ()


def test_a_header_without_a_place_is_left_alone() -> None:
    single = Element(id=ElementId.SINGLE_SHIFT, data=b"\x01")
    assert tie((single,), LongText.SAR) == ((single,), ())
    assert tie((), LongText.SAR) == ((), ())


@pytest.mark.parametrize("numbers", [(7, 1, 1), (7, 2, 3), (7, 0, 0), (7, 2, 0)])
def test_numbers_that_make_no_sense_tie_nothing(numbers: tuple[int, ...]) -> None:
    tags = (p.Tag.SAR_MSG_REF_NUM, p.Tag.SAR_TOTAL_SEGMENTS, p.Tag.SAR_SEGMENT_SEQNUM)
    tlvs = tuple(
        p.Tlv(tag=tag, value=number.to_bytes(2))
        for tag, number in zip(tags, numbers, strict=True)
    )
    assert list(untie(p.DeliverSm(tlvs=tlvs))) == []


def test_the_last_segment_is_known() -> None:
    assert is_last(())
    assert is_last((PORTS,))
    assert not is_last((place(),))
    assert is_last((place(number=3),))
