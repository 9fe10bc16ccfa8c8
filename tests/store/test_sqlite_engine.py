"""The SQLite engine: one writer process, full disks, housekeeping, stopping."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.errors import StoreBroken, StoreBusy, StoreFull
from gateway.core.ids import MessageId
from gateway.core.message import MessageState
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import RetentionCut, Tx
from gateway.store.config import MEBI, StoreConfig
from gateway.store.engine import StoreCorrupt
from gateway.store.sqlite_engine import SqliteEngine
from gateway.store.store import SqlStore, SqlTx, open_store
from tests.store.stored import Maker
from tests.support.clock import START, FakeClock

EVERYTHING = RetentionCut(messages_before=START.replace(year=START.year + 1))
SECOND_WRITER = """
import asyncio, sys
from pathlib import Path
from gateway.core.clock import SystemClock
from gateway.core.errors import StoreBusy
from gateway.store.config import StoreConfig
from gateway.store.store import open_store
try:
    asyncio.run(open_store(StoreConfig(path=Path(sys.argv[1])), SystemClock()))
except StoreBusy:
    print("refused")
"""


def test_a_second_writer_process_is_refused(config: StoreConfig) -> None:
    async def hold() -> str:
        store = await open_store(config, FakeClock())
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            SECOND_WRITER,
            str(config.path),
            stdout=subprocess.PIPE,
        )
        said, _ = await process.communicate()
        await store.close()
        return said.decode().strip()

    assert asyncio.run(hold()) == "refused"


async def test_a_second_store_in_this_process_is_refused_until_the_first_closes(
    config: StoreConfig,
) -> None:
    first = await open_store(config, FakeClock())
    with pytest.raises(StoreBusy):
        await open_store(config, FakeClock())
    await first.close()
    second = await open_store(config, FakeClock())
    await second.close()


async def test_closing_empties_and_removes_the_log(config: StoreConfig) -> None:
    store = await open_store(config, FakeClock())
    await store.write(lambda tx: tx.facts.put("a", "1"))
    await store.read(lambda tx: tx.facts.get("a"))
    await store.close()
    await store.close()
    names = sorted(entry.name for entry in config.path.parent.iterdir())
    assert names == ["store.db", "store.db.lock"]


async def test_a_file_that_cannot_be_opened_leaves_no_lock(config: StoreConfig) -> None:
    config.path.write_bytes(b"not a database " * 1000)
    for _ in range(2):
        with pytest.raises(StoreCorrupt):
            await open_store(config, FakeClock())


async def test_a_full_database_refuses_writes_keeps_reading_and_recovers(
    config: StoreConfig, make: Maker
) -> None:
    store = await open_store(replace(config, max_octets=300_000), FakeClock())
    kept: list[MessageId] = []
    with pytest.raises(StoreFull):
        await write_on(store, make, kept)
    page = Page(limit=1000)
    found = await store.read(lambda tx: tx.outbox.listing(MessageFilter(), page))
    assert [message.id for message in reversed(found)] == kept
    purged = await store.write(lambda tx: tx.keeping.purge(EVERYTHING, 500))
    assert purged == len(kept)
    await store.write(lambda tx: make.keep(tx, make.message()))
    assert await store.integrity(thorough=True) == []
    await store.close()


async def test_ballast_is_taken_at_the_start_while_there_is_space(
    config: StoreConfig,
) -> None:
    ballast = config.path.with_name("store.db.ballast")
    plenty = replace(config, ballast_octets=MEBI, low_space_octets=0, low_space_share=0)
    store = await open_store(plenty, FakeClock())
    assert ballast.stat().st_size == MEBI
    assert not store.status().low_space
    await store.close()

    ballast.unlink()
    scarce = replace(plenty, low_space_octets=1 << 62)
    store = await open_store(scarce, FakeClock())
    assert not ballast.exists()
    assert store.status().low_space
    await store.close()


async def test_when_nothing_waits_the_log_is_emptied_and_free_pages_go_back(
    config: StoreConfig, make: Maker
) -> None:
    tidy = replace(config, truncate_wal_octets=0, free_octets=0, idle_s=0.02)
    await (await open_store(tidy, FakeClock())).close()
    empty_octets = config.path.stat().st_size
    store = await open_store(tidy, FakeClock())

    def fill(tx: Tx) -> None:
        for _ in range(500):
            make.keep(tx, make.message(state=MessageState.SENT, text="щ" * 60))

    await store.write(fill)
    assert await store.write(lambda tx: tx.keeping.purge(EVERYTHING, 500)) == 500
    while store.status().log_octets:  # noqa: ASYNC110  # it happens in a thread
        await asyncio.sleep(0.01)
    await store.close()
    assert config.path.stat().st_size < empty_octets + 100_000


async def test_an_unreadable_database_breaks_the_store_and_watch_says_so(
    config: StoreConfig,
) -> None:
    engine = await SqliteEngine.open(config, FakeClock())
    watching = asyncio.ensure_future(engine.watch())

    def fail(_: object) -> None:
        raise StoreCorrupt("a page is damaged")

    with pytest.raises(StoreCorrupt):
        await engine.read(fail)
    with pytest.raises(StoreBroken):
        await watching
    with pytest.raises(StoreBroken):
        await engine.write(lambda session: SqlTx(session).facts.put("a", "1"))
    await engine.close()


async def write_on(store: SqlStore, make: Maker, kept: list[MessageId]) -> None:
    """Keep ended messages until the store refuses."""
    while True:
        message = make.message(text="я" * 600, state=MessageState.SENT)
        await store.write(make.kept(message))
        kept.append(message.id)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", tmp_path], check=True
    )
    yield tmp_path
    subprocess.run(["umount", "-l", tmp_path], check=True)


def fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


@pytest.mark.slow
async def test_a_full_disk_is_carried_by_ballast_then_refuses_then_recovers(
    small_disk: Path, make: Maker
) -> None:
    config = StoreConfig(
        path=small_disk / "store.db",
        ballast_octets=MEBI,
        low_space_octets=0,
        low_space_share=0,
    )
    store = await open_store(config, FakeClock())
    fill_up(small_disk / "filler")
    kept: list[MessageId] = []
    with pytest.raises(StoreFull):
        await write_on(store, make, kept)
    assert len(kept) > 10
    assert not (small_disk / "store.db.ballast").exists()
    last = await store.read(lambda tx: tx.outbox.get(kept[-1]))
    assert last is not None
    (small_disk / "filler").unlink()
    await store.write(lambda tx: make.keep(tx, make.message()))
    assert await store.integrity(thorough=True) == []
    await store.close()
