"""Hashes of passwords, whoever they are for."""

from collections import Counter

from gateway.engine.password import (
    ALPHABET,
    hash_password,
    is_password,
    no_hash,
    random_letters,
)
from tests.support.ids import SeededIds


def test_letters_by_chance_are_of_the_alphabet_and_none_is_likelier() -> None:
    letters = Counter(random_letters(SeededIds(), 31_000))
    assert set(letters) == set(ALPHABET)
    assert not set(ALPHABET) & set("0oO1lI")
    assert all(800 < count < 1200 for count in letters.values())


def test_a_hash_tells_how_it_was_made_and_not_of_what() -> None:
    made = hash_password("s3cret", bytes(16))
    assert made.startswith("scrypt$16384$8$1$")
    assert "s3cret" not in made
    assert is_password("s3cret", made)
    assert not is_password("s3crets", made)
    assert not is_password("", made)
    assert hash_password("s3cret", b"1" * 16) != made


def test_more_work_is_kept_in_the_hash() -> None:
    made = hash_password("s3cret", bytes(16), parallel=2)
    assert made.startswith("scrypt$16384$8$2$")
    assert is_password("s3cret", made)
    assert made.split("$")[:4] == no_hash(parallel=2).split("$")[:4]
