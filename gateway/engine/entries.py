"""Conversations and timelines as everybody is shown them, read in one transaction.

Relies on `inbox_shape` for the shapes and on `thread_main` for which threads are shown
as one. Entries are in the order of their places; what is gone is left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.core.conversation import Conversation, place_of, right_before
from gateway.core.errors import Invalid
from gateway.core.ids import AgentId, EntryId, MessageId, ThreadId
from gateway.core.message import Direction
from gateway.core.store import Tx
from gateway.engine.inbox_shape import (
    Names,
    conversation_shape,
    message_entry,
    note_entry,
    reply_entry,
    step_entry,
)
from gateway.engine.present import JsonObject
from gateway.engine.thread_main import main_of, threads_shown


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCut:
    """Which entries: before, behind or around a place; the last ones when none is said.

    Places are entries' identities or what `place_of` gives of them.
    """

    limit: int
    before: str | None = None
    after: str | None = None
    around: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPage:
    """Entries, old to new, and the places from which to ask on; None: no more there."""

    items: list[JsonObject]
    before: str | None
    after: str | None


def names_of(tx: Tx, agent_ids: Iterable[AgentId | None]) -> Names:
    """What colleagues call them."""
    wanted = {agent_id for agent_id in agent_ids if agent_id is not None}
    return {agent.id: agent.name for agent in tx.agents.among(sorted(wanted))}


def conversation_json(
    tx: Tx, conversations: Sequence[Conversation]
) -> list[JsonObject]:
    """In the order given."""
    names = names_of(
        tx,
        [
            agent_id
            for one in conversations
            for agent_id in (one.assignee_id, one.resolved_by)
        ],
    )
    return [conversation_shape(one, names) for one in conversations]


def read_entries(tx: Tx, main_id: ThreadId, cut: EntryCut) -> EntryPage:
    """A cut of a main thread's timeline."""
    shown = threads_shown(tx, main_id)
    if cut.around is not None:
        place = _place(cut.around)
        half = cut.limit // 2
        earlier, has_earlier = _before(tx, shown, place, cut.limit - half)
        # The one asked for stands with those behind it.
        later, has_later = _after(tx, shown, _just_before(place), half)
    elif cut.after is not None:
        earlier, has_earlier = [], True
        later, has_later = _after(tx, shown, _place(cut.after), cut.limit)
    else:
        earlier, has_earlier = _before(tx, shown, _place(cut.before or ""), cut.limit)
        later, has_later = [], cut.before is not None
    found = [*earlier, *later]
    return EntryPage(
        items=[one | {"thread_id": main_id} for one in entries_json(tx, found)],
        before=place_of(found[0]) if found and has_earlier else None,
        after=place_of(found[-1]) if found and has_later else None,
    )


def entries_json(tx: Tx, entry_ids: Sequence[EntryId | MessageId]) -> list[JsonObject]:
    """Messages, notes, steps and replies in any mix, in the order given.

    A reply that became a message is shown as a reply here: ask for the message.
    """
    ids: dict[str, list[str]] = {}
    for entry_id in entry_ids:
        ids.setdefault(entry_id.partition("_")[0], []).append(entry_id)
    made = [
        *_messages(tx, [MessageId(one) for one in ids.get("msg", ())]),
        *_notes(tx, ids.get("not", ())),
        *_steps(tx, ids.get("stp", ())),
        *_replies(tx, ids.get("rep", ())),
    ]
    mains = {one["thread_id"]: main_of(tx, str(one["thread_id"])) for one in made}
    found = {one["id"]: one | {"thread_id": mains[one["thread_id"]]} for one in made}
    return [found[one] for one in entry_ids if one in found]


def _messages(tx: Tx, message_ids: Sequence[MessageId]) -> list[JsonObject]:
    messages = tx.outbox.messages(message_ids) if message_ids else []
    ours = [one.id for one in messages if one.direction is Direction.MT]
    if not ours:
        return [message_entry(one, None, None, {}) for one in messages]
    replies = {one.message_id: one for one in tx.replies.by_messages(ours)}
    progress = tx.timeline.progress(ours)
    names = names_of(tx, [one.agent_id for one in replies.values()])
    return [
        message_entry(one, replies.get(one.id), progress.get(one.id), names)
        for one in messages
    ]


def _notes(tx: Tx, note_ids: Sequence[str]) -> list[JsonObject]:
    notes = tx.notes.among(note_ids) if note_ids else []
    names = names_of(tx, [one.agent_id for one in notes])
    return [note_entry(one, names) for one in notes]


def _steps(tx: Tx, step_ids: Sequence[str]) -> list[JsonObject]:
    steps = tx.conversations.steps(step_ids) if step_ids else []
    about = {step.conversation_id for step in steps if step.conversation_id}
    conversations = {one.id: one for one in tx.conversations.among(sorted(about))}
    names = names_of(
        tx, [agent for one in steps for agent in (one.actor_id, one.subject_id)]
    )
    return [
        step_entry(
            one,
            conversations.get(one.conversation_id) if one.conversation_id else None,
            names,
        )
        for one in steps
    ]


def _replies(tx: Tx, reply_ids: Sequence[str]) -> list[JsonObject]:
    replies = tx.replies.among(reply_ids) if reply_ids else []
    names = names_of(
        tx, [agent for one in replies for agent in (one.agent_id, one.approver_id)]
    )
    return [reply_entry(one, names) for one in replies]


def _before(
    tx: Tx, thread_ids: Sequence[ThreadId], place: str, limit: int
) -> tuple[list[EntryId], bool]:
    """Old to new, and whether there are still older ones."""
    found = tx.timeline.before(thread_ids, place, limit + 1)
    return found[:limit][::-1], len(found) > limit


def _after(
    tx: Tx, thread_ids: Sequence[ThreadId], place: str, limit: int
) -> tuple[list[EntryId], bool]:
    """Old to new, and whether there are still newer ones."""
    found = tx.timeline.after(thread_ids, place, limit + 1)
    return found[:limit], len(found) > limit


def _place(said: str) -> str:
    return place_of(said) if "_" in said else said


def _just_before(place: str) -> str:
    try:
        return right_before(place)
    except ValueError:
        raise Invalid("invalid_cursor", "no entry's place", field="around") from None
