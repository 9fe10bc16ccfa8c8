"""Words as search knows them: folded for Russian, Ukrainian and English, and cut.

Pure. Folding takes away what people spell either way: case, ё for е, ґ for г, every
kind of apostrophe, stress marks, soft hyphens, accents of Latin letters. Kept apart is
what makes another word: й and и, ї and і; and letters that only look alike, since who
searches for a code means its letters.

Spec: spec/inbox.md D.3, E.9
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

CUT_LETTERS: Final = 2  # so many of a word's ending are taken off
LEAST_LETTERS: Final = 4  # so many stay
SHORTEST_TAIL: Final = 3  # digits at the end of a number that find it
LONGEST_WORD: Final = 64
_LONGEST_TAILED: Final = 32
_FEWEST_JOINED: Final = 5

_APOSTROPHES: Final = "'`\u00b4\u02b9\u02bb\u02bc\u2018\u2019\u2032\uff07"
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_INSIDE: Final = _APOSTROPHES + _UNSEEN + "\u0300-\u036f"  # do not part a word
_DROPPED: Final = re.compile(f"[{_INSIDE}]")
_LETTERS: Final = str.maketrans("ёґѐѝ", "егеи")
_ACCENTED: Final = re.compile("[\u00e0-\u024f\u1e00-\u1eff]")
_SPAN: Final = re.compile(rf"[^\W_](?:[^\W_]|[{_INSIDE}])*")
_PIECE: Final = re.compile(r"[^\W_]+")
# A telephone or order number as people write it, in groups.
# Possessive, and from where digits begin: a text of nothing but digits is no trap.
_NUMBER: Final = re.compile(
    r"(?<!\d)\d++(?:[ \u00a0().\-\u2010\u2011\u2013/]{1,3}\d++)++"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word, and where it stood in the text."""

    folded: str
    start: int
    end: int


def fold(word: str) -> str:
    """A word as it is compared."""
    if word.isascii():
        return _DROPPED.sub("", word).lower()
    # Composed first, so that a й is one letter when the marks of others go.
    plain = _DROPPED.sub("", normalize("NFKC", word)).casefold().translate(_LETTERS)
    return _ACCENTED.sub(lambda sign: normalize("NFD", sign[0])[0], plain)


def words(text: str) -> Iterator[Word]:
    """The folded words of a text, in order."""
    for span in _SPAN.finditer(text):
        end = span.start() + len(span[0].rstrip(_APOSTROPHES))
        # What unfolds into several words, such as ½, is found by each of them.
        for piece in _PIECE.findall(fold(span[0])):
            yield Word(piece[:LONGEST_WORD], span.start(), end)


def numbers(text: str) -> Iterator[Word]:
    """Numbers written in groups, `8 (916) 123-45-67`, as their digits alone."""
    for span in _NUMBER.finditer(text):
        digits = re.sub(r"\D", "", normalize("NFKC", span[0]))
        if len(digits) >= _FEWEST_JOINED:
            yield Word(digits[:LONGEST_WORD], span.start(), span.end())


def indexed(text: str) -> tuple[str, str]:
    """What the index keeps of a text: its words, and the tails of those with digits."""
    found = [word.folded for word in words(text)]
    found += [number.folded for number in numbers(text)]
    numbered = [word for word in found if not word.isalpha()]
    tails = [tail for word in dict.fromkeys(numbered) for tail in _tails(word)]
    return " ".join(found), " ".join(dict.fromkeys(tails))


def cut(word: str) -> str:
    """What is left of a folded word without its ending: a beginning to look for."""
    if not word.isalpha():
        return word
    return word[: max(len(word) - CUT_LETTERS, LEAST_LETTERS)]


def _tails(number: str) -> Iterator[str]:
    """The ends of a number, so that its inside is found as a beginning of one."""
    number = number[:_LONGEST_TAILED]
    for start in range(1, len(number) - SHORTEST_TAIL + 1):
        yield number[start:]
