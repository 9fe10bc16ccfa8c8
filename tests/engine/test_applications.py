"""The desk of applications: submissions, questions, decisions."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import UserData
from gateway.codec.udh import Element
from gateway.core.application import (
    ApplicationDesk,
    SpokenAddress,
)
from gateway.core.errors import Forbidden, Invalid, StoreFull
from gateway.core.event import EventType
from gateway.core.link import Capabilities, ReportKind
from gateway.core.message import MessageState
from gateway.store.config import StoreConfig
from tests.support.application import (
    SHORT_CODE,
    octets,
    open_account,
    ours,
    receipts,
    report,
    send_all,
    submission,
    the_message,
)
from tests.support.builders import CUSTOMER, stop_from
from tests.support.rooms import Rooms, open_rooms

OTHER = "+79161234568"
NOBODY = SpokenAddress()


async def test_a_submission_is_queued_and_known_by_its_id(rooms: Rooms) -> None:
    desk: ApplicationDesk = rooms.desk
    account = await open_account(rooms, queue="crm")
    taken = await desk.submit(account, submission("привет", priority=3))
    message = await the_message(rooms)
    assert (ours(taken.message_id), taken.refused) == (message.id, ())
    assert len(taken.message_id) <= 36
    # A receipt is text: what is another character in GSM 7-bit would not match.
    assert taken.message_id.isascii()
    assert taken.message_id.isalnum()
    assert message.text == "привет"
    assert message.state is MessageState.QUEUED
    assert (message.account_id, message.queue, message.priority) == (
        account.id,
        "crm",
        3,
    )
    standing = await desk.query(account, taken.message_id, SHORT_CODE)
    assert standing.state is MessageState.QUEUED
    assert standing.final_at is None


async def test_what_the_application_coded_is_sent_as_it_was_coded(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms)
    plain_in_ucs2 = UserData(alphabet=Alphabet.UCS2, units="plain".encode("utf-16-be"))
    await rooms.desk.submit(account, submission(body=plain_in_ucs2))
    message = await the_message(rooms)
    [segment] = await rooms.segments(message.id)
    assert message.text == "plain"
    assert message.alphabet is Alphabet.UCS2
    assert segment.body == plain_in_ucs2


async def test_long_content_is_cut_with_its_elements_in_each_segment(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms)
    ports = Element(id=5, data=bytes.fromhex("0b8423f0"))
    push = UserData(alphabet=Alphabet.OCTETS, header=(ports,), units=bytes(range(200)))
    await rooms.desk.submit(account, submission(body=push))
    message = await the_message(rooms)
    segments = await rooms.segments(message.id)
    assert message.octets == bytes(range(200))
    assert message.destination_port == 2948
    assert len(segments) == 2
    assert all(segment.body.header[1:] == (ports,) for segment in segments)
    assert b"".join(segment.body.units for segment in segments) == push.units


async def test_who_goes_away_while_it_is_kept_has_submitted_all_the_same(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms)
    rooms.start()
    task = asyncio.create_task(rooms.desk.submit(account, submission()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await rooms.link().handed(1)


async def test_nothing_at_all_can_be_sent(rooms: Rooms) -> None:
    account = await open_account(rooms)
    await rooms.desk.submit(account, submission(body=octets(b"")))
    assert (await the_message(rooms)).segments == 1


async def test_elements_that_leave_no_room_are_refused(rooms: Rooms) -> None:
    account = await open_account(rooms)
    wide = Element(id=0x70, data=bytes(130))
    body = UserData(alphabet=Alphabet.OCTETS, header=(wide,), units=bytes(20))
    with pytest.raises(Invalid) as refused:
        await rooms.desk.submit(account, submission(body=body))
    assert refused.value.code == "too_long"


async def test_a_sender_of_somebody_else_is_refused(tmp_path: Path) -> None:
    any_sender = Capabilities(any_sender=True)
    async with open_rooms(tmp_path, capabilities=any_sender) as rooms:
        account = await open_account(rooms, senders=("Bank", "+7495*"))
        for sender in ("Bank", "+74951234567", None):
            await rooms.desk.submit(account, submission(sender=sender))
        for sender in ("Bank1", "bank", "+7496"):
            with pytest.raises(Forbidden) as refused:
                await rooms.desk.submit(account, submission(sender=sender))
            assert refused.value.code == "sender_not_allowed"
            assert refused.value.field == "sender"
        assert len(await rooms.messages()) == 3


async def test_a_source_that_no_link_can_show_gives_way_to_the_links_number(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms)
    await rooms.desk.submit(account, submission(sender="SHOP"))
    assert (await the_message(rooms)).own == rooms.link().status.msisdn
    bound = await open_account(rooms, "bound", senders=("SHOP",))
    with pytest.raises(Invalid) as refused:
        await rooms.desk.submit(bound, submission(sender="SHOP"))
    assert refused.value.field == "sender"


async def test_a_destination_outside_the_prefixes_is_refused(rooms: Rooms) -> None:
    account = await open_account(rooms, destinations=("+7916",))
    await rooms.desk.submit(account, submission())
    with pytest.raises(Forbidden) as refused:
        await rooms.desk.submit(account, submission(to=("+79031234567",)))
    assert refused.value.code == "destination_not_allowed"
    assert refused.value.field == "to"


async def test_a_refused_submission_leaves_nothing_and_owes_nothing(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms)
    await rooms.intake.accept(stop_from(CUSTOMER))
    with pytest.raises(Invalid) as refused:
        await rooms.desk.submit(account, submission())
    assert refused.value.code == "opted_out"
    assert EventType.MESSAGE_QUEUED not in await rooms.types()
    assert await receipts(rooms, account) == []


async def test_with_little_space_left_nothing_is_taken(tmp_path: Path) -> None:
    full = StoreConfig(
        path=tmp_path / "seventy.db", ballast_octets=0, low_space_octets=1 << 60
    )
    async with open_rooms(tmp_path, store_config=full) as rooms:
        account = await open_account(rooms)
        with pytest.raises(StoreFull):
            await rooms.desk.submit(account, submission())


async def test_one_id_for_many_and_who_was_refused(rooms: Rooms) -> None:
    account = await open_account(rooms)
    await rooms.intake.accept(stop_from(OTHER))
    third = "+79161234569"
    taken = await rooms.desk.submit(
        account, submission(to=(CUSTOMER, OTHER, third, CUSTOMER, "112#"))
    )
    assert [(one.destination.text, one.code) for one in taken.refused] == [
        (CUSTOMER[1:], "duplicate_recipient"),
        ("112#", "service_code"),
        (OTHER[1:], "opted_out"),
    ]
    await send_all(rooms)
    await report(rooms, "0")
    await report(rooms, "1", ReportKind.UNDELIVERED, to=third)
    told = await receipts(rooms, account)
    assert {(one.message_id, one.destination.text, one.state) for one in told} == {
        (taken.message_id, CUSTOMER[1:], MessageState.DELIVERED),
        (taken.message_id, third[1:], MessageState.UNDELIVERED),
    }


async def test_when_everybody_is_refused_the_first_refusal_is_raised(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms, destinations=("+1",))
    with pytest.raises(Forbidden):
        await rooms.desk.submit(account, submission(to=(CUSTOMER, OTHER)))
    assert await rooms.messages() == []


async def test_decimal_ids_have_ten_digits_and_grow(rooms: Rooms) -> None:
    account = await open_account(rooms, decimal_ids=True)
    names = [
        (await rooms.desk.submit(account, submission())).message_id for _ in range(3)
    ]
    assert all(len(name) == 10 and name.isdecimal() for name in names)
    assert names == sorted(names, key=int)
    first = (await rooms.messages())[0]
    assert first.reference == names[0]
    standing = await rooms.desk.query(account, names[0], NOBODY)
    assert standing.message_id == names[0]


async def test_validity_counts_from_now_even_when_sent_later(rooms: Rooms) -> None:
    account = await open_account(rooms)
    send_at = rooms.clock.now() + timedelta(hours=1)
    await rooms.desk.submit(
        account, submission(send_at=send_at, validity=timedelta(hours=3))
    )
    message = await the_message(rooms)
    assert message.state is MessageState.SCHEDULED
    assert message.expires_at == rooms.clock.now() + timedelta(hours=3)
    with pytest.raises(Invalid) as refused:
        await rooms.desk.submit(
            account, submission(send_at=send_at, validity=timedelta(minutes=59))
        )
    assert refused.value.field == "validity_s"


async def test_the_same_reference_within_the_time_is_one_message(
    rooms: Rooms,
) -> None:
    account = await open_account(rooms, idempotent_s=60)
    first = await rooms.desk.submit(account, submission(user_reference=5))
    assert await rooms.desk.submit(account, submission(user_reference=5)) == first
    others = [
        submission("other", user_reference=5),
        submission(user_reference=6),
        submission(),
        submission(),
    ]
    for other in others:
        assert await rooms.desk.submit(account, other) != first
    rooms.clock.pass_time(61)
    assert await rooms.desk.submit(account, submission(user_reference=5)) != first


async def test_without_the_switch_a_repeat_is_a_message(rooms: Rooms) -> None:
    account = await open_account(rooms)
    for _ in range(2):
        await rooms.desk.submit(account, submission(user_reference=5))
    assert len(await rooms.messages()) == 2


async def test_a_submission_replaces_what_waits_if_it_says_so(rooms: Rooms) -> None:
    account = await open_account(rooms)
    other = await open_account(rooms, "erp")
    old = await rooms.desk.submit(account, submission("old"))
    kept = [
        await rooms.desk.submit(account, submission("kept", service_type="CMT")),
        await rooms.desk.submit(other, submission("kept")),
        await rooms.desk.submit(account, submission("kept", to=(OTHER,))),
    ]
    await rooms.desk.submit(account, submission("new", replace_if_present=True))
    standing = await rooms.desk.query(account, old.message_id, NOBODY)
    assert standing.state is MessageState.CANCELLED
    states = {
        (message.text, message.state)
        for message in await rooms.messages()
        if message.id != ours(old.message_id)
    }
    assert states == {("kept", MessageState.QUEUED), ("new", MessageState.QUEUED)}
    assert len(kept) == 3
    [told] = await receipts(rooms, account)
    assert (told.message_id, told.state) == (old.message_id, MessageState.CANCELLED)
