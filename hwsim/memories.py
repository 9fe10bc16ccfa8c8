"""The storages of one modem by name, and which three are chosen.

Relies on ``storage``; SM is the SIM's own and goes with it.

Spec: 3GPP TS 27.005 3.2.2 +CPMS
"""

from collections import Counter
from typing import TYPE_CHECKING

from hwsim.storage import JoinedStorage, Storage, Store

if TYPE_CHECKING:
    from hwsim.modem import Modem


class Memories:
    """mem1 to mem3: places 0, 1 and 2."""

    def __init__(self, modem: "Modem") -> None:
        self._modem = modem
        personality = modem.personality
        capacity, first = personality.me_capacity, personality.first_index
        self._me = Storage("ME", capacity, first)
        self._sr = Storage("SR", capacity, first)
        self._uncounted: Counter[str] = Counter()
        self.chosen: list[str] = []
        self.reset()

    def reset(self) -> None:
        """Power-on: the make's choice."""
        self.chosen = [self._modem.personality.cpms.default] * 3

    @property
    def stores(self) -> dict[str, Store]:
        """Every storage the make speaks of; SM_P and the like are other names."""
        sim = self._modem.sim.messages
        known: dict[str, Store] = {
            "SM": sim,
            "ME": self._me,
            "SR": self._sr,
            "MT": JoinedStorage("MT", (sim, self._me)),
        }
        cpms = self._modem.personality.cpms
        names = {*cpms.mem1, *cpms.mem2, *cpms.mem3}
        return {name: known[name.partition("_")[0]] for name in names}

    def at(self, place: int) -> Store:
        return self.stores[self.chosen[place]]

    def arrived(self, name: str) -> None:
        """A message came in; some makes count it one look later."""
        self._uncounted[self.stores[name].name] += 1

    def count(self, place: int) -> int:
        """How many messages, as +CPMS says it."""
        store = self.at(place)
        if not self._modem.personality.stale_count:
            return store.used
        lag = self._uncounted.pop(store.name, 0) if place == 0 else 0
        return max(0, store.used - lag)
