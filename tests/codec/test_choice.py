"""The cheapest correct way to carry a text, against trying every way there is."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.choice import Cut, choose, cut_units, find_missing
from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import (
    Language,
    UnencodableError,
    decode_septets,
    encode_septets,
)
from gateway.codec.segment import ALL_LANGUAGES
from gateway.codec.udh import language_elements
from tests.codec.strategy import language_sets, texts

DEFAULT, TURKISH = Language.DEFAULT, Language.TURKISH


def _best(text: str, languages: frozenset[Language] = ALL_LANGUAGES) -> Cut:
    return choose(text, languages=languages, wide=False, alphabet=None)


def _segments_of_every_way(
    text: str, languages: frozenset[Language], *, wide: bool
) -> list[int]:
    utf16 = text.encode("utf-16-be")
    ways = [cut_units(utf16, alphabet=Alphabet.UCS2, elements=(), wide=wide)]
    for locking, single in product({DEFAULT, *languages}, repeat=2):
        try:
            septets = encode_septets(text, locking=locking, single=single)
        except UnencodableError:
            continue
        elements = language_elements(locking, single)
        ways.append(
            cut_units(septets, alphabet=Alphabet.GSM7, elements=elements, wide=wide)
        )
    return [len(pieces) for pieces, _ in ways]


@given(texts, language_sets | st.just(ALL_LANGUAGES), st.booleans())
def test_no_other_way_has_fewer_segments(
    text: str, languages: frozenset[Language], wide: bool
) -> None:
    cut = choose(text, languages=languages, wide=wide, alphabet=None)
    assert len(cut.pieces) == min(_segments_of_every_way(text, languages, wide=wide))
    assert {cut.locking, cut.single} <= {DEFAULT, *languages}


@given(texts, language_sets)
def test_the_pieces_are_the_text(text: str, languages: frozenset[Language]) -> None:
    cut = _best(text, languages)
    joined = b"".join(cut.pieces)
    if cut.alphabet is Alphabet.UCS2:
        assert joined.decode("utf-16-be") == text
    else:
        again = decode_septets(joined, locking=cut.locking, single=cut.single)
        assert again == text


@pytest.mark.parametrize(
    ("text", "alphabet", "locking", "single"),
    [
        ("", Alphabet.GSM7, DEFAULT, DEFAULT),
        ("plain", Alphabet.GSM7, DEFAULT, DEFAULT),
        ("€" * 80, Alphabet.GSM7, DEFAULT, DEFAULT),
        ("Привет", Alphabet.UCS2, DEFAULT, DEFAULT),
        ("ş", Alphabet.UCS2, DEFAULT, DEFAULT),
        ("ş" * 70, Alphabet.UCS2, DEFAULT, DEFAULT),
        ("ş" + "o" * 153, Alphabet.GSM7, TURKISH, DEFAULT),
        ("ş" + "o" * 152 + "\u0130", Alphabet.GSM7, TURKISH, DEFAULT),
        ("ñ" * 80 + "áí", Alphabet.GSM7, DEFAULT, Language.SPANISH),
        ("नमस्ते" * 15, Alphabet.GSM7, Language.HINDI, DEFAULT),
        ("سلام" * 30, Alphabet.GSM7, Language.URDU, DEFAULT),
        ("ж" + "o" * 160, Alphabet.UCS2, DEFAULT, DEFAULT),
    ],
)
def test_a_national_table_is_used_where_it_saves_a_segment_and_only_there(
    text: str, alphabet: Alphabet, locking: Language, single: Language
) -> None:
    cut = _best(text)
    assert (cut.alphabet, cut.locking, cut.single) == (alphabet, locking, single)


def test_tables_that_are_not_allowed_are_not_used() -> None:
    text = "ş" * 100
    assert _best(text).alphabet is Alphabet.GSM7
    assert _best(text, frozenset()).alphabet is Alphabet.UCS2
    assert _best(text, frozenset({Language.URDU})).alphabet is Alphabet.UCS2


@pytest.mark.parametrize(
    ("elements", "wide", "septets", "octets"),
    [
        (0, False, (160, 153), (140, 134)),
        (0, True, (160, 152), (140, 133)),
        (1, False, (155, 149), (136, 131)),
        (1, True, (155, 148), (136, 130)),
        (2, False, (152, 146), (133, 128)),
        (2, True, (152, 145), (133, 127)),
    ],
)
def test_headers_cost_what_they_take(
    elements: int, wide: bool, septets: tuple[int, int], octets: tuple[int, int]
) -> None:
    header = language_elements(TURKISH, TURKISH)[:elements]
    for alphabet, (alone, of_many) in (
        (Alphabet.GSM7, septets),
        (Alphabet.OCTETS, octets),
        (Alphabet.UCS2, (octets[0] // 2 * 2, octets[1] // 2 * 2)),
    ):
        for size, expected in ((alone, alone), (alone + 1, of_many)):
            _, capacity = cut_units(
                bytes(size), alphabet=alphabet, elements=header, wide=wide
            )
            assert capacity == expected


@pytest.mark.parametrize(
    ("text", "languages", "missing"),
    [
        ("plain", ALL_LANGUAGES, ()),
        ("жёж😀", ALL_LANGUAGES, ("ж", "ё", "😀")),
        ("naïve “ş”", ALL_LANGUAGES, ("ï", "“", "”")),
        ("naïve “ş”", frozenset(), ("ï", "“", "ş", "”")),
        ("şã", frozenset({TURKISH}), ("ã",)),
        ("şã", ALL_LANGUAGES, ()),
    ],
)
def test_what_the_best_tables_cannot_carry_is_named_in_order(
    text: str, languages: frozenset[Language], missing: tuple[str, ...]
) -> None:
    assert find_missing(text, languages) == missing


def test_a_forced_alphabet_is_kept_to() -> None:
    with pytest.raises(UnencodableError) as caught:
        choose("ок ş", languages=(TURKISH,), wide=False, alphabet=Alphabet.GSM7)
    assert caught.value.characters == ("о", "к")
    forced = choose("ok", languages=(), wide=False, alphabet=Alphabet.UCS2)
    assert forced.pieces == (b"\0o\0k",)
    with pytest.raises(ValueError, match="8-bit"):
        choose("ok", languages=(), wide=False, alphabet=Alphabet.OCTETS)
