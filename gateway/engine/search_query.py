"""What somebody typed, as what is looked for: exactly, then cut, then by other words.

Pure. Also says which words of a text are hits, so that what the store found and what
is shown as found are one thing.

Spec: spec/inbox.md D.3, E.9
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from gateway.core.search_store import Piece, Term
from gateway.engine.folding import LONGEST_WORD, Word, cut, numbers, words
from gateway.engine.synonyms import alike, telling

MOST_WORDS: Final = 12
_NATIONAL_DIGITS: Final = 10  # 8 916 … and +7 916 … are one number
_FEWEST_DIGITS: Final = 3


class How(StrEnum):
    """How widely it is looked for; the order is the order of the answers."""

    EXACT = "exact"
    CUT = "cut"
    SYNONYM = "synonym"


def asked_for(
    text: str, how: How, more: Sequence[Sequence[str]] = ()
) -> tuple[Term, ...]:
    """All that has to be there; nothing when the text has no words.

    `more`: an administrator's synonyms, as `synonyms.stems` makes them.
    """
    grouped = list(numbers(text))
    single = [
        word.folded
        for word in words(text)
        if not any(one.start <= word.start < one.end for one in grouped)
    ]
    if how is not How.EXACT:
        single = telling(single)
    terms = [_digits(one.folded) for one in grouped]
    terms += [_term(word, how, more) for word in dict.fromkeys(single)]
    return tuple(terms[:MOST_WORDS])


def fits(term: Term, word: str) -> bool:
    """Whether a folded word is what the term asks for."""
    return any(_fits(piece, word) for piece in term)


def has_all(terms: Sequence[Term], found: Sequence[str]) -> bool:
    """Whether a text of these folded words is what was asked for."""
    return all(any(fits(term, word) for word in found) for term in terms)


def hits(terms: Sequence[Term], text: str) -> list[Word]:
    """The places in a text that are why it was found, in order, not overlapping."""
    found = [
        word
        for word in sorted([*words(text), *numbers(text)], key=lambda one: one.start)
        if any(fits(term, word.folded) for term in terms)
    ]
    apart: list[Word] = []
    for word in found:
        if not apart or word.start >= apart[-1].end:
            apart.append(word)
    return apart


def _fits(piece: Piece, word: str) -> bool:
    if piece.is_number:
        return piece.text in word
    return word.startswith(piece.text) if piece.is_start else word == piece.text


def _term(word: str, how: How, more: Sequence[Sequence[str]]) -> Term:
    if not word.isalpha():
        return _digits(word)
    match how:
        case How.EXACT:
            return (Piece(text=word),)
        case How.CUT:
            return (_start(cut(word)),)
        case How.SYNONYM:
            return tuple(map(_start, dict.fromkeys([cut(word), *alike(word, more)])))


def _start(text: str) -> Piece:
    # One letter begins too much.
    return Piece(text=text, is_start=len(text) > 1)


def _digits(number: str) -> Term:
    number = number[:LONGEST_WORD]
    if len(number) < _FEWEST_DIGITS:
        return (Piece(text=number),)
    pieces = [Piece(text=number, is_start=True, is_number=True)]
    if number.isdigit() and len(number) > _NATIONAL_DIGITS:
        national = number[-_NATIONAL_DIGITS:]
        pieces.append(Piece(text=national, is_start=True, is_number=True))
    return tuple(pieces)
