"""Store contract: MO messages, groups, parked reports, quarantine, contacts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.errors import StoreConflict
from gateway.core.ids import LinkId, MessageId
from gateway.core.link import InboundUndecoded
from gateway.core.message import Direction, Message, MessageState, SegmentState
from gateway.core.message_store import Group, Page, ParkedReport, tail_of
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.builders import CUSTOMER, inbound_report


def received(make: Maker) -> Message:
    return make.message(
        direction=Direction.MO,
        state=MessageState.PARTIAL,
        lane=None,
        expires_at=None,
        missing=(2,),
        segments=2,
        link=LinkId("sim1"),
    )


def group(make: Maker, message_id: MessageId, minutes: int) -> Group:
    first_at = make.now + timedelta(minutes=minutes)
    return Group(
        message_id=message_id,
        line="line1",
        originator="+79160000001",
        reference=7,
        wide=False,
        total=2,
        first_at=first_at,
        deadline_at=first_at + timedelta(hours=1),
        surfaced=False,
        complete=False,
        service_time=make.now,
    )


async def test_a_fingerprint_is_new_once(store: SqlStore, make: Maker) -> None:
    for known in (True, False, False):
        answer = await store.write(
            lambda tx: tx.inbox.remember_fingerprint(b"\x07" * 32, make.now)
        )
        assert answer is known


async def test_the_newest_octets_of_a_line_are_told(
    store: SqlStore, make: Maker
) -> None:
    def fn(tx: Tx) -> None:
        message = received(make)
        tx.contacts.insert(make.contact(message.peer))
        tx.contacts.insert_thread(make.thread(message.peer))
        for raw, line in ((b"1", "line1"), (b"2", "line2"), (b"3", "line1")):
            message = received(make)
            [first, _] = make.segments(replace(message, text="щ" * 80))
            kept = replace(first, state=SegmentState.RECEIVED, raw=raw, line=line)
            tx.inbox.insert(message, [kept])

    await store.write(fn)
    assert await store.read(lambda tx: tx.inbox.newest_raw("line1", 9)) == [b"3", b"1"]
    assert await store.read(lambda tx: tx.inbox.newest_raw("line1", 2)) == [b"3"]


async def test_a_received_message_grows_by_segments(
    store: SqlStore, make: Maker
) -> None:
    message = received(make)
    first, second = make.segments(
        replace(message, text="щ" * 80), state=SegmentState.RECEIVED, raw=b"\x04"
    )
    whole = replace(message, state=MessageState.RECEIVED, missing=(), text="щ" * 80)

    def fn(tx: Tx) -> None:
        tx.contacts.insert(make.contact(message.peer))
        tx.contacts.insert_thread(make.thread(message.peer))
        tx.inbox.insert(message, [second])
        tx.inbox.add_segment(first)
        tx.outbox.save_message(whole)

    await store.write(fn)
    assert await store.read(lambda tx: tx.outbox.get(message.id)) == whole
    kept = await store.read(lambda tx: tx.outbox.segments(message.id))
    assert kept == [first, second]


async def test_the_same_segment_number_twice_is_a_conflict(
    store: SqlStore, make: Maker
) -> None:
    message = received(make)
    [segment] = make.segments(message)
    again = replace(segment, id=make.segments(message)[0].id)
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: make.keep(tx, message, [segment, again]))


async def test_groups_of_one_key_come_newest_first_and_by_deadline(
    store: SqlStore, make: Maker
) -> None:
    groups = []
    for minutes in (0, 10):
        message = received(make)
        groups.append(group(make, message.id, minutes))
        await store.write(make.kept(message))
    older, newer = groups

    def fn(tx: Tx) -> None:
        tx.inbox.insert_group(older)
        tx.inbox.insert_group(newer)

    await store.write(fn)

    def find(tx: Tx, total: int = 2) -> list[Group]:
        return tx.inbox.groups(
            line="line1",
            originator="+79160000001",
            reference=7,
            wide=False,
            total=total,
        )

    assert await store.read(find) == [newer, older]
    assert await store.read(lambda tx: find(tx, total=3)) == []
    assert await store.read(lambda tx: tx.inbox.next_deadline()) == older.deadline_at
    overdue = await store.read(lambda tx: tx.inbox.overdue_groups(older.deadline_at, 9))
    assert overdue == [older]

    shown, complete = replace(older, surfaced=True), replace(newer, complete=True)

    def close(tx: Tx) -> None:
        tx.inbox.save_group(shown)
        tx.inbox.save_group(complete)

    await store.write(close)
    assert await store.read(find) == [complete, shown]
    assert await store.read(lambda tx: tx.inbox.next_deadline()) is None


async def test_a_parked_report_is_found_by_its_reference_or_by_whom_it_is_about(
    store: SqlStore,
) -> None:
    first, second = inbound_report("17"), inbound_report("18", service_time=None)
    stranger = inbound_report("18", recipient="+79999999999")
    foreign = inbound_report("19", recipient="+79999999999")

    def fn(tx: Tx) -> None:
        for report in (first, second, stranger, foreign, replace(first, line="line9")):
            tx.inbox.park_report(report)

    async def parked(reference: str | None, limit: int = 10) -> list[ParkedReport]:
        tail = tail_of(CUSTOMER)
        return await store.read(
            lambda tx: tx.inbox.parked_reports(
                first.line, reference=reference, tail=tail, limit=limit
            )
        )

    await store.write(fn)
    found = await parked(None)
    assert [one.report for one in found] == [first, second]
    assert [one.report for one in await parked("18")] == [first, second, stranger]
    assert [one.report for one in await parked("18", 2)] == [second, stranger]
    await store.write(lambda tx: tx.inbox.drop_parked(found[0].id))
    assert [one.report for one in await parked(None)] == [second]


async def test_quarantine_keeps_the_octets_and_pages_newest_first(
    store: SqlStore, make: Maker
) -> None:
    items = [
        InboundUndecoded(
            link=LinkId("sim1"),
            line="line1",
            raw=bytes([number]),
            reason="length",
            received_at=make.now,
        )
        for number in range(3)
    ]
    ids = await store.write(lambda tx: [tx.inbox.quarantine(item) for item in items])
    newest = await store.read(lambda tx: tx.inbox.quarantined(2, None))
    assert [one.item for one in newest] == [items[2], items[1]]
    rest = await store.read(lambda tx: tx.inbox.quarantined(2, newest[-1].id))
    assert [(one.id, one.item) for one in rest] == [(ids[0], items[0])]


async def test_a_contact_is_one_per_address_and_opts_out(
    store: SqlStore, make: Maker
) -> None:
    contact, other = make.contact("+79160000001"), make.contact("BANK")

    def fn(tx: Tx) -> None:
        tx.contacts.insert(contact)
        tx.contacts.insert(other)

    await store.write(fn)
    assert await store.read(lambda tx: tx.contacts.by_address("BANK")) == other
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.contacts.insert(contact))
    gone = replace(contact, opted_out_at=make.now, opt_out_source="keyword:стоп")
    await store.write(lambda tx: tx.contacts.save(gone))
    assert await store.read(lambda tx: tx.contacts.get(contact.id)) == gone
    assert await store.read(lambda tx: tx.contacts.opted_out(Page())) == [gone]
    before = Page(before=gone.id)
    assert await store.read(lambda tx: tx.contacts.opted_out(before)) == []


async def test_threads_of_a_contact_come_most_recently_moved_first(
    store: SqlStore, make: Maker
) -> None:
    one = make.thread("+79160000001")
    later = make.now + timedelta(hours=1)
    two = replace(one, id=make.thread("2").id, own="900", updated_at=later)

    def fn(tx: Tx) -> None:
        tx.contacts.insert(make.contact("+79160000001"))
        tx.contacts.insert_thread(one)
        tx.contacts.insert_thread(two)

    await store.write(fn)
    assert await store.read(lambda tx: tx.contacts.threads(one.contact_id)) == [
        two,
        one,
    ]
    moved = replace(
        one, updated_at=later + timedelta(hours=1), sticky_link=LinkId("sim2")
    )
    await store.write(lambda tx: tx.contacts.save_thread(moved))
    found = await store.read(lambda tx: tx.contacts.threads(one.contact_id))
    assert found == [moved, two]
    assert await store.read(lambda tx: tx.contacts.thread(one.contact_id, "900")) == two
