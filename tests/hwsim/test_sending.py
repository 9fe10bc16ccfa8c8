"""Options of a phone's message."""

import random

import pytest

from hwsim.sending import SendOptions, arrange, build_segments, shuffled
from hwsim.wire import WireError
from hwsim.wire.sms import Alphabet

_TEXT = "x" * 500


def _numbers(options: SendOptions) -> list[int]:
    segments = build_segments(_TEXT, options, 1)
    arranged = arrange(segments, options, random.Random(1))
    return [u.concatenation.number for u in arranged if u.concatenation is not None]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (SendOptions(), [1, 2, 3, 4]),
        (SendOptions(drop=(3,)), [1, 2, 4]),
        (SendOptions(duplicate=(2,)), [1, 2, 3, 4, 2]),
        (SendOptions(order=(4, 4, 1)), [4, 4, 1]),
    ],
)
def test_segments_leave_as_asked(options: SendOptions, numbers: list[int]) -> None:
    assert _numbers(options) == numbers


def test_a_shuffle_is_never_the_old_order() -> None:
    for seed in range(50):
        assert shuffled([1, 2], random.Random(seed)) == [2, 1]
    assert shuffled([1, 1], random.Random(1)) == [1, 1]
    assert shuffled([], random.Random(1)) == []


def test_a_segment_that_is_not_there_is_an_error() -> None:
    with pytest.raises(WireError, match="no segment 9"):
        _numbers(SendOptions(drop=(9,)))


def test_an_alphabet_is_taken_as_asked() -> None:
    options = SendOptions(alphabet=Alphabet.UCS2, wide_reference=True)
    segments = build_segments("x" * 71, options, 0x1234)
    assert {segment.alphabet for segment in segments} == {Alphabet.UCS2}
    link = segments[0].concatenation
    assert link is not None
    assert (link.reference, link.wide) == (0x1234, True)


def test_half_a_surrogate_pair_is_an_error() -> None:
    with pytest.raises(WireError):
        build_segments("a\ud83d", SendOptions(), 1)
