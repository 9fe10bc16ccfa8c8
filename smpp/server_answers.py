"""Requests in work on one connection: answered in the order in which they came.

Bounded in octets: when too many are in hand, nothing more is to be read.

Spec: spec/smpp.md 62
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from smpp import pdu as p

MOST_IN_HAND_OCTETS: Final = 262_144


@dataclass(slots=True, kw_only=True, eq=False)
class Slot:
    """A request whose answer waits for those before it."""

    sequence: int
    length_octets: int
    answer: p.Pdu | None = None


class Answers:
    """Those of one connection; `hold` and `release` say whether to read on."""

    def __init__(
        self, *, hold: Callable[[], None], release: Callable[[], None]
    ) -> None:
        self._slots: deque[Slot] = deque()
        self._in_hand_octets = 0
        self._hold = hold
        self._release = release

    def __len__(self) -> int:
        return len(self._slots)

    def begin(self, sequence: int, length_octets: int) -> Slot:
        """A request has come."""
        slot = Slot(sequence=sequence, length_octets=length_octets)
        self._slots.append(slot)
        self._in_hand_octets += length_octets
        if self._in_hand_octets > MOST_IN_HAND_OCTETS:
            self._hold()
        return slot

    def settle(self, slot: Slot, answer: p.Pdu) -> Iterator[tuple[int, p.Pdu]]:
        """It is done: sequence number and answer of all that may be told now."""
        slot.answer = answer
        self._in_hand_octets -= slot.length_octets
        if self._in_hand_octets <= MOST_IN_HAND_OCTETS // 2:
            self._release()
        while self._slots and (ready := self._slots[0].answer) is not None:
            yield self._slots.popleft().sequence, ready
