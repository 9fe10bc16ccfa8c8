"""What agents decide about conversations: each verb is one write, told in its event.

Relies on `conversation_moves` for what a decision does, on `conversation_right` for
whose decision it is. Answers with the conversation as everybody is shown it.
Spec: spec/inbox.md E.5, E.6, E.10
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.conversation import Conversation, SnoozeMode, StepKind
from gateway.core.errors import Invalid
from gateway.core.event import EventType
from gateway.core.ids import AgentId, ConversationId, IdSource, ThreadId
from gateway.core.store import Store, Tx
from gateway.engine import conversation_moves as moves
from gateway.engine.conversation_decision import Case
from gateway.engine.conversation_log import Fresh
from gateway.engine.conversation_right import (
    colleague,
    expect_latest,
    expect_own,
    find,
    not_yours,
)
from gateway.engine.entries import conversation_json
from gateway.engine.people_cards import block, unblock
from gateway.engine.present import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Who decides about which conversation; `revision`: as they saw it."""

    actor: Actor
    conversation_id: ConversationId
    revision: int | None = None


Decide = Callable[[Case], Conversation]


class Conversations:
    """The verbs; all raise `NotFound`, and `Conflict` where they come too late."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    async def take(self, ask: Ask, *, over: bool = False) -> JsonObject:
        """Mine; from another agent only by taking it `over`, else not_yours."""
        return await self._decide(ask, lambda case: _take(case, over=over))

    async def release(self, ask: Ask) -> JsonObject:
        """Nobody's again, in its old place in the queue."""

        def decide(case: Case) -> Conversation:
            expect_own(case.tx, case.before, case.actor)
            after = moves.release(case.before, case.now)
            case.record_if_others("released", after)
            step = case.step(StepKind.RELEASED, subject_id=case.before.assignee_id)
            return case.keep(after, EventType.CONVERSATION_ASSIGNED, step)

        return await self._decide(ask, decide)

    async def pass_on(self, ask: Ask, to: AgentId | None, note: str) -> JsonObject:
        """To an agent, or to everybody (None); the note says why."""
        if not note.strip():
            raise Invalid("note_required", "say why it is passed on", field="note")
        return await self._decide(ask, lambda case: _pass_on(case, to, note.strip()))

    async def assign(self, ask: Ask, agent_id: AgentId) -> JsonObject:
        """A supervisor gives it to an agent."""

        def decide(case: Case) -> Conversation:
            colleague(case.tx, agent_id, "agent")
            after = moves.give(case.before, agent_id, case.now)
            case.record("assigned", after)
            step = case.step(StepKind.ASSIGNED, subject_id=agent_id)
            return case.keep(after, EventType.CONVERSATION_ASSIGNED, step)

        return await self._decide(ask, decide)

    async def hold(self, ask: Ask, until: datetime | None) -> JsonObject:
        """Until the customer writes, or until a time."""

        def decide(case: Case) -> Conversation:
            _expect_future(until, case.now)
            expect_own(case.tx, case.before, case.actor)
            after = moves.hold(case.before, case.agent_id, until, case.now)
            step = case.step(StepKind.HELD, _spelled(until))
            return case.keep(after, EventType.CONVERSATION_CHANGED, step)

        return await self._decide(ask, decide)

    async def snooze(self, ask: Ask, until: datetime, mode: SnoozeMode) -> JsonObject:
        """Until a time; the customer's words end it, or do not."""

        def decide(case: Case) -> Conversation:
            _expect_future(until, case.now)
            expect_own(case.tx, case.before, case.actor)
            after = moves.snooze(case.before, case.agent_id, until, mode, case.now)
            step = case.step(StepKind.SNOOZED, _spelled(until))
            return case.keep(after, EventType.CONVERSATION_CHANGED, step)

        return await self._decide(ask, decide)

    async def resume(self, ask: Ask) -> JsonObject:
        """No longer held or snoozed."""

        def decide(case: Case) -> Conversation:
            expect_own(case.tx, case.before, case.actor)
            after = moves.resume(case.before, case.now)
            step = case.step(StepKind.RESUMED)
            return case.keep(after, EventType.CONVERSATION_CHANGED, step)

        return await self._decide(ask, decide)

    async def resolve(self, ask: Ask, result: str | None, summary: str) -> JsonObject:
        """At its end, with what came of it."""

        def decide(case: Case) -> Conversation:
            expect_own(case.tx, case.before, case.actor)
            after = moves.resolve(case.before, case.agent_id, result, summary, case.now)
            case.record_if_others("resolved", after)
            step = case.step(StepKind.RESOLVED, result or "")
            return case.keep(after, EventType.CONVERSATION_RESOLVED, step)

        return await self._decide(ask, decide)

    async def may_resolve(self, ask: Ask) -> ThreadId:
        """The thread of what this agent may resolve now; raises as `resolve` does."""

        def read(tx: Tx) -> ThreadId:
            found = find(tx, ask.conversation_id, ask.revision)
            expect_own(tx, found, ask.actor)
            moves.expect_open(found)
            return found.thread_id

        return await self._store.read(read)

    async def reopen(self, ask: Ask) -> JsonObject:
        """Not at its end after all, and mine."""

        def decide(case: Case) -> Conversation:
            after = moves.reopen(case.before, case.agent_id, case.now)
            expect_latest(case.tx, case.before)
            step = case.step(StepKind.REOPENED)
            return case.keep(after, EventType.CONVERSATION_REOPENED, step)

        return await self._decide(ask, decide)

    async def spam(self, ask: Ask) -> JsonObject:
        """Spam; whoever wrote it is blocked."""

        def decide(case: Case) -> Conversation:
            after = moves.condemn(case.before, case.agent_id, case.now)
            expect_latest(case.tx, case.before)
            case.record("spam", after)
            block(case.tx, case.before.contact_id, case.actor, case.now)
            step = case.step(StepKind.SPAM)
            return case.keep(after, EventType.CONVERSATION_CHANGED, step)

        return await self._decide(ask, decide)

    async def restore(self, ask: Ask) -> JsonObject:
        """No spam after all: in the queue, and its writer is heard again."""

        def decide(case: Case) -> Conversation:
            after = moves.restore(case.before, case.now)
            expect_latest(case.tx, case.before)
            case.record("restored", after)
            unblock(case.tx, case.before.contact_id, case.actor, case.now)
            step = case.step(StepKind.RESTORED)
            return case.keep(after, EventType.CONVERSATION_REOPENED, step)

        return await self._decide(ask, decide)

    async def tag(self, ask: Ask, tags: tuple[str, ...]) -> JsonObject:
        """These tags and no others."""
        wanted = tuple(dict.fromkeys(tags))

        def decide(case: Case) -> Conversation:
            if wanted == case.before.tags:
                return case.before
            after = moves.tag(case.before, wanted, case.now)
            step = case.step(StepKind.TAGGED, ", ".join(wanted))
            return case.keep(after, EventType.CONVERSATION_CHANGED, step)

        return await self._decide(ask, decide)

    async def _decide(self, ask: Ask, decide: Decide) -> JsonObject:
        fresh, now = Fresh.make(self._ids), self._clock.now()

        def write(tx: Tx) -> JsonObject:
            before = find(tx, ask.conversation_id, ask.revision)
            after = decide(
                Case(tx=tx, before=before, actor=ask.actor, fresh=fresh, now=now)
            )
            return conversation_json(tx, [after])[0]

        return await self._store.write(write)


