"""Group commit: how many writes share a commit, and what a failed commit means."""

import asyncio
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.core.errors import StoreBroken, StoreBusy, StoreFull
from gateway.core.event import Appended, EventType, NewEvent
from gateway.core.store import Tx
from gateway.store.config import StoreConfig
from gateway.store.engine import Session
from gateway.store.held import Held
from gateway.store.store import SqlStore, open_store
from gateway.store.writer import Writer
from tests.store.stored import Maker
from tests.support.clock import FakeClock


def put(tx: Tx) -> None:
    tx.facts.put("key", "value")


async def test_writes_that_wait_together_share_a_commit(
    store: SqlStore, make: Maker
) -> None:
    before = store.status()
    gathered = threading.Event()

    def hold(_tx: Tx) -> None:
        gathered.wait(10)

    waiting = [asyncio.ensure_future(store.write(hold))]
    messages = [make.message() for _ in range(200)]
    waiting += [asyncio.ensure_future(store.write(make.kept(m))) for m in messages]
    await asyncio.sleep(0)
    gathered.set()
    await asyncio.gather(*waiting)
    after = store.status()
    assert after.writes - before.writes == 201
    assert after.commits - before.commits <= 5  # groups of 64, and the one that held


async def test_a_group_is_no_larger_than_configured(config: StoreConfig) -> None:
    store = await open_store(replace(config, group_size=1), FakeClock())
    await asyncio.gather(*(store.write(put) for _ in range(20)))
    assert store.status().commits == 20
    await store.close()


async def test_a_full_queue_says_busy_at_once(config: StoreConfig) -> None:
    store = await open_store(replace(config, queue_bound=5), FakeClock())
    results = await asyncio.gather(
        *(store.write(put) for _ in range(50)), return_exceptions=True
    )
    assert any(isinstance(result, StoreBusy) for result in results)
    await store.write(put)
    await store.close()


async def test_a_closed_store_takes_no_more_writes(store: SqlStore) -> None:
    await store.close()
    with pytest.raises(StoreBusy):
        await store.write(put)
    with pytest.raises(StoreBusy):
        await store.read(put)


class ScriptedSession:
    """A session over nothing, whose commands fail as told.

    The database cannot be made to fail a commit at will; the writer's part can be
    seen without one.
    """

    def __init__(self, failures: dict[str, list[Exception]]) -> None:
        self.appended: list[Appended] = []
        self.held = Held(0)
        self.commands: list[str] = []
        self._failures = failures
        self._depth = False

    @property
    def in_transaction(self) -> bool:
        return self._depth

    def announce(self, appended: Sequence[Appended]) -> None:
        self.appended += appended

    def control(self, command: str) -> None:
        self.commands.append(command)
        waiting = self._failures.get(command)
        if waiting:
            raise waiting.pop(0)
        if command == "BEGIN IMMEDIATE":
            self._depth = True
        if command in ("COMMIT", "ROLLBACK"):
            self._depth = False


class Room:
    """Disk space that can be made once."""

    def __init__(self, pieces: int = 0) -> None:
        self.pieces = pieces

    def make(self) -> bool:
        self.pieces -= 1
        return self.pieces >= 0


class FallingRoom(Room):
    """Space whose making fails."""

    def make(self) -> bool:
        raise PermissionError


def writer_over(session: ScriptedSession, room: Room | None = None) -> Writer:
    writer = Writer(
        session,  # type: ignore[arg-type]  # statements are never run
        FakeClock(),
        group_size=64,
        queue_bound=100,
        idle_s=1.0,
        make_room=(room or Room()).make,
        tidy=lambda: None,
        finish=lambda: None,
    )
    writer.start()
    return writer


UP = NewEvent(type=EventType.LINK_UP, at=datetime(2026, 1, 1, tzinfo=UTC), data={})


def announce(session: Session) -> int:
    session.announce([Appended(seq=7, news=UP, content="{}")])
    return 7


@pytest.mark.parametrize("error", [StoreFull("disk"), StoreBusy("lock")])
async def test_a_failed_commit_fails_the_group_and_is_heard_by_nobody(
    error: Exception,
) -> None:
    session = ScriptedSession({"COMMIT": [error]})
    writer = writer_over(session)
    heard: list[Mapping[str, int]] = []
    writer.listen(heard.append)
    with pytest.raises(type(error)):
        await writer.write(announce)
    assert session.commands[-1] == "ROLLBACK"
    assert heard == []
    assert await writer.write(announce) == 7
    assert heard == [{"link.up": 7}]
    await writer.close()


async def test_when_room_can_be_made_a_full_disk_is_not_noticed() -> None:
    session = ScriptedSession({"COMMIT": [StoreFull("disk")]})
    writer = writer_over(session, Room(1))
    assert await writer.write(announce) == 7
    assert session.commands.count("COMMIT") == 2
    await writer.close()


async def test_a_writer_that_falls_answers_everybody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = ScriptedSession({"COMMIT": [StoreFull("disk")]})
    writer = writer_over(session, room=FallingRoom())
    with caplog.at_level(logging.CRITICAL), pytest.raises(StoreBroken):
        await writer.write(announce)
    with pytest.raises(StoreBroken):
        await writer.write(announce)
    await writer.close()


async def test_a_broken_store_takes_nothing_more_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = ScriptedSession({"COMMIT": [StoreBroken("I/O error")]})
    writer = writer_over(session)
    with caplog.at_level(logging.CRITICAL), pytest.raises(StoreBroken):
        await writer.write(announce)
    assert "cannot be trusted" in caplog.text
    begun = session.commands.count("BEGIN IMMEDIATE")
    with pytest.raises(StoreBroken):
        await writer.write(announce)
    assert session.commands.count("BEGIN IMMEDIATE") == begun
    assert isinstance(await writer.broken, StoreBroken)
    await writer.close()


async def test_a_rollback_of_everything_by_the_database_fails_everybody() -> None:
    session = ScriptedSession({})
    writer = writer_over(session)

    def lose_all(_: Session) -> None:
        session.control("ROLLBACK")
        raise StoreFull("disk")

    begun, gathered = threading.Event(), threading.Event()

    def block(_: Session) -> bool:
        begun.set()
        return gathered.wait(10)

    blocking = asyncio.ensure_future(writer.write(block))
    await asyncio.to_thread(begun.wait, 10)
    group = asyncio.gather(
        writer.write(announce),
        writer.write(lose_all),
        writer.write(announce),
        return_exceptions=True,
    )
    await asyncio.sleep(0)
    gathered.set()
    assert await blocking
    assert [type(result) for result in await group] == [StoreFull] * 3
    assert await writer.write(announce) == 7
    await writer.close()
