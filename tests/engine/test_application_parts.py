"""Messages that an application submits in several parts."""

from dataclasses import replace
from pathlib import Path

import pytest

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import UserData
from gateway.codec.udh import Concatenation
from gateway.core.application import ReportWish, SpokenAddress
from gateway.core.errors import Conflict, Invalid
from gateway.core.link import Capabilities
from gateway.core.message import MessageState
from gateway.engine.application_parts import GIVE_UP_AFTER
from tests.support.application import (
    SHORT_CODE,
    open_account,
    parts_of,
    queued_texts,
    receipts,
    report,
    send_all,
    submission,
    the_message,
)
from tests.support.builders import CUSTOMER, stop_from
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12
PATIENCE_S = GIVE_UP_AFTER.total_seconds() + 1
NOBODY = SpokenAddress()


async def test_parts_in_any_order_become_one_message(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    parts = parts_of(LONG)
    assert len(parts) == 3
    names = []
    for part in (parts[2], parts[0], parts[1]):
        assert await queued_texts(rooms) == []
        names.append((await rooms.desk.submit(crm, part)).message_id)
    message = await the_message(rooms)
    assert message.text == LONG
    assert len(set(names)) == 3
    for name in names:
        standing = await rooms.desk.query(crm, name, SHORT_CODE)
        assert standing.state is MessageState.QUEUED


async def test_each_part_that_asked_gets_the_receipt_of_the_whole(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    first, second, third = parts_of(LONG)
    names = [
        (await rooms.desk.submit(crm, part)).message_id
        for part in (first, replace(second, reports=ReportWish.NONE), third)
    ]
    await send_all(rooms)
    for reference in range(2):
        await report(rooms, str(reference))
    assert await receipts(rooms, crm) == []
    await report(rooms, "2")
    told = await receipts(rooms, crm)
    assert [one.message_id for one in told] == [names[0], names[2]]
    assert {one.state for one in told} == {MessageState.DELIVERED}
    assert {(one.submitted, one.delivered) for one in told} == {(1, 1)}


async def test_a_part_that_comes_again_has_its_first_name(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    first, second, _ = parts_of(LONG)
    name = (await rooms.desk.submit(crm, first)).message_id
    await rooms.desk.submit(crm, second)
    assert (await rooms.desk.submit(crm, first)).message_id == name


async def test_another_text_under_the_same_reference_is_another_message(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    other = LONG.upper()
    for one, two in zip(parts_of(LONG), parts_of(other), strict=True):
        await rooms.desk.submit(crm, one)
        await rooms.desk.submit(crm, two)
    assert sorted(await queued_texts(rooms), key=str) == sorted([LONG, other])


async def test_the_same_long_text_sent_twice_is_two_messages(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    for _ in range(2):
        for part in parts_of(LONG):
            await rooms.desk.submit(crm, part)
    assert await queued_texts(rooms) == [LONG, LONG]


async def test_who_sends_what_to_whom_keeps_parts_apart(rooms: Rooms) -> None:
    crm, erp = await open_account(rooms), await open_account(rooms, "erp")
    first, second, third = parts_of(LONG)
    for account, part in (
        (crm, first),
        (erp, second),
        (crm, replace(third, source=SpokenAddress(text="7171"))),
        (crm, replace(parts_of(LONG, reference=8)[1])),
        (crm, parts_of(LONG, to=("+79161234568",))[2]),
    ):
        await rooms.desk.submit(account, part)
    assert await queued_texts(rooms) == []


async def test_one_of_one_is_a_whole_message(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    alone = Concatenation(reference=1, total=1, number=1)
    await rooms.desk.submit(crm, submission(part=alone))
    assert await queued_texts(rooms) == ["hello"]


async def test_parts_without_their_others_go_alone_after_a_while(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    first, _, third = parts_of(LONG)
    names = [(await rooms.desk.submit(crm, part)).message_id for part in (third, first)]
    rooms.clock.pass_time(PATIENCE_S - 2)
    await rooms.desk.sweep()
    assert await queued_texts(rooms) == []
    rooms.clock.pass_time(2)
    await rooms.desk.sweep()
    texts = await queued_texts(rooms)
    assert texts == [LONG[-34:], LONG[:67]]
    await send_all(rooms)
    await report(rooms, "0")
    await report(rooms, "1")
    assert {one.message_id for one in await receipts(rooms, crm)} == set(names)


async def test_a_part_that_comes_again_after_the_whole_is_not_sent(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    parts = parts_of(LONG)
    for part in parts:
        await rooms.desk.submit(crm, part)
    again = await rooms.desk.submit(crm, parts[1])
    await send_all(rooms)
    for reference in range(3):
        await report(rooms, str(reference))
    assert len(await receipts(rooms, crm)) == 3
    rooms.clock.pass_time(PATIENCE_S)
    await rooms.desk.sweep()
    assert await queued_texts(rooms) == [LONG]
    told = await receipts(rooms, crm)
    assert len(told) == 4
    assert told[-1].message_id == again.message_id
    assert told[-1].state is MessageState.DELIVERED
    rooms.clock.pass_time(2 * PATIENCE_S)
    await rooms.desk.sweep()
    kept = await rooms.store.read(lambda tx: tx.applications.held(again.message_id))
    assert kept is None


async def test_parts_outlive_a_restart(tmp_path: Path) -> None:
    clock, ids = FakeClock(), SeededIds()
    parts = parts_of(LONG)
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        crm = await open_account(rooms)
        for part in parts[:2]:
            await rooms.desk.submit(crm, part)
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        await rooms.desk.submit(crm, parts[2])
        assert await queued_texts(rooms) == [LONG]


async def test_a_part_that_waits_can_be_asked_for_and_taken_back(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    first, second, third = parts_of(LONG)
    name = (await rooms.desk.submit(crm, first)).message_id
    standing = await rooms.desk.query(crm, name, SHORT_CODE)
    assert standing.state is MessageState.QUEUED
    with pytest.raises(Conflict):
        await rooms.desk.replace(crm, name, submission("new"))
    await rooms.desk.cancel(
        crm, message_id=name, source=NOBODY, destination=None, service_type=""
    )
    [told] = await receipts(rooms, crm)
    assert (told.message_id, told.state) == (name, MessageState.CANCELLED)
    for part in (second, third):
        await rooms.desk.submit(crm, part)
    assert await queued_texts(rooms) == []


async def test_taking_back_a_part_of_the_whole_takes_back_the_whole(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    names = [(await rooms.desk.submit(crm, part)).message_id for part in parts_of(LONG)]
    await rooms.desk.cancel(
        crm, message_id=names[1], source=NOBODY, destination=None, service_type=""
    )
    assert (await the_message(rooms)).state is MessageState.CANCELLED
    assert [one.message_id for one in await receipts(rooms, crm)] == names


async def test_parts_in_several_alphabets_stay_as_they_were_cut(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    bodies = [
        UserData(alphabet=Alphabet.GSM7, units=b"hello "),
        UserData(alphabet=Alphabet.UCS2, units="мир".encode("utf-16-be")),
    ]
    for number, body in enumerate(bodies, start=1):
        place = Concatenation(reference=9, total=2, number=number, wide=True)
        await rooms.desk.submit(crm, submission(body=body, part=place))
    message = await the_message(rooms)
    assert message.text == "hello мир"
    segments = await rooms.segments(message.id)
    assert [one.body.units for one in segments] == [body.units for body in bodies]
    assert all(len(one.body.header) == 1 for one in segments)


async def test_even_a_link_for_whole_messages_gets_them_as_they_were_cut(
    tmp_path: Path,
) -> None:
    payload = Capabilities(whole_messages=True)
    async with open_rooms(tmp_path, capabilities=payload) as rooms:
        crm = await open_account(rooms)
        for number, text in enumerate(("hello", "мир"), start=1):
            place = Concatenation(reference=9, total=2, number=number)
            await rooms.desk.submit(crm, submission(text, part=place))
        message = await the_message(rooms)
        segments = await rooms.segments(message.id)
        assert [one.body.alphabet for one in segments] == [
            Alphabet.GSM7,
            Alphabet.UCS2,
        ]
        for part in parts_of(LONG):
            await rooms.desk.submit(crm, part)
        [_, whole] = await rooms.messages()
        assert len(await rooms.segments(whole.id)) == 1


async def test_segments_are_cut_anew_where_the_parts_were_short(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    for number, text in enumerate(("one ", "two ", "three"), start=1):
        place = Concatenation(reference=9, total=3, number=number)
        body = UserData(alphabet=Alphabet.GSM7, units=text.encode())
        await rooms.desk.submit(crm, submission(body=body, part=place))
    assert (await the_message(rooms)).segments == 1


async def test_who_opted_out_in_between_is_told_of_at_the_last_part(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    first, second, third = parts_of(LONG)
    names = [
        (await rooms.desk.submit(crm, part)).message_id for part in (first, second)
    ]
    await rooms.intake.accept(stop_from(CUSTOMER))
    with pytest.raises(Invalid):
        await rooms.desk.submit(crm, third)
    rooms.clock.pass_time(PATIENCE_S)
    await rooms.desk.sweep()
    told = await receipts(rooms, crm)
    assert [one.message_id for one in told] == names
    assert {one.state for one in told} == {MessageState.FAILED}


async def test_decimal_ids_are_given_to_parts_too(rooms: Rooms) -> None:
    crm = await open_account(rooms, decimal_ids=True)
    names = [(await rooms.desk.submit(crm, part)).message_id for part in parts_of(LONG)]
    assert all(len(name) == 10 and name.isdecimal() for name in names)
    assert (await the_message(rooms)).reference == names[0]
