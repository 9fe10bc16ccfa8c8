"""Reports meet their segments."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.event import EventType
from gateway.core.link import ReportKind, attempt_number
from gateway.core.message import AttemptState, Message, MessageState, OnUnknown
from gateway.core.message_store import ParkedReport, tail_of
from gateway.engine.reports import same_recipient
from tests.support.builders import CUSTOMER, inbound_report
from tests.support.clock import START
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12  # three segments
LOST = OutcomeUnknown("no answer")


async def sent(rooms: Rooms, text: str = "hello", **fields: object) -> Message:
    """A message that has left; lanes must run."""
    message = await rooms.send(text, **fields)
    return await rooms.until(message.id, MessageState.SENT)


async def state(rooms: Rooms, message: Message) -> MessageState:
    return (await rooms.message(message.id)).state


async def parked(rooms: Rooms) -> list[ParkedReport]:
    return await rooms.store.read(
        lambda tx: tx.inbox.parked_reports(
            "line-sim1", reference=None, tail=tail_of(CUSTOMER), limit=10
        )
    )


@pytest_asyncio.fixture
async def running(rooms: Rooms) -> Rooms:
    rooms.start()
    return rooms


async def test_a_report_makes_a_message_delivered(running: Rooms) -> None:
    message = await sent(running)
    await running.intake.accept(inbound_report("0"))
    assert await state(running, message) is MessageState.DELIVERED
    [segment] = await running.segments(message.id)
    assert segment.report_status == "0x00"
    assert segment.reported_at == START


async def test_a_message_is_delivered_when_all_its_segments_are(
    running: Rooms,
) -> None:
    message = await sent(running, LONG)
    for reference in ("1", "0"):
        await running.intake.accept(inbound_report(reference))
    assert await state(running, message) is MessageState.SENT
    await running.intake.accept(inbound_report("2"))
    assert await state(running, message) is MessageState.DELIVERED
    assert (await running.types(message.id))[-4:] == [
        EventType.MESSAGE_SENT,
        EventType.MESSAGE_PROGRESS,
        EventType.MESSAGE_PROGRESS,
        EventType.MESSAGE_DELIVERED,
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (ReportKind.UNDELIVERED, MessageState.UNDELIVERED),
        (ReportKind.EXPIRED, MessageState.EXPIRED),
    ],
)
async def test_bad_news_keeps_the_carriers_code(
    running: Rooms, kind: ReportKind, expected: MessageState
) -> None:
    message = await sent(running)
    await running.intake.accept(inbound_report("0", kind=kind, status="0x46"))
    after = await running.message(message.id)
    assert after.state is expected
    assert after.error is not None
    assert after.error.carrier_code == "0x46"


async def test_a_report_that_the_network_still_tries_changes_no_state(
    running: Rooms,
) -> None:
    message = await sent(running)
    report = inbound_report("0", kind=ReportKind.TRYING, status="0x20")
    await running.intake.accept(report)
    assert await state(running, message) is MessageState.SENT
    [segment] = await running.segments(message.id)
    assert segment.report_status == "0x20"
    await running.intake.accept(inbound_report("0"))
    assert await state(running, message) is MessageState.DELIVERED


async def test_a_report_that_comes_twice_is_told_once(running: Rooms) -> None:
    message = await sent(running)
    for salt in ((), (), ("again",)):
        await running.intake.accept(inbound_report("0", salt=salt))
    assert len(await running.types(message.id)) == 4
    assert await parked(running) == []


async def test_a_report_may_come_before_the_answer(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    message = await rooms.send()
    rooms.start()
    await rooms.link().handed(1)
    await rooms.intake.accept(inbound_report("0"))
    assert len(await parked(rooms)) == 1
    rooms.link().gate.set()
    await rooms.until(message.id, MessageState.DELIVERED)
    assert await parked(rooms) == []


async def test_a_reference_in_the_air_is_not_taken_for_an_old_one(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path, links=()) as rooms:
        link = FakeLink("sim1", rooms.clock)
        rooms.links["sim1"] = link
        rooms.board.register(link)
        rooms.start()
        old = await sent(rooms)
        link.gate.clear()
        link._reference = 0  # the modem begins to count anew
        new = await rooms.send("new")
        await link.handed(2)
        await rooms.intake.accept(inbound_report("0"))
        link.gate.set()
        await rooms.until(new.id, MessageState.DELIVERED)
        assert await state(rooms, old) is MessageState.SENT


async def test_after_a_wrap_the_newest_unsettled_is_meant(running: Rooms) -> None:
    first = await sent(running)
    running.link()._reference = 0
    running.clock.pass_time(3600)
    second = await sent(running)
    await running.intake.accept(inbound_report("0"))
    assert await state(running, second) is MessageState.DELIVERED
    assert await state(running, first) is MessageState.SENT
    await running.intake.accept(inbound_report("0", salt=("other",)))
    assert await state(running, first) is MessageState.DELIVERED


async def test_the_recipient_decides_between_equal_references(running: Rooms) -> None:
    mine = await sent(running)
    running.link()._reference = 0
    other = await sent(running, to=("+79167654321",))
    await running.intake.accept(inbound_report("0"))
    assert await state(running, mine) is MessageState.DELIVERED
    assert await state(running, other) is MessageState.SENT


@pytest.mark.parametrize("spelling", ["89161234567", "79161234567", "9161234567"])
async def test_the_recipient_may_be_spelled_in_another_way(
    running: Rooms, spelling: str
) -> None:
    message = await sent(running)
    await running.intake.accept(inbound_report("0", recipient=spelling))
    assert await state(running, message) is MessageState.DELIVERED


def test_short_codes_agree_only_whole() -> None:
    assert same_recipient("900", "900")
    assert not same_recipient("900", "1900")
    assert not same_recipient("+79161234567", "34567")
    assert not same_recipient(CUSTOMER, "")


async def test_a_report_on_another_line_is_not_ours(running: Rooms) -> None:
    message = await sent(running)
    await running.intake.accept(inbound_report("0", link="sim2"))
    assert await state(running, message) is MessageState.SENT


async def test_a_report_about_nobody_is_kept(running: Rooms) -> None:
    await running.intake.accept(inbound_report("77"))
    assert [one.report.reference for one in await parked(running)] == ["77"]


async def lost(rooms: Rooms, **fields: object) -> Message:
    """A message whose answer never came, twenty seconds in the air."""
    rooms.link().gate.clear()
    rooms.link().script.append(LOST)
    count = len(rooms.link().sent)
    message = await rooms.send(**fields)  # type: ignore[arg-type]  # named by the test
    await rooms.link().handed(count + 1)
    rooms.clock.pass_time(20)
    rooms.link().gate.set()
    return message


async def test_a_report_settles_what_was_unknown(running: Rooms) -> None:
    message = await lost(running)
    await running.until(message.id, MessageState.UNKNOWN)
    at = START + timedelta(seconds=12)
    await running.intake.accept(inbound_report("200", service_time=at))
    after = await running.message(message.id)
    assert (after.state, after.error) == (MessageState.DELIVERED, None)
    [attempt] = await running.attempts(message.id)
    assert (attempt.state, attempt.reference) == (AttemptState.ACCEPTED, "200")


async def test_a_wrong_time_zone_does_not_hide_whom_a_report_means(
    running: Rooms,
) -> None:
    message = await lost(running)
    await running.until(message.id, MessageState.UNKNOWN)
    at = START + timedelta(hours=3, seconds=12)
    await running.intake.accept(inbound_report("200", service_time=at))
    assert await state(running, message) is MessageState.DELIVERED


async def test_another_time_is_another_message(running: Rooms) -> None:
    message = await lost(running)
    await running.until(message.id, MessageState.UNKNOWN)
    at = START - timedelta(minutes=13)
    await running.intake.accept(inbound_report("200", service_time=at))
    await running.intake.accept(inbound_report("201", service_time=None))
    assert await state(running, message) is MessageState.UNKNOWN
    assert len(await parked(running)) == 2


async def test_between_two_unknowns_nothing_is_guessed(running: Rooms) -> None:
    messages = [await lost(running), await lost(running)]
    for message in messages:
        await running.until(message.id, MessageState.UNKNOWN)
    at = START + timedelta(seconds=20)
    await running.intake.accept(inbound_report("200", service_time=at))
    for message in messages:
        assert await state(running, message) is MessageState.UNKNOWN


async def test_a_report_makes_the_second_sending_needless(running: Rooms) -> None:
    message = await lost(running, on_unknown=OnUnknown.RESEND)
    await running.until(message.id, MessageState.QUEUED, times=2)
    at = START + timedelta(seconds=12)
    await running.intake.accept(inbound_report("200", service_time=at))
    assert await state(running, message) is MessageState.DELIVERED
    await running.clock.advance(120)
    await running.sweep.once()
    await sent(running, to=("+79167654321",))
    assert len(running.link().sent) == 2


async def test_a_report_after_a_second_sending_marks_both(running: Rooms) -> None:
    message = await lost(running, on_unknown=OnUnknown.RESEND)
    await running.until(message.id, MessageState.QUEUED, times=2)
    await running.clock.advance(31)
    await running.sweep.once()
    await running.until(message.id, MessageState.SENT)
    at = START + timedelta(seconds=12)
    await running.intake.accept(inbound_report("200", service_time=at))
    await running.intake.accept(inbound_report("0", service_time=running.clock.now()))
    assert await state(running, message) is MessageState.DELIVERED
    references = [one.reference for one in await running.attempts(message.id)]
    assert references == ["200", "0"]


async def test_a_late_answer_settles_what_was_unknown(running: Rooms) -> None:
    message = await lost(running)
    await running.until(message.id, MessageState.UNKNOWN)
    await running.intake.accept(inbound_report("5", service_time=None))
    unit = running.link().sent[0]
    running.link()._reference = 5
    await running.intake.late_result(unit.attempt_id, running.link().take(unit))
    assert await state(running, message) is MessageState.DELIVERED
    await running.intake.late_result(unit.attempt_id, LOST)
    assert await state(running, message) is MessageState.DELIVERED


async def test_a_late_refusal_settles_it_too(running: Rooms) -> None:
    message = await lost(running)
    await running.until(message.id, MessageState.UNKNOWN)
    attempt_id = running.link().sent[0].attempt_id
    await running.intake.late_result(attempt_id, PermanentFailure("barred"))
    assert await state(running, message) is MessageState.FAILED


async def test_a_late_refusal_lets_what_is_in_the_air_have_its_answer(
    running: Rooms,
) -> None:
    link = running.link()
    link.script.append(LOST)
    message = await running.send(LONG)
    await link.handed(1)
    link.gate.clear()
    await link.handed(2)
    refused = PermanentFailure("barred")
    await running.intake.late_result(link.sent[0].attempt_id, refused)
    assert await state(running, message) is MessageState.SENDING
    link.gate.set()
    failed = await running.until(message.id, MessageState.FAILED)
    states = [one.state.value for one in await running.segments(message.id)]
    assert states == ["failed", "sent", "failed"]
    assert failed.error is not None
    assert len(link.sent) == 2


async def test_proof_that_it_did_not_leave_sends_it_again(running: Rooms) -> None:
    message = await lost(running)
    await running.until(message.id, MessageState.UNKNOWN)
    attempt_id = running.link().sent[0].attempt_id
    fault = TemporaryFailure("busy", scope=Scope.MESSAGE)
    await running.intake.late_result(attempt_id, fault)
    await running.clock.advance(31)
    await running.sweep.once()
    await running.until(message.id, MessageState.SENT)


async def test_good_news_beats_bad_news_but_not_the_reverse(running: Rooms) -> None:
    message = await sent(running)
    bad = inbound_report("0", kind=ReportKind.UNDELIVERED)
    await running.intake.accept(bad)
    await running.intake.accept(inbound_report("0"))
    assert await state(running, message) is MessageState.DELIVERED
    await running.intake.accept(
        inbound_report("0", kind=ReportKind.UNDELIVERED, salt=("late",))
    )
    assert await state(running, message) is MessageState.DELIVERED


async def test_our_own_number_tells_which_of_two_unknown_ones_is_meant(
    rooms: Rooms,
) -> None:
    rooms.link().script.extend([LOST, LOST])
    rooms.start()
    messages = [await rooms.send(text) for text in ("first", "second")]
    for message in messages:
        await rooms.until(message.id, MessageState.UNKNOWN)
    [attempt] = await rooms.attempts(messages[1].id)
    report = replace(
        inbound_report("77", service_time=None),
        attempt_number=attempt_number(attempt.id),
    )
    await rooms.intake.accept(report)
    assert await state(rooms, messages[0]) is MessageState.UNKNOWN
    assert await state(rooms, messages[1]) is MessageState.DELIVERED


async def test_a_report_of_the_message_settles_all_its_segments(
    running: Rooms,
) -> None:
    message = await sent(running, LONG)
    await running.intake.accept(replace(inbound_report("2"), of_message=True))
    assert await state(running, message) is MessageState.DELIVERED
