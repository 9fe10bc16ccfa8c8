"""USSD texts in the ways that modems write them down."""

import pytest

from gateway.codec.gsm7 import encode_septets, pack
from modem.answers import UssdText
from modem.vocabulary import ussd_words


@pytest.mark.parametrize(
    ("text", "coding", "words"),
    [
        ("Balance: 12", 15, "Balance: 12"),
        ("Balance: 12", None, "Balance: 12"),
        ("04110430043B0430043D0441", 72, "Баланс"),
        ("04110430043B0430043D0441", 0x11, "Баланс"),
        ("00420061006C0061006E00630065", 15, "Balance"),
        (pack(encode_septets("Your balance is 12")).hex(), 15, "Your balance is 12"),
        ("12345678", 15, "12345678"),
        ("", 15, ""),
    ],
)
def test_a_ussd_text_is_read(text: str, coding: int | None, words: str) -> None:
    assert ussd_words(UssdText(mode=0, text=text, coding=coding)) == words
