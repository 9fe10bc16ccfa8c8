"""Claims about a body being typed."""

import pytest

from hwsim.at_entry import Entry


def _typed(octets: bytes, *, text_mode: bool = False) -> Entry:
    entry = Entry(text_mode=text_mode)
    for octet in octets:
        entry.put(octet, line_end=13, erase=8)
    return entry


@pytest.mark.parametrize("octets", [b"00AB\x1a", b"\n00AB\r\n\x1a", b"0\x000AB\r\x1a"])
async def test_line_ends_and_nul_are_no_part_of_a_pdu(octets: bytes) -> None:
    assert await _typed(octets).body == "00AB"


async def test_line_ends_are_part_of_a_text() -> None:
    assert await _typed(b"a\r\nb\x1a", text_mode=True).body == "a\nb"


async def test_escape_gives_nothing() -> None:
    assert await _typed(b"00\x1b").body is None


async def test_backspace_takes_an_octet_back_and_the_length_is_bounded() -> None:
    assert await _typed(b"ab\x08c\x1a").body == "ac"
    assert await _typed(b"\x08\x1a").body == ""
    body = await _typed(b"a" * 100_000 + b"\x1a").body
    assert body is not None
    assert len(body) == 4096


async def test_the_end_is_not_echoed() -> None:
    entry = Entry(text_mode=False)
    assert entry.put(0x41, line_end=13, erase=8)
    assert not entry.put(0x1A, line_end=13, erase=8)
