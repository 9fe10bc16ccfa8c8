"""Trainees' replies before they are messages: sent as they are, reworded, or refused.

Each decision is one write and in the audit log; the first one counts. Relies on
`reply_queue` for the message, which goes out at once. Spec: spec/inbox.md A 20
"""

from dataclasses import replace
from datetime import datetime

from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.conversation import Reply, ReplyState
from gateway.core.errors import Conflict, NotFound
from gateway.core.event import EventType
from gateway.core.ids import EntryId, IdSource
from gateway.core.message import Message
from gateway.core.store import Store, Tx
from gateway.engine.audit import record
from gateway.engine.conversation_log import Fresh
from gateway.engine.conversation_right import worker
from gateway.engine.entries import entries_json
from gateway.engine.present import JsonObject
from gateway.engine.reply_log import Said, shown, tell
from gateway.engine.reply_queue import ReplyQueue


class Approvals:
    """What waits for a supervisor's word."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, queue: ReplyQueue
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._queue = queue

    async def pending(self, limit: int, after: str | None) -> list[JsonObject]:
        """The longest first."""

        def read(tx: Tx) -> list[JsonObject]:
            found = tx.replies.pending(limit, after)
            return entries_json(tx, [reply.id for reply in found])

        return await self._store.read(read)

    async def approve(
        self, actor: Actor, reply_id: EntryId, text: str | None = None
    ) -> Said:
        """Send it, perhaps in other words; `Conflict` when it was decided already."""
        waiting = await self._store.read(lambda tx: _pending(tx, reply_id))
        prepared = await self._queue.prepare(
            waiting.thread_id, text or waiting.text, undo_s=0, token=actor.token
        )
        approver, fresh = worker(actor), Fresh.make(self._ids)

        def write(tx: Tx) -> tuple[Said, Message]:
            reply = _pending(tx, reply_id)
            place = self._queue.open(tx, reply.thread_id, prepared)
            approved = replace(reply, approver_id=approver.id)
            sent, message, conversation = self._queue.queue(
                tx, place, prepared, approved, fresh
            )
            _decide(tx, actor, "reply.approved", reply, sent, prepared.now)
            return shown(tx, sent, conversation), message

        said, message = await self._store.write(write)
        self._queue.took(message)
        return said

    async def reject(self, actor: Actor, reply_id: EntryId, note: str) -> Said:
        """It is not sent; its writer is told why."""
        approver, now = worker(actor), self._clock.now()

        def write(tx: Tx) -> Said:
            reply = _pending(tx, reply_id)
            rejected = replace(
                reply,
                state=ReplyState.REJECTED,
                approver_id=approver.id,
                approver_note=note,
            )
            _decide(tx, actor, "reply.rejected", reply, rejected, now)
            conversation = tx.conversations.get(reply.conversation_id)
            return shown(tx, rejected, conversation)

        return await self._store.write(write)


def _decide(
    tx: Tx, actor: Actor, action: str, before: Reply, after: Reply, now: datetime
) -> None:
    tx.replies.save(after)
    tell(tx, after, EventType.REPLY_DECIDED, now)
    was, now_is = {"text": before.text}, {"text": after.text}
    record(tx, actor, action, before.id, was, now_is, now)


def _pending(tx: Tx, reply_id: EntryId) -> Reply:
    reply = tx.replies.get(reply_id)
    if reply is None:
        raise NotFound("no_such_reply", "there is no such reply")
    if reply.state is not ReplyState.PENDING:
        raise Conflict("decided", f"it is {reply.state.value} already")
    return reply
