"""What agents answer: guarded, queued, remembered and taken back, each in one write.

The write that queues the message moves the conversation, empties the draft and keeps
who said it, so that none of these is ever there without the others. A repeat of a
client id gets the first result. A trainee's reply waits for `approvals`. Relies on
`reply_guard` for what stands in the way, on `reply_queue` for the message.

Spec: spec/inbox.md 0.6, F.5, G.2, G.3, G.4
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.core.agent import Actor, Agent, AgentRole
from gateway.core.clock import Clock
from gateway.core.contact import Thread
from gateway.core.conversation import (
    ReadMark,
    Reply,
    ReplyState,
    StepKind,
)
from gateway.core.errors import Forbidden, Invalid, NotFound
from gateway.core.event import EventType
from gateway.core.ids import ConversationId, EntryId, IdSource, MessageId, ThreadId
from gateway.core.message import Message, MessageState
from gateway.core.store import Store, Tx
from gateway.engine.conversation_log import (
    Fresh,
    begin_by_agent,
    forget_reply,
    keep,
    step_of,
)
from gateway.engine.conversation_moves import give, touch
from gateway.engine.conversation_right import not_yours, worker
from gateway.engine.conversations import take_in
from gateway.engine.decision import cancel
from gateway.engine.drafts import Drafts, empty_draft
from gateway.engine.entries import entries_json
from gateway.engine.present import JsonObject
from gateway.engine.reading import Read, Reading, move_mark
from gateway.engine.reply_guard import (
    Standing,
    belongs_to_another,
    check_missed,
)
from gateway.engine.reply_log import PREFIX, Said, find_reply, shown, tell
from gateway.engine.reply_queue import Place, Prepared, ReplyQueue
from gateway.engine.thread_main import (
    main_thread,
    threads_shown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyAsk:
    """What an agent wants to say."""

    client_id: str  # of the agent's choice: a repeat is the same reply
    text: str
    seen_seq: int | None = None  # how far the log was seen; None: no guard
    force: bool = False  # in spite of what was missed, and of whose it is
    undo_s: int | None = None  # how long it may be taken back
    canned_id: str | None = None
    draft_revision: int | None = None  # saves of the draft up to it count no more


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What a write left to do after its commit."""

    said: Said
    message: Message | None = None
    read: Read | None = None


class Replies:
    """Every agent's replies."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        queue: ReplyQueue,
        drafts: Drafts,
        reading: Reading,
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._queue = queue
        self._drafts = drafts
        self._reading = reading

    async def send(self, actor: Actor, thread_id: ThreadId, ask: ReplyAsk) -> Said:
        """Queue it, or have it approved; see `reply_guard` for the refusals."""
        agent = worker(actor)
        repeated = await self._store.read(lambda tx: _repeat(tx, agent, thread_id, ask))
        if repeated is not None:
            return repeated
        prepared = await self._queue.prepare(
            thread_id, ask.text, undo_s=ask.undo_s, token=actor.token
        )
        blank = self._blank(agent, ask, prepared)
        over, fresh = Fresh.make(self._ids), Fresh.make(self._ids)

        def write(tx: Tx) -> _Written:
            repeated = _repeat(tx, agent, thread_id, ask)
            if repeated is not None:
                return _Written(said=repeated)
            place = self._queue.open(tx, thread_id, prepared)
            if ask.seen_seq is not None and not ask.force:
                within = threads_shown(tx, place.thread.id)
                check_missed(tx, within, agent, ask.seen_seq)
            place = _own(tx, place, actor, over, prepared.now, force=ask.force)
            if agent.role is AgentRole.TRAINEE:
                written = _hold(tx, place, blank, fresh, prepared.now)
            else:
                written = self._send(tx, place, blank, fresh, prepared)
            return _with_own(tx, written, agent, place, ask, prepared.now)

        written = await self._store.write(write)
        self._tell(written)
        return written.said

    def _tell(self, written: _Written) -> None:
        """After commit: who sends it, and the agent's other pages."""
        if written.message is not None:
            self._queue.took(written.message)
        if written.said.draft is not None:
            self._drafts.tell(written.said.draft)
        if written.read is not None:
            self._reading.tell(written.read)

    async def undo(self, actor: Actor, thread_id: ThreadId, entry_id: EntryId) -> Said:
        """Take one's own back before it left; `Conflict` too_late when it has."""
        agent, now = worker(actor), self._clock.now()

        def write(tx: Tx) -> Said:
            reply = find_reply(tx, thread_id, entry_id)
            if reply.agent_id != agent.id:
                raise Forbidden("not_your_reply", "only who wrote it takes it back")
            if reply.message_id is None:
                return _withdraw(tx, reply, agent, now)
            message = tx.outbox.get(reply.message_id)
            conversation = tx.conversations.get(reply.conversation_id)
            if message is None or message.state is not MessageState.CANCELLED:
                cancel(tx, reply.message_id, now)
                if conversation is not None:
                    conversation = forget_reply(
                        tx, conversation, reply.waited_since, reply.created_at, now
                    )
                reply = _forget(tx, reply)
            return shown(tx, reply, conversation)

        return await self._store.write(write)

    async def retry(
        self, thread_id: ThreadId, message_id: MessageId, *, force: bool
    ) -> JsonObject:
        """Send again what failed; `force` where it may have arrived."""

        def read(tx: Tx) -> None:
            within = threads_shown(tx, main_thread(tx, thread_id).id)
            message = tx.outbox.get(message_id)
            # Another line may have sent it, in the thread of its own number.
            said_in = {one.thread_id for one in tx.replies.by_messages([message_id])}
            if message is None or not {message.thread_id, *said_in} & set(within):
                raise NotFound("no_such_message", "there is no such message here")

        await self._store.read(read)
        await self._queue.again(message_id, force=force)
        [entry] = await self._store.read(lambda tx: entries_json(tx, [message_id]))
        return entry

    def standing(self, tx: Tx, main: Thread, agent: Agent) -> Standing:
        """Whether an agent may write in a main thread, or why not."""
        return self._queue.standing(tx, main, agent)

    def _send(
        self, tx: Tx, place: Place, blank: Reply, fresh: Fresh, prepared: Prepared
    ) -> _Written:
        reply, message, conversation = self._queue.queue(
            tx, place, prepared, blank, fresh
        )
        tx.replies.insert(reply)
        return _Written(said=shown(tx, reply, conversation), message=message)

    def _blank(self, agent: Agent, ask: ReplyAsk, prepared: Prepared) -> Reply:
        """The reply but for what only the write knows."""
        return Reply(
            id=EntryId(self._ids.new(PREFIX)),
            thread_id=prepared.target.thread.id,
            conversation_id=ConversationId(""),
            agent_id=agent.id,
            client_id=ask.client_id,
            text=ask.text,
            state=ReplyState.PENDING,
            created_at=prepared.now,
            seq=0,
            canned_id=ask.canned_id,
        )


