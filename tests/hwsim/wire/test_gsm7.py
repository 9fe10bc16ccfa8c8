"""Septets, by the tables and by the packing examples of 23.038."""

import random

import pytest

from hwsim.wire import WireError, gsm7
from hwsim.wire.gsm7_tables import LANGUAGES, LOCKING, SHIFT


def test_packing_is_that_of_the_well_known_example() -> None:
    assert gsm7.pack(gsm7.encode("hellohello")).hex().upper() == "E8329BFD4697D9EC37"


def test_packing_and_unpacking_is_the_identity_at_every_length_and_fill() -> None:
    chance = random.Random(1)
    for length in range(161):
        septets = bytes(chance.randrange(128) for _ in range(length))
        for fill_bits in range(7):
            octets = gsm7.pack(septets, fill_bits=fill_bits)
            assert gsm7.unpack(octets, length, fill_bits=fill_bits) == septets


def test_every_character_of_every_language_comes_back() -> None:
    for language in (0, *LANGUAGES):
        characters = set(LOCKING[language]) | set(SHIFT[language].values())
        text = "".join(characters - {"\x1b"})
        septets = gsm7.encode(text, locking=language, single=language)
        assert gsm7.decode(septets, locking=language, single=language) == text


def test_an_unknown_escape_shows_the_main_table() -> None:
    assert gsm7.decode(b"\x1bA") == "A"


def test_a_last_escape_is_a_space() -> None:
    assert gsm7.decode(b"A\x1b") == "A "


def test_a_stranger_is_named() -> None:
    with pytest.raises(WireError, match="Я"):
        gsm7.encode("AЯ")


def test_too_few_octets_are_refused() -> None:
    with pytest.raises(WireError):
        gsm7.unpack(b"\x00", 2)
