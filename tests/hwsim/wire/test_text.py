"""Cutting and joining."""

import random

import pytest

from hwsim.wire import WireError
from hwsim.wire.text import (
    border_inside_a_pair,
    concatenated,
    segment_octets,
    segment_text,
    text_of,
)
from hwsim.wire.user_data import Alphabet


@pytest.mark.parametrize(
    ("text", "wide", "sizes"),
    [
        ("a" * 160, False, [160]),
        ("a" * 161, False, [153, 8]),
        ("a" * 161, True, [152, 9]),
        ("Я" * 70, False, [140]),
        ("Я" * 71, False, [134, 8]),
        ("Я" * 71, True, [132, 10]),
    ],
)
def test_the_limits_are_those_of_the_specification(
    text: str, wide: bool, sizes: list[int]
) -> None:
    segments = segment_text(text, wide=wide)
    assert [len(segment.body) for segment in segments] == sizes


def test_octets_are_cut_at_140_and_134() -> None:
    assert [len(s.body) for s in segment_octets(bytes(140))] == [140]
    assert [len(s.body) for s in segment_octets(bytes(141))] == [134, 7]
    pushed = segment_octets(bytes(10), ports=(2948, 9200))
    assert pushed[0].ports == (2948, 9200)


def test_no_pair_is_cut() -> None:
    for pair in ("€", "😀"):
        for lead in range(3):
            segments = segment_text("a" * lead + pair * 200)
            assert all("\ufffd" not in text_of([s]) for s in segments)
            assert "".join(text_of([s]) for s in segments) == "a" * lead + pair * 200


def test_any_text_comes_back_whole() -> None:
    chance = random.Random(2)
    letters = "abc €[]{}ЯЖ😀\n@"
    for _ in range(200):
        text = "".join(chance.choices(letters, k=chance.randrange(400)))
        segments = segment_text(text, reference=chance.randrange(256))
        assert text_of(segments) == text


def test_a_national_table_costs_its_element() -> None:
    segments = segment_text("ğ" * 160, locking=1, single=1)
    assert segments[0].tables == (1, 1)
    assert text_of(segments) == "ğ" * 160
    assert len(segments) == 2


def test_joining_makes_a_cut_pair_whole() -> None:
    units = "a😀".encode("utf-16-be")
    border = border_inside_a_pair(units, Alphabet.UCS2)
    assert border == 4
    halves = concatenated([(8, units[:4]), (8, units[4:])], reference=1)
    assert text_of(halves) == "a😀"
    assert text_of(halves[:1]) == "a\ufffd"


def test_more_than_255_segments_are_refused() -> None:
    with pytest.raises(WireError):
        segment_text("a" * (153 * 255 + 1))
