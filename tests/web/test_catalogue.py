"""The catalogues of the inbox: complete, alike, in their own language, all of use."""

import re
from pathlib import Path

import pytest

from tests.support.catalogue import (
    CATALOGUES,
    FORMS,
    LANGUAGES,
    asked,
    asked_by,
    modules,
    parameters,
    parts,
    read_language,
    read_part,
    texts,
)
from web.static_file import imports_of

CYRILLIC = re.compile(r"[\u0400-\u04ff]")
CYRILLIC_WORD = re.compile(r"[\u0400-\u04ff]{2}")  # a letter may be spoken of
LANGUAGE_NAME = re.compile(r"\blanguage\.(en|ru|uk)$")  # each in itself
LATIN_WORD = re.compile(r"[a-z]{3,}")
LATER = re.compile(r"""import\("\./([^"]+)"\)""")
# What is the same in every language.
NAMES = re.compile(
    r"\b(?:https?|example|com|json|csv|webhook|msisdn|esc|enter|ctrl|shift|alt|tab|id)\b"
)


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("part", parts())
def test_each_language_has_the_same_keys(language: str, part: str) -> None:
    assert read_part(language, part).keys() ^ read_part("en", part).keys() == set()


def test_no_part_says_what_another_says_too() -> None:
    keys = [key for part in parts() for key in read_part("en", part)]
    assert sorted(key for key in set(keys) if keys.count(key) > 1) == []


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_language_names_the_same_parameters(language: str) -> None:
    english, other = read_language("en"), read_language(language)
    differing = {
        key: (parameters(english[key]), parameters(other[key]))
        for key in english.keys() & other.keys()
        if parameters(english[key]) != parameters(other[key])
    }
    assert differing == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plural_has_each_form_of_its_language(language: str) -> None:
    lacking = {
        key: set(message)
        for key, message in read_language(language).items()
        if not isinstance(message, str) and set(message) != FORMS[language]
    }
    assert lacking == {}


def test_every_key_that_is_asked_for_exists() -> None:
    english = read_language("en")
    missing = {key: where for key, where in asked().keys.items() if key not in english}
    assert missing == {}


def test_every_page_brings_the_words_that_it_says() -> None:
    code = {f"inbox/{name}": text for name, text in modules()}
    pages = {
        f"inbox/{name}" for text in code.values() for name in LATER.findall(text)
    } & code.keys()
    words_at_once = (CATALOGUES / "en.js").read_text(encoding="utf-8")
    at_once = set(imports_of("inbox/i18n/en.js", words_at_once))
    silent = {}
    for page in {"inbox/app.js", *pages}:
        needed = brought_by(page, code)
        words = {Path(one).stem for one in at_once}
        words |= {one for name in needed for one in parts_added(code[name])}
        said = asked_by([(name, code[name]) for name in needed])
        lacking = {
            key
            for part in parts()
            for key in read_part("en", part)
            # What may go wrong is asked for by the code of the answer.
            if part not in words and said.uses(key) and not key.startswith("error.")
        }
        if lacking:
            silent[page] = lacking
    assert silent == {}


def brought_by(page: str, code: dict[str, str]) -> set[str]:
    """A module and all that it imports, and so on."""
    found: set[str] = set()
    ahead = [page]
    while ahead:
        name = ahead.pop()
        if name in code and name not in found:
            found.add(name)
            ahead += imports_of(name, code[name])
    return found


def parts_added(text: str) -> list[str]:
    """The parts of the catalogue that a module names and waits for."""
    if "await addParts(" not in text:
        return []
    return [part for part in parts() if re.search(rf'"{part}"|\b{part}:', text)]


def test_no_message_is_left_over() -> None:
    said = asked()
    assert [key for key in read_language("en") if not said.uses(key)] == []


@pytest.mark.parametrize(("language", "foreign"), [("ru", "іїєґ"), ("uk", "ыэъё")])
def test_a_language_is_not_written_in_the_other(language: str, foreign: str) -> None:
    mixed = {
        key: text
        for key, message in read_language(language).items()
        for text in texts(message)
        if set(text.lower()) & set(foreign) and not LANGUAGE_NAME.search(key)
    }
    assert mixed == {}


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_nothing_is_left_in_english(language: str) -> None:
    english = read_language("en")
    untranslated = {
        key: text
        for key, message in read_language(language).items()
        for text in texts(message)
        if not CYRILLIC.search(text)
        and LATIN_WORD.search(NAMES.sub("", re.sub(r"{\w+}", "", text)))
        and message == english.get(key)
        and not LANGUAGE_NAME.search(key)
    }
    assert untranslated == {}


def test_english_has_no_cyrillic_letter() -> None:
    mixed = {
        key: text
        for key, message in read_language("en").items()
        for text in texts(message)
        if CYRILLIC_WORD.search(text) and not LANGUAGE_NAME.search(key)
    }
    assert mixed == {}


def test_no_code_speaks_a_language_of_its_own() -> None:
    said = re.compile(r"""["'`>][^"'`\n]*[\u0400-\u04ff]{2}""")
    comment = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.S | re.M)
    speaking = [name for name, code in modules() if said.search(comment.sub("", code))]
    assert speaking == []


def test_no_sentence_is_glued_from_two() -> None:
    glue = re.compile(r"""\bt\([^()]*\)\s*\+|\+\s*t\(|join\(\s*t\(""")
    glued = [
        f"{name}: {found[0]}"
        for name, code in modules()
        for found in [glue.search(code)]
        if found
    ]
    assert glued == []
