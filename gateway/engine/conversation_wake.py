"""Wakes what is held or snoozed until a time, and frees what was left behind.

Left behind is what was an agent's whose account is closed: it is anybody's then. Times
are rows, so nothing is held that a restart could lose. Relies on `conversation_moves`.
Spec: spec/inbox.md E.5
"""

from datetime import datetime
from typing import Final

from gateway.core.clock import Clock
from gateway.core.conversation import StepKind
from gateway.core.event import EventType
from gateway.core.ids import AgentId, IdSource
from gateway.core.store import Store, Tx
from gateway.engine.conversation_log import Fresh, keep, step_of
from gateway.engine.conversation_moves import release, to_work

PERIOD_S: Final = 1.0
BITE: Final = 100


class ConversationWake:
    """The clockwork of pauses."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    async def run(self) -> None:
        """Wake what is due until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(PERIOD_S)

    async def once(self) -> None:
        """Wake everything that is due, and free what was left behind."""
        while await self._bite() == BITE:
            pass

    async def _bite(self) -> int:
        """How many were moved."""
        now = self._clock.now()
        if not await self._store.read(lambda tx: _has_work(tx, now)):
            return 0
        fresh = [Fresh.make(self._ids) for _ in range(2 * BITE)]
        return await self._store.write(
            lambda tx: max(_wake(tx, fresh[:BITE], now), _free(tx, fresh[BITE:], now))
        )


def _has_work(tx: Tx, now: datetime) -> bool:
    next_due = tx.conversations.next_due()
    is_due = next_due is not None and next_due <= now
    return is_due or bool(tx.conversations.orphaned(1))


def _wake(tx: Tx, fresh: list[Fresh], now: datetime) -> int:
    due = tx.conversations.due(now, BITE)
    for before, names in zip(due, fresh, strict=False):
        # It was an agent's plan: theirs again, though they be away just now.
        after = to_work(before, now, is_there=_works_here(tx, before.assignee_id))
        lost = before.assignee_id if after.assignee_id is None else None
        step = step_of(after, names.first, StepKind.RESUMED, now, subject_id=lost)
        keep(tx, before, after, EventType.CONVERSATION_CHANGED, now, step)
    return len(due)


def _free(tx: Tx, fresh: list[Fresh], now: datetime) -> int:
    orphaned = tx.conversations.orphaned(BITE)
    for before, names in zip(orphaned, fresh, strict=False):
        after = release(before, now)
        step = step_of(
            after,
            names.first,
            StepKind.RELEASED,
            now,
            subject_id=before.assignee_id,
        )
        keep(tx, before, after, EventType.CONVERSATION_ASSIGNED, now, step)
    return len(orphaned)


def _works_here(tx: Tx, agent_id: AgentId | None) -> bool:
    agent = None if agent_id is None else tx.agents.get(agent_id)
    return agent is not None and agent.disabled_at is None
