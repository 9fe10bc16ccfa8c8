"""The store's lists of conversations: each in its order, cut by cut."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.core.conversation import ConversationState, place_of
from gateway.core.conversation_store import (
    ConversationFilter,
    View,
    ViewCounts,
    ViewCut,
)
from gateway.core.errors import Invalid
from gateway.core.ids import ConversationId
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.store.stored_conversation import ANNA, OLEG, conversation, keep, shown
from tests.support.clock import START

_S = ConversationState


async def test_the_queue_is_by_priority_then_by_place(
    store: SqlStore, make: Maker
) -> None:
    ones = [conversation(make, number, priority=number % 2) for number in range(7)]
    same = [conversation(make, 10 + number, virtual_start=START) for number in range(3)]
    await keep(store, make, *ones, *same)
    wanted = sorted(
        [*ones, *same], key=lambda one: (-one.priority, one.virtual_start, one.id)
    )
    assert await shown(store, View.QUEUE) == [one.id for one in wanted]


async def test_mine_begins_with_who_needs_me_longest(
    store: SqlStore, make: Maker
) -> None:
    owed = [
        conversation(
            make,
            number,
            state=_S.ACTIVE,
            assignee_id=ANNA,
            unanswered_at=START - timedelta(minutes=number),
        )
        for number in range(3)
    ]
    answered = [
        conversation(make, 10 + number, state=_S.WAITING, assignee_id=ANNA)
        for number in range(3)
    ]
    others = [
        conversation(make, 20, state=_S.ACTIVE, assignee_id=OLEG),
        conversation(make, 21, state=_S.HOLD, assignee_id=ANNA),
        conversation(make, 22, state=_S.RESOLVED, assignee_id=ANNA),
    ]
    await keep(store, make, *owed, *answered, *others)
    wanted = [one.id for one in (*owed[::-1], *answered[::-1])]
    for limit in (1, 2, 3, 4, 6, 50):
        assert await shown(store, View.MINE, agent_id=ANNA, limit=limit) == wanted


@pytest.mark.parametrize(
    ("view", "states"),
    [
        (View.OPEN, set(_S) - {_S.RESOLVED, _S.SPAM}),
        (View.WAITING, {_S.WAITING}),
        (View.HOLD, {_S.HOLD, _S.SNOOZED}),
        (View.RESOLVED, {_S.RESOLVED}),
        (View.SPAM, {_S.SPAM}),
        (View.ALL, set(_S)),
    ],
)
async def test_other_views_are_newest_first(
    store: SqlStore, make: Maker, view: View, states: set[ConversationState]
) -> None:
    order = [*_S, *_S, *_S]
    ones = [
        conversation(
            make,
            number,
            state=state,
            assignee_id=None if state is _S.QUEUED else (ANNA, OLEG)[number % 2],
            tags=("vip",) if number % 3 else ("VI_", "карта"),
        )
        for number, state in enumerate(order)
    ]
    await keep(store, make, *ones)
    wanted = [one for one in ones if one.state in states]
    wanted.sort(key=lambda one: place_of(one.last_entry or ""), reverse=True)
    assert await shown(store, view) == [one.id for one in wanted]
    assert await shown(store, view, agent_id=ANNA) == [
        one.id for one in wanted if one.assignee_id == ANNA
    ]
    assert await shown(store, view, tag="карта") == [
        one.id for one in wanted if "карта" in one.tags
    ]
    assert await shown(store, view, tag="vi%") == []


async def test_counts_are_those_of_the_views(store: SqlStore, make: Maker) -> None:
    ones = [
        conversation(
            make, number, state=state, assignee_id=None if number == 0 else ANNA
        )
        for number, state in enumerate(_S)
    ]
    await keep(store, make, *ones)
    assert await store.read(lambda tx: tx.conversations.counts(ANNA)) == ViewCounts(
        mine=2, queue=1, open=5, hold=2, spam=1
    )
    assert (await store.read(lambda tx: tx.conversations.counts(None))).mine == 0


async def test_a_listing_is_newest_first_whatever_it_asks_for(
    store: SqlStore, make: Maker
) -> None:
    ones = [
        conversation(
            make,
            number,
            state=list(_S)[number % 7],
            assignee_id=ANNA if number % 2 else None,
        )
        for number in range(20)
    ]
    await keep(store, make, *ones)
    since, until = START + timedelta(seconds=4), START + timedelta(seconds=15)

    async def listed(which: ConversationFilter) -> list[ConversationId]:
        found: list[ConversationId] = []
        after: str | None = None
        while True:

            def read(tx: Tx, after: str | None = after) -> Any:
                return tx.conversations.listing(which, 3, after)

            page = await store.read(read)
            found += [one.id for one in page.conversations]
            after = page.next
            if after is None:
                return found

    newest = ones[::-1]
    one = ones[5]
    for which, fits in (
        (ConversationFilter(), lambda _: True),
        (
            ConversationFilter(since=since, until=until),
            lambda it: since <= it.opened_at < until,
        ),
        (ConversationFilter(state=_S.HOLD), lambda it: it.state is _S.HOLD),
        (ConversationFilter(assignee_id=ANNA), lambda it: it.assignee_id == ANNA),
        (
            ConversationFilter(assignee_id=ANNA, state=_S.HOLD, since=since),
            lambda it: (
                it.assignee_id == ANNA and it.state is _S.HOLD and it.opened_at >= since
            ),
        ),
        (ConversationFilter(contact_id=one.contact_id), lambda it: it is one),
        (ConversationFilter(thread_id=one.thread_id), lambda it: it is one),
        (
            ConversationFilter(thread_id=one.thread_id, state=_S.SPAM),
            lambda it: it is one and it.state is _S.SPAM,
        ),
    ):
        assert await listed(which) == [it.id for it in newest if fits(it)], which


@pytest.mark.parametrize("cursor", ["x", "o_x_y", "1", "o_1"])
@pytest.mark.parametrize("view", [View.MINE, View.QUEUE])
async def test_a_cursor_that_is_none_is_refused(
    store: SqlStore, view: View, cursor: str
) -> None:
    cut = ViewCut(view=view, limit=5, agent_id=ANNA, after=cursor)
    with pytest.raises(Invalid) as refused:
        await store.read(lambda tx: tx.conversations.view(cut))
    assert refused.value.field == "cursor"
