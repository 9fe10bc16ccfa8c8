"""Claims about character sets and messages shown as lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.at_reply import CmsError
from hwsim.text_mode import (
    Charset,
    read_string,
    show,
    show_time,
    submit_from_text,
    write_string,
)
from hwsim.wire.sms import decode_submit, text_of


@pytest.mark.parametrize("charset", [Charset.UCS2, Charset.HEX, Charset.GSM])
def test_strings_come_back_as_they_went(charset: Charset) -> None:
    assert read_string(write_string("a@£Δ{€", charset), charset) == "a@£Δ{€"


def test_what_a_set_lacks_becomes_a_question_mark() -> None:
    assert write_string("aЖ", Charset.GSM) == "a?"
    assert write_string("aЖ", Charset.IRA) == "a?"
    assert write_string("éЖ", Charset.LATIN_1) == "é?"


def test_a_string_not_of_the_set_is_305() -> None:
    with pytest.raises(CmsError, match="305"):
        read_string("04", Charset.UCS2)
    with pytest.raises(CmsError, match="305"):
        read_string("x", Charset.HEX)


def test_times_are_shown_with_their_quarter_hours() -> None:
    assert show_time(bytes.fromhex("62102151407521")) == "26/01/12,15:04:57+12"
    assert show_time(bytes.fromhex("6210215140752B")) == "26/01/12,15:04:57-32"


@given(st.binary(max_size=180))
def test_any_octets_are_shown_somehow(tpdu: bytes) -> None:
    show(tpdu, "+7916", Charset.GSM)


def test_csmp_makes_the_submit() -> None:
    def make(body: str, dcs: int, first: int = 49) -> bytes:
        return submit_from_text(
            body,
            number="+79161112233",
            type_of_address=None,
            parameters=(first, 167, 0, dcs),
            charset=Charset.GSM,
        )

    submit = decode_submit(make("hi", 0))
    assert submit.status_report
    assert submit.validity is not None
    assert text_of([submit.user]) == "hi"
    assert text_of([decode_submit(make("041F", 8)).user]) == "П"
    with pytest.raises(CmsError, match="305"):
        make("x" * 161, 0)
    with pytest.raises(CmsError, match="305"):
        make("xyz", 8)
