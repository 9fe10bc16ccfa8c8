"""The SQLite engine: a writer thread, a few reading threads, a lock, housekeeping.

Relies on `sqlite` for the database, `writer` for group commit, `disk` for the files.
Spec: reliability DG-30..40
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NoReturn, Self, TypeVar

from gateway.core.clock import Clock
from gateway.core.errors import StoreBroken, StoreBusy
from gateway.store.config import StoreConfig
from gateway.store.disk import Ballast, WriterLock, free_octets, total_octets
from gateway.store.engine import Beside, EngineStatus, Session
from gateway.store.sqlite import (
    SqliteSession,
    copy,
    open_reader,
    open_writer,
    settings_in_force,
)
from gateway.store.writer import Writer

_LOG = logging.getLogger(__name__)
_VACUUM_PAGES: Final = 500
_SPACE_KNOWN_S: Final = 1.0
LARGEST_RESERVE_OCTETS: Final = 1 << 30

A = TypeVar("A")
T = TypeVar("T")


class SqliteEngine:
    """`store.engine.Engine` over one SQLite file."""

    def __init__(
        self,
        config: StoreConfig,
        clock: Clock,
        lock: WriterLock,
        session: SqliteSession,
    ) -> None:
        self._config = config
        self._lock = lock
        self._session = session
        self._settings = settings_in_force(session, config)
        self._ballast = Ballast(config.path, config.ballast_octets)
        self._writer = Writer(
            session,
            clock,
            group_size=config.group_size,
            queue_bound=config.queue_bound,
            idle_s=config.idle_s,
            make_room=self._ballast.drop,
            tidy=self._tidy,
            finish=self._finish,
        )
        self._pool = ThreadPoolExecutor(config.readers, "store-reader")
        self._local = threading.local()
        self._readers: list[SqliteSession] = []
        self._closed = False
        self._clock = clock
        self._space_known_until = clock.monotonic()
        self._space_was_low = False

    @classmethod
    async def open(cls, config: StoreConfig, clock: Clock) -> Self:
        """Raises `StoreBusy` when another process writes, `StoreCorrupt`, …"""
        lock = WriterLock(config.path)
        try:
            session = await asyncio.to_thread(open_writer, config)
        except BaseException:
            lock.release()
            raise
        engine = cls(config, clock, lock, session)
        engine._fill_ballast()
        engine._writer.start()
        return engine

    async def write(self, fn: Callable[[Session], T], /) -> T:
        return await self._writer.write(fn)

    async def write_among(
        self,
        fn: Callable[[Session, Sequence[A]], Sequence[T | Exception]],
        item: A,
        /,
        told: Callable[[T | None], None] | None,
    ) -> T:
        return await self._writer.write_among(fn, item, told)

    async def read(self, fn: Callable[[Session], T], /) -> T:
        if self._closed:
            raise StoreBusy("the store is closing")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._read, fn)

    def listen(self, heard: Callable[[Mapping[str, int]], None], /) -> None:
        self._writer.listen(heard)

    def accompany(self, beside: Beside | None, /) -> None:
        self._writer.accompany(beside)

    async def backup(self, target: Path, /) -> None:
        await asyncio.to_thread(copy, self._config, target)

    async def integrity(self, *, thorough: bool) -> list[str]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._pool, lambda: self._reader().check(thorough=thorough)
        )

    def status(self) -> EngineStatus:
        return EngineStatus(
            writes=self._writer.writes,
            commits=self._writer.commits,
            waiting=self._writer.waiting,
            last_commit_s=self._writer.last_commit_s,
            log_octets=self._log_octets(),
            free_octets=free_octets(self._config.path),
            low_space=self.low_space(),
            settings=self._settings,
        )

    def low_space(self) -> bool:
        """As it was a moment ago: it is asked before each message."""
        now = self._clock.monotonic()
        if now >= self._space_known_until:
            self._space_known_until = now + _SPACE_KNOWN_S
            self._space_was_low = self._space_is_low()
        return self._space_was_low

    async def watch(self) -> NoReturn:
        raise await asyncio.shield(self._writer.broken)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._pool.shutdown)
        for reader in self._readers:
            reader.close()
        # The writer's connection is the last: closing it empties and removes the log,
        # which is how the next start knows that all was well.
        await self._writer.close()
        self._lock.release()

    def _reader(self) -> SqliteSession:
        session: SqliteSession | None = getattr(self._local, "session", None)
        if session is None:
            session = open_reader(self._config)
            self._local.session = session
            self._readers.append(session)
        return session

    def _read(self, fn: Callable[[Session], T]) -> T:
        try:
            session = self._reader()
            session.control("BEGIN")
            try:
                return fn(session)
            finally:
                if session.in_transaction:
                    session.control("ROLLBACK")
        except StoreBroken as error:
            self._writer.break_off(error)
            raise

    def _tidy(self) -> None:
        """In the writer's thread, when nothing waits."""
        free = self._session.page_octets("freelist_count")
        if free > self._config.free_octets:
            self._session.give_back(_VACUUM_PAGES)
        is_long = self._log_octets() > self._config.truncate_wal_octets
        if is_long or self._session.wants_scrub:
            self._session.empty_log()
        self._fill_ballast()

    def _finish(self) -> None:
        self._session.close()

    def _fill_ballast(self) -> None:
        if not self._space_is_low():
            self._ballast.fill()

    def _space_is_low(self) -> bool:
        config = self._config
        share = int(total_octets(config.path) * config.low_space_share)
        # A share of a large disk would be many gigabytes that nobody needs.
        least = max(config.low_space_octets, min(share, LARGEST_RESERVE_OCTETS))
        return free_octets(config.path) < least

    def _log_octets(self) -> int:
        log = self._config.path.with_name(self._config.path.name + "-wal")
        return log.stat().st_size if log.exists() else 0
