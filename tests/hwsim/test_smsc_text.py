"""Octets of SMPP to user data and back."""

from dataclasses import replace

import pytest

from hwsim.smsc_account import DEFAULT_ACCOUNT, Charset
from hwsim.smsc_text import read_payload, read_segment, unlinked, write_content
from hwsim.wire.smpp import SmppRefusal, Status
from hwsim.wire.sms import Alphabet, segment_text, text_of


@pytest.mark.parametrize(
    ("charset", "octets", "text"),
    [
        (Charset.GSM, b"\x00 \x1be \x02", "@ € $"),
        (Charset.GSM_PACKED, bytes.fromhex("e8329bfd06"), "hello"),
        (Charset.LATIN1, "café @".encode("latin-1"), "café @"),
        (Charset.ASCII, b"$@_[]", "$@_[]"),
        (Charset.UTF8, "Привет 😀".encode(), "Привет 😀"),
    ],
)
def test_data_coding_0_is_what_the_account_says(
    charset: Charset, octets: bytes, text: str
) -> None:
    account = replace(DEFAULT_ACCOUNT, alphabet=charset)
    user = read_segment(octets, 0, account, has_header=False)
    assert text_of([user]) == text
    content = write_content([user], account)
    if user.alphabet is Alphabet.GSM7:
        assert (content.data_coding, content.octets) == (0, octets)
    else:
        assert content.data_coding == 8


@pytest.mark.parametrize(
    ("coding", "codec", "text"),
    [
        (1, "ascii", "plain"),
        (3, "latin-1", "café"),
        (6, "iso8859-5", "Привет"),
        (7, "iso8859-8", "שלום"),
        (8, "utf-16-be", "Привет 😀"),
        (0x0E, "euc_kr", "안녕"),
        (0x18, "utf-16-be", "класс 0"),
        (0xF1, "ascii", "class 1"),
    ],
)
def test_each_data_coding_reads_as_its_text(coding: int, codec: str, text: str) -> None:
    octets = text.encode(codec)
    user = read_segment(octets, coding, DEFAULT_ACCOUNT, has_header=False)
    assert text_of([user]) == text


def test_a_message_class_survives_both_ways() -> None:
    for coding in (0x10, 0x18, 0xF0, 0xF5):
        user = read_segment(b"abcd", coding, DEFAULT_ACCOUNT, has_header=False)
        assert write_content([user], DEFAULT_ACCOUNT).data_coding == coding


def test_a_header_stands_before_unpacked_septets() -> None:
    octets = b"\x05\x00\x03\x07\x02\x01" + b"x" * 153
    user = read_segment(octets, 0, DEFAULT_ACCOUNT, has_header=True)
    assert (user.header, len(user.body)) == (octets[:6], 153)
    with pytest.raises(SmppRefusal) as refusal:
        read_segment(octets + b"x", 0, DEFAULT_ACCOUNT, has_header=True)
    assert refusal.value.status == Status.INVALID_MESSAGE_LENGTH


@pytest.mark.parametrize("coding", [0, 4, 8])
def test_a_payload_is_cut_into_segments_that_join_again(coding: int) -> None:
    octets = b"0123456789" * 60
    users = read_payload(octets, coding, DEFAULT_ACCOUNT, 9)
    assert len(users) > 1
    assert b"".join(unlinked(user).body for user in users) == octets


def test_a_charset_without_the_character_gives_way_to_ucs2() -> None:
    account = replace(DEFAULT_ACCOUNT, alphabet=Charset.LATIN1)
    [user] = segment_text("5 €")
    content = write_content([user], account)
    assert (content.data_coding, content.octets.decode("utf-16-be")) == (8, "5 €")
