"""What becomes of a conversation: pure moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.conversation import (
    CONVERSATION_MOVES,
    ENDED,
    Conversation,
    ConversationState,
    Origin,
    SnoozeMode,
    place_before,
    place_of,
)
from gateway.core.errors import Conflict
from gateway.core.ids import (
    AgentId,
    ContactId,
    ConversationId,
    EntryId,
    MessageId,
    ThreadId,
    spell,
)
from gateway.engine import conversation_moves as moves
from tests.support.clock import START

_S = ConversationState
ANNA, OLEG = AgentId("agt_anna"), AgentId("agt_oleg")
NOW = START + timedelta(hours=1)
LATER = NOW + timedelta(hours=1)


def entry(number: int) -> EntryId:
    return EntryId(f"msg_{spell(number)}")


def conversation(state: ConversationState) -> Conversation:
    """One in that state as it would be after some life."""
    is_ours = state not in (_S.QUEUED, *ENDED)
    return Conversation(
        id=ConversationId(f"cnv_{spell(1)}"),
        thread_id=ThreadId("thr_1"),
        contact_id=ContactId("con_1"),
        number=1,
        state=state,
        origin=Origin.INBOUND,
        virtual_start=START,
        opened_at=START,
        updated_at=START,
        assignee_id=ANNA if is_ours or state is _S.RESOLVED else None,
        first_in_at=START,
        last_in_at=START,
        unanswered_at=None if state is _S.WAITING or state in ENDED else START,
        last_entry=entry(5),
        hold_until=LATER if state is _S.HOLD else None,
        snooze_until=LATER if state is _S.SNOOZED else None,
        resolved_at=START if state in ENDED else None,
    )


Move = Callable[[Conversation], Conversation]
VERBS: dict[str, tuple[Move, dict[ConversationState, ConversationState]]] = {
    "give": (
        lambda one: moves.give(one, OLEG, NOW),
        {_S.QUEUED: _S.ACTIVE}
        | {s: s for s in (_S.ACTIVE, _S.WAITING, _S.HOLD, _S.SNOOZED)},
    ),
    "hand over": (
        lambda one: moves.hand_over(one, OLEG, NOW),
        {_S.WAITING: _S.WAITING}
        | dict.fromkeys((_S.QUEUED, _S.ACTIVE, _S.HOLD, _S.SNOOZED), _S.ACTIVE),
    ),
    "release": (
        lambda one: moves.release(one, NOW),
        dict.fromkeys((_S.ACTIVE, _S.WAITING, _S.HOLD, _S.SNOOZED), _S.QUEUED),
    ),
    "hold": (
        lambda one: moves.hold(one, OLEG, None, NOW),
        dict.fromkeys(set(_S) - ENDED, _S.HOLD),
    ),
    "snooze": (
        lambda one: moves.snooze(one, OLEG, LATER, SnoozeMode.TIME_ONLY, NOW),
        dict.fromkeys(set(_S) - ENDED, _S.SNOOZED),
    ),
    "resume": (
        lambda one: moves.resume(one, NOW),
        dict.fromkeys((_S.HOLD, _S.SNOOZED), _S.ACTIVE),
    ),
    "resolve": (
        lambda one: moves.resolve(one, OLEG, "решено", "всё", NOW),
        dict.fromkeys(set(_S) - ENDED, _S.RESOLVED),
    ),
    "reopen": (lambda one: moves.reopen(one, OLEG, NOW), {_S.RESOLVED: _S.ACTIVE}),
    "condemn": (
        lambda one: moves.condemn(one, OLEG, NOW),
        dict.fromkeys(set(_S) - {_S.SPAM}, _S.SPAM),
    ),
    "restore": (lambda one: moves.restore(one, NOW), {_S.SPAM: _S.QUEUED}),
    "answer": (
        lambda one: moves.answer(one, OLEG, entry(9), NOW),
        dict.fromkeys(set(_S) - {_S.SPAM}, _S.WAITING),
    ),
    "receive": (
        lambda one: moves.receive(one, entry(9), NOW, NOW, words="Алло", is_there=True),
        {_S.QUEUED: _S.QUEUED, _S.SPAM: _S.SPAM}
        | dict.fromkeys(
            (_S.ACTIVE, _S.WAITING, _S.HOLD, _S.SNOOZED, _S.RESOLVED), _S.ACTIVE
        ),
    ),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ConversationState)
def test_each_verb_leads_where_its_table_says_or_nowhere(
    verb: str, state: ConversationState
) -> None:
    move, ends = VERBS[verb]
    before = conversation(state)
    if state not in ends:
        with pytest.raises(Conflict) as refused:
            move(before)
        assert refused.value.code == "wrong_state"
        return
    after = move(before)
    assert after.state is ends[state]
    assert after.state is state or after.state in CONVERSATION_MOVES[state]
    assert after.revision == before.revision + 1
    assert after.updated_at == NOW
    assert (after.id, after.thread_id, after.number) == (
        before.id,
        before.thread_id,
        before.number,
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", ConversationState)
def test_what_holds_for_every_conversation_holds_after_every_verb(
    verb: str, state: ConversationState
) -> None:
    move, ends = VERBS[verb]
    if state not in ends:
        return
    after = move(conversation(state))
    if not after.has_ended:
        assert (after.assignee_id is None) == (after.state is _S.QUEUED)
        assert after.resolved_at is None
        assert after.resolved_by is None
    else:
        assert after.unanswered_at is None
    if after.state is _S.WAITING:
        assert after.unanswered_at is None
    if after.state is not _S.HOLD:
        assert after.hold_until is None
    if after.state is not _S.SNOOZED:
        assert after.snooze_until is None


def test_what_is_owed_is_owed_since_the_first_message() -> None:
    before = conversation(_S.ACTIVE)
    after = moves.receive(before, entry(9), NOW, NOW, words="x", is_there=True)
    assert after.unanswered_at == START
    assert after.last_in_at == NOW


def test_a_call_is_owed_an_answer_but_was_not_written() -> None:
    before = conversation(_S.WAITING)
    after = moves.receive(before, entry(9), NOW, NOW, words=None, is_there=True)
    assert (after.state, after.unanswered_at) == (_S.ACTIVE, NOW)
    assert after.last_in_at == before.last_in_at


@pytest.mark.parametrize("state", [_S.HOLD, _S.SNOOZED, _S.RESOLVED])
def test_what_comes_back_to_nobody_is_anybodys(state: ConversationState) -> None:
    before = conversation(state)
    after = moves.receive(before, entry(9), NOW, NOW, words="x", is_there=False)
    assert (after.state, after.assignee_id) == (_S.QUEUED, None)
    kept = state is not _S.RESOLVED
    assert after.virtual_start == (START if kept else NOW)


def test_whose_turn_it_is_stays_with_who_is_away_for_a_moment() -> None:
    before = conversation(_S.WAITING)
    after = moves.receive(before, entry(9), NOW, NOW, words="x", is_there=False)
    assert (after.state, after.assignee_id) == (_S.ACTIVE, ANNA)


def test_an_older_entry_does_not_move_a_thread_back() -> None:
    before = conversation(_S.ACTIVE)
    assert moves.touch(before, entry(4), NOW).last_entry == entry(5)
    assert moves.touch(before, entry(6), NOW).last_entry == entry(6)


def test_an_answer_taken_back_is_owed_again() -> None:
    before = conversation(_S.ACTIVE)
    answered = moves.answer(before, ANNA, entry(9), NOW)
    after = moves.unanswer(answered, before.unanswered_at, NOW, LATER)
    assert (after.state, after.unanswered_at) == (_S.ACTIVE, START)
    assert after.first_out_at is None
    assert after.last_out_at is None


def test_an_answer_taken_back_after_the_end_changes_no_state() -> None:
    answered = moves.answer(conversation(_S.ACTIVE), ANNA, entry(9), NOW)
    ended = moves.resolve(answered, ANNA, None, "", NOW)
    after = moves.unanswer(ended, START, NOW, LATER)
    assert (after.state, after.unanswered_at) == (_S.RESOLVED, None)


def test_restored_from_spam_it_is_owed_an_answer_to_what_came_last() -> None:
    before = conversation(_S.SPAM)
    assert moves.restore(before, NOW).unanswered_at == START
    answered = replace(before, last_out_at=NOW)
    assert moves.restore(answered, LATER).unanswered_at is None


def test_a_reason_is_one_line_of_bounded_length() -> None:
    assert moves.short(" a\n\n b\t" + "x" * 500) == "a b " + "x" * 156


def test_a_place_before_another_is_behind_all_that_stand_before() -> None:
    for number in (1, 31, 32, 1 << 40, 1 << 80, (1 << 127) + 32**3):
        mine, earlier = MessageId(entry(number)), entry(number - 1)
        place = place_before(mine)
        assert place_of(earlier) < place < place_of(mine), number
