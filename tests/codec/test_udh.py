"""3GPP TS 23.040 9.2.3.24: the user data header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.gsm7 import Language
from gateway.codec.udh import (
    Concatenation,
    Element,
    ElementId,
    Ports,
    concatenation_element,
    decode_header,
    encode_header,
    find_concatenation,
    find_locking,
    find_ports,
    find_single,
    language_elements,
    ports_element,
)
from tests.codec.strategy import headers, languages


def element(identifier: int, octets: str) -> Element:
    return Element(id=identifier, data=bytes.fromhex(octets))


@given(headers, st.binary(max_size=5))
def test_elements_known_or_not_survive_and_octets_behind_are_not_read(
    elements: tuple[Element, ...], tail: bytes
) -> None:
    encoded = encode_header(elements)
    if elements:
        assert decode_header(encoded + tail) == elements
    else:
        assert encoded == b""


@given(st.binary(max_size=200))
def test_any_octets_are_a_header_or_a_decode_error(octets: bytes) -> None:
    try:
        elements = decode_header(octets)
    except DecodeError:
        return
    assert sum(2 + len(e.data) for e in elements) == octets[0]


@pytest.mark.parametrize("octets", ["", "05", "0500", "02000100", "0500032A03", "0124"])
def test_a_header_that_ends_too_early_is_a_decode_error(octets: str) -> None:
    with pytest.raises(DecodeError):
        decode_header(bytes.fromhex(octets))


def test_a_header_of_more_than_139_octets_is_refused() -> None:
    fits = (Element(id=0x70, data=bytes(137)),)
    assert len(encode_header(fits)) == 140
    with pytest.raises(ValueError, match="142 octets"):
        encode_header((Element(id=0x70, data=bytes(140)),))


@pytest.mark.parametrize(
    ("concatenation", "octets"),
    [
        (Concatenation(reference=0, total=1, number=1), "000101"),
        (Concatenation(reference=255, total=255, number=255), "FFFFFF"),
        (Concatenation(reference=0x1234, total=3, number=2, wide=True), "12340302"),
    ],
)
def test_concatenation_is_laid_out_as_in_9_2_3_24_1_and_8(
    concatenation: Concatenation, octets: str
) -> None:
    encoded = concatenation_element(concatenation)
    expected_id = 0x08 if concatenation.wide else 0x00
    assert encoded == element(expected_id, octets)
    assert find_concatenation((encoded,)) == concatenation


@pytest.mark.parametrize(
    "concatenation",
    [
        Concatenation(reference=256, total=2, number=1),
        Concatenation(reference=65536, total=2, number=1, wide=True),
        Concatenation(reference=-1, total=2, number=1),
        Concatenation(reference=1, total=256, number=1),
        Concatenation(reference=1, total=2, number=0),
        Concatenation(reference=1, total=2, number=3),
    ],
)
def test_a_concatenation_that_does_not_fit_is_refused(
    concatenation: Concatenation,
) -> None:
    with pytest.raises(ValueError, match=r"concatenation reference|segment"):
        concatenation_element(concatenation)


@pytest.mark.parametrize(
    "ignored",
    [
        element(0x00, "2A0300"),
        element(0x00, "2A0304"),
        element(0x00, "2A0000"),
        element(0x00, "2A03"),
        element(0x00, "2A030100"),
        element(0x08, "2A0301"),
        element(0x05, "0B8423F0"),
    ],
)
def test_an_impossible_concatenation_is_ignored_and_an_earlier_one_stands(
    ignored: Element,
) -> None:
    valid = element(0x00, "070201")
    expected = Concatenation(reference=7, total=2, number=1)
    assert find_concatenation((ignored,)) is None
    assert find_concatenation((valid, ignored)) == expected


def test_of_repeated_or_exclusive_elements_the_last_stands() -> None:
    narrow, wide = element(0x00, "070201"), element(0x08, "00080202")
    assert find_concatenation((narrow, wide)) == Concatenation(
        reference=8, total=2, number=2, wide=True
    )
    assert find_concatenation((wide, narrow)) == Concatenation(
        reference=7, total=2, number=1
    )
    ports = element(0x04, "0102"), element(0x05, "00030004")
    assert find_ports(ports) == Ports(destination=3, source=4)
    assert find_ports(ports[::-1]) == Ports(destination=1, source=2, wide=False)


@pytest.mark.parametrize(
    ("ports", "encoded"),
    [
        (Ports(destination=2948, source=9200), element(0x05, "0B8423F0")),
        (Ports(destination=1, source=255, wide=False), element(0x04, "01FF")),
    ],
)
def test_ports_are_laid_out_as_in_9_2_3_24_3_and_4(
    ports: Ports, encoded: Element
) -> None:
    assert ports_element(ports) == encoded
    assert find_ports((encoded,)) == ports


@pytest.mark.parametrize(
    "ports",
    [
        Ports(destination=65536, source=0),
        Ports(destination=0, source=-1),
        Ports(destination=256, source=0, wide=False),
    ],
)
def test_ports_that_do_not_fit_are_refused(ports: Ports) -> None:
    with pytest.raises(ValueError, match="ports must be below"):
        ports_element(ports)


def test_ports_of_a_wrong_length_are_ignored() -> None:
    assert find_ports((element(0x05, "0B84"), element(0x04, "01"))) is None


@given(languages, languages)
def test_language_elements_put_their_tables_in_force(
    locking: Language, single: Language
) -> None:
    elements = language_elements(locking, single)
    assert len(elements) == (locking != 0) + (single != 0)
    assert find_locking(elements) is locking
    assert find_single(elements) is single


def test_a_reserved_language_or_a_wrong_length_is_ignored() -> None:
    turkish = element(ElementId.LOCKING_SHIFT, "01")
    for octets in ("00", "0E", "FF", "", "0101"):
        ignored = element(ElementId.LOCKING_SHIFT, octets)
        assert find_locking((turkish, ignored)) is Language.TURKISH
    assert find_single((turkish,)) is Language.DEFAULT