def take_in(
    tx: Tx,
    conversation: Conversation,
    actor: Actor,
    fresh: Fresh,
    now: datetime,
    *,
    over: bool,
) -> Conversation:
    """As `Conversations.take`, inside the caller's write."""
    case = Case(tx=tx, before=conversation, actor=actor, fresh=fresh, now=now)
    return _take(case, over=over)


def _take(case: Case, *, over: bool) -> Conversation:
    former = case.before.assignee_id
    if former == case.agent_id and not case.before.has_ended:
        return case.before
    after = moves.give(case.before, case.agent_id, case.now)
    if former is None:
        step = case.step(StepKind.TAKEN)
    elif over:
        case.record("taken_over", after)
        step = case.step(StepKind.TAKEN_OVER, subject_id=former)
    else:
        raise not_yours(case.tx, case.before)
    return case.keep(after, EventType.CONVERSATION_ASSIGNED, step)


def _pass_on(case: Case, to: AgentId | None, note: str) -> Conversation:
    expect_own(case.tx, case.before, case.actor)
    moves.expect_open(case.before)
    if to is None:
        after = moves.release(case.before, case.now)
    else:
        colleague(case.tx, to, "to")
        after = moves.hand_over(case.before, to, case.now)
    case.record_if_others("passed", after)
    step = case.step(StepKind.PASSED, note, subject_id=to)
    return case.keep(after, EventType.CONVERSATION_ASSIGNED, step)


def _expect_future(until: datetime | None, now: datetime) -> None:
    if until is not None and until <= now:
        raise Invalid("in_the_past", "this time has passed", field="until")


def _spelled(until: datetime | None) -> str:
    return "" if until is None else until.isoformat()
