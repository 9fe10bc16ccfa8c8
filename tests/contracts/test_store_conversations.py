"""The store's conversations: kept as they are, one open in a thread, aliases, steps."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.conversation import (
    Conversation,
    ConversationState,
    Origin,
    SnoozeMode,
    Step,
    StepKind,
    place_of,
)
from gateway.core.conversation_store import View
from gateway.core.errors import StoreConflict
from gateway.core.ids import EntryId
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.store.stored_conversation import ANNA, OLEG, conversation, keep, shown
from tests.support.clock import START

_S = ConversationState


async def test_a_conversation_is_kept_as_it_is(store: SqlStore, make: Maker) -> None:
    later = START + timedelta(days=1)
    one = conversation(
        make,
        1,
        state=_S.SNOOZED,
        origin=Origin.MISSED_CALL,
        assignee_id=ANNA,
        queue="support",
        priority=3,
        reason="Где «заказ»?",
        first_in_at=START,
        first_out_at=later,
        last_in_at=START,
        last_out_at=later,
        unanswered_at=later,
        snooze_until=later,
        snooze_mode=SnoozeMode.TIME_ONLY,
        tags=("vip", "карта"),
        result="решено",
        summary="всё\nхорошо",
        resolved_at=later,
        resolved_by=OLEG,
    )
    await keep(store, make, one)
    assert await store.read(lambda tx: tx.conversations.get(one.id)) == one
    after = replace(one, state=_S.RESOLVED, snooze_until=None, tags=(), revision=2)
    await store.write(lambda tx: tx.conversations.save(after))
    assert await store.read(lambda tx: tx.conversations.among([one.id])) == [after]


async def test_who_saw_another_revision_saves_nothing(
    store: SqlStore, make: Maker
) -> None:
    one = conversation(make, 1)
    await keep(store, make, one)
    for revision in (1, 3):
        stale = replace(one, revision=revision, reason="x")

        def save(tx: Tx, stale: Conversation = stale) -> None:
            tx.conversations.save(stale)

        with pytest.raises(StoreConflict):
            await store.write(save)
    assert await store.read(lambda tx: tx.conversations.get(one.id)) == one


async def test_a_thread_has_one_open_conversation_at_most(
    store: SqlStore, make: Maker
) -> None:
    first = conversation(make, 1)
    await keep(store, make, first)
    with pytest.raises(StoreConflict):
        await keep(store, make, conversation(make, 1, number=2))
    ended = replace(first, state=_S.RESOLVED, revision=2)
    await store.write(lambda tx: tx.conversations.save(ended))
    second = conversation(make, 1, number=2)
    await keep(store, make, second)

    def read(tx: Tx) -> tuple[object, ...]:
        of = tx.conversations
        thread = first.thread_id
        return (
            of.open_in(thread),
            of.latest_in(thread),
            of.in_thread(thread, 5),
            of.numbered(thread, 1),
        )

    assert await store.read(read) == (second, second, [second, ended], ended)
    assert await shown(store, View.ALL) == [second.id]


async def test_pauses_are_due_at_their_time(store: SqlStore, make: Maker) -> None:
    times = [START + timedelta(hours=hours) for hours in (3, 1, 2)]
    ones = [
        conversation(make, 1, state=_S.HOLD, hold_until=times[0]),
        conversation(make, 2, state=_S.SNOOZED, snooze_until=times[1]),
        conversation(make, 3, state=_S.HOLD, hold_until=times[2]),
        conversation(make, 4, state=_S.HOLD),
    ]
    await keep(store, make, *ones)
    assert await store.read(lambda tx: tx.conversations.next_due()) == times[1]
    now = START + timedelta(hours=2)
    assert await store.read(lambda tx: tx.conversations.due(now, 10)) == [
        ones[1],
        ones[2],
    ]


async def test_a_moved_conversation_stands_behind_those_that_are_there(
    store: SqlStore, make: Maker
) -> None:
    here = conversation(make, 1, state=_S.RESOLVED)
    there = conversation(make, 2)
    await keep(store, make, here, there)

    def write(tx: Tx) -> Conversation:
        moved = tx.conversations.move(there, here.thread_id)
        tx.conversations.crown(here.thread_id)
        tx.conversations.crown(there.thread_id)
        return moved

    moved = await store.write(write)
    assert (moved.thread_id, moved.number) == (here.thread_id, 2)
    assert await store.read(lambda tx: tx.conversations.get(there.id)) == moved
    assert await shown(store, View.ALL) == [there.id]
    assert (
        await store.read(lambda tx: tx.conversations.open_in(there.thread_id)) is None
    )


async def test_an_alias_leads_to_its_main_thread(store: SqlStore, make: Maker) -> None:
    main, alias = conversation(make, 1), conversation(make, 2)
    await keep(store, make, main, alias)
    main_id, alias_id = main.thread_id, alias.thread_id
    await store.write(lambda tx: tx.conversations.add_alias(alias_id, main_id))

    def read(tx: Tx) -> tuple[object, ...]:
        of = tx.conversations
        return (
            of.main_of(alias_id),
            of.main_of(main_id),
            of.aliases_of(main_id),
            of.aliases_among([main_id, alias_id]),
        )

    assert await store.read(read) == (
        main_id,
        main_id,
        [alias_id],
        {main_id: [alias_id]},
    )
    await store.write(lambda tx: tx.conversations.drop_alias(alias_id))
    assert await store.read(lambda tx: tx.conversations.main_of(alias_id)) == alias_id


async def test_steps_are_kept_and_say_where_a_conversation_begins(
    store: SqlStore, make: Maker
) -> None:
    one = conversation(make, 1)
    await keep(store, make, one)
    steps = [
        Step(
            id=EntryId(make.ids.new("stp")),
            thread_id=one.thread_id,
            conversation_id=one.id,
            kind=kind,
            at=START,
            actor_id=ANNA,
            subject_id=OLEG,
            text="почему",
        )
        for kind in (StepKind.OPENED, StepKind.PASSED)
    ]
    await store.write(lambda tx: tx.conversations.insert_steps(steps))
    found = await store.read(lambda tx: tx.conversations.steps([s.id for s in steps]))
    assert sorted(found, key=lambda step: step.id) == steps
    began = await store.read(lambda tx: tx.conversations.began_at(one))
    assert began is not None
    assert place_of(one.last_entry or "") < began < place_of(steps[0].id)
