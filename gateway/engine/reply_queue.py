"""A reply on its way into the queue: prepared before the write, queued within it.

Preparing finds to whom and by which link it goes and checks all that needs no write;
queueing checks the rest, makes the message and moves the conversation. Used by who
sends and by who approves. Relies on `reply_guard`, `reply_target` and `submit`.

Spec: spec/inbox.md F.5
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gateway.core.account import Token
from gateway.core.agent import Agent
from gateway.core.clock import Clock
from gateway.core.contact import Thread
from gateway.core.conversation import Conversation, Reply, ReplyState
from gateway.core.errors import Conflict, Invalid, StoreConflict
from gateway.core.ids import EntryId, MessageId, ThreadId
from gateway.core.message import Message
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine import enqueue
from gateway.engine.board import LinkBoard
from gateway.engine.canned import count_use
from gateway.engine.conversation_log import Fresh, note_reply
from gateway.engine.inbox_settings import read_settings
from gateway.engine.reply_guard import (
    Obstacle,
    Standing,
    check_parts,
    check_reader,
    check_reply_text,
    standing_of,
)
from gateway.engine.reply_target import Target, find_target, has_way
from gateway.engine.request import SubmitRequest
from gateway.engine.submit import Submit
from gateway.engine.thread_main import latest_conversation, main_thread

LONGEST_UNDO_S: Final = 15
PRIORITY: Final = 2  # somebody waits for it: before what programs send


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A text with the way it is to go."""

    text: str
    target: Target
    draft: enqueue.Draft

    @property
    def now(self) -> datetime:
        return self.draft.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reply is said: a main thread and its latest conversation."""

    thread: Thread
    conversation: Conversation | None

    @property
    def waited_since(self) -> datetime | None:
        """The first message that has no answer yet."""
        return None if self.conversation is None else self.conversation.unanswered_at


class ReplyQueue:
    """Prepares and queues."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        policy: Policy,
        submit: Submit,
        links: LinkBoard,
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._submit = submit
        self._links = links

    async def prepare(
        self,
        thread_id: ThreadId,
        text: str,
        *,
        undo_s: int | None = None,
        token: Token | None = None,
    ) -> Prepared:
        """Raises `NotFound` for no thread, `Invalid` for what cannot be sent.

        `undo_s`: how long it may be taken back; None: as the settings say.
        """

        def read(tx: Tx) -> tuple[Target, int, int]:
            settings = read_settings(tx)
            target = self.target(tx, main_thread(tx, thread_id))
            return target, settings.max_parts, settings.undo_s

        parts = check_reply_text(text)
        target, most_parts, usual_undo_s = await self._store.read(read)
        check_parts(parts, most_parts)
        if not has_way(target, self._links):
            raise Conflict("no_link", "no line can send to this address")
        wait_s = usual_undo_s if undo_s is None else undo_s
        wait = timedelta(seconds=min(wait_s, LONGEST_UNDO_S))
        request = SubmitRequest(
            to=(target.contact.address,),
            text=text,
            prefer=target.prefer,
            sender=target.sender,
            own=target.thread.own,
            is_answer=True,
            priority=PRIORITY,
            send_at=self._clock.now() + wait if wait else None,
            token_id=None if token is None else token.id,
        )
        return Prepared(text=text, target=target, draft=self._submit.draft(request))

    def target(self, tx: Tx, main: Thread) -> Target:
        """Where a reply in a main thread goes."""
        return find_target(tx, main, self._links)

    def standing(self, tx: Tx, main: Thread, agent: Agent) -> Standing:
        """Whether an agent may write in a main thread, or why not."""
        target = self.target(tx, main)
        if not has_way(target, self._links):
            return Standing(allowed=False, reason=Obstacle.NO_LINK)
        latest = latest_conversation(tx, main.id)
        return standing_of(tx, target, latest, agent, self._policy)

    def open(self, tx: Tx, thread_id: ThreadId, prepared: Prepared) -> Place:
        """In the write: where it is said, if its person may be written to."""
        main = main_thread(tx, thread_id)
        if self.target(tx, main).thread.id != prepared.target.thread.id:
            raise StoreConflict(f"{thread_id}: they write from another number now")
        conversation = latest_conversation(tx, main.id)
        check_reader(tx, prepared.target, conversation, self._policy)
        return Place(thread=main, conversation=conversation)

    def queue(
        self, tx: Tx, place: Place, prepared: Prepared, reply: Reply, fresh: Fresh
    ) -> tuple[Reply, Message, Conversation]:
        """In the write: the message, and the reply that it is, not kept yet."""
        try:
            [message] = self._submit.queue(tx, prepared.draft)
        except Invalid as refused:
            # None of these is about a field that the agent filled in.
            raise Conflict(refused.code, refused.detail) from refused
        conversation = note_reply(
            tx, place.thread, reply.agent_id, EntryId(message.id), fresh, prepared.now
        )
        if reply.canned_id is not None:
            count_use(tx, reply.canned_id, prepared.now)
        queued = replace(
            reply,
            conversation_id=conversation.id,
            text=prepared.text,
            state=ReplyState.QUEUED,
            message_id=message.id,
            seq=tx.events.last_seq(),
            waited_since=place.waited_since,
        )
        return queued, message, conversation

    def took(self, message: Message) -> None:
        """After commit: wake who sends it."""
        self._submit.took([message])

    async def again(self, message_id: MessageId, *, force: bool) -> None:
        """Queue again what failed; `Conflict` when it may have arrived."""
        await self._submit.retry(message_id, force=force)
