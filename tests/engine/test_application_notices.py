"""What applications are owed: which receipts, to whom which messages."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.codec.segment import cut_text
from gateway.core.application import NoticeEnd, NoticeKind, ReportWish
from gateway.core.errors import PermanentFailure
from gateway.core.link import ReportKind
from gateway.core.message import MessageState
from gateway.engine.application_notices import ENDS
from tests.support.application import (
    SHORT_CODE,
    account,
    messages_owed,
    open_account,
    owed,
    receipts,
    report,
    send_all,
    settle,
    spoken,
    submission,
)
from tests.support.builders import CUSTOMER, OWN, inbound_segment, inbound_text
from tests.support.rooms import Rooms

REFUSED = PermanentFailure("no such subscriber", carrier_code="0x0B")


async def test_a_receipt_repeats_what_was_submitted(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    submitted_at = rooms.clock.now()
    taken = await rooms.desk.submit(
        crm,
        submission("a text of many words", service_type="CMT", user_reference=77),
    )
    await send_all(rooms)
    rooms.clock.pass_time(5)
    await report(rooms, "0")
    [notice] = await owed(rooms, crm)
    assert (notice.account_id, notice.tries) == (crm.id, 0)
    assert notice.kind is NoticeKind.RECEIPT
    [told] = await receipts(rooms, crm)
    assert told.message_id == taken.message_id
    assert (told.source, told.destination) == (SHORT_CODE, spoken(CUSTOMER))
    assert (told.state, told.is_intermediate) == (MessageState.DELIVERED, False)
    assert (told.submitted, told.delivered) == (1, 1)
    assert (told.submitted_at, told.done_at) == (submitted_at, rooms.clock.now())
    assert told.text == "a text of many words"[:20]
    assert (told.service_type, told.user_reference) == ("CMT", 77)


@pytest.mark.parametrize(
    ("wish", "good", "bad"),
    [
        (ReportWish.NONE, 0, 0),
        (ReportWish.EITHER, 1, 1),
        (ReportWish.SUCCESS, 1, 0),
        (ReportWish.FAILURE, 0, 1),
    ],
)
async def test_only_the_end_that_was_asked_for_is_told(
    rooms: Rooms, wish: ReportWish, good: int, bad: int
) -> None:
    crm = await open_account(rooms)
    for _ in range(2):
        await rooms.desk.submit(crm, submission(reports=wish))
    rooms.link().script.append(rooms.link().take)
    rooms.link().script.append(REFUSED)
    rooms.start()
    first, second = await rooms.messages()
    await rooms.until(first.id, MessageState.SENT)
    await rooms.until(second.id, MessageState.FAILED)
    await report(rooms, "0")
    states = [told.state for told in await receipts(rooms, crm)]
    assert states.count(MessageState.DELIVERED) == good
    assert states.count(MessageState.FAILED) == bad
    assert len(states) == good + bad


async def test_a_carrier_is_asked_for_reports_unless_none_are_wanted(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    for wish in ReportWish:
        await rooms.desk.submit(crm, submission(reports=wish))
    asked = [message.status_report for message in await rooms.messages()]
    assert asked == [wish is not ReportWish.NONE for wish in ReportWish]


async def test_the_carriers_code_is_in_the_receipt(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission())
    rooms.link().script.append(REFUSED)
    rooms.start()
    await rooms.until((await rooms.messages())[0].id, MessageState.FAILED)
    [told] = await receipts(rooms, crm)
    assert told.carrier_code == "0x0B"
    assert (told.submitted, told.delivered) == (1, 0)


async def test_news_on_the_way_is_told_only_when_asked_for(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission())
    asked = await rooms.desk.submit(
        crm, submission(reports=ReportWish.NONE, intermediate=True)
    )
    await send_all(rooms)
    [told] = await receipts(rooms, crm)
    assert (told.message_id, told.is_intermediate) == (asked.message_id, True)
    assert told.state is MessageState.SENT


async def test_an_expired_message_is_told_and_delivered_after_all_too(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission(validity=timedelta(hours=1)))
    await send_all(rooms)
    await report(rooms, "0", ReportKind.EXPIRED)
    await report(rooms, "0")
    await report(rooms, "0")
    states = [told.state for told in await receipts(rooms, crm)]
    assert states == [MessageState.EXPIRED, MessageState.DELIVERED]


async def test_doubt_is_told_only_when_the_validity_has_passed(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission(validity=timedelta(hours=1)))
    await in_doubt(rooms)
    assert await receipts(rooms, crm) == []
    rooms.clock.pass_time(3601)
    [told] = await receipts(rooms, crm)
    assert told.state is MessageState.UNKNOWN


async def test_doubt_that_is_settled_in_time_is_never_told(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission(validity=timedelta(hours=1)))
    await in_doubt(rooms)
    await report(rooms, "0")
    rooms.clock.pass_time(7200)
    told = await receipts(rooms, crm)
    assert [one.state for one in told] == [MessageState.DELIVERED]


async def test_doubt_about_what_is_sent_again_is_never_told(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission(validity=timedelta(hours=1)))
    await in_doubt(rooms)
    message = (await rooms.messages())[0]
    await rooms.submit.retry(message.id, force=True)
    rooms.clock.pass_time(7200)
    assert await receipts(rooms, crm) == []


async def in_doubt(rooms: Rooms) -> None:
    """The link dies with the message in the air, and the box starts anew."""
    rooms.link().gate.clear()
    rooms.start()
    await rooms.link().handed(1)
    await rooms.kill()
    rooms.link().gate.set()
    await rooms.recover()
    assert [m.state for m in await rooms.messages()] == [MessageState.UNKNOWN]


async def test_messages_of_callers_of_the_api_owe_nothing(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=("*",))
    await rooms.send()
    await send_all(rooms)
    await report(rooms, "0")
    assert await owed(rooms, crm) == []


async def test_a_message_goes_to_every_account_that_lists_the_number(
    rooms: Rooms,
) -> None:
    exact = await open_account(rooms, "exact", numbers=(OWN, "*"))
    every = await open_account(rooms, "every", numbers=("*",))
    off = await open_account(
        rooms, "off", numbers=(OWN,), disabled_at=rooms.clock.now()
    )
    other = await open_account(rooms, "other", numbers=("+79160000009",))
    none = await open_account(rooms, "none")
    for segment in inbound_text("привет " * 20):
        await rooms.intake.accept(segment)
    for one in (exact, every):
        [told] = await messages_owed(rooms, one)
        assert (told.sender, told.recipient) == (CUSTOMER, OWN)
        assert told.text == "привет " * 20
        assert told.octets is None
    for one in (off, other, none):
        assert await owed(rooms, one) == []


async def test_a_message_with_a_gap_is_told_when_its_time_is_up(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=("*",))
    segments = inbound_text("привет " * 20)
    await rooms.intake.accept(segments[0])
    assert await owed(rooms, crm) == []
    rooms.clock.pass_time(rooms.policy.reassembly_timeout.total_seconds() + 1)
    await rooms.sweep.once()
    [gap] = await messages_owed(rooms, crm)
    assert gap.text is not None
    assert gap.text.endswith("[…]")
    for segment in segments[1:]:
        await rooms.intake.accept(segment)
    told = await messages_owed(rooms, crm)
    assert told[-1].text == "привет " * 20
    assert {one.message_id for one in told} == {gap.message_id}


async def test_binary_content_keeps_its_octets_and_port(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=(OWN,))
    [body] = cut_text("x", reference=0)
    binary = replace(body, alphabet=type(body.alphabet)("8bit"), units=b"\x00\xff")
    await rooms.intake.accept(inbound_segment(binary))
    [told] = await messages_owed(rooms, crm)
    assert (told.text, told.octets) == (None, b"\x00\xff")


async def test_numbers_that_are_taken_away_are_heard_no_more(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=(OWN,))
    await rooms.store.write(
        lambda tx: tx.applications.save_account(replace(crm, numbers=()))
    )
    await rooms.intake.accept(inbound_text("hello")[0])
    assert await owed(rooms, crm) == []


async def test_what_is_acknowledged_is_owed_no_more(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=("*",))
    for number in range(3):
        await rooms.intake.accept(inbound_text(f"hello {number}")[0])
    first, second, third = await owed(rooms, crm)
    assert first.id < second.id < third.id
    await settle(rooms, [first], NoticeEnd.ACKNOWLEDGED)
    await settle(rooms, [third], NoticeEnd.DROPPED)
    assert await owed(rooms, crm) == [second]
    assert await owed(rooms, crm, after=second.id) == []


async def test_what_is_refused_for_now_comes_again_later_and_later(
    rooms: Rooms,
) -> None:
    crm = await open_account(rooms, numbers=("*",))
    await rooms.intake.accept(inbound_text("hello")[0])
    waited = []
    for _ in range(12):
        notices = await owed(rooms, crm)
        await settle(rooms, notices, NoticeEnd.LATER)
        seconds = 0
        while not await owed(rooms, crm):
            rooms.clock.pass_time(1)
            seconds += 1
        waited.append(seconds)
    assert waited == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert (await owed(rooms, crm))[0].tries == 12


def test_every_end_of_a_message_is_one_that_is_told() -> None:
    assert MessageState.UNKNOWN not in ENDS
    assert MessageState.SENT not in ENDS
    assert len(ENDS) == 5
    assert account().idempotent_s == 0


async def test_what_nobody_comes_for_is_dropped_after_a_week(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=("*",))
    await rooms.intake.accept(inbound_text("old")[0])
    rooms.clock.pass_time(6 * 86_400)
    await rooms.intake.accept(inbound_text("young")[0])
    await rooms.desk.sweep()
    assert len(await owed(rooms, crm)) == 2
    rooms.clock.pass_time(86_401)
    await rooms.desk.sweep()
    assert [one.text for one in await messages_owed(rooms, crm)] == ["young"]
    assert b'result="too_old"' in rooms.metrics.exposition()[0]
