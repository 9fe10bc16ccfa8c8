"""What the operator's faults do to the segments of one message on its way to a modem.

Relies on ``faults`` for which are wanted. A fault falls on the next message it can be
done to: those of order and number on one of several segments, those that cut a pair on
one that has such a pair.

Spec: modem.md 10.13 g
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hwsim.faults import Fault, FaultSet
from hwsim.sending import shuffled
from hwsim.wire import gsm7
from hwsim.wire.sms import Alphabet, UserData, segment_text, text_of
from hwsim.wire.text import border_inside_a_pair, capacity, concatenated
from hwsim.wire.user_data import dcs_for, relinked

_HEADER_OCTETS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A segment on the air and whose it is."""

    sender: str
    user: UserData


class TrainFaults:
    """Does the wanted faults; keeps the last reference of each sender."""

    def __init__(self, faults: FaultSet) -> None:
        self._faults = faults
        self._last_reference: dict[str, int] = {}

    def apply(self, sender: str, users: Sequence[UserData]) -> list[Item]:
        train = self._recut(list(users))
        if len(train) == 1:
            if self._faults.take("message_duplicate"):
                train *= 2
            return [Item(sender=sender, user=user) for user in train]
        train = self._renumber(sender, train)
        train = self._rearrange(train)
        items = [Item(sender=sender, user=user) for user in train]
        if fault := self._faults.take("segments_interleaved"):
            return _interleave(items, fault.text("sender", _neighbour(sender)))
        return items

    def _recut(self, train: list[UserData]) -> list[UserData]:
        units = b"".join(user.body for user in train)
        for kind, alphabet in (
            ("escape_cut", Alphabet.GSM7),
            ("surrogate_cut", Alphabet.UCS2),
        ):
            if any(user.alphabet is not alphabet for user in train):
                continue
            border = border_inside_a_pair(units, alphabet)
            if border is not None and self._faults.take(kind):
                return _cut_at(train[0], units, border)
        text = all(user.alphabet is not Alphabet.OCTETS for user in train)
        if text and len(train) > 1 and self._faults.take("segments_mixed_dcs"):
            return _mixed(train)
        return train

    def _renumber(self, sender: str, train: list[UserData]) -> list[UserData]:
        reference = _reference_of(train)
        earlier = self._last_reference.get(sender)
        if earlier is not None and self._faults.take("reference_reused"):
            reference = earlier
            train = [relinked(user, reference=reference) for user in train]
        self._last_reference[sender] = reference
        total = len(train)
        for kind, number in (
            ("segment_number_zero", 0),
            ("segment_number_above_total", total + 1),
        ):
            if fault := self._faults.take(kind):
                place = _place(train, fault, default=total)
                train[place] = relinked(train[place], number=number)
        return train

    def _rearrange(self, train: list[UserData]) -> list[UserData]:
        if fault := self._faults.take("segment_duplicate"):
            place = _place(train, fault, default=1)
            train.insert(place + 1, train[place])
        if fault := self._faults.take("segment_missing"):
            del train[_place(train, fault, default=2)]
        if self._faults.take("segments_reordered"):
            train = shuffled(train, self._faults.chance)
        return train


def _place(train: Sequence[UserData], fault: Fault, *, default: int) -> int:
    return min(max(1, fault.whole("number", default)), len(train)) - 1


def _reference_of(train: Sequence[UserData]) -> int:
    links = (user.concatenation for user in train)
    return next((link.reference for link in links if link), 0)


def _cut_at(first: UserData, units: bytes, border: int) -> list[UserData]:
    """One border inside the pair, the others wherever the limit falls."""
    limit = capacity(first.dcs, _HEADER_OCTETS)
    if first.alphabet is Alphabet.UCS2:
        limit -= limit % 2
    first_border = border % limit or limit
    borders = [0, *range(first_border, len(units), limit), len(units)]
    bodies = [(first.dcs, units[start:end]) for start, end in pairwise(borders)]
    return concatenated(bodies, reference=_reference_of([first]))


def _mixed(train: Sequence[UserData]) -> list[UserData]:
    """Every other segment in UCS-2, or where all need that, of another class."""
    text = text_of(train)
    bodies: list[tuple[int, bytes]] = []
    while text:
        odd = len(bodies) % 2 == 1
        alphabet = Alphabet.UCS2 if odd or not gsm7.encodable(text) else Alphabet.GSM7
        head = segment_text(text, alphabet=alphabet, reference=0)[0]
        plain = alphabet is Alphabet.UCS2 and not odd
        dcs = dcs_for(alphabet, message_class=1 if plain else None)
        bodies.append((dcs, head.body))
        text = text[len(text_of([head])) :]
    return concatenated(bodies, reference=_reference_of(train))


def _interleave(items: Sequence[Item], other: str) -> list[Item]:
    """Between the segments those of ``other``, with the same reference and total."""
    mixed: list[Item] = []
    users = [item.user for item in items]
    foreign = concatenated(
        [
            (0, gsm7.encode(f"Segment {number} of another sender. "))
            for number in range(1, len(users) + 1)
        ],
        reference=_reference_of(users),
    )
    for item, user in zip(items, foreign, strict=True):
        mixed += (item, Item(sender=other, user=user))
    return mixed


def _neighbour(msisdn: str) -> str:
    """The number with another last digit."""
    if not msisdn[-1:].isdecimal():
        return "+79990000000"
    return msisdn[:-1] + str((int(msisdn[-1]) + 1) % 10)
