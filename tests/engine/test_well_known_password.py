"""Passwords that are guessed before any other."""

import pytest

from gateway.engine.agent_password import SHORTEST
from gateway.engine.well_known_password import (
    FEWEST_PIECES,
    is_guessed_soon,
    pieces,
    words_of,
)

WORDS_TEXT = """
password passwd admin administrator root login letmein welcome changeme secret qwerty
qwertyuiop asdfgh zxcvbn monkey dragon football baseball iloveyou sunshine princess
superman starwars master shadow michael jennifer jordan summer winter computer internet
samsung trustno1 whatever freedom operator seventy sms gateway пароль привет йцукен
администратор любовь наташа спартак gfhjkm ghbdtn lublu кохання привіт сонечко
"""
TAILS_TEXT = """
1 12 123 1234 12345 123456 1234567 12345678 123456789 1234567890 0987654321 ! !! !!!
111 000 777 qwe qwerty asd abc 1qaz
"""
YEARS = [str(year) for year in range(1950, 2027)]


def well_known() -> set[str]:
    """What cracking tools try first: words, also disguised, with tails, or twice."""
    disguise = str.maketrans("aeios", "@310$")
    spelled = {
        spelling
        for word in WORDS_TEXT.split()
        for spelling in (word, word.title(), word.upper(), word.translate(disguise))
    }
    long = {
        spelling + tail
        for spelling in spelled
        for tail in [*TAILS_TEXT.split(), *YEARS]
    }
    long |= {spelling + spelling for spelling in spelled}
    return {password for password in long if len(password) >= SHORTEST}


def test_more_than_three_thousand_well_known_passwords_are_guessed_soon() -> None:
    """Spec: spec/reliability.md SEC-21."""
    known = well_known()
    assert len(known) > 3_000
    assert [one for one in sorted(known) if not is_guessed_soon(one)] == []


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaa",
        "ababababababab",
        "abcdabcdabcd",
        "kx9qkx9qkx9q",
        "123456789012",
        "210987654321",
        "79161234567890",
        "qwertyuiop[]",
        "poiuytrewq12",
        "1q2w3e4r5t6y",
        "1qaz2wsx3edc",
        "!@#$%^&*()_+",
        "abcdefghijkl",
        "йцукенгшщзхъ",
        "фівапролджє12",
        "1й2ц3у4к5е6н",
        "summerwinter",
        "            1",
    ],
)
def test_rows_of_keys_numbers_and_repeats_are_guessed_soon(password: str) -> None:
    assert is_guessed_soon(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "пароль из слов",
        "кіт спить на даху",
        "my password here",
        "tr0ub4dor&3xx",
        "agent-password",
        "4915 0611 7723 9018",
        "8315027749163052",
        ";$.,@?<>{}[]",
        "🔑 zwölf Türen",
    ],
)
def test_words_of_ones_own_and_signs_without_order_are_not(password: str) -> None:
    assert not is_guessed_soon(password, about=("anna.petrova",))


@pytest.mark.parametrize(
    "password",
    ["anna.petrova", "Anna.Petrova1", "4nna.p3trova"],
)
def test_a_name_of_the_owner_is_guessed_soon(password: str) -> None:
    assert is_guessed_soon(password, about=("anna.petrova",))
    assert not is_guessed_soon(password, about=("oleg",))


def test_a_text_is_cut_into_the_fewest_pieces() -> None:
    assert pieces("") == 0
    assert pieces("password") == 1
    assert pieces("password2026") == 2
    assert pieces("p@$$w0rd!!!") == 2
    assert pieces("abcde") == 1
    assert pieces("xkq") == 3 == FEWEST_PIECES
    # The run gives up its end, so that the word after it stays whole.
    assert pieces("12345678root") == 2
    assert pieces("qwepassword") == 2


def test_a_name_counts_whole_and_in_parts() -> None:
    assert words_of(["Al.Petrova@example"]) == {
        "al.petrova@example",
        "petrova",
        "example",
    }
