"""Split, shuffle, repeat, join: the identity; and what is shown when it cannot be."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.address import Address
from gateway.codec.dcs import Alphabet, decode_dcs, encode_dcs
from gateway.codec.gsm7 import Language
from gateway.codec.reassemble import GAP, Whole, decode_single, join_segments
from gateway.codec.segment import ALL_LANGUAGES, cut_octets, cut_text
from gateway.codec.timestamp import ServiceTime
from gateway.codec.tpdu import Deliver, decode_deliver, encode_deliver
from gateway.codec.udh import (
    Element,
    Ports,
    find_concatenation,
    language_elements,
    ports_element,
)
from gateway.codec.user_data import UserData
from tests.codec.strategy import language_sets, texts, user_data


def _over_the_air(body: UserData) -> UserData:
    """The user data as a phone's modem would hand it over."""
    deliver = Deliver(
        originator=Address.parse("+79160000001"),
        user_data=body,
        coding=decode_dcs(encode_dcs(body.alphabet)),
        service_time=ServiceTime(moment=None, raw=bytes(7)),
    )
    return decode_deliver(encode_deliver(deliver)).user_data


def _arrive(
    segments: tuple[UserData, ...], seed: int
) -> tuple[dict[int, UserData], int]:
    """The segments by number as they come: shuffled, some of them twice."""
    chance = random.Random(seed)
    arrivals = [*segments, *chance.choices(segments, k=len(segments) // 2)]
    chance.shuffle(arrivals)
    bodies: dict[int, UserData] = {}
    total = 1
    for segment in map(_over_the_air, arrivals):
        concatenation = find_concatenation(segment.header)
        number = 1
        if concatenation is not None:
            number, total = concatenation.number, concatenation.total
        bodies[number] = segment
    return bodies, total


@given(
    text=texts,
    languages=language_sets | st.just(ALL_LANGUAGES),
    wide=st.booleans(),
    seed=st.integers(0, 999),
)
def test_any_text_in_any_alphabet_and_order_with_repeats_comes_out_as_it_went_in(
    text: str, languages: frozenset[Language], wide: bool, seed: int
) -> None:
    segments = cut_text(text, reference=9, wide=wide, languages=languages)
    whole = join_segments(*_arrive(segments, seed))
    assert whole == Whole(
        text=text, octets=None, alphabet=segments[0].alphabet, ports=None
    )


@given(
    data=st.binary(max_size=600),
    wide=st.booleans(),
    ports=st.none() | st.just(Ports(destination=2948, source=9200)),
    seed=st.integers(0, 999),
)
def test_any_octets_in_any_order_with_repeats_come_out_as_they_went_in(
    data: bytes, wide: bool, ports: Ports | None, seed: int
) -> None:
    elements = () if ports is None else (ports_element(ports),)
    segments = cut_octets(data, reference=9, wide=wide, elements=elements)
    whole = join_segments(*_arrive(segments, seed))
    assert whole == Whole(text=None, octets=data, alphabet=Alphabet.OCTETS, ports=ports)


@given(st.dictionaries(st.integers(1, 6), user_data(), max_size=6))
def test_any_segments_give_a_text_that_can_be_stored(
    bodies: dict[int, UserData],
) -> None:
    whole = join_segments(bodies, 6)
    assert set(whole.missing) == set(range(1, 7)) - bodies.keys()
    if whole.text is not None:
        whole.text.encode("utf-8")


def _septets(units: bytes, *header: Element) -> UserData:
    return UserData(alphabet=Alphabet.GSM7, header=header, units=units)


def _utf16(units: bytes, *header: Element) -> UserData:
    return UserData(alphabet=Alphabet.UCS2, header=header, units=units)


def test_a_pair_that_a_sender_cut_is_whole_again() -> None:
    cut_escape = {1: _septets(b"5 \x1b"), 2: _septets(b"e!")}
    assert join_segments(cut_escape, 2).text == "5 €!"
    emoji = "😀".encode("utf-16-be")
    cut_surrogate = {2: _utf16(emoji[2:]), 1: _utf16(emoji[:2])}
    assert join_segments(cut_surrogate, 2).text == "😀"


def test_a_pair_cut_by_a_gap_is_shown_as_not_known() -> None:
    emoji = "😀".encode("utf-16-be")
    halves = {1: _utf16(emoji[:2]), 3: _utf16(emoji[2:])}
    assert join_segments(halves, 3).text == f"\ufffd{GAP}\ufffd"
    escapes = {1: _septets(b"5\x1b"), 3: _septets(b"e")}
    assert join_segments(escapes, 3).text == f"5 {GAP}e"


def test_missing_segments_are_one_gap_where_they_are_and_named() -> None:
    bodies = {2: _septets(b"b"), 5: _septets(b"e")}
    whole = join_segments(bodies, 6)
    assert whole.text == f"{GAP}b{GAP}e{GAP}"
    assert whole.missing == (1, 3, 4, 6)
    assert join_segments({}, 2) == Whole(
        text=GAP, octets=None, alphabet=Alphabet.GSM7, ports=None, missing=(1, 2)
    )


def test_segments_of_different_alphabets_and_tables_are_each_read_in_their_own() -> (
    None
):
    turkish = language_elements(Language.TURKISH, Language.DEFAULT)
    bodies = {
        1: _septets(b"\x07", *turkish),
        2: _septets(b"\x07"),
        3: _utf16("ж".encode("utf-16-be")),
        4: UserData(alphabet=Alphabet.OCTETS, units=b"\xff"),
    }
    whole = join_segments(bodies, 4)
    assert whole.text == "ıìж" + GAP
    assert whole.octets == b"\xff"
    assert whole.alphabet is Alphabet.UCS2


def test_octets_with_a_gap_are_what_there_is() -> None:
    bodies = {2: UserData(alphabet=Alphabet.OCTETS, units=b"b")}
    whole = join_segments(bodies, 2)
    assert (whole.text, whole.octets, whole.missing) == (None, b"b", (1,))


def test_a_stray_octet_of_ucs2_is_dropped_in_each_segment() -> None:
    assert decode_single(_utf16(b"\0a\0b\0")).text == "ab"
    assert decode_single(_utf16(b"a")).text == ""
    bodies = {1: _utf16(b"\0a\0"), 2: _utf16(b"\0b\0")}
    assert join_segments(bodies, 2).text == "ab"


def test_a_character_cut_between_full_segments_of_odd_length_is_whole_again() -> None:
    # Senders that fill all 133 octets beside a 16-bit reference.
    utf16 = ("ж" * 80).encode("utf-16-be")
    headers = [Element(id=8, data=bytes([0, 1, 2, number])) for number in (1, 2)]
    bodies = {1: _utf16(utf16[:133], headers[0]), 2: _utf16(utf16[133:], headers[1])}
    assert join_segments(bodies, 2).text == "ж" * 80


def test_a_number_outside_the_total_is_refused() -> None:
    for number in (0, 3):
        with pytest.raises(ValueError, match="must be within 1 to 2"):
            join_segments({number: _septets(b"")}, 2)
