"""The tables in code against the agreed facts in tests/vectors/gsm7_tables.json."""

import pytest

from gateway.codec.gsm7 import Language
from gateway.codec.gsm7_tables import LOCKING, SINGLE, UNUSED
from tests.codec.vector import load

_FACTS = load("gsm7_tables.json")


def _facts(kind: str, language: Language) -> dict[int, str]:
    table = _FACTS[kind][str(int(language))]
    return {int(septet, 16): chr(int(char, 16)) for septet, char in table.items()}


@pytest.mark.parametrize("language", Language)
def test_a_locking_table_has_each_character_in_its_place(language: Language) -> None:
    facts = {0x1B: "\x1b"} | _facts("locking", language)
    assert len(LOCKING[language]) == 128
    assert dict(enumerate(LOCKING[language])) == facts


@pytest.mark.parametrize("language", Language)
def test_a_single_shift_table_has_each_character_in_its_place(
    language: Language,
) -> None:
    facts = _facts("single", language)
    assert len(SINGLE[language]) == 128
    assert {
        place: char for place, char in enumerate(SINGLE[language]) if char != UNUSED
    } == facts


def test_the_mark_of_an_unused_place_is_a_character_of_no_table() -> None:
    for kind in ("locking", "single"):
        for language in Language:
            assert UNUSED not in _facts(kind, language).values()


def test_0x5f_is_the_section_sign_and_no_table_takes_a_back_tick_for_it() -> None:
    assert LOCKING[Language.DEFAULT][0x5F] == "§"
    assert "`" not in LOCKING[Language.DEFAULT]
