"""Threads as lists show them: who it is, what was said last, what is unread.

Read in one transaction, in a few statements for all rows. What is unread and begun is
the viewer's own; who views for nobody is shown none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gateway.core.agent import Agent
from gateway.core.contact import Thread
from gateway.core.conversation import Conversation, Note, Reply, ReplyState
from gateway.core.conversation_store import ViewCut
from gateway.core.ids import EntryId, MessageId, ThreadId
from gateway.core.message import Direction, Message, MessageState
from gateway.core.store import Tx
from gateway.engine.entries import conversation_json
from gateway.engine.people_cards import cards_json
from gateway.engine.present import JsonObject, time_text

TEXT_LENGTH: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """A cut of a view; `seq` is the event log's place of this snapshot."""

    rows: list[JsonObject]
    next: str | None
    counts: JsonObject
    seq: int


def list_threads(tx: Tx, viewer: Agent | None, cut: ViewCut) -> RowPage:
    """A cut of a view as `viewer` sees it."""
    page = tx.conversations.view(cut)
    shown = {one.thread_id: one for one in page.conversations}
    threads = {one.id: one for one in tx.contacts.threads_among(list(shown))}
    counts = tx.conversations.counts(None if viewer is None else viewer.id)
    return RowPage(
        rows=thread_rows(
            tx, viewer, [(threads[one], shown[one]) for one in shown if one in threads]
        ),
        next=page.next,
        counts={
            "mine": counts.mine,
            "queue": counts.queue,
            "open": counts.open,
            "hold": counts.hold,
            "spam": counts.spam,
        },
        seq=tx.events.last_seq(),
    )


def thread_row(tx: Tx, viewer: Agent | None, thread: Thread) -> JsonObject:
    """One main thread with its latest conversation."""
    latest = tx.conversations.latest_in(thread.id)
    return thread_rows(tx, viewer, [(thread, latest)])[0]


def thread_rows(
    tx: Tx,
    viewer: Agent | None,
    found: Sequence[tuple[Thread, Conversation | None]],
) -> list[JsonObject]:
    """Main threads in the order given."""
    thread_ids = [thread.id for thread, _ in found]
    cards = cards_json(tx, [thread.contact_id for thread, _ in found])
    going = [one for _, one in found if one is not None]
    conversations = dict(
        zip((one.id for one in going), conversation_json(tx, going), strict=True)
    )
    last = _last(tx, thread_ids)
    unread: dict[ThreadId, int] = {}
    drafted: set[ThreadId] = set()
    if viewer is not None and thread_ids:
        # What ended before the viewer ever looked at it is nothing new to them.
        news = [
            thread.id
            for thread, one in found
            if one is None
            or not one.has_ended
            or tx.read_marks.get(viewer.id, thread.id) is not None
        ]
        unread |= tx.read_marks.unread(viewer.id, viewer.created_at, news)
        drafted |= set(tx.drafts.threads_of(viewer.id, thread_ids))
    return [
        {
            "id": thread.id,
            "own": thread.own,
            "contact": cards.get(thread.contact_id),
            "conversation": None if one is None else conversations[one.id],
            "last": last.get(thread.id),
            "unread": unread.get(thread.id, 0),
            "draft": thread.id in drafted,
        }
        for thread, one in found
    ]


def _last(tx: Tx, thread_ids: Sequence[ThreadId]) -> dict[ThreadId, JsonObject]:
    """What was said last in each, by whomever."""
    aliases = tx.conversations.aliases_among(thread_ids)
    ids: dict[ThreadId, EntryId] = {}
    for thread_id in thread_ids:
        entry = tx.timeline.last([thread_id, *aliases.get(thread_id, ())])
        if entry is not None:
            ids[thread_id] = entry
    shown = _shown(tx, list(ids.values()))
    return {one: shown[entry] for one, entry in ids.items() if entry in shown}


def _shown(tx: Tx, entry_ids: Sequence[EntryId]) -> dict[str, JsonObject]:
    message_ids = [MessageId(one) for one in entry_ids if one.startswith("msg_")]
    notes = [one for one in entry_ids if one.startswith("not_")]
    replies = [one for one in entry_ids if one.startswith("rep_")]
    said: list[JsonObject] = [
        _said(one, "message", one.state, one.direction)
        for one in (tx.outbox.messages(message_ids) if message_ids else ())
    ]
    said += [_said(one, "note") for one in (tx.notes.among(notes) if notes else ())]
    said += [
        _said(one, "reply", one.state)
        for one in (tx.replies.among(replies) if replies else ())
    ]
    return {str(one["id"]): one for one in said}


def _said(
    one: Message | Note | Reply,
    kind: str,
    state: MessageState | ReplyState | None = None,
    direction: Direction | None = None,
) -> JsonObject:
    return {
        "id": one.id,
        "kind": kind,
        "direction": None if direction is None else direction.value,
        "text": (one.text or "")[:TEXT_LENGTH],
        "at": time_text(one.created_at),
        "state": None if state is None else state.value,
    }
