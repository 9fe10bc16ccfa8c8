"""A conversation's change, the lines of history it leaves, and the events that tell it.

Works inside the caller's write; identities are made by the caller (`Fresh`). Every room
that changes a conversation comes through here, so that no change is without its event.
What the change is, is decided by `conversation_moves`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.core.contact import Thread
from gateway.core.conversation import (
    Conversation,
    ConversationState,
    Origin,
    Step,
    StepKind,
)
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import (
    AgentId,
    ContactId,
    ConversationId,
    EntryId,
    IdSource,
)
from gateway.core.store import Tx
from gateway.engine.conversation_moves import answer, unanswer
from gateway.engine.entries import names_of
from gateway.engine.inbox_settings import read_settings
from gateway.engine.inbox_shape import agent_ref, conversation_shape, step_entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Identities for what a change may bring: a conversation, two steps."""

    conversation: ConversationId
    first: EntryId
    second: EntryId

    @classmethod
    def make(cls, ids: IdSource) -> "Fresh":
        return cls(
            conversation=ConversationId(ids.new("cnv")),
            first=EntryId(ids.new("stp")),
            second=EntryId(ids.new("stp")),
        )


def keep(
    tx: Tx,
    before: Conversation | None,
    after: Conversation,
    kind: EventType,
    now: datetime,
    *steps: Step,
) -> Conversation:
    """Write a change with its steps and tell of them; `before` is None for a new one.

    Who had it before is told along. `StoreConflict` when it is not what it was before.
    """
    had = None if before is None else before.assignee_id
    if before is None:
        tx.conversations.insert(after)
    else:
        tx.conversations.save(after)
    tx.conversations.insert_steps(steps)
    names = names_of(
        tx,
        [
            had,
            after.assignee_id,
            after.resolved_by,
            *(agent for step in steps for agent in (step.actor_id, step.subject_id)),
        ],
    )
    told = [
        NewEvent(
            type=EventType.THREAD_STEP,
            at=now,
            data=step_entry(step, after, names),
            thread_id=step.thread_id,
        )
        for step in steps
    ]
    whole = conversation_shape(after, names)
    if had not in (None, after.assignee_id):
        whole["previous_assignee"] = agent_ref(had, names)
    told.append(NewEvent(type=kind, at=now, data=whole, thread_id=after.thread_id))
    tx.events.append_all(told)
    return after


def begin(
    tx: Tx,
    thread: Thread,
    contact_id: ContactId,
    conversation_id: ConversationId,
    origin: Origin,
    at: datetime,
    now: datetime,
) -> Conversation:
    """A conversation in a main thread that has none open; it is kept by `keep`."""
    latest = tx.conversations.latest_in(thread.id)
    return Conversation(
        id=conversation_id,
        thread_id=thread.id,
        contact_id=contact_id,
        number=1 if latest is None else latest.number + 1,
        state=ConversationState.QUEUED,
        origin=origin,
        virtual_start=at,
        opened_at=at,
        updated_at=now,
    )


def begin_by_agent(
    tx: Tx, thread: Thread, conversation_id: ConversationId, now: datetime
) -> Conversation:
    """The same by an agent, with the person whose thread it is."""
    contact_id = thread.contact_id
    return begin(tx, thread, contact_id, conversation_id, Origin.AGENT, now, now)


def step_of(
    conversation: Conversation,
    step_id: EntryId,
    kind: StepKind,
    at: datetime,
    *,
    actor_id: AgentId | None = None,
    subject_id: AgentId | None = None,
    text: str = "",
) -> Step:
    """A line of history of this conversation's."""
    return Step(
        id=step_id,
        thread_id=conversation.thread_id,
        conversation_id=conversation.id,
        kind=kind,
        at=at,
        actor_id=actor_id,
        subject_id=subject_id,
        text=text,
    )


def goes_on(tx: Tx, latest: Conversation | None, at: datetime) -> bool:
    """Whether what is said at `at` belongs to a thread's latest conversation.

    Yes while it is open, and for the time set after it was resolved.
    """
    if latest is None or latest.state is ConversationState.SPAM:
        return False
    if latest.resolved_at is None:
        return True
    within = timedelta(hours=read_settings(tx).reopen_within_h)
    return at - latest.resolved_at <= within


def note_reply(
    tx: Tx,
    thread: Thread,
    agent_id: AgentId,
    entry: EntryId,
    fresh: Fresh,
    now: datetime,
) -> Conversation:
    """An agent answered in a main thread: its conversation waits for the customer.

    Where none is open, the one resolved not long ago goes on, or a new one begins.
    Nobody's becomes the agent's; another agent's stays theirs.
    """
    before = tx.conversations.latest_in(thread.id)
    if before is None or not goes_on(tx, before, now):
        new = begin_by_agent(tx, thread, fresh.conversation, now)
        after = replace(answer(new, agent_id, entry, now), revision=new.revision)
        opened = step_of(after, fresh.first, StepKind.OPENED, now, actor_id=agent_id)
        return keep(tx, None, after, EventType.CONVERSATION_OPENED, now, opened)
    after = answer(before, agent_id, entry, now)
    steps = _answer_steps(before, after, fresh, now)
    kind = EventType.CONVERSATION_CHANGED
    if before.has_ended:
        kind = EventType.CONVERSATION_REOPENED
    elif steps:
        kind = EventType.CONVERSATION_ASSIGNED
    return keep(tx, before, after, kind, now, *steps)


def forget_reply(
    tx: Tx,
    conversation: Conversation,
    waited_since: datetime | None,
    replied_at: datetime,
    now: datetime,
) -> Conversation:
    """A reply was taken back before it left: what was owed is owed again."""
    after = unanswer(conversation, waited_since, replied_at, now)
    return keep(tx, conversation, after, EventType.CONVERSATION_CHANGED, now)


def _answer_steps(
    before: Conversation, after: Conversation, fresh: Fresh, now: datetime
) -> Sequence[Step]:
    agent_id = after.assignee_id
    if before.has_ended:
        kind = StepKind.REOPENED
    elif before.assignee_id is None:
        kind = StepKind.TAKEN
    else:
        return ()
    return (step_of(after, fresh.first, kind, now, actor_id=agent_id),)
