"""Follows the event log and opens, continues and wakes conversations, exactly once.

What came in is read from a remembered place in the log; the conversations it concerns
and that place are written together, so a killed process neither forgets nor repeats.
The doors know nothing of this. The first start begins at the oldest event kept.

Spec: spec/inbox.md 0.1, E.1, E.8, H.2
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from gateway.core.clock import Clock
from gateway.core.conversation import place_of
from gateway.core.event import Event, EventType
from gateway.core.ids import IdSource, MessageId, ThreadId
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine.conversation_arrival import Arrival, arrive, overheard, reworded
from gateway.engine.conversation_log import Fresh
from gateway.engine.feed import cursor_of, move_cursor
from gateway.engine.merging import align
from gateway.engine.threads import stop_word
from gateway.engine.waiting import within

NAME: Final = "conversations"
FOLLOWED: Final = (
    EventType.MESSAGE_RECEIVED,
    EventType.MESSAGE_AMENDED,
    EventType.CALL_MISSED,
)
WINDOW: Final = 200  # events looked at in one go
# Events that are of no concern here are passed over without a write, up to so many.
STRIDE: Final = 2000
# Where only others write, the place is moved now and then: purges wait for it.
LOOK_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Events of concern behind `after`; all up to `until` have been looked at."""

    after: int
    until: int
    last: int  # of the whole log
    events: tuple[Event, ...]


class ConversationReader:
    """The reader; one in a process."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, policy: Policy
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._seen = 0

    async def run(self) -> None:
        """Follow the log until cancelled; safe to cancel and start again."""
        while True:
            await self.catch_up()
            wait = partial(self._store.wait_commit, self._seen, FOLLOWED)
            with suppress(TimeoutError):
                await within(self._clock, LOOK_S, wait)

    async def catch_up(self) -> None:
        """Do all that there is to do now."""
        while await self._bite():
            pass

    async def _bite(self) -> bool:
        """One window of the log; whether there is more behind it."""
        batch = await self._store.read(self._look)
        if batch.events or batch.until - batch.after >= STRIDE:
            fresh = [Fresh.make(self._ids) for _ in batch.events]
            now = self._clock.now()
            await self._store.write(lambda tx: self._keep(tx, batch, fresh, now))
        self._seen = batch.until
        return batch.until < batch.last

    def _look(self, tx: Tx) -> _Batch:
        place, last = _place(tx), tx.events.last_seq()
        after = max(place, min(self._seen, last))
        until = max(after, min(after + WINDOW, last))
        events = tuple(tx.events.span(after, until, FOLLOWED))
        return _Batch(after=place, until=until, last=last, events=events)

    def _keep(
        self, tx: Tx, batch: _Batch, fresh: Sequence[Fresh], now: datetime
    ) -> None:
        if _place(tx) != batch.after:
            return
        for event, names in zip(batch.events, fresh, strict=True):
            self._hear(tx, event, names, now)
        move_cursor(tx, NAME, batch.until)

    def _hear(self, tx: Tx, event: Event, fresh: Fresh, now: datetime) -> None:
        own = tx.contacts.get_thread(ThreadId(event.thread_id or ""))
        # What was erased or purged since is nobody's work any more.
        if own is None:
            return
        thread = align(tx, own, ThreadId(f"thr_{place_of(fresh.conversation)}"), now)
        if event.type is EventType.CALL_MISSED:
            call = Arrival(
                contact_id=own.contact_id,
                at=event.at,
                caller=str(event.data.get("from") or ""),
            )
            arrive(tx, thread, call, fresh, now)
            return
        message = tx.outbox.get(MessageId(event.message_id or ""))
        # What is for an application's port was not written by a person.
        if message is None or message.destination_port is not None:
            return
        if event.type is EventType.MESSAGE_AMENDED:
            reworded(tx, thread, message, now)
        elif stop_word(message, self._policy) is not None:
            overheard(tx, thread, message, fresh, now)
        else:
            wrote = Arrival(
                contact_id=message.contact_id,
                at=message.created_at,
                message_id=message.id,
                words=message.text or "",
            )
            arrive(tx, thread, wrote, fresh, now)


def _place(tx: Tx) -> int:
    """Up to where everything is done."""
    place = cursor_of(tx, NAME)
    return max(tx.events.first_seq() - 1, 0) if place is None else place
