"""`core.store.Companion`: written beside events, in their transaction or not at all."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from gateway.core.event import Appended
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker


class PoisonError(Exception):
    """What a companion may raise by mistake."""


@dataclass
class Counter:
    """Writes down the last number it was shown."""

    poison: int | None = None
    results: list[int] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def write(self, tx: Tx, appended: Sequence[Appended], /) -> int:
        last = appended[-1].seq
        tx.facts.put("last", str(last))
        if last == self.poison:
            raise PoisonError
        return last

    def told(self, result: int, /) -> None:
        self.results.append(result)

    def fell(self, error: Exception, /) -> None:
        self.errors.append(error)


async def last(store: SqlStore) -> str | None:
    return await store.read(lambda tx: tx.facts.get("last"))


async def test_it_writes_beside_events_and_nothing_else(
    store: SqlStore, make: Maker
) -> None:
    counter = Counter()
    store.accompany(counter)
    await store.write(lambda tx: tx.facts.put("a", "1"))
    assert await last(store) is None
    events = [make.event() for _ in range(3)]
    await store.write(lambda tx: tx.events.append_all(events))
    assert await last(store) == str(counter.results[-1])
    [*_, newest] = await store.read(lambda tx: tx.events.after(0, 10))
    assert counter.results == [newest.seq]
    store.accompany(None)
    await store.write(lambda tx: tx.events.append(make.event()))
    assert counter.results == [newest.seq]


async def test_it_is_shown_each_event_as_it_can_be_read(
    store: SqlStore, make: Maker
) -> None:
    shown: list[Appended] = []

    class Onlooker(Counter):
        def write(self, tx: Tx, appended: Sequence[Appended], /) -> int:
            shown.extend(appended)
            return len(shown)

    store.accompany(Onlooker())
    await store.write(lambda tx: tx.events.append(make.event()))
    await store.write(lambda tx: tx.events.append_all([make.event() for _ in range(2)]))
    written = await store.read(lambda tx: tx.events.after(0, 10))
    assert [one.event for one in shown] == written


async def test_its_own_fault_spoils_no_write(
    store: SqlStore, make: Maker, caplog: pytest.LogCaptureFixture
) -> None:
    counter = Counter(poison=2)
    store.accompany(counter)
    await store.write(lambda tx: tx.events.append(make.event()))
    with caplog.at_level(logging.CRITICAL):
        seq = await store.write(lambda tx: tx.events.append(make.event()))
    assert seq == 2
    assert await last(store) == "1"
    await store.write(lambda tx: tx.events.append(make.event()))
    assert counter.results == [1]
    [error] = counter.errors
    assert isinstance(error, PoisonError)
