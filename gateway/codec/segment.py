"""A text or octets into segments, and beforehand what a text costs.

Relies on `choice` for alphabet and cuts, on `udh` for the headers; the concatenation
references are allocated by the caller.

Spec: 3GPP TS 23.040 9.2.3.24.1, 9.2.3.24.8, 9.2.3.24.15, 9.2.3.24.16
"""

from collections.abc import Sequence
from typing import Final

from gateway.codec.choice import choose, cut_units, find_missing, unit_octets
from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import Language
from gateway.codec.udh import (
    Concatenation,
    Element,
    concatenation_element,
)
from gateway.codec.user_data import UserData
from gateway.codec.value import value

__all__ = [
    "ALL_LANGUAGES",
    "MAX_SEGMENTS",
    "TextPlan",
    "UserData",
    "cut_body",
    "cut_octets",
    "cut_text",
    "plan_text",
    "tie_bodies",
]

ALL_LANGUAGES: Final = frozenset(Language) - {Language.DEFAULT}
MAX_SEGMENTS: Final = 255


@value(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """What a text costs on the air.

    Units are septets, or UTF-16 units with UCS-2; `forcing` names the characters that
    force UCS-2, in order of appearance.
    """

    alphabet: Alphabet
    locking: Language
    single: Language
    segments: int
    units: int
    units_per_segment: int
    units_left: int
    forcing: tuple[str, ...]


def plan_text(
    text: str,
    *,
    languages: frozenset[Language] = ALL_LANGUAGES,
    wide: bool = False,
    alphabet: Alphabet | None = None,
) -> TextPlan:
    """The cost of a text, cut as `cut_text` would, however long it is.

    ValueError as for `cut_text`, but for the number of segments.
    """
    cut = choose(text, languages=languages, wide=wide, alphabet=alphabet)
    octets_per_unit = unit_octets(cut.alphabet)
    forcing: tuple[str, ...] = ()
    if cut.alphabet is Alphabet.UCS2 and alphabet is None:
        # National tables may carry a text and not be cheaper: then it is the
        # characters outside of plain GSM 7-bit that cost.
        forcing = find_missing(text, languages) or find_missing(text, ())
    return TextPlan(
        alphabet=cut.alphabet,
        locking=cut.locking,
        single=cut.single,
        segments=len(cut.pieces),
        units=sum(map(len, cut.pieces)) // octets_per_unit,
        units_per_segment=cut.capacity // octets_per_unit,
        units_left=(cut.capacity - len(cut.pieces[-1])) // octets_per_unit,
        forcing=forcing,
    )


def cut_text(
    text: str,
    *,
    reference: int,
    wide: bool = False,
    languages: frozenset[Language] = ALL_LANGUAGES,
    alphabet: Alphabet | None = None,
) -> tuple[UserData, ...]:
    """The segments of a text, a single one without concatenation element.

    `languages` are the national tables that may be used; `wide` asks for a 16-bit
    reference; `alphabet` forces GSM 7-bit (`UnencodableError` when that cannot be)
    or UCS-2. ValueError for a lone surrogate and for more than 255 segments.
    """
    cut = choose(text, languages=languages, wide=wide, alphabet=alphabet)
    return _with_headers(
        cut.pieces,
        alphabet=cut.alphabet,
        elements=cut.elements,
        reference=reference,
        wide=wide,
    )


def cut_octets(
    data: bytes,
    *,
    reference: int,
    wide: bool = False,
    elements: tuple[Element, ...] = (),
) -> tuple[UserData, ...]:
    """The segments of 8-bit data, each with the elements; ValueError above 255."""
    pieces, _ = cut_units(data, alphabet=Alphabet.OCTETS, elements=elements, wide=wide)
    return _with_headers(
        pieces,
        alphabet=Alphabet.OCTETS,
        elements=elements,
        reference=reference,
        wide=wide,
    )


def cut_body(
    body: UserData, *, reference: int, wide: bool = False
) -> tuple[UserData, ...]:
    """The segments of user data of any length, its units and elements as they are.

    ValueError for more than 255 segments, and when the elements leave no room.
    """
    pieces, _ = cut_units(
        body.units, alphabet=body.alphabet, elements=body.header, wide=wide
    )
    return _with_headers(
        pieces,
        alphabet=body.alphabet,
        elements=body.header,
        reference=reference,
        wide=wide,
    )


def tie_bodies(
    bodies: Sequence[UserData], *, reference: int, wide: bool = False
) -> tuple[UserData, ...]:
    """Segments that were cut elsewhere, tied together; each keeps its coding.

    ValueError when one has no room for the tie, and above 255.
    """
    if len(bodies) > MAX_SEGMENTS:
        raise ValueError(f"{len(bodies)} segments: at most {MAX_SEGMENTS}")
    tied = []
    for number, body in enumerate(bodies, start=1):
        tie = Concatenation(
            reference=reference, total=len(bodies), number=number, wide=wide
        )
        header = (concatenation_element(tie), *body.header)
        segment = UserData(alphabet=body.alphabet, header=header, units=body.units)
        segment.octets()  # raises when it is too long
        tied.append(segment)
    return tuple(tied)


def _with_headers(
    pieces: Sequence[bytes],
    *,
    alphabet: Alphabet,
    elements: tuple[Element, ...],
    reference: int,
    wide: bool,
) -> tuple[UserData, ...]:
    total = len(pieces)
    if total == 1:
        return (UserData(alphabet=alphabet, header=elements, units=pieces[0]),)
    if total > MAX_SEGMENTS:
        raise ValueError(f"{total} segments: at most {MAX_SEGMENTS}")
    concatenations = (
        Concatenation(reference=reference, total=total, number=number, wide=wide)
        for number in range(1, total + 1)
    )
    return tuple(
        UserData(
            alphabet=alphabet,
            header=(concatenation_element(concatenation), *elements),
            units=piece,
        )
        for concatenation, piece in zip(concatenations, pieces, strict=True)
    )
