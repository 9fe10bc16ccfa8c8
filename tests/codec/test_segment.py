"""3GPP TS 23.040 9.2.3.24.1: texts and octets into segments, and their price."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import ESCAPE, Language, UnencodableError
from gateway.codec.segment import (
    ALL_LANGUAGES,
    TextPlan,
    UserData,
    cut_body,
    cut_octets,
    cut_text,
    plan_text,
    tie_bodies,
)
from gateway.codec.udh import (
    Concatenation,
    Element,
    Ports,
    find_concatenation,
    find_locking,
    find_ports,
    find_single,
    ports_element,
)
from tests.codec.strategy import language_sets, texts


def _sizes(segments: tuple[UserData, ...]) -> list[int]:
    return [len(s.units) // (2 if s.alphabet is Alphabet.UCS2 else 1) for s in segments]


@pytest.mark.parametrize(
    ("char", "wide", "limits"),
    [
        ("a", False, (160, 153)),
        ("a", True, (160, 152)),
        ("ж", False, (70, 67)),
        ("ж", True, (70, 66)),
    ],
)
def test_the_limits_are_those_of_the_alphabet_and_the_reference(
    char: str, wide: bool, limits: tuple[int, int]
) -> None:
    alone, of_many = limits
    assert _sizes(cut_text(char * alone, reference=1, wide=wide)) == [alone]
    two = cut_text(char * (alone + 1), reference=1, wide=wide)
    assert _sizes(two) == [of_many, alone + 1 - of_many]
    assert len(cut_text(char * of_many * 3, reference=1, wide=wide)) == 3
    assert len(cut_text(char * (of_many * 3 + 1), reference=1, wide=wide)) == 4


@pytest.mark.parametrize(("wide", "of_many"), [(False, 134), (True, 133)])
def test_octets_have_limits_too(wide: bool, of_many: int) -> None:
    assert _sizes(cut_octets(bytes(140), reference=1, wide=wide)) == [140]
    two = cut_octets(bytes(141), reference=1, wide=wide)
    assert _sizes(two) == [of_many, 141 - of_many]


def test_ports_are_in_each_segment_and_take_their_room() -> None:
    ports = Ports(destination=2948, source=9200)
    elements = (ports_element(ports),)
    assert _sizes(cut_octets(bytes(133), reference=1, elements=elements)) == [133]
    two = cut_octets(bytes(134), reference=1, elements=elements)
    assert _sizes(two) == [128, 6]
    assert [find_ports(s.header) for s in two] == [ports, ports]
    assert cut_octets(b"", reference=1) == (
        UserData(alphabet=Alphabet.OCTETS, units=b""),
    )


def test_a_single_segment_has_no_concatenation_element() -> None:
    (segment,) = cut_text("hi", reference=7)
    assert segment == UserData(alphabet=Alphabet.GSM7, units=b"hi")


@given(texts, language_sets | st.just(ALL_LANGUAGES), st.booleans())
def test_segments_fit_are_numbered_and_agree_with_the_plan(
    text: str, languages: frozenset[Language], wide: bool
) -> None:
    segments = cut_text(text, reference=200, wide=wide, languages=languages)
    plan = plan_text(text, languages=languages, wide=wide)
    total = len(segments)
    for number, segment in enumerate(segments, start=1):
        assert len(segment.octets()) <= 140
        assert segment.alphabet is plan.alphabet
        assert find_locking(segment.header) is plan.locking
        assert find_single(segment.header) is plan.single
        expected = Concatenation(reference=200, total=total, number=number, wide=wide)
        assert find_concatenation(segment.header) == (expected if total > 1 else None)
    assert plan.segments == total
    assert plan.units == sum(_sizes(segments))
    assert plan.units_left == plan.units_per_segment - _sizes(segments)[-1] >= 0


@given(texts, language_sets, st.booleans())
def test_no_escape_pair_and_no_surrogate_pair_is_cut(
    text: str, languages: frozenset[Language], wide: bool
) -> None:
    for segment in cut_text(text, reference=1, wide=wide, languages=languages):
        if segment.alphabet is Alphabet.UCS2:
            segment.units.decode("utf-16-be")
        else:
            assert not segment.units or segment.units[-1] != ESCAPE


@pytest.mark.parametrize("before", range(3))
def test_a_pair_on_the_border_goes_to_the_next_segment(before: int) -> None:
    escape = cut_text("a" * (151 + before) + "€" + "b" * 20, reference=1)
    assert _sizes(escape)[0] == (153, 152, 153)[before]
    pair = cut_text("ж" * (65 + before) + "😀" + "я" * 20, reference=1)
    assert _sizes(pair)[0] == (67, 66, 67)[before]


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            "Привет 😀",
            TextPlan(
                alphabet=Alphabet.UCS2,
                locking=Language.DEFAULT,
                single=Language.DEFAULT,
                segments=1,
                units=9,
                units_per_segment=70,
                units_left=61,
                forcing=("П", "р", "и", "в", "е", "т", "😀"),
            ),
        ),
        (
            "1€ " * 54,
            TextPlan(
                alphabet=Alphabet.GSM7,
                locking=Language.DEFAULT,
                single=Language.DEFAULT,
                segments=2,
                units=216,
                units_per_segment=153,
                units_left=90,
                forcing=(),
            ),
        ),
        (
            "ş" * 156,
            TextPlan(
                alphabet=Alphabet.GSM7,
                locking=Language.TURKISH,
                single=Language.DEFAULT,
                segments=2,
                units=156,
                units_per_segment=149,
                units_left=142,
                forcing=(),
            ),
        ),
    ],
)
def test_a_plan_tells_the_price_and_what_causes_it(text: str, plan: TextPlan) -> None:
    assert plan_text(text) == plan


def test_71_letters_with_an_emoji_are_two_segments() -> None:
    text = "ж" * 70 + "😀"
    assert plan_text(text).segments == 2
    assert plan_text(text[1:]).units == 71


def test_the_letters_outside_of_plain_gsm_are_named_when_tables_do_not_pay() -> None:
    assert plan_text("iş").forcing == ("ş",)
    assert plan_text("iş", alphabet=Alphabet.UCS2).forcing == ()


def test_a_text_may_be_priced_beyond_255_segments_but_not_cut() -> None:
    assert len(cut_text("a" * 153 * 255, reference=1)) == 255
    text = "a" * (153 * 255 + 1)
    assert plan_text(text).segments == 256
    with pytest.raises(ValueError, match="256 segments: at most 255"):
        cut_text(text, reference=1)


@pytest.mark.parametrize("text", ["\ud83d", "a\ude00b", "ж\ude00\ud83d"])
def test_half_of_a_surrogate_pair_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        cut_text(text, reference=1)
    with pytest.raises(ValueError, match="half of a surrogate pair"):
        plan_text(text, alphabet=Alphabet.GSM7)


def test_a_reference_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="must be below 256"):
        cut_text("a" * 161, reference=256)
    assert cut_text("a" * 161, reference=256, wide=True)


def test_a_forced_alphabet_is_kept_to() -> None:
    (segment,) = cut_text("hi", reference=1, alphabet=Alphabet.UCS2)
    assert segment.units == b"\0h\0i"
    with pytest.raises(UnencodableError):
        cut_text("привет", reference=1, alphabet=Alphabet.GSM7)


def test_user_data_are_cut_with_their_units_and_elements_as_they_are() -> None:
    ports = Element(id=5, data=bytes(4))
    body = UserData(alphabet=Alphabet.UCS2, header=(ports,), units=bytes(300))
    for wide in (False, True):
        cut = cut_body(body, reference=3, wide=wide)
        assert b"".join(one.units for one in cut) == body.units
        assert all(one.header[1:] == (ports,) for one in cut)
        assert all(len(one.octets()) <= 140 for one in cut)
    short = UserData(alphabet=Alphabet.OCTETS, header=(ports,), units=b"x")
    assert cut_body(short, reference=3) == (short,)


def test_elements_that_leave_no_room_cannot_be_beside_anything_long() -> None:
    for octets in (129, 130, 131, 132, 137):
        wide = Element(id=0x70, data=bytes(octets))
        body = UserData(alphabet=Alphabet.GSM7, header=(wide,), units=b"\x1b" * 200)
        with pytest.raises(ValueError, match=r"room|at most"):
            cut_body(body, reference=0)


def test_segments_cut_elsewhere_are_tied_and_keep_their_coding() -> None:
    bodies = [
        UserData(alphabet=Alphabet.GSM7, units=b"hello"),
        UserData(alphabet=Alphabet.UCS2, units=b"\x04\x3c"),
    ]
    tied = tie_bodies(bodies, reference=300, wide=True)
    assert [one.units for one in tied] == [one.units for one in bodies]
    assert [one.alphabet for one in tied] == [one.alphabet for one in bodies]
    places = [find_concatenation(one.header) for one in tied]
    assert [(p.reference, p.total, p.number) for p in places if p] == [
        (300, 2, 1),
        (300, 2, 2),
    ]
    full = UserData(alphabet=Alphabet.OCTETS, units=bytes(135))
    with pytest.raises(ValueError, match="140"):
        tie_bodies([full, full], reference=1)
    with pytest.raises(ValueError, match="255"):
        tie_bodies(bodies * 128, reference=1)
