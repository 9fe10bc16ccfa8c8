"""The store: repositories over any engine, and the way to wait for new events.

Relies on `engine`; knows no database except in `open_store`, where one is chosen.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar

from gateway.core.clock import Clock
from gateway.core.store import Companion, Tx
from gateway.store.accounts import SqlAccounts
from gateway.store.agents import SqlAgents, SqlLogins
from gateway.store.applications import SqlApplications
from gateway.store.audit import SqlAudit
from gateway.store.canned import SqlCanned
from gateway.store.cards import SqlCards, SqlTombstones
from gateway.store.config import StoreConfig
from gateway.store.contacts import SqlContacts
from gateway.store.conversations import SqlConversations
from gateway.store.drafts import SqlDrafts, SqlReadMarks
from gateway.store.engine import Beside, Engine, EngineStatus, Session
from gateway.store.erasure import SqlErasing
from gateway.store.events import SqlEvents
from gateway.store.facts import SqlFacts
from gateway.store.inbox import SqlInbox
from gateway.store.keeping import SqlKeeping
from gateway.store.outbox import SqlOutbox
from gateway.store.overview import SqlOverview
from gateway.store.replies import SqlNotes, SqlReplies
from gateway.store.search import SqlSearch
from gateway.store.sqlite_engine import SqliteEngine
from gateway.store.timeline import SqlTimeline
from gateway.store.webhooks import SqlWebhooks

A = TypeVar("A")
T = TypeVar("T")


class SqlTx:
    """`core.store.Tx`: the repositories of one transaction."""

    __slots__ = (
        "accounts",
        "agents",
        "applications",
        "audit",
        "canned",
        "cards",
        "contacts",
        "conversations",
        "drafts",
        "erasing",
        "events",
        "facts",
        "inbox",
        "keeping",
        "logins",
        "notes",
        "outbox",
        "overview",
        "read_marks",
        "replies",
        "search",
        "timeline",
        "tombstones",
        "webhooks",
    )

    def __init__(self, session: Session) -> None:
        self.outbox = SqlOutbox(session)
        self.inbox = SqlInbox(session)
        self.contacts = SqlContacts(session)
        self.events = SqlEvents(session)
        self.accounts = SqlAccounts(session)
        self.applications = SqlApplications(session)
        self.webhooks = SqlWebhooks(session)
        self.agents = SqlAgents(session)
        self.logins = SqlLogins(session)
        self.audit = SqlAudit(session)
        self.canned = SqlCanned(session)
        self.cards = SqlCards(session)
        self.erasing = SqlErasing(session)
        self.tombstones = SqlTombstones(session)
        self.search = SqlSearch(session)
        self.replies = SqlReplies(session)
        self.notes = SqlNotes(session)
        self.drafts = SqlDrafts(session)
        self.read_marks = SqlReadMarks(session)
        self.overview = SqlOverview(session)
        self.conversations = SqlConversations(session)
        self.timeline = SqlTimeline(session)
        self.facts = SqlFacts(session)
        self.keeping = SqlKeeping(session)


class SqlStore:
    """`core.store.Store` over an engine, with what its owner needs besides."""

    def __init__(self, engine: Engine, last_seq: int) -> None:
        self._engine = engine
        self._last_seq = last_seq
        self._announced: Mapping[str, int] = {}
        self._moved = asyncio.Event()
        self._transactions: dict[Session, SqlTx] = {}
        self._works: dict[object, Callable[[Session, Sequence[Any]], Sequence[Any]]]
        self._works = {}
        engine.listen(self._heard)

    @classmethod
    async def over(cls, engine: Engine) -> Self:
        """A store over an open engine."""
        last_seq = await engine.read(lambda session: SqlTx(session).events.last_seq())
        return cls(engine, last_seq)

    async def read(self, fn: Callable[[Tx], T], /) -> T:
        return await self._engine.read(lambda session: fn(self._of(session)))

    async def write(self, fn: Callable[[Tx], T], /) -> T:
        return await self._engine.write(lambda session: fn(self._of(session)))

    async def write_among(
        self,
        fn: Callable[[Tx, Sequence[A]], Sequence[T | Exception]],
        item: A,
        /,
        told: Callable[[T | None], None] | None = None,
    ) -> T:
        work = self._works.get(fn)
        if work is None:
            # The writer brings those together whose work is the same object.
            work = self._works[fn] = lambda session, items: fn(self._of(session), items)
        return await self._engine.write_among(work, item, told)

    def accompany(self, companion: Companion | None) -> None:
        if companion is None:
            self._engine.accompany(None)
            return
        write = companion.write
        self._engine.accompany(
            Beside(
                write=lambda session, appended: write(self._of(session), appended),
                told=companion.told,
                fell=companion.fell,
            )
        )

    async def wait_commit(self, seq: int, kinds: Iterable[str] | None = None) -> int:
        while self._last_seq_of(kinds) <= seq:
            await self._moved.wait()
        return self._last_seq

    async def backup(self, target: Path) -> None:
        """A verified copy of a moment, there whole or not at all."""
        await self._engine.backup(target)

    async def integrity(self, *, thorough: bool = False) -> list[str]:
        """What is wrong with the data; `thorough` reads every index, too."""
        return await self._engine.integrity(thorough=thorough)

    def status(self) -> EngineStatus:
        return self._engine.status()

    @property
    def low_space(self) -> bool:
        return self._engine.low_space()

    async def watch(self) -> NoReturn:
        """Raises `StoreBroken` once nothing may be thanked any more."""
        await self._engine.watch()

    async def close(self) -> None:
        """Commit what waits, empty the log, let go of the file."""
        await self._engine.close()

    def _of(self, session: Session) -> SqlTx:
        """The repositories over a session: they keep nothing, so once is enough."""
        tx = self._transactions.get(session)
        if tx is None:
            tx = self._transactions[session] = SqlTx(session)
        return tx

    def _last_seq_of(self, kinds: Iterable[str] | None) -> int:
        if kinds is None:
            return self._last_seq
        return max((self._announced.get(kind, 0) for kind in kinds), default=0)

    def _heard(self, announced: Mapping[str, int]) -> None:
        self._announced = announced
        seq = max(announced.values())
        if seq > self._last_seq:
            self._last_seq = seq
            self._moved.set()
            self._moved = asyncio.Event()


async def open_store(config: StoreConfig, clock: Clock) -> SqlStore:
    """Open or make the database at `config.path`.

    Raises `StoreBusy` when another process writes, `StoreCorrupt` when the file is
    damaged (then `disk.set_aside`, `sqlite.verify` and `disk.restore` help),
    `StoreTooNew`, or `StoreBroken`.
    """
    engine = await SqliteEngine.open(config, clock)
    try:
        return await SqlStore.over(engine)
    except BaseException:
        await engine.close()
        raise
