"""Store contract: messages, segments and attempts come back as they went in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.codec.dcs import Alphabet
from gateway.core.errors import StoreConflict
from gateway.core.ids import LaneId, LinkId, MessageId, TokenId
from gateway.core.message import (
    Attempt,
    AttemptState,
    Direction,
    Failure,
    Message,
    MessageClass,
    MessageState,
    OnUnknown,
    SegmentState,
)
from gateway.core.message_store import MessageFilter, Page, tail_of
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker

ODD = datetime(2031, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
FAILURE = Failure(code="no_route", reason="нет пути", carrier_code="CMS 38")


def full(make: Maker) -> Message:
    return make.message(
        state=MessageState.FAILED,
        own="+79165550000",
        text=None,
        octets=b"\x00\xff",
        alphabet=Alphabet.OCTETS,
        updated_at=ODD,
        link=LinkId("sim1"),
        error=FAILURE,
        preferred_link=LinkId("sim2"),
        reference="order 7",
        message_class=MessageClass.OTP,
        on_unknown=OnUnknown.RESEND,
        flash=True,
        status_report=False,
        priority=3,
        queue="night",
        due_at=ODD,
        validity_s=900,
        tries=2,
        ready=False,
        possible_duplicate=True,
        report_url="https://example.org/report",
        token_id=TokenId("tok_1"),
        service_time=ODD,
        missing=(2, 3),
        destination_port=2948,
    )


async def keep(store: SqlStore, make: Maker, *messages: Message) -> None:
    def fn(tx: Tx) -> None:
        for message in messages:
            make.keep(tx, message)

    await store.write(fn)


async def found(store: SqlStore, message: Message) -> Message | None:
    return await store.read(lambda tx: tx.outbox.get(message.id))


async def test_every_field_of_a_message_comes_back(
    store: SqlStore, make: Maker
) -> None:
    for message in (make.message(), full(make)):
        await keep(store, make, message)
        assert await found(store, message) == message


async def test_what_may_change_of_a_message_is_saved(
    store: SqlStore, make: Maker
) -> None:
    before = make.message()
    await keep(store, make, before)
    changed = replace(
        full(make),
        id=before.id,
        reference=None,
        message_class=before.message_class,
        flash=False,
        status_report=True,
        queue=None,
        report_url=None,
        token_id=None,
    )
    await store.write(lambda tx: tx.outbox.save_message(changed))
    assert await store.read(lambda tx: tx.outbox.get(before.id)) == changed


async def test_segments_and_attempts_come_back(store: SqlStore, make: Maker) -> None:
    message = make.message(text="щ" * 150, segments=3)
    segments = make.segments(message, raw=b"\x01")
    sent = replace(
        segments[1],
        state=SegmentState.SENT,
        link=LinkId("sim1"),
        line="line1",
        reference="17",
        sent_at=ODD,
        reported_at=ODD,
        report_status="0x00",
        error=FAILURE,
    )
    attempt = make.attempt(segments[1])
    ended = replace(
        attempt,
        line="line2",
        state=AttemptState.ACCEPTED,
        finished_at=ODD,
        reference="17",
        error=FAILURE,
        possible_duplicate=True,
    )

    def fn(tx: Tx) -> None:
        make.keep(tx, message, segments)
        tx.outbox.insert_attempts([attempt])
        assert tx.outbox.attempt(attempt.id) == attempt
        tx.outbox.save_segment(sent)
        tx.outbox.save_attempt(ended)

    await store.write(fn)
    kept = await store.read(lambda tx: tx.outbox.segments(message.id))
    assert kept == [segments[0], sent, segments[2]]
    assert await store.read(lambda tx: tx.outbox.segment(sent.id)) == sent
    assert await store.read(lambda tx: tx.outbox.attempts(message.id)) == [ended]


async def test_nothing_is_found_under_an_unknown_name(store: SqlStore) -> None:
    unknown = MessageId("msg_0")
    assert await store.read(lambda tx: tx.outbox.get(unknown)) is None
    assert await store.read(lambda tx: tx.outbox.segments(unknown)) == []


async def test_saving_what_is_not_there_is_a_conflict(
    store: SqlStore, make: Maker
) -> None:
    message = make.message()
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.outbox.save_message(message))


async def test_the_same_message_twice_is_a_conflict(
    store: SqlStore, make: Maker
) -> None:
    message = make.message()
    await keep(store, make, message)
    with pytest.raises(StoreConflict):
        await keep(store, make, message)


async def test_a_reference_finds_its_segments_on_its_line_newest_first(
    store: SqlStore, make: Maker
) -> None:
    for line, minutes in (("line1", 0), ("line1", 5), ("line2", 9)):
        message = make.message()
        segments = make.segments(
            message,
            line=line,
            reference="200",
            sent_at=make.now + timedelta(minutes=minutes),
        )
        await store.write(make.kept(message, segments))
    found = await store.read(lambda tx: tx.outbox.by_reference("line1", "200", 10))
    assert [s.sent_at for s in found] == [make.now + timedelta(minutes=5), make.now]


async def test_attempts_without_a_reference_are_found_by_line(
    store: SqlStore, make: Maker
) -> None:
    message = make.message()
    [segment] = make.segments(message)
    tail = tail_of(message.peer)
    open_one = make.attempt(segment, tail=tail)
    doubtful = make.attempt(segment, tail=tail, state=AttemptState.UNKNOWN)
    others = [
        make.attempt(segment, tail=tail, line="line2"),
        make.attempt(segment, tail=tail, reference="9"),
        make.attempt(segment, tail=tail, state=AttemptState.TEMPORARY),
        make.attempt(segment, tail="999999"),
    ]

    def fn(tx: Tx) -> list[Attempt]:
        make.keep(tx, message, [segment])
        for attempt in (open_one, *others, doubtful):
            tx.outbox.insert_attempts([attempt])
        return tx.outbox.unreferenced("line1", tail)

    assert await store.write(fn) == [open_one, doubtful]
    assert await store.read(lambda tx: tx.outbox.unreferenced("line1", "000000")) == []


async def listing(store: SqlStore, page: Page | None = None, **which: Any) -> list[str]:
    found = await store.read(
        lambda tx: tx.outbox.listing(MessageFilter(**which), page or Page())
    )
    return [message.id for message in found]


async def test_a_listing_is_newest_first_and_pages(
    store: SqlStore, make: Maker
) -> None:
    messages = [make.message() for _ in range(5)]
    await keep(store, make, *messages)
    newest_first = [message.id for message in reversed(messages)]
    assert await listing(store) == newest_first
    first = await listing(store, Page(limit=2))
    second = await listing(store, Page(limit=2, before=first[-1]))
    assert first + second == newest_first[:4]


async def test_each_filter_and_all_of_them_together_narrow_a_listing(
    store: SqlStore, make: Maker
) -> None:
    plain = make.message(peer="+79160000002")
    wanted = full(make)
    await keep(store, make, plain, wanted)
    filters: dict[str, Any] = {
        "direction": Direction.MT,
        "states": frozenset({MessageState.FAILED, MessageState.SENT}),
        "peer": wanted.peer,
        "thread_id": wanted.thread_id,
        "link": wanted.link,
        "reference": wanted.reference,
        "since": wanted.created_at,
        "until": wanted.created_at + timedelta(seconds=1),
    }
    for name, value in filters.items():
        assert wanted.id in await listing(store, **{name: value}), name
    assert await listing(store, **filters) == [wanted.id]
    assert await listing(store, direction=Direction.MO) == []
    assert await listing(store, until=wanted.created_at) == []
    for name in ("peer", "thread_id", "link", "reference", "states"):
        assert await listing(store, **{name: filters[name]}) == [wanted.id], name


@pytest.mark.parametrize("state", list(MessageState))
async def test_every_state_can_be_listed(
    store: SqlStore, make: Maker, state: MessageState
) -> None:
    message = make.message(state=state, lane=LaneId("x"))
    await keep(store, make, message, make.message(state=MessageState.RECEIVED))
    states = frozenset({state, MessageState.SCHEDULED})
    assert message.id in await listing(store, states=states)


async def test_it_says_who_is_served_and_where_somebody_waits(
    store: SqlStore, make: Maker
) -> None:
    waiting = make.message(peer="+79160000001", lane=LaneId("east"))
    later = make.message(peer="+79160000002", lane=LaneId("west"), ready=False)
    sending = make.message(peer="+79160000003", state=MessageState.SENDING)
    await keep(store, make, waiting, later, sending)
    peers = [message.peer for message in (waiting, later, sending)]
    east, west = (LaneId("east"), None), (LaneId("west"), None)

    def ask(tx: Tx) -> tuple[list[str], bool, bool]:
        outbox = tx.outbox
        return (
            outbox.served(peers),
            outbox.is_waited_at([west, east]),
            outbox.is_waited_at([west]),
        )

    assert await store.read(ask) == ([sending.peer], True, False)
