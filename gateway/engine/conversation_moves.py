"""What becomes of a conversation when somebody writes, answers or decides, or in time.

Pure: a conversation and the news in, the conversation as it is then out. Which states
may follow which is the table in `core.conversation`. Spec: spec/inbox.md E.1, E.5
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.core.conversation import (
    CONVERSATION_MOVES,
    Conversation,
    ConversationState,
    SnoozeMode,
    place_of,
)
from gateway.core.errors import Conflict
from gateway.core.ids import AgentId, EntryId

REASON_LENGTH: Final = 160
_S = ConversationState
_PAUSED: Final = frozenset({_S.HOLD, _S.SNOOZED})


def receive(
    before: Conversation,
    entry: EntryId,
    at: datetime,
    now: datetime,
    *,
    words: str | None,
    is_there: bool,
) -> Conversation:
    """The customer wrote at `at`, or called (`words` is None): we owe an answer.

    `is_there`: whether the assignee could give it; else it is anybody's, in its place.
    """
    after = _with_entry(before, entry)
    if words is not None:
        after = replace(
            after,
            reason=before.reason or short(words),
            first_in_at=before.first_in_at or at,
            last_in_at=max(before.last_in_at or at, at),
        )
    match before.state:
        case _S.SPAM:
            return _changed(after, now)
        case _S.RESOLVED:
            after = _reopened(replace(after, virtual_start=at))
            return to_work(_owing(after, at), now, is_there=is_there)
        case _S.WAITING:
            return _moved(_owing(after, at), _S.ACTIVE, now)
        case _S.HOLD:
            return to_work(_owing(after, at), now, is_there=is_there)
        case _S.SNOOZED if before.snooze_mode is SnoozeMode.TIME_OR_MESSAGE:
            return to_work(_owing(after, at), now, is_there=is_there)
        case _S.QUEUED | _S.ACTIVE | _S.SNOOZED:
            return _changed(_owing(after, at), now)


def overhear(
    before: Conversation, entry: EntryId, at: datetime, now: datetime
) -> Conversation:
    """Something came that asks for no answer."""
    after = _with_entry(before, entry)
    last_in_at = max(before.last_in_at or at, at)
    return _changed(replace(after, last_in_at=last_in_at), now)


def answer(
    before: Conversation, agent_id: AgentId, entry: EntryId, now: datetime
) -> Conversation:
    """An agent answered: nothing is owed, and the customer's turn begins."""
    after = replace(
        _reopened(_with_entry(before, entry)),
        assignee_id=before.assignee_id or agent_id,
        first_out_at=before.first_out_at or now,
        last_out_at=now,
        unanswered_at=None,
        hold_until=None,
        snooze_until=None,
    )
    if before.has_ended:
        after = replace(after, assignee_id=agent_id)
    return _moved(after, _S.WAITING, now)


def unanswer(
    before: Conversation, waited_since: datetime | None, at: datetime, now: datetime
) -> Conversation:
    """The answer given at `at` was taken back: what was owed is owed again."""
    first_out_at = None if before.first_out_at == at else before.first_out_at
    last_out_at = first_out_at if before.last_out_at == at else before.last_out_at
    after = replace(before, first_out_at=first_out_at, last_out_at=last_out_at)
    if before.has_ended or waited_since is None:
        return _changed(after, now)
    owed = min(waited_since, before.unanswered_at or waited_since)
    after = replace(after, unanswered_at=owed)
    if before.state is _S.WAITING:
        return _moved(after, _S.ACTIVE, now)
    return _changed(after, now)


def give(before: Conversation, agent_id: AgentId, now: datetime) -> Conversation:
    """To an agent, who goes on where it stands; what is held or snoozed stays so."""
    expect_open(before)
    after = replace(before, assignee_id=agent_id)
    if before.state is _S.QUEUED:
        return _moved(after, _S.ACTIVE, now)
    return _changed(after, now)


def hand_over(before: Conversation, to: AgentId, now: datetime) -> Conversation:
    """To a colleague, to be worked on: a pause ends."""
    expect_open(before)
    after = replace(_woken(before), assignee_id=to)
    if before.state is _S.WAITING:
        return _changed(after, now)
    return _moved(after, _S.ACTIVE, now)


def release(before: Conversation, now: datetime) -> Conversation:
    """Nobody's again, in its old place."""
    if before.has_ended or before.state is _S.QUEUED:
        raise _wrong_state(before)
    after = replace(_woken(before), assignee_id=None)
    return _moved(after, _S.QUEUED, now)


def hold(
    before: Conversation, agent_id: AgentId, until: datetime | None, now: datetime
) -> Conversation:
    """Until the customer writes, or until a time."""
    expect_open(before)
    after = replace(
        _woken(before), assignee_id=before.assignee_id or agent_id, hold_until=until
    )
    return _moved(after, _S.HOLD, now)


