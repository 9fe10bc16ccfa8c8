"""Who waits for notices is woken when there may be one for them, and only then.

After a commit one look at the store serves everybody who waits. Relies on the event
log for "after a commit": whatever is owed is owed together with an event.
"""

import asyncio
from datetime import datetime

from gateway.core.clock import Clock
from gateway.core.errors import StoreError
from gateway.core.ids import AccountId
from gateway.core.store import Store, Tx


class NoticeWatch:
    """Watches what is owed, for all accounts together."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._looks = 0
        self._seq = 0  # of the event log, at the last look
        self._newest = 0  # notice, at the last look
        self._moved_at: dict[AccountId, int] = {}  # the look that found something
        self._known: set[AccountId] = set()
        self._timed: set[AccountId] = set()  # something of theirs may be put off
        self._waiting: dict[AccountId, set[asyncio.Future[None]]] = {}
        self._looking = asyncio.Lock()

    async def wait(self, account_id: AccountId, seen: int) -> int:
        """Returns when there may be something new or due; the mark to pass next.

        Returns at once for the mark 0. Safe to cancel.
        """
        if not self._looks:
            await self._look_first()
        if seen == 0:
            return self._looks
        due_at = await self._next_put_off(account_id)
        if self._moved_at.get(account_id, 0) <= seen:
            await self._wait_turn(account_id, due_at)
        return self._looks

    def note_put_off(self, account_id: AccountId) -> None:
        """Something of theirs is due again at a time that who waits does not know."""
        self._timed.add(account_id)
        self._wake(account_id)

    async def _wait_turn(self, account_id: AccountId, due_at: datetime | None) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        turns = self._waiting.setdefault(account_id, set())
        turns.add(turn)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._look_on(turn))]
                if due_at is not None:
                    tasks.append(group.create_task(self._ring(turn, due_at)))
                await asyncio.wait([turn])
                for task in tasks:
                    task.cancel()
        finally:
            turns.discard(turn)
            if not turns:
                self._waiting.pop(account_id, None)
        turn.result()

    async def _ring(self, turn: asyncio.Future[None], due_at: datetime) -> None:
        await self._clock.sleep((due_at - self._clock.now()).total_seconds())
        _end(turn)

    async def _look_on(self, turn: asyncio.Future[None]) -> None:
        """Look after each commit, for all; one of those who wait does it at a time."""
        async with self._looking:
            try:
                while True:
                    await self._store.wait_commit(self._seq)
                    for account_id in await self._look():
                        self._wake(account_id)
            except StoreError as error:
                if not turn.done():
                    turn.set_exception(error)

    def _wake(self, account_id: AccountId) -> None:
        for turn in self._waiting.get(account_id, ()):
            _end(turn)

    async def _look_first(self) -> None:
        seq, newest = await self._store.read(
            lambda tx: (tx.events.last_seq(), tx.applications.newest_notice())
        )
        if not self._looks:
            self._seq, self._newest, self._looks = seq, newest, 1

    async def _look(self) -> list[AccountId]:
        before = self._newest

        def look(tx: Tx) -> tuple[int, int, dict[AccountId, bool]]:
            found = tx.applications.owed_since(before)
            return tx.events.last_seq(), tx.applications.newest_notice(), dict(found)

        seq, newest, found = await self._store.read(look)
        self._seq, self._newest = max(seq, self._seq), newest
        self._looks += 1
        for account_id, has_put_off in found.items():
            self._moved_at[account_id] = self._looks
            if has_put_off:
                self._timed.add(account_id)
        return list(found)

    async def _next_put_off(self, account_id: AccountId) -> datetime | None:
        if account_id not in self._known:
            self._known.add(account_id)
            self._timed.add(account_id)
        if account_id not in self._timed:
            return None
        # First: what is put off during the look must not be forgotten by it.
        self._timed.discard(account_id)
        now = self._clock.now()
        due_at = await self._store.read(
            lambda tx: tx.applications.next_put_off(account_id, now)
        )
        if due_at is not None:
            self._timed.add(account_id)
        return due_at


def _end(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)