def _repeat(tx: Tx, agent: Agent, thread_id: ThreadId, ask: ReplyAsk) -> Said | None:
    """What became of the reply that this one repeats."""
    reply = tx.replies.by_client_id(agent.id, ask.client_id)
    if reply is None:
        return None
    if reply.thread_id not in threads_shown(tx, main_thread(tx, thread_id).id):
        raise Invalid(
            "client_id_reused", "this id was used in another thread", field="client_id"
        )
    conversation = tx.conversations.get(reply.conversation_id)
    draft = tx.drafts.get(agent.id, reply.thread_id)
    return replace(shown(tx, reply, conversation), is_repeat=True, draft=draft)


def _own(
    tx: Tx, place: Place, actor: Actor, fresh: Fresh, now: datetime, *, force: bool
) -> Place:
    """A colleague's conversation is taken over first, by force."""
    conversation = place.conversation
    if conversation is None or not belongs_to_another(conversation, worker(actor)):
        return place
    if not force:
        raise not_yours(tx, conversation)
    taken = take_in(tx, conversation, actor, fresh, now, over=True)
    return replace(place, conversation=taken)


def _hold(tx: Tx, place: Place, blank: Reply, fresh: Fresh, now: datetime) -> _Written:
    """Keep it until somebody approves; nobody's conversation becomes its writer's."""
    before = place.conversation
    if before is not None and not before.has_ended:
        mine = before if before.assignee_id else give(before, blank.agent_id, now)
        after = replace(touch(mine, blank.id, now), revision=before.revision + 1)
        kind, steps = EventType.CONVERSATION_CHANGED, []
        if before.assignee_id is None:
            kind = EventType.CONVERSATION_ASSIGNED
            taken = StepKind.TAKEN
            steps = [step_of(after, fresh.first, taken, now, actor_id=blank.agent_id)]
    else:
        new = begin_by_agent(tx, place.thread, fresh.conversation, now)
        after = touch(give(new, blank.agent_id, now), blank.id, now)
        before, kind = None, EventType.CONVERSATION_OPENED
        opened = StepKind.OPENED
        steps = [step_of(after, fresh.first, opened, now, actor_id=blank.agent_id)]
    conversation = keep(tx, before, after, kind, now, *steps)
    held = replace(
        blank,
        thread_id=place.thread.id,
        conversation_id=conversation.id,
        seq=tx.events.last_seq(),
    )
    tx.replies.insert(held)
    tell(tx, held, EventType.REPLY_PENDING, now)
    return _Written(said=shown(tx, held, conversation))


def _with_own(
    tx: Tx, written: _Written, agent: Agent, place: Place, ask: ReplyAsk, now: datetime
) -> _Written:
    """What is the agent's own moves along: who answers has read what is answered.

    The draft that it was sent from is gone, unless a note is being written.
    """
    main_id = place.thread.id
    entry = EntryId(str(written.said.entry["id"]))
    mark = ReadMark(agent_id=agent.id, thread_id=main_id, entry=entry, at=now)
    written = replace(written, read=move_mark(tx, agent, mark))
    there = tx.drafts.get(agent.id, main_id)
    if there is not None and there.is_note and ask.draft_revision is None:
        return written
    draft = empty_draft(tx, agent.id, main_id, ask.draft_revision, now)
    return replace(written, said=replace(written.said, draft=draft))


def _withdraw(tx: Tx, reply: Reply, agent: Agent, now: datetime) -> Said:
    """One that waits for approval needs none any more."""
    if reply.state is ReplyState.PENDING:
        reply = _forget(tx, replace(reply, approver_id=agent.id))
        tell(tx, reply, EventType.REPLY_DECIDED, now)
    return shown(tx, reply, tx.conversations.get(reply.conversation_id))


def _forget(tx: Tx, reply: Reply) -> Reply:
    """It was never said: no timeline shows it and nobody waited for it."""
    withdrawn = replace(reply, state=ReplyState.WITHDRAWN, waited_since=None)
    tx.replies.save(withdrawn)
    return withdrawn
