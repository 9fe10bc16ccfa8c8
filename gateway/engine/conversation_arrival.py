"""What a customer's message or call does: opens a conversation, or goes on with one.

Works inside the caller's write, on main threads. Whoever is blocked bothers nobody:
what they send is kept with the spam. Spec: spec/inbox.md E.1, E.5, E.8, G.25, H.2
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.core.agent import Presence
from gateway.core.contact import Thread
from gateway.core.conversation import (
    Conversation,
    ConversationState,
    Origin,
    Step,
    StepKind,
    place_before,
)
from gateway.core.event import EventType
from gateway.core.ids import AgentId, ContactId, EntryId, MessageId
from gateway.core.message import Message
from gateway.core.store import Tx
from gateway.engine import conversation_moves as moves
from gateway.engine.conversation_log import Fresh, begin, goes_on, keep, step_of
from gateway.engine.people_cards import is_blocked


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A message, or a call that nobody took."""

    contact_id: ContactId
    at: datetime
    message_id: MessageId | None = None  # None: a call
    words: str | None = None
    caller: str = ""

    @property
    def origin(self) -> Origin:
        return Origin.MISSED_CALL if self.message_id is None else Origin.INBOUND


def arrive(
    tx: Tx, thread: Thread, arrival: Arrival, fresh: Fresh, now: datetime
) -> None:
    """An answer is owed: by whoever has the conversation, else by anybody."""
    latest = tx.conversations.latest_in(thread.id)
    if is_blocked(tx, arrival.contact_id):
        if arrival.message_id is not None:
            _keep_as_spam(tx, thread, latest, arrival, fresh, now)
        return
    if latest is None or not goes_on(tx, latest, arrival.at):
        _open(tx, thread, arrival, fresh, now)
    else:
        _go_on(tx, latest, arrival, fresh, now)


def overheard(
    tx: Tx, thread: Thread, message: Message, fresh: Fresh, now: datetime
) -> None:
    """A word for the box, such as stop: shown, but nobody's work."""
    entry, at = EntryId(message.id), message.created_at
    latest = tx.conversations.latest_in(thread.id)
    if latest is not None:
        after = moves.overhear(latest, entry, at, now)
        keep(tx, latest, after, EventType.CONVERSATION_CHANGED, now)
        return
    new = begin(
        tx, thread, message.contact_id, fresh.conversation, Origin.INBOUND, at, now
    )
    heard = moves.overhear(new, entry, at, now)
    ended = moves.resolve(heard, None, None, "", now)
    after = replace(ended, reason=moves.short(message.text or ""), revision=1)
    opened = step_of(
        after, EntryId(f"stp_{place_before(message.id)}"), StepKind.OPENED, at
    )
    keep(tx, None, after, EventType.CONVERSATION_RESOLVED, now, opened)


def reworded(tx: Tx, thread: Thread, message: Message, now: datetime) -> None:
    """A gap in a message was closed: lists show its words if it was the first."""
    latest = tx.conversations.latest_in(thread.id)
    if latest is None or latest.first_in_at != message.created_at:
        return
    after = moves.reword(latest, message.text or "", now)
    if after.reason != latest.reason:
        keep(tx, latest, after, EventType.CONVERSATION_CHANGED, now)


def is_there(tx: Tx, agent_id: AgentId | None) -> bool:
    """Whether an agent is at work, so that what comes back can be theirs again."""
    agent = None if agent_id is None else tx.agents.get(agent_id)
    return (
        agent is not None
        and agent.disabled_at is None
        and agent.presence is not Presence.OFFLINE
    )


def _open(
    tx: Tx, thread: Thread, arrival: Arrival, fresh: Fresh, now: datetime
) -> None:
    new = begin(
        tx,
        thread,
        arrival.contact_id,
        fresh.conversation,
        arrival.origin,
        arrival.at,
        now,
    )
    after = replace(_received(tx, new, arrival, fresh, now), revision=new.revision)
    opened = step_of(after, _step_before(arrival, fresh), StepKind.OPENED, arrival.at)
    steps = [opened, *_calls(after, arrival, fresh)]
    keep(tx, None, after, EventType.CONVERSATION_OPENED, now, *steps)


def _go_on(
    tx: Tx, before: Conversation, arrival: Arrival, fresh: Fresh, now: datetime
) -> None:
    after = _received(tx, before, arrival, fresh, now)
    steps = _calls(after, arrival, fresh)
    kind = EventType.CONVERSATION_CHANGED
    came_back = None
    if before.has_ended:
        kind, came_back = EventType.CONVERSATION_REOPENED, StepKind.REOPENED
    elif moves.is_paused(before) and not moves.is_paused(after):
        came_back = StepKind.RESUMED
    if came_back is not None:
        # Whose it was, where they are not there to go on with it.
        lost = before.assignee_id if after.assignee_id is None else None
        step_id = _step_before(arrival, fresh)
        back = step_of(after, step_id, came_back, arrival.at, subject_id=lost)
        steps = [back, *steps]
    keep(tx, before, after, kind, now, *steps)


def _received(
    tx: Tx, before: Conversation, arrival: Arrival, fresh: Fresh, now: datetime
) -> Conversation:
    return moves.receive(
        before,
        _entry(arrival, fresh),
        arrival.at,
        now,
        words=arrival.words,
        is_there=is_there(tx, before.assignee_id),
    )


def _keep_as_spam(
    tx: Tx,
    thread: Thread,
    latest: Conversation | None,
    arrival: Arrival,
    fresh: Fresh,
    now: datetime,
) -> None:
    """Quietly: no event says that something was opened."""
    if latest is not None and latest.state is ConversationState.SPAM:
        after = _received(tx, latest, arrival, fresh, now)
        keep(tx, latest, after, EventType.CONVERSATION_CHANGED, now)
        return
    going = latest if latest is not None and not latest.has_ended else None
    before = going or begin(
        tx,
        thread,
        arrival.contact_id,
        fresh.conversation,
        Origin.INBOUND,
        arrival.at,
        now,
    )
    received = _received(tx, before, arrival, fresh, now)
    after = replace(
        moves.condemn(received, None, now),
        revision=before.revision if going is None else before.revision + 1,
    )
    step = step_of(after, _step_before(arrival, fresh), StepKind.SPAM, arrival.at)
    keep(tx, going, after, EventType.CONVERSATION_CHANGED, now, step)


def _entry(arrival: Arrival, fresh: Fresh) -> EntryId:
    """What stands for it in the timeline: the message, or the step that tells of it."""
    if arrival.message_id is None:
        return fresh.second
    return EntryId(arrival.message_id)


def _step_before(arrival: Arrival, fresh: Fresh) -> EntryId:
    """So that what a message began stands in front of it."""
    if arrival.message_id is None:
        return fresh.first
    return EntryId(f"stp_{place_before(arrival.message_id)}")


def _calls(conversation: Conversation, arrival: Arrival, fresh: Fresh) -> list[Step]:
    if arrival.message_id is not None:
        return []
    return [
        step_of(
            conversation,
            fresh.second,
            StepKind.CALL_MISSED,
            arrival.at,
            text=arrival.caller,
        )
    ]
