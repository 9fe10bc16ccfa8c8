"""How far each agent has read, and what is unread: one mark a thread and agent.

A mark is a place in the thread; what stands behind it is unread. Nobody's mark moves
by what another reads. Spec: spec/inbox.md F.8, G.28
"""

import re
from dataclasses import dataclass
from typing import Final

from gateway.core.agent import Agent
from gateway.core.clock import Clock
from gateway.core.conversation import ReadMark, place_before, place_of
from gateway.core.errors import Invalid
from gateway.core.ids import EntryId, ThreadId
from gateway.core.store import Store, Tx
from gateway.engine.lookers import Lookers
from gateway.engine.thread_main import main_thread

# Three letters and a place; those made to stand before another are longer.
_FORM: Final = re.compile(r"[a-z]{3}_(?=0*[1-9a-z])[0-9a-hjkmnp-tv-z]{26,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How far, and what is left."""

    mark: ReadMark
    unread: int


class Reading:
    """Every agent's marks."""

    def __init__(self, store: Store, clock: Clock, lookers: Lookers) -> None:
        self._store = store
        self._clock = clock
        self._lookers = lookers

    async def read(self, agent: Agent, thread_id: ThreadId, entry: EntryId) -> Read:
        """All up to `entry` was seen; a mark that is further stays."""
        _check(entry)
        return await self._move(agent, thread_id, entry, may_go_back=False)

    async def unread_from(
        self, agent: Agent, thread_id: ThreadId, entry: EntryId
    ) -> Read:
        """`entry` and what follows count as unread."""
        _check(entry)
        return await self._move(agent, thread_id, just_before(entry), may_go_back=True)

    async def _move(
        self, agent: Agent, thread_id: ThreadId, entry: EntryId, *, may_go_back: bool
    ) -> Read:
        now = self._clock.now()

        def write(tx: Tx) -> Read:
            main_id = main_thread(tx, thread_id).id
            mark = ReadMark(agent_id=agent.id, thread_id=main_id, entry=entry, at=now)
            return move_mark(tx, agent, mark, may_go_back=may_go_back)

        read = await self._store.write(write)
        self.tell(read)
        return read

    def tell(self, read: Read) -> None:
        """Show it in the agent's other pages; after commit."""
        mark = read.mark
        self._lookers.tell(
            mark.agent_id,
            "read",
            {
                "thread_id": mark.thread_id,
                "entry": mark.entry,
                "unread": read.unread,
            },
        )


def move_mark(
    tx: Tx, agent: Agent, mark: ReadMark, *, may_go_back: bool = False
) -> Read:
    """In a write: the agent's mark in a main thread, as it is then."""
    there = tx.read_marks.get(agent.id, mark.thread_id)
    if there and not may_go_back and place_of(there.entry) >= place_of(mark.entry):
        mark = there
    else:
        tx.read_marks.put(mark)
    left = tx.read_marks.unread(agent.id, agent.created_at, [mark.thread_id])
    return Read(mark=mark, unread=left.get(mark.thread_id, 0))


def just_before(entry: EntryId) -> EntryId:
    """The last place before an entry's."""
    prefix, _, _ = entry.partition("_")
    return EntryId(f"{prefix}_{place_before(entry)}")


def _check(entry: EntryId) -> None:
    if not _FORM.fullmatch(entry):
        raise Invalid("invalid_value", "this is no entry's identity", field="entry")
