"""Passwords of agents."""

import unicodedata

import pytest

from gateway.core.errors import Invalid
from gateway.engine.agent_password import (
    NO_HASH,
    check_password,
    hash_agent_password,
    is_agent_password,
    make_password,
)
from tests.support.ids import SeededIds


def test_a_password_made_here_is_good_and_read_aloud_easily() -> None:
    made = {make_password(SeededIds(seed)) for seed in range(50)}
    assert len(made) == 50
    for password in made:
        check_password(password, "anna")
        assert [len(group) for group in password.split("-")] == [4, 4, 4, 4]


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "invalid_password"),
        ("elevenchars", "invalid_password"),
        ("x" * 129, "invalid_password"),
        ("aaaaaaaaaaaaaa", "weak_password"),
        ("PasswordPassword", "weak_password"),
        ("P@ssw0rd2026", "weak_password"),
        ("Anna.Petrova@Example.org", "weak_password"),
        ("Petrova123456", "weak_password"),
    ],
)
def test_short_and_guessed_passwords_are_refused(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, "anna.petrova@example.org", field="new")
    assert (refused.value.code, refused.value.field) == (code, "new")


@pytest.mark.parametrize(
    "password", ["пароль из слов", "twelve chars", "🔑 zwölf Türen"]
)
def test_any_letters_make_a_password(password: str) -> None:
    check_password(password, "anna")


def test_how_a_keyboard_composes_a_letter_does_not_matter() -> None:
    composed = "Большой змей й ё"
    taken_apart = unicodedata.normalize("NFD", composed)
    assert taken_apart != composed
    assert is_agent_password(taken_apart, hash_agent_password(composed, SeededIds()))


def test_the_unknown_cost_the_work_of_the_known() -> None:
    known = hash_agent_password("correct horse", SeededIds())
    assert known.split("$")[:4] == NO_HASH.split("$")[:4]
    assert not is_agent_password("", NO_HASH)
