"""Store contract: what applications are owed."""

from datetime import timedelta

import pytest

from gateway.core.application import (
    MessageNotice,
    ReceiptNotice,
    ReportWish,
)
from gateway.core.application_store import Receipt
from gateway.core.ids import MessageId
from gateway.core.message import MessageState
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.store.stored_application import CRM, ERP, carried, receipt
from tests.support.builders import CUSTOMER


@pytest.mark.parametrize(
    ("wish", "intermediate", "good", "bad", "on_its_way"),
    [
        (ReportWish.NONE, False, 0, 0, 0),
        (ReportWish.NONE, True, 0, 0, 1),
        (ReportWish.EITHER, False, 1, 1, 0),
        (ReportWish.EITHER, True, 1, 1, 1),
        (ReportWish.SUCCESS, False, 1, 0, 0),
        (ReportWish.FAILURE, False, 0, 1, 0),
    ],
)
async def test_a_receipt_is_owed_to_who_wished_for_it(
    store: SqlStore,
    make: Maker,
    wish: ReportWish,
    *,
    intermediate: bool,
    good: int,
    bad: int,
    on_its_way: int,
) -> None:
    message = make.message()
    row = carried(make, message, reports=wish, intermediate=intermediate)

    def keep(tx: Tx) -> None:
        make.keep(tx, message)
        tx.applications.carry([row])

    await store.write(keep)
    news = (
        (receipt(make), good),
        (receipt(make, state=MessageState.EXPIRED, wish=ReportWish.FAILURE), bad),
        (
            receipt(
                make,
                state=MessageState.SENT,
                wish=ReportWish.NONE,
                is_intermediate=True,
            ),
            on_its_way,
        ),
    )
    for one, count in news:

        def write(tx: Tx, one: Receipt = one) -> int:
            tx.applications.owe_receipts([(message.id, one)])
            notices = tx.applications.owed(CRM.id, 0, make.now, 10)
            tx.applications.settle([notice.id for notice in notices])
            return len(notices)

        assert await store.write(write) == count, one.state


async def test_a_receipt_says_what_was_submitted(store: SqlStore, make: Maker) -> None:
    message = make.message()
    row = carried(make, message, id="1000000009")

    def write(tx: Tx) -> None:
        make.keep(tx, message)
        tx.applications.carry([row])
        news = receipt(
            make,
            state=MessageState.FAILED,
            wish=ReportWish.FAILURE,
            carrier_code="0x0B",
            delivered=0,
        )
        tx.applications.owe_receipts([(message.id, news)])
        tx.applications.owe_receipt(row, news)

    await store.write(write)
    first, second = await store.read(
        lambda tx: tx.applications.owed(CRM.id, 0, make.now, 10)
    )
    assert first.id < second.id
    assert (
        first.content
        == second.content
        == ReceiptNotice(
            message_id="1000000009",
            source=row.spoken.source,
            destination=row.spoken.destination,
            state=MessageState.FAILED,
            is_intermediate=False,
            carrier_code="0x0B",
            submitted=1,
            delivered=0,
            submitted_at=make.now,
            done_at=make.now,
            text="Привет 👋",
            service_type="CMT",
            user_reference=5,
        )
    )


async def test_notices_are_due_in_their_order_and_their_time(
    store: SqlStore, make: Maker
) -> None:
    content = MessageNotice(
        message_id=MessageId("msg_1"),
        sender=CUSTOMER,
        recipient="+79160000001",
        text=None,
        octets=b"\x00\xff",
        destination_port=2948,
        received_at=make.now,
    )
    await store.write(
        lambda tx: tx.applications.owe_message(
            [CRM.id, ERP.id, CRM.id], content, make.now
        )
    )

    async def owed(after: int = 0, seconds: int = 0, limit: int = 10) -> list[int]:
        moment = make.now + timedelta(seconds=seconds)
        notices = await store.read(
            lambda tx: tx.applications.owed(CRM.id, after, moment, limit)
        )
        assert all(notice.content == content for notice in notices)
        return [notice.id for notice in notices]

    first, last = await owed()
    assert await owed(limit=1) == [first]
    assert await owed(after=first) == [last]
    later = make.now + timedelta(seconds=30)
    await store.write(lambda tx: tx.applications.put_off(first, later))
    assert await owed() == [last]
    assert await owed(seconds=30) == [first, last]

    async def next_put_off() -> object:
        return await store.read(
            lambda tx: tx.applications.next_put_off(CRM.id, make.now)
        )

    assert await next_put_off() == later
    since = await store.read(lambda tx: tx.applications.owed_since(first))
    assert since == {CRM.id: False, ERP.id: False}
    assert (await store.read(lambda tx: tx.applications.owed_since(0)))[CRM.id] is True
    assert await store.read(lambda tx: tx.applications.newest_notice()) == last
    assert await store.read(lambda tx: tx.applications.waiting()) == {
        CRM.id: 2,
        ERP.id: 1,
    }
    await store.write(lambda tx: tx.applications.settle([first, last]))
    assert await next_put_off() is None
    assert await owed(seconds=30) == []
    old = make.now + timedelta(microseconds=1)
    [left] = await store.read(lambda tx: tx.applications.aged(old, 10))
    assert left.account_id == ERP.id
    assert await store.read(lambda tx: tx.applications.aged(make.now, 10)) == []


async def test_the_number_of_a_notice_is_never_given_again(
    store: SqlStore, make: Maker
) -> None:
    content = MessageNotice(
        message_id=MessageId("msg_1"),
        sender="BANK",
        recipient="",
        text="hello",
        octets=None,
        destination_port=None,
        received_at=make.now,
    )

    def write(tx: Tx) -> int:
        tx.applications.owe_message([CRM.id], content, make.now)
        newest = tx.applications.newest_notice()
        tx.applications.settle([newest])
        return newest

    assert await store.write(write) < await store.write(write)


async def test_only_doubt_that_is_not_due_is_taken_back(
    store: SqlStore, make: Maker
) -> None:
    message = make.message()
    later = make.now + timedelta(hours=1)
    doubt = receipt(
        make,
        state=MessageState.UNKNOWN,
        wish=ReportWish.FAILURE,
        delivered=0,
        due_at=later,
    )

    def write(tx: Tx) -> tuple[int, int]:
        make.keep(tx, message)
        tx.applications.carry([carried(make, message)])
        tx.applications.owe_receipts([(message.id, doubt)])
        tx.applications.owe_receipts([(message.id, receipt(make))])
        tx.applications.forgo_doubt([message.id], later)
        before = len(tx.applications.owed(CRM.id, 0, later, 10))
        tx.applications.forgo_doubt([message.id], make.now)
        return before, len(tx.applications.owed(CRM.id, 0, later, 10))

    assert await store.write(write) == (2, 1)
