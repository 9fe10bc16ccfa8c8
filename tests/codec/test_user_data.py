"""3GPP TS 23.040 9.2.3.16, 9.2.3.24: user data with header and fill bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.cursor import Cursor
from gateway.codec.dcs import Alphabet, decode_dcs, encode_dcs
from gateway.codec.udh import Element
from gateway.codec.user_data import (
    UserData,
    encode_user_data,
    fill_bits,
    header_septets,
    take_user_data,
)
from tests.codec.strategy import octet, user_data


def test_a_header_ends_on_a_septet_boundary() -> None:
    # 9.2.3.24, figure 9.2.3.24 (a): six octets of header are 48 bits, one fill bit
    # makes 49, seven septets; seven octets are eight septets without any.
    assert (fill_bits(6), header_septets(6)) == (1, 7)
    assert (fill_bits(7), header_septets(7)) == (0, 8)
    for header_octets in range(141):
        bits = header_octets * 8 + fill_bits(header_octets)
        assert bits == header_septets(header_octets) * 7
        assert 0 <= fill_bits(header_octets) <= 6


@given(user_data(), st.binary(max_size=4))
def test_user_data_survive_and_what_is_behind_stays_with_the_cursor(
    body: UserData, tail: bytes
) -> None:
    coding = decode_dcs(encode_dcs(body.alphabet))
    octets = encode_user_data(body, coding)
    assert len(octets) <= 141
    assert octets[0] == body.length <= 160
    cursor = Cursor(octets + tail)
    read = take_user_data(cursor, coding, has_header=bool(body.header))
    assert read == body
    assert cursor.remaining == len(tail)


@given(st.binary(max_size=180), octet, st.booleans())
def test_any_octets_are_user_data_or_a_decode_error(
    octets: bytes, dcs: int, has_header: bool
) -> None:
    cursor = Cursor(octets)
    try:
        take_user_data(cursor, decode_dcs(dcs), has_header=has_header)
    except DecodeError:
        return
    assert 1 <= cursor.offset <= 1 + octets[0]


def test_more_than_140_octets_are_refused() -> None:
    for alphabet, size in ((Alphabet.GSM7, 161), (Alphabet.OCTETS, 141)):
        body = UserData(alphabet=alphabet, units=bytes(size))
        with pytest.raises(ValueError, match="at most 140"):
            encode_user_data(body, decode_dcs(encode_dcs(alphabet)))


def test_user_data_of_another_alphabet_than_the_coding_says_are_refused() -> None:
    body = UserData(alphabet=Alphabet.UCS2, units=b"\0A")
    with pytest.raises(ValueError, match="DCS 0x00 says gsm7, user data are ucs2"):
        encode_user_data(body, decode_dcs(0))


def test_a_header_whose_last_element_does_not_fit_is_ignored_whole() -> None:
    octets = bytes.fromhex("08" + "0500037B02FF" + "0041")
    body = take_user_data(Cursor(octets), decode_dcs(8), has_header=True)
    assert body.header == (Element(id=0, data=b"\x7b\x02\xff"),)
    damaged = bytes.fromhex("08" + "0500047B02FF" + "0041")
    body = take_user_data(Cursor(damaged), decode_dcs(8), has_header=True)
    assert body == UserData(alphabet=Alphabet.UCS2, units=b"\0A")


@pytest.mark.parametrize(
    ("octets", "dcs"),
    [("00", 0), ("0105", 4), ("03050001", 4), ("0141", 0), ("02" + "0141", 0)],
)
def test_a_header_longer_than_the_user_data_is_a_decode_error(
    octets: str, dcs: int
) -> None:
    with pytest.raises(DecodeError):
        take_user_data(Cursor(bytes.fromhex(octets)), decode_dcs(dcs), has_header=True)
