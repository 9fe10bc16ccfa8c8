"""Replies as they are kept, told and shown; companion of `replies` and `approvals`.

Works inside the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.core.conversation import Conversation, Draft, Reply
from gateway.core.errors import NotFound
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import EntryId, MessageId, ThreadId
from gateway.core.store import Tx
from gateway.engine.entries import conversation_json, entries_json
from gateway.engine.present import JsonObject
from gateway.engine.thread_main import main_thread, threads_shown

PREFIX: Final = "rep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reply, or the message it became, as everybody is shown it."""

    entry: JsonObject
    conversation: JsonObject | None
    text: str
    is_repeat: bool = False
    draft: Draft | None = None  # as sending left it


def shown(tx: Tx, reply: Reply, conversation: Conversation | None) -> Said:
    """As it is now."""
    conversations = [conversation] if conversation is not None else []
    [entry] = entries_json(tx, [reply.message_id or reply.id])
    return Said(
        entry=entry,
        conversation=next(iter(conversation_json(tx, conversations)), None),
        text=reply.text,
    )


def tell(tx: Tx, reply: Reply, kind: EventType, now: datetime) -> None:
    """Append the event of a reply that waits for approval, or was decided."""
    [entry] = entries_json(tx, [reply.id])
    tx.events.append(NewEvent(type=kind, at=now, data=entry, thread_id=reply.thread_id))


def find_reply(tx: Tx, thread_id: ThreadId, entry_id: EntryId) -> Reply:
    """By its own identity or its message's; `NotFound` when it is not in the thread."""
    if entry_id.startswith(f"{PREFIX}_"):
        found = tx.replies.among([entry_id])
    else:
        found = tx.replies.by_messages([MessageId(entry_id)])
    within = threads_shown(tx, main_thread(tx, thread_id).id)
    for reply in found:
        if reply.thread_id in within:
            return reply
    raise NotFound("no_such_reply", "there is no such reply in this thread")
