"""What agents tell one another in a thread: kept apart from messages, never sent.

Relies on the store only: there is no way from here to a customer. A repeat of a client
id gets the first note. Spec: spec/inbox.md 0.10
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.conversation import Draft, Note
from gateway.core.errors import Invalid
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import AgentId, EntryId, IdSource, ThreadId
from gateway.core.store import Store, Tx
from gateway.engine.conversation_log import keep
from gateway.engine.conversation_moves import touch
from gateway.engine.conversation_right import colleague, worker
from gateway.engine.drafts import Drafts, empty_draft
from gateway.engine.entries import entries_json
from gateway.engine.present import JsonObject
from gateway.engine.thread_main import latest_conversation, main_thread, threads_shown

LONGEST: Final = 10_000
_UNFIT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAsk:
    """What an agent wants to tell the others."""

    client_id: str
    text: str
    mentions: Sequence[AgentId] = ()
    draft_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The note as it is shown."""

    entry: JsonObject
    is_repeat: bool = False
    draft: Draft | None = None


class Notes:
    """Every agent's notes."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, drafts: Drafts
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._drafts = drafts

    async def add(self, actor: Actor, thread_id: ThreadId, ask: NoteAsk) -> Noted:
        """`Invalid` for a text that cannot be kept, or a colleague that is none."""
        agent, now = worker(actor), self._clock.now()
        _check(ask.text)
        note_id = EntryId(self._ids.new("not"))

        def write(tx: Tx) -> Noted:
            main = main_thread(tx, thread_id)
            known = tx.notes.by_client_id(agent.id, ask.client_id)
            if known is not None:
                return _repeat(tx, known, main.id)
            for mentioned in ask.mentions:
                colleague(tx, mentioned, "mentions")
            conversation = latest_conversation(tx, main.id)
            tx.notes.insert(
                Note(
                    id=note_id,
                    thread_id=main.id,
                    conversation_id=None if conversation is None else conversation.id,
                    agent_id=agent.id,
                    text=ask.text,
                    created_at=now,
                    client_id=ask.client_id,
                    mentions=tuple(dict.fromkeys(ask.mentions)),
                )
            )
            entry = _tell(tx, note_id, main.id, now)
            if conversation is not None:
                after = touch(conversation, note_id, now)
                keep(tx, conversation, after, EventType.CONVERSATION_CHANGED, now)
            draft = _emptied(tx, agent.id, main.id, ask, now)
            return Noted(entry=entry, draft=draft)

        noted = await self._store.write(write)
        if noted.draft is not None:
            self._drafts.tell(noted.draft)
        return noted


def _check(text: str) -> None:
    if not text.strip():
        raise Invalid("empty", "the note is empty", field="text")
    if len(text) > LONGEST:
        raise Invalid("too_long", f"at most {LONGEST} characters", field="text")
    unfit = _UNFIT.search(text)
    if unfit is not None:
        raise Invalid(
            "control_character",
            f"character {unfit.start()} is U+{ord(unfit.group()):04X}",
            field="text",
        )


def _repeat(tx: Tx, known: Note, main_id: ThreadId) -> Noted:
    if known.thread_id not in threads_shown(tx, main_id):
        raise Invalid(
            "client_id_reused", "this id was used in another thread", field="client_id"
        )
    [entry] = entries_json(tx, [known.id])
    draft = tx.drafts.get(known.agent_id, main_id)
    return Noted(entry=entry, is_repeat=True, draft=draft)


def _tell(tx: Tx, note_id: EntryId, thread_id: ThreadId, now: datetime) -> JsonObject:
    [entry] = entries_json(tx, [note_id])
    tx.events.append(
        NewEvent(type=EventType.NOTE_ADDED, at=now, data=entry, thread_id=thread_id)
    )
    return entry


def _emptied(
    tx: Tx, agent_id: AgentId, thread_id: ThreadId, ask: NoteAsk, now: datetime
) -> Draft | None:
    """The draft that it was written from is gone, unless a reply is being written."""
    there = tx.drafts.get(agent_id, thread_id)
    is_other = there is not None and not there.is_note
    if is_other and ask.draft_revision is None:
        return None
    return empty_draft(tx, agent_id, thread_id, ask.draft_revision, now)
