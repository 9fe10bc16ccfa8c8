"""Store contract: what a transaction promises, whatever the database."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from gateway.core.errors import StoreBusy, StoreConflict
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker

T = TypeVar("T")


class PoisonError(Exception):
    """Raised by a write on purpose."""


def put(key: str, value: str) -> Callable[[Tx], None]:
    return lambda tx: tx.facts.put(key, value)


async def fact(store: SqlStore, key: str) -> str | None:
    return await store.read(lambda tx: tx.facts.get(key))


async def test_a_write_gives_back_what_the_function_gave(store: SqlStore) -> None:
    assert await store.write(lambda tx: 42) == 42


async def test_what_was_written_is_read_after_the_write(store: SqlStore) -> None:
    await store.write(put("a", "1"))
    assert await fact(store, "a") == "1"


async def test_a_write_that_raises_leaves_nothing(store: SqlStore) -> None:
    def fn(tx: Tx) -> None:
        tx.facts.put("a", "1")
        raise PoisonError

    with pytest.raises(PoisonError):
        await store.write(fn)
    assert await fact(store, "a") is None


async def test_a_poisoned_write_fails_alone_among_many(store: SqlStore) -> None:
    def poison(tx: Tx) -> None:
        tx.facts.put("poison", "1")
        raise PoisonError

    writes = [store.write(put(str(number), "1")) for number in range(199)]
    writes.insert(100, store.write(poison))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(r) for r in results if r is not None] == [PoisonError]
    assert await fact(store, "poison") is None
    assert all([await fact(store, str(number)) == "1" for number in range(199)])


async def test_a_conflict_inside_a_write_can_be_caught_there(store: SqlStore) -> None:
    maker = Maker()

    def fn(tx: Tx) -> str:
        tx.contacts.insert(maker.contact("+79160000001"))
        try:
            tx.contacts.insert(maker.contact("+79160000001"))
        except StoreConflict:
            return "known"
        return "new"

    assert await store.write(fn) == "known"
    assert await store.read(lambda tx: tx.contacts.by_address("+79160000001"))


async def test_a_read_refuses_to_write(store: SqlStore) -> None:
    with pytest.raises(AssertionError):
        await store.read(put("a", "1"))
    assert await fact(store, "a") is None


async def test_a_read_sees_one_moment(store: SqlStore) -> None:
    await store.write(put("a", "1"))
    loop = asyncio.get_running_loop()

    def fn(tx: Tx) -> tuple[str | None, str | None]:
        before = tx.facts.get("a")
        asyncio.run_coroutine_threadsafe(store.write(put("a", "2")), loop).result()
        return before, tx.facts.get("a")

    assert await store.read(fn) == ("1", "1")
    assert await fact(store, "a") == "2"


async def test_the_caller_may_go_away(store: SqlStore) -> None:
    task = asyncio.ensure_future(store.write(put("a", "1")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.write(put("b", "1"))
    assert await fact(store, "b") == "1"


async def test_event_numbers_grow_and_commits_wake_readers(
    store: SqlStore, make: Maker
) -> None:
    assert await store.wait_commit(-1) == 0
    waiting = asyncio.ensure_future(store.wait_commit(0))
    await asyncio.sleep(0)
    assert not waiting.done()
    first = await store.write(lambda tx: tx.events.append(make.event()))
    assert await waiting == first
    second = await store.write(lambda tx: tx.events.append(make.event()))
    assert second > first
    assert await store.wait_commit(first) == second


async def test_an_event_taken_back_wakes_nobody(store: SqlStore, make: Maker) -> None:
    def fn(tx: Tx) -> None:
        tx.events.append(make.event())
        raise PoisonError

    waiting = asyncio.ensure_future(store.wait_commit(0))
    with pytest.raises(PoisonError):
        await store.write(fn)
    await store.write(put("a", "1"))
    assert not waiting.done()
    waiting.cancel()


async def test_a_reader_by_cursor_never_skips_an_event(
    store: SqlStore, make: Maker
) -> None:
    """The trap of several writers: a later number committed first. (1.11)"""
    total = 300
    seen: list[int] = []

    def last() -> int:
        return seen[-1] if seen else 0

    async def follow() -> None:
        while len(seen) < total:
            await store.wait_commit(last())
            events = await store.read(lambda tx: tx.events.after(last(), 50))
            seen.extend(event.seq for event in events)

    follower = asyncio.ensure_future(follow())
    appends = [
        store.write(lambda tx: tx.events.append(make.event())) for _ in range(total)
    ]
    given = await asyncio.gather(*appends)
    await asyncio.wait_for(follower, 10)
    assert seen == sorted(given)


async def test_a_backup_is_whole_and_has_what_was_committed(
    store: SqlStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await store.write(put("a", "1"))
    target = tmp_path_factory.mktemp("backup") / "copy.db"
    await store.backup(target)
    assert [entry.name for entry in target.parent.iterdir()] == ["copy.db"]
    assert await store.integrity(thorough=True) == []


async def test_closing_keeps_what_waited(store: SqlStore) -> None:
    writes = [
        asyncio.ensure_future(store.write(put(str(number), "1")))
        for number in range(100)
    ]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*writes) == [None] * 100


async def test_who_waits_with_the_same_work_is_served_in_one_go(
    store: SqlStore,
) -> None:
    sizes: list[int] = []

    def count(tx: Tx, items: Sequence[str]) -> list[str | Exception]:
        sizes.append(len(items))
        for item in items:
            tx.facts.put(item, "1")
        return [item.upper() for item in items]

    names = [f"n{number}" for number in range(50)]
    results = await asyncio.gather(*(store.write_among(count, name) for name in names))
    assert results == [name.upper() for name in names]
    assert len(sizes) < 50
    assert all([await fact(store, name) == "1" for name in names])


async def test_an_error_for_one_item_is_raised_to_its_caller_only(
    store: SqlStore,
) -> None:
    def refuse_odd(tx: Tx, items: Sequence[int]) -> list[int | Exception]:
        return [PoisonError() if item % 2 else item for item in items]

    results = await asyncio.gather(
        *(store.write_among(refuse_odd, number) for number in range(10)),
        return_exceptions=True,
    )
    assert [type(result) is PoisonError for result in results] == [False, True] * 5


async def test_common_work_that_fails_is_done_for_each_alone(store: SqlStore) -> None:
    def trip(tx: Tx, items: Sequence[str]) -> list[Exception | None]:
        for item in items:
            tx.facts.put(item, "1")
            if item == "poison":
                raise PoisonError
        return [None] * len(items)

    names = ["a", "poison", "b"]
    results = await asyncio.gather(
        *(store.write_among(trip, name) for name in names), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), PoisonError, type(None)]
    assert [await fact(store, name) for name in names] == ["1", None, "1"]


async def test_who_is_to_be_told_is_told_whatever_happens(store: SqlStore) -> None:
    def refuse_odd(tx: Tx, items: Sequence[int]) -> list[int | Exception]:
        return [PoisonError() if item % 2 else item for item in items]

    told: list[int | None] = []
    assert await store.write_among(refuse_odd, 2, told.append) == 2
    with pytest.raises(PoisonError):
        await store.write_among(refuse_odd, 3, told.append)
    gone = asyncio.create_task(store.write_among(refuse_odd, 4, told.append))
    await asyncio.sleep(0)
    gone.cancel()
    await store.write(lambda tx: None)
    assert told == [2, None, 4]
    await store.close()
    with pytest.raises(StoreBusy):
        await store.write_among(refuse_odd, 6, told.append)
    assert told == [2, None, 4, None]
