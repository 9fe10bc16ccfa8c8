"""Store contract: accounts of applications, submissions, parts, notices."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.codec.udh import Concatenation
from gateway.core.application import (
    ReportWish,
    Submission,
)
from gateway.core.application_store import Carried, Part
from gateway.core.errors import StoreConflict
from gateway.core.ids import AccountId
from gateway.core.message import MessageState
from gateway.core.store import RetentionCut, Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.store.stored_application import CRM, ERP, carried
from tests.support.application import (
    submission,
)
from tests.support.builders import CUSTOMER


def part(make: Maker, number: int, **fields: object) -> Part:
    name = make.ids.new("msg")
    made = Part(
        account_id=CRM.id,
        id=name,
        key="7070\n1 of 3",
        group=name,
        number=number,
        digest=bytes([number]),
        submission=full_submission(make),
        submitted_at=make.now,
        until=make.now + timedelta(minutes=10),
    )
    return replace(made, **fields)  # type: ignore[arg-type]  # named by the test


def full_submission(make: Maker) -> Submission:
    return submission(
        "длинный текст",
        part=Concatenation(reference=9, total=3, number=2, wide=True),
        validity=timedelta(hours=3, microseconds=7),
        send_at=make.now,
        priority=2,
        flash=True,
        user_reference=0,
        service_type="CMT",
        intermediate=True,
        sender="BANK",
    )


async def opened(store: SqlStore) -> None:
    def write(tx: Tx) -> None:
        for one in (CRM, ERP):
            tx.applications.insert_account(one)

    await store.write(write)


async def test_an_account_comes_back_as_it_was(store: SqlStore, make: Maker) -> None:
    full = replace(
        CRM,
        description="Магазин",
        disabled_at=make.now,
        sources=("192.0.2.0/24",),
        max_binds=2,
        rate_per_s=12.5,
        window=3,
        deliver_window=4,
        senders=("BANK", "+7*"),
        destinations=("+7",),
        numbers=("+79160000001", "*"),
        queue="crm",
        decimal_ids=True,
        long_dates=True,
        receipt_tlvs=False,
        idempotent_s=60,
    )
    await store.write(lambda tx: tx.applications.insert_account(full))
    assert await store.read(lambda tx: tx.applications.account(CRM.id)) == full
    other = replace(CRM, password_hash="other")
    await store.write(lambda tx: tx.applications.save_account(other))
    found = await store.read(lambda tx: tx.applications.account_by_system_id("crm"))
    assert found == other
    assert await store.read(lambda tx: tx.applications.accounts()) == [other]


async def test_a_system_id_is_taken_once(store: SqlStore) -> None:
    await opened(store)
    twin = replace(CRM, id=AccountId("acc_twin"))
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.applications.insert_account(twin))
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.applications.save_account(twin))


async def test_listeners_are_those_that_list_the_number(store: SqlStore) -> None:
    def write(tx: Tx) -> None:
        tx.applications.insert_account(replace(CRM, numbers=("+1", "+2", "*")))
        tx.applications.insert_account(replace(ERP, numbers=("+1",)))

    await store.write(write)

    async def of(number: str) -> set[str]:
        return set(await store.read(lambda tx: tx.applications.listeners(number)))

    assert await of("+1") == {CRM.id, ERP.id}
    assert await of("+3") == await of("") == {CRM.id}
    await store.write(lambda tx: tx.applications.save_account(CRM))
    assert await of("+1") == {ERP.id}


async def test_a_submission_is_found_by_its_name_and_its_account(
    store: SqlStore, make: Maker
) -> None:
    plain, first, second = (make.message() for _ in range(3))
    rows = [
        carried(make, plain),
        carried(make, first, id="1000000001"),
        carried(make, second, id="1000000001", repeat_key="5:ab"),
    ]

    def write(tx: Tx) -> None:
        for message in (plain, first, second):
            make.keep(tx, message)
        tx.applications.carry(rows)

    await store.write(write)

    async def found(account_id: AccountId, name: str) -> list[Carried]:
        return await store.read(lambda tx: tx.applications.carried(account_id, name))

    name = rows[0].id
    assert await found(CRM.id, name) == rows[:1]
    assert await found(CRM.id, "1000000001") == rows[1:]
    assert await found(ERP.id, name) == []
    named = await store.read(lambda tx: tx.applications.named("1000000001"))
    assert named == first.id
    assert await store.read(lambda tx: tx.applications.named(name)) is None
    changed = replace(rows[0], reports=ReportWish.NONE)
    await store.write(lambda tx: tx.applications.save_carried(changed))
    assert await found(CRM.id, name) == [changed]

    async def repeated(since_s: int) -> str | None:
        since = make.now + timedelta(seconds=since_s)
        return await store.read(
            lambda tx: tx.applications.repeated(CRM.id, "5:ab", since)
        )

    assert (await repeated(0), await repeated(1)) == ("1000000001", None)


async def test_a_submission_goes_with_its_message(store: SqlStore, make: Maker) -> None:
    message = make.message(state=MessageState.DELIVERED)

    def write(tx: Tx) -> int:
        make.keep(tx, message)
        tx.applications.carry([carried(make, message)])
        return tx.keeping.purge(
            RetentionCut(messages_before=make.now + timedelta(days=1)), 10
        )

    assert await store.write(write) == 1
    name = carried(make, message).id
    left = await store.read(lambda tx: tx.applications.carried(CRM.id, name))
    assert left == []


async def test_what_waits_for_an_address_is_its_own_accounts(
    store: SqlStore, make: Maker
) -> None:
    mine = [
        make.message(account_id=CRM.id),
        make.message(account_id=CRM.id, state=MessageState.SCHEDULED),
        make.message(account_id=CRM.id, state=MessageState.SENT),
    ]
    others = [
        make.message(account_id=ERP.id),
        make.message(account_id=CRM.id, peer=CUSTOMER),
        make.message(),
    ]

    def write(tx: Tx) -> None:
        for message in (*mine, *others):
            make.keep(tx, message)
            tx.applications.carry([carried(make, message)])

    await store.write(write)
    found = await store.read(
        lambda tx: tx.applications.waiting_for(CRM.id, mine[0].peer)
    )
    assert [one.message_id for one in found] == [mine[1].id, mine[0].id]


async def test_parts_come_back_as_they_were(store: SqlStore, make: Maker) -> None:
    first = part(make, 1)
    second = part(make, 2, group=first.group)
    other = part(make, 1, key="other", until=make.now + timedelta(minutes=5))

    def write(tx: Tx) -> None:
        for one in (first, second, other):
            tx.applications.hold(one)

    await store.write(write)
    key = first.key

    async def parts() -> list[Part]:
        return await store.read(lambda tx: tx.applications.parts(CRM.id, key))

    async def overdue(minutes: int) -> list[Part]:
        moment = make.now + timedelta(minutes=minutes)
        return await store.read(lambda tx: tx.applications.overdue(moment, 10))

    assert await parts() == [first, second]
    assert await store.read(lambda tx: tx.applications.held(second.id)) == second
    assert await overdue(4) == []
    assert await overdue(10) == [other, first, second]
    later = make.now + timedelta(minutes=30)
    await store.write(lambda tx: tx.applications.mark_joined(first, later))
    assert await parts() == [
        replace(one, joined=True, until=later) for one in (first, second)
    ]
    waiting = await store.read(lambda tx: tx.applications.waiting_parts(CRM.id))
    assert waiting == [other]
    await store.write(lambda tx: tx.applications.drop_part(other.id))
    assert await overdue(10) == []
