"""Message storages: numbered slots of a SIM or a modem, with a limit.

Relies on nothing. It keeps octets as they came; what they mean is the commands'
business.

Spec: 3GPP TS 27.005 2.2, 3.1 <mem1>, <stat>, <index>
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol


class Status(IntEnum):
    REC_UNREAD = 0
    REC_READ = 1
    STO_UNSENT = 2
    STO_SENT = 3


@dataclass(slots=True, kw_only=True)
class StoredSms:
    """One slot's content; ``fresh`` until it was once looked at."""

    status: Status
    tpdu: bytes
    smsc: str = ""
    reference: int | None = None
    fresh: bool = True


class StorageFull(Exception):
    """No slot is free."""


class Store(Protocol):
    """What commands see of a storage, of one part or joined."""

    @property
    def name(self) -> str: ...

    @property
    def capacity(self) -> int: ...

    @property
    def used(self) -> int: ...

    def put(self, sms: StoredSms) -> int: ...

    def get(self, index: int) -> StoredSms | None: ...

    def delete(self, index: int) -> bool: ...

    def has(self, index: int) -> bool: ...

    def items(self) -> Iterator[tuple[int, StoredSms]]: ...


class Storage:
    """Slots from ``first_index`` on."""

    def __init__(self, name: str, capacity: int, first_index: int = 1) -> None:
        self.name = name
        self.capacity = capacity
        self.first_index = first_index
        self._slots: dict[int, StoredSms] = {}

    @property
    def used(self) -> int:
        return len(self._slots)

    def has(self, index: int) -> bool:
        """Whether the number is one of a slot, full or empty."""
        return self.first_index <= index < self.first_index + self.capacity

    def put(self, sms: StoredSms) -> int:
        """Fill the lowest free slot and give its index, or StorageFull."""
        for index in range(self.first_index, self.first_index + self.capacity):
            if index not in self._slots:
                self._slots[index] = sms
                return index
        raise StorageFull(self.name)

    def get(self, index: int) -> StoredSms | None:
        return self._slots.get(index)

    def delete(self, index: int) -> bool:
        return self._slots.pop(index, None) is not None

    def items(self) -> Iterator[tuple[int, StoredSms]]:
        return iter(sorted(self._slots.items(), key=lambda item: item[0]))


class JoinedStorage:
    """The storage "MT": the slots of several, numbered through."""

    def __init__(self, name: str, parts: Sequence[Storage]) -> None:
        self.name = name
        self._parts = parts

    @property
    def capacity(self) -> int:
        return sum(part.capacity for part in self._parts)

    @property
    def used(self) -> int:
        return sum(part.used for part in self._parts)

    def has(self, index: int) -> bool:
        return self._find(index) is not None

    def put(self, sms: StoredSms) -> int:
        for part, offset in self._numbered():
            if part.used < part.capacity:
                return part.put(sms) + offset
        raise StorageFull(self.name)

    def get(self, index: int) -> StoredSms | None:
        found = self._find(index)
        return found[0].get(found[1]) if found else None

    def delete(self, index: int) -> bool:
        found = self._find(index)
        return found is not None and found[0].delete(found[1])

    def items(self) -> Iterator[tuple[int, StoredSms]]:
        for part, offset in self._numbered():
            for index, sms in part.items():
                yield index + offset, sms

    def _numbered(self) -> Iterator[tuple[Storage, int]]:
        offset = 0
        for part in self._parts:
            yield part, offset
            offset += part.capacity

    def _find(self, index: int) -> tuple[Storage, int] | None:
        for part, offset in self._numbered():
            if part.has(index - offset):
                return part, index - offset
        return None
