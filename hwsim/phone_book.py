"""The phones of the operator: made on first use, bounded in number.

Relies on nothing but the phones. Whoever has a modem is not in it.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hwsim.phone import Carrier, Phone, PhoneSettings


class PhoneBook:
    """At the limit the oldest phone goes that nobody has set up."""

    def __init__(self, carrier: Carrier, seed: int, limit: int) -> None:
        self._carrier = carrier
        self._seed = seed
        self._limit = limit
        self._phones: dict[str, Phone] = {}
        self._forgotten_duplicates = 0

    @property
    def phones(self) -> Mapping[str, Phone]:
        return MappingProxyType(self._phones)

    @property
    def duplicates(self) -> int:
        """Repetitions that phones have seen, forgotten phones included."""
        seen = sum(phone.duplicates for phone in self._phones.values())
        return seen + self._forgotten_duplicates

    def make(self, number: str) -> Phone:
        """A phone of a number that has none yet."""
        if len(self._phones) >= self._limit:
            self._forget_one()
        phone = self._phones[number] = Phone(number, self._carrier, self._seed)
        return phone

    def _forget_one(self) -> None:
        for number, phone in self._phones.items():
            if phone.settings == PhoneSettings():
                self._forgotten_duplicates += phone.duplicates
                del self._phones[number]
                return
