"""The cheapest correct way to carry a text: alphabet, national tables, cuts.

Fewest segments; among equals plain GSM 7-bit, then UCS-2 that any handset shows, then
national tables with the fewest septets. Never cuts an escape pair or a surrogate pair.
Relies on `gsm7` and `udh`; makes no segments, which is for `segment`.

Spec: 3GPP TS 23.040 9.2.3.24.1, 9.2.3.24.8; 3GPP TS 23.038 6.2.1.2
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import (
    ESCAPE,
    Language,
    UnencodableError,
    encode_septets,
    locking_places,
    single_places,
)
from gateway.codec.udh import (
    Concatenation,
    Element,
    concatenation_element,
    encode_header,
    language_elements,
)
from gateway.codec.user_data import USER_DATA_OCTETS

_PLAIN: Final = Language.DEFAULT
_LEAST_CAPACITY: Final = 4  # octets of a surrogate pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A text cut in one way; a piece has one byte for a septet, else octets.

    `capacity` is what fits in each piece, counted as its bytes.
    """

    alphabet: Alphabet
    locking: Language = _PLAIN
    single: Language = _PLAIN
    pieces: tuple[bytes, ...]
    capacity: int

    @property
    def elements(self) -> tuple[Element, ...]:
        """The header elements that put the tables in force."""
        return language_elements(self.locking, self.single)

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The smallest is the best."""
        is_ucs2 = self.alphabet is Alphabet.UCS2
        preference = 1 if is_ucs2 else 2 if self.elements else 0
        length = sum(map(len, self.pieces))
        return len(self.pieces), preference, length, len(self.elements)


def choose(
    text: str,
    *,
    languages: Collection[Language],
    wide: bool,
    alphabet: Alphabet | None,
) -> Cut:
    """The best cut, in the given alphabet if there is one.

    `UnencodableError` when GSM 7-bit is asked for and cannot be; ValueError for 8-bit
    and for a lone surrogate.
    """
    utf16 = _encode_utf16(text)
    if alphabet is None and (obvious := _obvious(text, utf16, wide=wide)):
        return obvious
    cuts: list[Cut] = []
    match alphabet:
        case Alphabet.OCTETS:
            raise ValueError("a text cannot be sent in the 8-bit alphabet")
        case Alphabet.UCS2:
            cuts.append(_cut_ucs2(utf16, wide=wide))
        case Alphabet.GSM7:
            cuts.extend(_cuts_of_septets(text, languages, wide=wide))
        case None:
            cuts.append(_cut_ucs2(utf16, wide=wide))
            cuts.extend(_cuts_of_septets(text, languages, wide=wide))
    if not cuts:
        raise UnencodableError(find_missing(text, languages))
    return min(cuts, key=lambda cut: cut.rank)


def _obvious(text: str, utf16: bytes, *, wide: bool) -> Cut | None:
    """The best cut where no other can be better; None when they must be compared."""
    if locking_places(_PLAIN).keys() >= set(text):
        # One septet for each character: no table needs fewer.
        return _cut_septets(text, _PLAIN, _PLAIN, wide=wide)
    has_others = not single_places(_PLAIN).keys() | locking_places(_PLAIN).keys() >= (
        set(text)
    )
    if has_others and len(utf16) <= USER_DATA_OCTETS:
        return _cut_ucs2(utf16, wide=wide)
    return None


def find_missing(text: str, languages: Collection[Language]) -> tuple[str, ...]:
    """What the best tables for a text cannot carry, in order of appearance."""
    distinct = dict.fromkeys(text)
    outside = distinct.keys() - locking_places(_PLAIN).keys()
    outside -= single_places(_PLAIN).keys()
    fewest = outside
    useful = [
        language
        for language in sorted(languages)
        if not outside.isdisjoint(locking_places(language))
        or not outside.isdisjoint(single_places(language))
    ]
    for locking in (_PLAIN, *useful):
        rest = distinct.keys() - locking_places(locking).keys()
        for single in (_PLAIN, *useful):
            missing = rest - single_places(single).keys()
            if len(missing) < len(fewest):
                fewest = missing
    return tuple(char for char in distinct if char in fewest)


def cut_units(
    units: bytes, *, alphabet: Alphabet, elements: tuple[Element, ...], wide: bool
) -> tuple[tuple[bytes, ...], int]:
    """Units in pieces that fit beside these elements, and how much fits in each."""
    capacity = _capacity(alphabet, elements)
    if len(units) <= capacity:
        return (units,), capacity
    concatenation = concatenation_element(
        Concatenation(reference=0, total=1, number=1, wide=wide)
    )
    capacity = _capacity(alphabet, (concatenation, *elements))
    if capacity < _LEAST_CAPACITY:
        raise ValueError("the header elements leave no room beside them")
    pieces: list[bytes] = []
    start = 0
    while len(units) - start > capacity:
        end = start + capacity
        if _parts_a_pair(units, end, alphabet):
            end -= unit_octets(alphabet)
        pieces.append(units[start:end])
        start = end
    pieces.append(units[start:])
    return tuple(pieces), capacity


def unit_octets(alphabet: Alphabet) -> int:
    """The bytes of a piece that one unit takes."""
    return 2 if alphabet is Alphabet.UCS2 else 1


def _encode_utf16(text: str) -> bytes:
    try:
        return text.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise ValueError(
            f"character {error.start} of the text is half of a surrogate pair"
        ) from error


def _cut_ucs2(utf16: bytes, *, wide: bool) -> Cut:
    pieces, capacity = cut_units(utf16, alphabet=Alphabet.UCS2, elements=(), wide=wide)
    return Cut(alphabet=Alphabet.UCS2, pieces=pieces, capacity=capacity)


def _cuts_of_septets(
    text: str, languages: Collection[Language], *, wide: bool
) -> Iterator[Cut]:
    for locking, single in _tables_for(text, languages):
        yield _cut_septets(text, locking, single, wide=wide)


def _cut_septets(text: str, locking: Language, single: Language, *, wide: bool) -> Cut:
    pieces, capacity = cut_units(
        encode_septets(text, locking=locking, single=single),
        alphabet=Alphabet.GSM7,
        elements=language_elements(locking, single),
        wide=wide,
    )
    return Cut(
        alphabet=Alphabet.GSM7,
        locking=locking,
        single=single,
        pieces=pieces,
        capacity=capacity,
    )


def _tables_for(
    text: str, languages: Collection[Language]
) -> Iterator[tuple[Language, Language]]:
    """The pairs of tables that can carry a text and may be the cheapest to do so."""
    counts = Counter(text)
    plain_escapes = len(text)
    for locking in (_PLAIN, *sorted(languages)):
        escaped = counts.keys() - locking_places(locking).keys()
        # Only these cost a second septet, whatever the single shift table.
        escapes = sum(counts[char] for char in escaped)
        if locking is not _PLAIN and escapes >= plain_escapes:
            continue
        for single in (_PLAIN, locking, *sorted(languages)):
            if escaped <= single_places(single).keys():
                yield locking, single
                if locking is single is _PLAIN:
                    plain_escapes = escapes
                break


def _parts_a_pair(units: bytes, end: int, alphabet: Alphabet) -> bool:
    match alphabet:
        case Alphabet.GSM7:
            return units[end - 1] == ESCAPE
        case Alphabet.UCS2:
            return 0xD8 <= units[end - 2] <= 0xDB
        case Alphabet.OCTETS:
            return False


def _capacity(alphabet: Alphabet, elements: tuple[Element, ...]) -> int:
    free_octets = USER_DATA_OCTETS - len(encode_header(elements))
    match alphabet:
        case Alphabet.GSM7:
            return free_octets * 8 // 7
        case Alphabet.UCS2:
            return free_octets // 2 * 2
        case Alphabet.OCTETS:
            return free_octets
