"""Folding and cutting, as vectors in Russian, Ukrainian and English."""

import time

import pytest

from gateway.engine.folding import cut, fold, indexed, numbers, words

FOLDED = [
    ("ЁЛКА", "елка"),
    ("ёж", "еж"),
    ("Йод", "йод"),
    ("й", "й"),  # и with a breve, in two signs
    ("ЇЖАК", "їжак"),
    ("ґанок", "ганок"),
    ("п'ять", "пять"),
    ("п’ять", "пять"),
    ("пʼять", "пять"),
    ("об`єкт", "обєкт"),
    ("за́мок", "замок"),
    ("дого\u00adвор", "договор"),
    ("Straße", "strasse"),
    ("Café", "cafe"),
    ("naïve", "naive"),
    ("DON'T", "dont"),
    ("１２３", "123"),
]


@pytest.mark.parametrize(("written", "folded"), FOLDED)
def test_a_word_is_folded(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_what_makes_another_word_is_kept_apart() -> None:
    assert fold("мой") != fold("мои")
    assert fold("їх") != fold("іх")
    assert fold("сор") != fold("cop")  # Cyrillic and Latin letters that look alike


CUT = [
    ("доставка", "достав"),
    ("доставками", "доставка"),
    ("карта", "карт"),
    ("карты", "карт"),
    ("цена", "цена"),
    ("дом", "дом"),
    ("orders", "orde"),
    ("замовлення", "замовлен"),
    ("ab12cd34", "ab12cd34"),
]


@pytest.mark.parametrize(("word", "stem"), CUT)
def test_a_word_loses_two_letters_and_keeps_four(word: str, stem: str) -> None:
    assert cut(word) == stem


def test_words_say_where_they_stood() -> None:
    text = "«Моя» п'ять-ка, 3½ шт."
    found = list(words(text))
    assert [(one.folded, text[one.start : one.end]) for one in found] == [
        ("моя", "Моя"),
        ("пять", "п'ять"),
        ("ка", "ка"),
        ("31", "3½"),
        ("2", "3½"),
        ("шт", "шт"),
    ]


def test_a_number_in_groups_is_one_number() -> None:
    text = "звоните 8 (916) 123-45-67 до 18.00"
    assert [one.folded for one in numbers(text)] == ["89161234567"]


def test_the_inside_of_a_number_is_indexed_but_not_of_a_word() -> None:
    found, tails = indexed("Заказ А12345 готов")
    assert found.split() == ["заказ", "а12345", "готов"]
    assert tails.split() == ["12345", "2345", "345"]


def test_a_long_number_has_few_tails() -> None:
    _, tails = indexed("9" * 5000)
    assert len(tails) < 1000


HOSTILE = ["9", "9 ", "9(", "а'", "1.", "ё\u0301", "½", "(9)-", "9-а", "\u00ad", "'"]


@pytest.mark.parametrize("sign", HOSTILE)
def test_no_text_takes_long(sign: str) -> None:
    started = time.process_time()
    indexed(sign * (20_000 // len(sign)))
    assert time.process_time() - started < 2


def test_odd_signs_do_no_harm() -> None:
    for text in ("", "'''", "\u0301", "\u202eabc\u202c", "a\x00b", "😀" * 100, "_-_"):
        found, _ = indexed(text)
        assert all(word.isalnum() for word in found.split())