def snooze(
    before: Conversation,
    agent_id: AgentId,
    until: datetime,
    mode: SnoozeMode,
    now: datetime,
) -> Conversation:
    """Until a time; the customer's words end it, or do not."""
    expect_open(before)
    after = replace(
        _woken(before),
        assignee_id=before.assignee_id or agent_id,
        snooze_until=until,
        snooze_mode=mode,
    )
    return _moved(after, _S.SNOOZED, now)


def to_work(before: Conversation, now: datetime, *, is_there: bool) -> Conversation:
    """Our turn again: the assignee's who is there, else anybody's in its old place."""
    after = _woken(before)
    if is_there and before.assignee_id is not None:
        return _moved(after, _S.ACTIVE, now)
    return _moved(replace(after, assignee_id=None), _S.QUEUED, now)


def resolve(
    before: Conversation,
    agent_id: AgentId | None,
    result: str | None,
    summary: str,
    now: datetime,
) -> Conversation:
    """At its end; the assignee stays, should the customer come back."""
    expect_open(before)
    after = replace(
        _woken(before),
        result=result,
        summary=summary,
        unanswered_at=None,
        resolved_at=now,
        resolved_by=agent_id,
    )
    return _moved(after, _S.RESOLVED, now)


def reopen(before: Conversation, agent_id: AgentId, now: datetime) -> Conversation:
    """Not at its end after all: whoever says so goes on with it."""
    if before.state is not _S.RESOLVED:
        raise _wrong_state(before)
    after = replace(_reopened(before), assignee_id=agent_id)
    return _moved(after, _S.ACTIVE, now)


def condemn(
    before: Conversation, agent_id: AgentId | None, now: datetime
) -> Conversation:
    """Spam, kept where it can be looked at."""
    if before.state is _S.SPAM:
        raise _wrong_state(before)
    after = replace(
        _woken(before), unanswered_at=None, resolved_at=now, resolved_by=agent_id
    )
    return _moved(after, _S.SPAM, now)


def restore(before: Conversation, now: datetime) -> Conversation:
    """No spam: anybody's, and an answer is owed to what came last."""
    if before.state is not _S.SPAM:
        raise _wrong_state(before)
    last_in, last_out = before.last_in_at, before.last_out_at
    is_owed = last_in is not None and (last_out is None or last_out < last_in)
    after = replace(
        _reopened(before), assignee_id=None, unanswered_at=last_in if is_owed else None
    )
    return _moved(after, _S.QUEUED, now)


def tag(before: Conversation, tags: tuple[str, ...], now: datetime) -> Conversation:
    """With these tags and no others."""
    return _changed(replace(before, tags=tags), now)


def touch(before: Conversation, entry: EntryId, now: datetime) -> Conversation:
    """Something was said in its thread that changes nobody's turn."""
    return _changed(_with_entry(before, entry), now)


def reword(before: Conversation, words: str, now: datetime) -> Conversation:
    """The customer's first words are whole now."""
    return _changed(replace(before, reason=short(words)), now)


def short(words: str) -> str:
    """On one line, as long as a list shows it."""
    return " ".join(words.split())[:REASON_LENGTH]


def is_paused(conversation: Conversation) -> bool:
    """Whether it is held or snoozed."""
    return conversation.state in _PAUSED


def resume(before: Conversation, now: datetime) -> Conversation:
    """No longer held or snoozed, by the word of who has it."""
    if not is_paused(before):
        raise _wrong_state(before)
    return to_work(before, now, is_there=True)


def expect_open(conversation: Conversation) -> None:
    """Raises `Conflict` when it has ended."""
    if conversation.has_ended:
        raise _wrong_state(conversation)


def _owing(conversation: Conversation, at: datetime) -> Conversation:
    return replace(conversation, unanswered_at=conversation.unanswered_at or at)


def _woken(conversation: Conversation) -> Conversation:
    return replace(conversation, hold_until=None, snooze_until=None)


def _reopened(conversation: Conversation) -> Conversation:
    return replace(conversation, resolved_at=None, resolved_by=None)


def _with_entry(conversation: Conversation, entry: EntryId) -> Conversation:
    last = conversation.last_entry
    if last is not None and place_of(last) >= place_of(entry):
        return conversation
    return replace(conversation, last_entry=entry)


def _changed(after: Conversation, now: datetime) -> Conversation:
    return replace(after, updated_at=now, revision=after.revision + 1)


def _moved(
    after: Conversation, state: ConversationState, now: datetime
) -> Conversation:
    if after.state is not state and state not in CONVERSATION_MOVES[after.state]:
        raise _wrong_state(after)
    return _changed(replace(after, state=state), now)


def _wrong_state(conversation: Conversation) -> Conflict:
    return Conflict(
        "wrong_state",
        f"the conversation is {conversation.state}: that cannot be done now",
    )
