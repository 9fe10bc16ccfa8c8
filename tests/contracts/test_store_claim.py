"""Store contract: which message a link gets next."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.ids import LaneId, LinkId
from gateway.core.message import Message, MessageState
from gateway.core.message_store import Claimed
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import LANE, Maker

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
SIM1, SIM2, SIM3 = LinkId("sim1"), LinkId("sim2"), LinkId("sim3")


async def keep(store: SqlStore, make: Maker, *messages: Message) -> None:
    def fn(tx: Tx) -> None:
        for message in messages:
            make.keep(tx, message)

    await store.write(fn)


async def claim_some(
    store: SqlStore,
    *,
    link: LinkId = SIM1,
    lanes: tuple[LaneId, ...] = (LANE,),
    covers: tuple[LinkId, ...] = (),
    deferred_first: bool = False,
    limit: int = 10,
) -> list[Claimed]:
    places = [(lane, who) for lane in lanes for who in (None, link, *covers)]
    return await store.write(
        lambda tx: tx.outbox.claim(
            link=link,
            places=places,
            deferred_first=deferred_first,
            limit=limit,
            now=NOW,
        )
    )


async def claim(
    store: SqlStore,
    *,
    link: LinkId = SIM1,
    lanes: tuple[LaneId, ...] = (LANE,),
    covers: tuple[LinkId, ...] = (),
    deferred_first: bool = False,
) -> Message | None:
    claimed = await claim_some(
        store,
        link=link,
        lanes=lanes,
        covers=covers,
        deferred_first=deferred_first,
        limit=1,
    )
    return claimed[0].message if claimed else None


def peers(make: Maker, count: int, **other: object) -> list[Message]:
    return [
        make.message(peer=f"+7916000{number:04}", **other) for number in range(count)
    ]


async def test_a_claim_marks_the_message_and_gives_it(
    store: SqlStore, make: Maker
) -> None:
    message = make.message()
    await keep(store, make, message)
    claimed = await claim(store)
    assert claimed == replace(
        message, state=MessageState.SENDING, link=SIM1, updated_at=NOW
    )
    assert await store.read(lambda tx: tx.outbox.get(message.id)) == claimed
    assert await store.read(lambda tx: tx.outbox.in_flight()) == [claimed]
    assert await claim(store) is None


async def test_priority_goes_before_age_and_age_before_the_rest(
    store: SqlStore, make: Maker
) -> None:
    old, urgent, young = peers(make, 3)
    urgent = replace(urgent, priority=3)
    await keep(store, make, young, urgent, old)
    order = [await claim(store) for _ in range(3)]
    assert [m.id for m in order if m] == [urgent.id, old.id, young.id]


async def test_priority_goes_before_the_order_of_lanes(
    store: SqlStore, make: Maker
) -> None:
    first, second = peers(make, 2)
    urgent = replace(second, lane=LaneId("other"), priority=2)
    await keep(store, make, first, urgent)
    claimed = await claim(store, lanes=(LANE, LaneId("other")))
    assert claimed is not None
    assert claimed.id == urgent.id


async def test_another_lane_is_left_alone(store: SqlStore, make: Maker) -> None:
    await keep(store, make, make.message(lane=LaneId("other")))
    assert await claim(store) is None


async def test_a_message_of_another_link_is_taken_only_when_covered(
    store: SqlStore, make: Maker
) -> None:
    await keep(store, make, make.message(preferred_link=SIM2))
    assert await claim(store, link=SIM1) is None
    assert await claim(store, link=SIM1, covers=(SIM3,)) is None
    claimed = await claim(store, link=SIM1, covers=(SIM3, SIM2))
    assert claimed is not None
    assert (claimed.link, claimed.preferred_link) == (SIM1, SIM2)


async def test_a_link_takes_its_own_and_nobodys_by_age(
    store: SqlStore, make: Maker
) -> None:
    own, free = peers(make, 2)
    own = replace(own, preferred_link=SIM1)
    await keep(store, make, free, own)
    order = [await claim(store), await claim(store)]
    assert [m.id for m in order if m] == [own.id, free.id]


async def test_several_are_claimed_as_one_after_the_other_would_be(
    store: SqlStore, make: Maker
) -> None:
    messages = peers(make, 6)
    deferred = [replace(m, tries=1) for m in messages[:2]]
    urgent = replace(messages[5], priority=3)
    await keep(store, make, *deferred, *messages[2:5], urgent)
    several = await claim_some(store, limit=5)
    order = [one.message.id for one in several]
    alternating = [urgent, deferred[0], messages[2], deferred[1], messages[3]]
    assert order == [message.id for message in alternating]
    assert [one.message.id for one in await claim_some(store)] == [messages[4].id]


async def test_of_one_person_only_the_first_message_is_among_several(
    store: SqlStore, make: Maker
) -> None:
    first, second = make.message(), make.message()
    other = make.message(peer="+79169999999")
    await keep(store, make, first, second, other)
    several = await claim_some(store)
    assert [one.message.id for one in several] == [first.id, other.id]


async def test_a_claim_brings_the_segments_and_who_opted_out(
    store: SqlStore, make: Maker
) -> None:
    plain, gone = peers(make, 2, text="щ" * 100)
    await keep(store, make, plain, gone)

    def opt_out(tx: Tx) -> None:
        contact = tx.contacts.by_address(gone.peer)
        assert contact is not None
        tx.contacts.save(replace(contact, opted_out_at=NOW, opt_out_source="api"))

    await store.write(opt_out)
    several = await claim_some(store)
    assert [one.opted_out for one in several] == [False, True]
    for one in several:
        kept = await store.read(lambda tx, m=one.message: tx.outbox.segments(m.id))  # type: ignore[misc]  # binds the loop's value
        assert list(one.segments) == kept
        assert len(kept) == 2


async def test_two_messages_to_one_person_are_not_sent_at_once(
    store: SqlStore, make: Maker
) -> None:
    first, second = make.message(), make.message()
    other = make.message(peer="+79169999999")
    await keep(store, make, first, second, other)
    assert (await claim(store, link=SIM1)) is not None
    passed = await claim(store, link=SIM2)
    assert passed is not None
    assert passed.id == other.id
    assert await claim(store, link=SIM3) is None
    await store.write(
        lambda tx: tx.outbox.save_message(replace(first, state=MessageState.SENT))
    )
    after = await claim(store, link=SIM3)
    assert after is not None
    assert after.id == second.id


async def test_fresh_and_deferred_can_alternate(store: SqlStore, make: Maker) -> None:
    messages = peers(make, 4)
    deferred = [replace(m, tries=1) for m in messages[:2]]
    await keep(store, make, *deferred, *messages[2:])
    order = [await claim(store, deferred_first=number % 2 == 1) for number in range(4)]
    assert [m.tries for m in order if m] == [0, 1, 0, 1]


@pytest.mark.parametrize("deferred_first", [True, False])
async def test_either_kind_is_taken_when_only_it_waits(
    store: SqlStore, make: Maker, *, deferred_first: bool
) -> None:
    fresh = make.message(tries=0 if deferred_first else 3)
    await keep(store, make, fresh)
    assert await claim(store, deferred_first=deferred_first) is not None


async def test_a_message_that_waits_is_not_taken_before_it_is_due(
    store: SqlStore, make: Maker
) -> None:
    due_at = make.now + timedelta(minutes=5)
    waiting = make.message(ready=False, due_at=due_at, tries=1)
    scheduled = make.message(
        peer="+79161111111",
        state=MessageState.SCHEDULED,
        ready=False,
        due_at=due_at + timedelta(minutes=1),
    )
    await keep(store, make, waiting, scheduled)
    assert await claim(store) is None
    assert await store.read(lambda tx: tx.outbox.next_due()) == due_at
    woken = await store.write(lambda tx: tx.outbox.wake_due(due_at, 10))
    assert [(m.id, m.ready) for m in woken] == [(waiting.id, True)]
    woken = await store.write(
        lambda tx: tx.outbox.wake_due(due_at + timedelta(hours=1), 10)
    )
    assert [(m.id, m.state) for m in woken] == [(scheduled.id, MessageState.QUEUED)]
    assert await store.read(lambda tx: tx.outbox.next_due()) is None
    assert await claim(store) is not None


async def test_waking_stops_at_its_limit(store: SqlStore, make: Maker) -> None:
    waiting = peers(make, 5, ready=False, due_at=make.now)
    await keep(store, make, *waiting)
    assert len(await store.write(lambda tx: tx.outbox.wake_due(make.now, 3))) == 3
    assert len(await store.write(lambda tx: tx.outbox.wake_due(make.now, 3))) == 2


async def test_the_backlog_counts_lanes_and_states(
    store: SqlStore, make: Maker
) -> None:
    ready, waiting, sending, elsewhere = peers(make, 4)
    waiting = replace(waiting, ready=False, due_at=make.now)
    elsewhere = replace(elsewhere, lane=LaneId("other"))
    sending = replace(sending, state=MessageState.SENDING)
    await keep(store, make, ready, waiting, sending, elsewhere)
    backlog = await store.read(lambda tx: tx.outbox.backlog())
    assert [(b.lane, b.state, b.count, b.oldest_at) for b in backlog] == [
        (LANE, MessageState.QUEUED, 2, make.now),
        (LANE, MessageState.SENDING, 1, make.now),
        (LaneId("other"), MessageState.QUEUED, 1, make.now),
    ]


async def test_what_has_expired_is_found_while_it_waits(
    store: SqlStore, make: Maker
) -> None:
    past = make.message(expires_at=make.now)
    future, sent = peers(make, 2)
    sent = replace(sent, state=MessageState.SENT, expires_at=make.now)
    await keep(store, make, past, future, sent)
    assert await store.read(lambda tx: tx.outbox.expired(make.now, 10)) == [past]


async def test_places_are_those_in_which_something_waits(
    store: SqlStore, make: Maker
) -> None:
    free, due, sent = peers(make, 3)
    later = replace(due, preferred_link=SIM1, ready=False, due_at=make.now)
    gone = replace(sent, lane=LaneId("gone"), state=MessageState.SENT)
    await keep(store, make, free, later, gone)
    found = await store.read(lambda tx: tx.outbox.places())
    assert found == {(LANE, None), (LANE, SIM1)}


async def test_what_waits_at_a_place_is_read_in_bites(
    store: SqlStore, make: Maker
) -> None:
    first, second, third = peers(make, 3, preferred_link=SIM1)
    elsewhere = make.message(peer="+79169999999", preferred_link=SIM2)
    await keep(store, make, first, second, third, elsewhere)
    place = (LANE, SIM1)
    bites = [
        await store.read(
            lambda tx, after=after: tx.outbox.waiting_at(place, after=after, limit=2)  # type: ignore[misc]  # binds the loop's value
        )
        for after in (None, second.id, third.id)
    ]
    assert bites == [[first, second], [third], []]
