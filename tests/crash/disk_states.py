"""What a disk may hold after a power cut: every legal outcome of unsynced writes.

The model: a sync of a file makes its octets last, a sync of the folder makes its names
last. What came after may be there whole, not at all, in part, or torn at 512 octets;
names change in the order they were asked to. The folder never lies about a sync.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.crash.trace import (
    Create,
    Rename,
    Say,
    Step,
    Sync,
    Truncate,
    Unlink,
    Write,
)

_SECTOR_OCTETS = 512
_RANDOM_VARIANTS = 3

Content = Write | Truncate


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """One folder as it may be found, and what had been promised by then."""

    files: dict[str, bytes]
    promises: tuple[str, ...]


class _Disk:
    """What was asked of the disk so far: names over numbered files."""

    def __init__(self) -> None:
        self._now: dict[str, int] = {}  # names as the program sees them
        self._names: list[dict[str, int]] = [{}]  # lasting names, then each change
        self._lasting: dict[int, list[Content]] = {}
        self._pending: dict[int, list[Content]] = {}
        self._promises: list[str] = []

    def take(self, step: Step) -> None:
        match step:
            case Say():
                self._promises.append(step.text.strip())
            case Sync(name=""):
                self._names = [self._names[-1]]
            case Sync():
                number = self._now[step.name]
                self._lasting[number] += self._pending[number]
                self._pending[number] = []
            case Write() | Truncate():
                self._pending[self._now[step.name]].append(step)
            case Create():
                self._now[step.name] = len(self._lasting)
                self._lasting[len(self._lasting)] = []
                self._pending[len(self._pending)] = []
                self._names.append(dict(self._now))
            case Unlink():
                del self._now[step.name]
                self._names.append(dict(self._now))
            case Rename():
                self._now[step.target] = self._now.pop(step.name)
                self._names.append(dict(self._now))

    def variants(self, chance: random.Random) -> Iterator[DiskState]:
        yield self._state(self._names[0], lambda pending: [])
        yield self._state(self._names[-1], lambda pending: pending)
        for _ in range(_RANDOM_VARIANTS):
            for choose in (_prefix, _subset, _torn):
                names = chance.choice(self._names)
                yield self._state(names, lambda p, c=choose: c(p, chance))

    def _state(self, names: dict[str, int], choose: object) -> DiskState:
        assert callable(choose)
        return DiskState(
            files={
                name: _apply(self._lasting[number] + choose(self._pending[number]))
                for name, number in names.items()
            },
            promises=tuple(self._promises),
        )


def power_cuts(steps: Sequence[Step], seed: int) -> Iterator[DiskState]:
    """Distinct states, for a cut before every sync, and after every promise.

    What a cut between two writes could leave is a prefix of what waits at the sync.
    """
    chance = random.Random(seed)
    disk = _Disk()
    seen: set[int] = set()
    for step in steps:
        if isinstance(step, Sync):
            yield from _new(disk.variants(chance), seen)
        disk.take(step)
        if isinstance(step, Say | Rename | Unlink):
            yield from _new(disk.variants(chance), seen)


def _new(states: Iterator[DiskState], seen: set[int]) -> Iterator[DiskState]:
    for state in states:
        key = hash((tuple(sorted(state.files.items())), len(state.promises)))
        if key not in seen:
            seen.add(key)
            yield state


def _apply(changes: Sequence[Content]) -> bytes:
    octets = bytearray()
    for change in changes:
        match change:
            case Write(offset=offset, octets=new):
                octets.extend(bytes(max(0, offset - len(octets))))
                octets[offset : offset + len(new)] = new
            case Truncate(length=length):
                del octets[length:]
                octets.extend(bytes(length - len(octets)))
    return bytes(octets)


def _prefix(pending: Sequence[Content], chance: random.Random) -> list[Content]:
    return list(pending[: chance.randint(0, len(pending))])


def _subset(pending: Sequence[Content], chance: random.Random) -> list[Content]:
    return [change for change in pending if chance.random() < 0.5]


def _torn(pending: Sequence[Content], chance: random.Random) -> list[Content]:
    return [
        sector
        for change in pending
        for sector in _sectors(change)
        if chance.random() < 0.5
    ]


def _sectors(change: Content) -> Iterator[Content]:
    if isinstance(change, Truncate):
        yield change
        return
    for start in range(0, len(change.octets), _SECTOR_OCTETS):
        octets = change.octets[start : start + _SECTOR_OCTETS]
        yield Write(name=change.name, offset=change.offset + start, octets=octets)
