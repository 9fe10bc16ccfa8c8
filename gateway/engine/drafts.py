"""What an agent has begun to write in a thread: saved, shown in her other pages, sent.

Every save has a revision, and only a higher one counts. Sending empties the draft and
takes a revision of its own, so that a save that arrives late cannot bring back what was
sent. Nobody but the agent ever sees a draft. Spec: spec/inbox.md F.10
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.core.clock import Clock
from gateway.core.conversation import Draft
from gateway.core.ids import AgentId, ThreadId
from gateway.core.store import Store, Tx
from gateway.engine.lookers import Lookers
from gateway.engine.present import JsonObject, time_text
from gateway.engine.thread_main import main_thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is to be saved."""

    text: str
    is_note: bool
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The draft as it is now, and whether that is what was to be saved."""

    draft: Draft
    is_kept: bool


class Drafts:
    """Every agent's drafts."""

    def __init__(self, store: Store, clock: Clock, lookers: Lookers) -> None:
        self._store = store
        self._clock = clock
        self._lookers = lookers

    async def save(self, agent_id: AgentId, thread_id: ThreadId, words: Words) -> Saved:
        """Keep it unless a later one is there; `NotFound` for no thread."""
        now = self._clock.now()

        def write(tx: Tx) -> Saved:
            draft = Draft(
                agent_id=agent_id,
                thread_id=main_thread(tx, thread_id).id,
                text=words.text,
                is_note=words.is_note,
                revision=words.revision,
                updated_at=now,
            )
            is_kept = tx.drafts.put(draft)
            there = tx.drafts.get(agent_id, draft.thread_id)
            return Saved(draft=there or draft, is_kept=is_kept)

        saved = await self._store.write(write)
        if saved.is_kept:
            self.tell(saved.draft)
        return saved

    async def drop(
        self, agent_id: AgentId, thread_id: ThreadId, revision: int | None = None
    ) -> None:
        """Throw it away, with every save up to `revision` that may still come."""
        now = self._clock.now()

        def write(tx: Tx) -> Draft | None:
            main_id = main_thread(tx, thread_id).id
            return empty_draft(tx, agent_id, main_id, revision, now)

        dropped = await self._store.write(write)
        if dropped is not None:
            self.tell(dropped)

    def tell(self, draft: Draft) -> None:
        """Show it in the agent's other pages; after commit."""
        self._lookers.tell(
            draft.agent_id,
            "draft",
            {
                "thread_id": draft.thread_id,
                "draft": draft_json(draft),
                "revision": draft.revision,
            },
        )


def empty_draft(
    tx: Tx, agent_id: AgentId, thread_id: ThreadId, revision: int | None, now: datetime
) -> Draft | None:
    """In the write that sends it: saves up to `revision` count no more.

    None when there is none and none is to be expected.
    """
    there = tx.drafts.get(agent_id, thread_id)
    if there is None and revision is None:
        return None
    behind = 0 if there is None else there.revision + 1
    draft = Draft(
        agent_id=agent_id,
        thread_id=thread_id,
        text="",
        is_note=False,
        revision=max(revision or 0, behind),
        updated_at=now,
    )
    tx.drafts.put(draft)
    return draft


def carry_drafts(tx: Tx, from_id: ThreadId, to_id: ThreadId, now: datetime) -> None:
    """One thread is shown as another: what was begun there is begun here.

    Of two by one agent both stand, unless one is a note and one a reply: then that of
    the thread which is shown no more waits for the parting.
    """
    for agent in tx.agents.listing():
        begun = tx.drafts.get(agent.id, from_id)
        there = tx.drafts.get(agent.id, to_id)
        if begun is None or not begun.text:
            continue
        words = [there.text] if there is not None and there.text else []
        if words and there is not None and there.is_note is not begun.is_note:
            continue
        behind = 0 if there is None else there.revision + 1
        joined = replace(
            begun,
            thread_id=to_id,
            text="\n".join([*words, begun.text]),
            revision=max(begun.revision, behind),
            updated_at=now,
        )
        tx.drafts.put(joined)
        empty_draft(tx, agent.id, from_id, None, now)


def draft_json(draft: Draft | None) -> JsonObject | None:
    """What its agent is told; None for an empty one."""
    if draft is None or not draft.text:
        return None
    return {
        "text": draft.text,
        "is_note": draft.is_note,
        "revision": draft.revision,
        "updated_at": time_text(draft.updated_at),
    }
