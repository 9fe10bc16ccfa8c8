"""Reading the event log from a place: waits for commits, remembers cursors.

The log is the only bus; every reader keeps its own place in it.
"""

from collections.abc import Sequence
from functools import partial

from gateway.core.clock import Clock
from gateway.core.event import Event
from gateway.core.store import Store, Tx
from gateway.engine.waiting import within


def cursor_of(tx: Tx, name: str) -> int | None:
    """Where a reader is; None when it has never been."""
    value = tx.facts.get(f"cursor:{name}")
    return None if value is None else int(value)


def move_cursor(tx: Tx, name: str, seq: int) -> None:
    """A reader has done all up to `seq`; purges wait for it."""
    tx.facts.put(f"cursor:{name}", str(seq))


class Feed:
    """The event log for readers in this process."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def read(
        self,
        after: int,
        *,
        limit: int = 100,
        wait_s: float = 0.0,
        types: Sequence[str] | None = None,
    ) -> list[Event]:
        """The events behind `after`; waits at most `wait_s` when there are none.

        `types`: exact names, or prefixes that end in `.*`. Safe to cancel.
        """
        deadline = self._clock.monotonic() + wait_s
        seen = after
        while True:

            def read(tx: Tx, seen: int = seen) -> tuple[list[Event], int]:
                # The last sequence is of the same snapshot as the events.
                return tx.events.after(seen, limit, types), tx.events.last_seq()

            events, last = await self._store.read(read)
            left_s = deadline - self._clock.monotonic()
            if events or left_s <= 0:
                return events
            seen = max(seen, last)
            try:
                await within(
                    self._clock, left_s, partial(self._store.wait_commit, seen)
                )
            except TimeoutError:
                return []

    async def last_seq(self) -> int:
        """The newest event's sequence; 0 when the log is empty."""
        return await self._store.read(lambda tx: tx.events.last_seq())

    async def first_seq(self) -> int:
        """The oldest kept event's sequence; 0 when the log is empty."""
        return await self._store.read(lambda tx: tx.events.first_seq())
