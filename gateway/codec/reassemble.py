"""Segments to the whole, or to what there is of it with its gaps marked.

Units are joined before they become text, since other people's senders cut characters
in two. Relies on `gsm7`, `udh`, `user_data`; which segments belong together is known
to the caller.

Spec: 3GPP TS 23.040 9.2.3.24.1
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Final, NamedTuple

from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import Language, decode_septets
from gateway.codec.udh import (
    Ports,
    find_locking,
    find_ports,
    find_single,
)
from gateway.codec.user_data import USER_DATA_OCTETS, UserData

GAP: Final = "[…]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A message put together; `missing` are the numbers of absent segments.

    `text` has `GAP` where segments are missing or are not text, and is None for 8-bit
    data; `octets` are the 8-bit data, without the missing ones, and None for text.
    """

    text: str | None
    octets: bytes | None
    alphabet: Alphabet
    ports: Ports | None
    missing: tuple[int, ...] = ()


def join_segments(bodies: Mapping[int, UserData], total: int) -> Whole:
    """The segments by their number; ValueError for a number outside 1 to total."""
    if not all(1 <= number <= total for number in bodies):
        raise ValueError(f"segments {sorted(bodies)}: must be within 1 to {total}")
    numbers = range(1, total + 1)
    in_order = [bodies.get(number) for number in numbers]
    texts: list[str] = []
    octets: list[bytes] = []
    alphabets: set[Alphabet] = set()
    for coding, run in groupby(in_order, key=_coding):
        if coding is None:
            texts.append(GAP)
            continue
        alphabets.add(coding.alphabet)
        joined = _join(coding.alphabet, (body for body in run if body is not None))
        if coding.alphabet is Alphabet.OCTETS:
            octets.append(joined)
            texts.append(GAP)
        else:
            texts.append(_decode(joined, coding))
    is_text = alphabets != {Alphabet.OCTETS}
    return Whole(
        text="".join(texts) if is_text else None,
        octets=b"".join(octets) if octets else None,
        alphabet=_widest(alphabets),
        ports=_first_ports(in_order),
        missing=tuple(number for number in numbers if number not in bodies),
    )


def decode_single(body: UserData) -> Whole:
    """A message that is one segment."""
    coding = _Coding(body.alphabet, find_locking(body.header), find_single(body.header))
    units = _join(body.alphabet, (body,))
    is_text = body.alphabet is not Alphabet.OCTETS
    return Whole(
        text=_decode(units, coding) if is_text else None,
        octets=None if is_text else units,
        alphabet=body.alphabet,
        ports=find_ports(body.header),
    )


class _Coding(NamedTuple):
    """What consecutive segments must share for their units to be joined."""

    alphabet: Alphabet
    locking: Language
    single: Language


def _coding(body: UserData | None) -> _Coding | None:
    if body is None:
        return None
    return _Coding(body.alphabet, find_locking(body.header), find_single(body.header))


def _join(alphabet: Alphabet, run: Iterable[UserData]) -> bytes:
    """The units one after the other, without stray octets of UCS-2.

    A full segment that ends in half a character is another thing: its sender cut the
    character in two, and the other half leads the next segment.
    """
    joined = bytearray()
    for body in run:
        joined += body.units
        is_odd = alphabet is Alphabet.UCS2 and len(joined) % 2 == 1
        if is_odd and body.length < USER_DATA_OCTETS:
            del joined[-1]
    return bytes(joined)


def _decode(units: bytes, coding: _Coding) -> str:
    if coding.alphabet is Alphabet.UCS2:
        return units[: len(units) // 2 * 2].decode("utf-16-be", errors="replace")
    return decode_septets(units, locking=coding.locking, single=coding.single)


def _widest(alphabets: Collection[Alphabet]) -> Alphabet:
    for alphabet in (Alphabet.UCS2, Alphabet.GSM7, Alphabet.OCTETS):
        if alphabet in alphabets:
            return alphabet
    return Alphabet.GSM7


def _first_ports(bodies: Iterable[UserData | None]) -> Ports | None:
    for body in bodies:
        ports = find_ports(body.header) if body is not None else None
        if ports is not None:
            return ports
    return None
