"""The lane of a link."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.event import EventType
from gateway.core.ids import LinkId
from gateway.core.link import Capabilities, LinkState, Unit
from gateway.core.message import AttemptState, MessageState, OnUnknown, SegmentState
from gateway.core.policy import Policy
from tests.support.builders import stop_from
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12  # three segments
LINK_FAULT = TemporaryFailure("no service", scope=Scope.LINK)
BUSY = TemporaryFailure("memory full", scope=Scope.DESTINATION, carrier_code="22")


async def test_a_message_is_queued_then_sending_then_sent(rooms: Rooms) -> None:
    message = await rooms.send()
    rooms.start()
    sent = await rooms.until(message.id, MessageState.SENT)
    assert sent.link == "sim1"
    assert await rooms.types(message.id) == [
        EventType.MESSAGE_QUEUED,
        EventType.MESSAGE_SENDING,
        EventType.MESSAGE_SENT,
    ]
    [segment] = await rooms.segments(message.id)
    assert (segment.reference, segment.line) == ("0", "line-sim1")
    assert segment.sent_at == rooms.clock.now()


async def test_the_attempt_is_on_disk_before_the_link_is_called(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    message = await rooms.send()
    rooms.start()
    await rooms.link().handed(1)
    [attempt] = await rooms.attempts(message.id)
    assert attempt.state is AttemptState.SUBMITTING
    assert attempt.id == rooms.link().sent[0].attempt_id
    rooms.link().gate.set()
    await rooms.until(message.id, MessageState.SENT)


async def test_the_segments_of_a_message_follow_one_another(rooms: Rooms) -> None:
    message = await rooms.send(LONG)
    rooms.start()
    await rooms.until(message.id, MessageState.SENT)
    units = rooms.link().sent
    assert [unit.body.header[0].data[2] for unit in units] == [1, 2, 3]
    assert [unit.more_follow for unit in units] == [True, True, False]
    assert (await rooms.types(message.id)).count(EventType.MESSAGE_PROGRESS) == 2


async def test_what_waits_follows_without_being_called(rooms: Rooms) -> None:
    messages = [await rooms.send(to=(f"+7916000{n:04}",)) for n in range(20)]
    rooms.start()
    await rooms.until(messages[-1].id, MessageState.SENT)
    assert [unit.message_id for unit in rooms.link().sent] == [m.id for m in messages]


async def test_a_new_message_wakes_an_idle_lane(rooms: Rooms) -> None:
    rooms.start()
    await rooms.clock.advance(1)
    message = await rooms.send()
    await rooms.until(message.id, MessageState.SENT)


async def test_messages_to_one_person_keep_their_order(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        messages = [await rooms.send(f"number {n}") for n in range(6)]
        rooms.start()
        await rooms.until(messages[-1].id, MessageState.SENT)
        events = [e for e in await rooms.events() if e.type is EventType.MESSAGE_SENT]
        assert [event.message_id for event in events] == [m.id for m in messages]


async def test_a_refused_segment_ends_the_message_and_spares_the_rest(
    rooms: Rooms,
) -> None:
    link = rooms.link()
    link.script.extend([link.take, PermanentFailure("barred", carrier_code="10")])
    message = await rooms.send(LONG)
    rooms.start()
    failed = await rooms.until(message.id, MessageState.FAILED)
    assert len(link.sent) == 2
    assert failed.error is not None
    assert (failed.error.code, failed.error.carrier_code) == ("rejected", "10")
    states = [one.state for one in await rooms.segments(message.id)]
    assert states == [SegmentState.SENT, SegmentState.FAILED, SegmentState.FAILED]


async def test_a_busy_destination_waits_and_costs_a_try(rooms: Rooms) -> None:
    rooms.link().script.append(BUSY)
    message = await rooms.send()
    rooms.start()
    waiting = await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert waiting.tries == 1
    assert not waiting.ready
    assert waiting.due_at is not None
    assert timedelta(seconds=15) <= waiting.due_at - rooms.clock.now()
    other = await rooms.send(to=("+79167654321",))
    await rooms.until(other.id, MessageState.SENT)
    await rooms.clock.advance(31)
    await rooms.sweep.once()
    await rooms.until(message.id, MessageState.SENT)


async def test_the_carriers_wait_is_kept(rooms: Rooms) -> None:
    rooms.link().script.append(
        TemporaryFailure(
            "slower", scope=Scope.MESSAGE, retry_after=timedelta(minutes=20)
        )
    )
    message = await rooms.send()
    rooms.start()
    waiting = await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert waiting.due_at == rooms.clock.now() + timedelta(minutes=20)


async def test_tries_come_to_an_end(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, policy=Policy(max_tries=2)) as rooms:
        rooms.link().script.extend([BUSY, BUSY])
        message = await rooms.send()
        rooms.start()
        await rooms.until(message.id, MessageState.QUEUED, times=2)
        await rooms.clock.advance(31)
        await rooms.sweep.once()
        failed = await rooms.until(message.id, MessageState.FAILED)
        assert failed.error is not None
        assert failed.error.carrier_code == "22"


async def test_a_links_own_fault_costs_no_try_and_pauses_the_link(
    rooms: Rooms,
) -> None:
    rooms.link().script.append(LINK_FAULT)
    message = await rooms.send()
    rooms.start()
    waiting = await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert (waiting.tries, waiting.ready) == (0, True)
    assert not rooms.board.available(LinkId("sim1"))
    await rooms.clock.advance(10)
    await rooms.until(message.id, MessageState.SENT)
    assert len(rooms.link().sent) == 2


async def test_a_message_that_always_meets_link_faults_steps_aside(
    rooms: Rooms,
) -> None:
    rooms.link().script.extend([LINK_FAULT] * 3)
    first = await rooms.send()
    second = await rooms.send(to=("+79167654321",))
    rooms.start()
    for times in (2, 3, 4):
        await rooms.until(first.id, MessageState.QUEUED, times=times)
        await rooms.clock.advance(300)
    await rooms.until(second.id, MessageState.SENT)
    assert (await rooms.message(first.id)).tries == 0


async def test_held_unknown_is_not_sent_again_and_the_rest_goes_on(
    rooms: Rooms,
) -> None:
    link = rooms.link()
    link.script.append(OutcomeUnknown("no answer"))
    message = await rooms.send(LONG)
    rooms.start()
    unknown = await rooms.until(message.id, MessageState.UNKNOWN)
    assert len(link.sent) == 3
    assert unknown.error is not None
    assert unknown.error.code == "outcome_unknown"
    states = [one.state for one in await rooms.segments(message.id)]
    assert states == [SegmentState.UNKNOWN, SegmentState.SENT, SegmentState.SENT]


async def test_an_unknown_is_sent_once_more_where_the_class_says_so(
    rooms: Rooms,
) -> None:
    link = rooms.link()
    link.script.extend([OutcomeUnknown("no answer"), OutcomeUnknown("no answer")])
    message = await rooms.send(on_unknown=OnUnknown.RESEND)
    rooms.start()
    waiting = await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert waiting.possible_duplicate
    await rooms.clock.advance(31)
    await rooms.sweep.once()
    await rooms.until(message.id, MessageState.UNKNOWN)
    assert len(link.sent) == 2
    first, second = await rooms.attempts(message.id)
    assert (first.possible_duplicate, second.possible_duplicate) == (False, True)


async def test_a_refusal_after_an_unknown_does_not_say_that_nothing_was_sent(
    rooms: Rooms,
) -> None:
    refused = PermanentFailure("barred", carrier_code="10")
    rooms.link().script.extend([OutcomeUnknown("no answer"), refused])
    message = await rooms.send(on_unknown=OnUnknown.RESEND)
    rooms.start()
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    await rooms.clock.advance(31)
    await rooms.sweep.once()
    unknown = await rooms.until(message.id, MessageState.UNKNOWN)
    assert unknown.possible_duplicate
    assert unknown.error is not None
    assert unknown.error.carrier_code == "10"


async def test_an_unknown_fails_where_the_class_says_so(rooms: Rooms) -> None:
    rooms.link().script.append(OutcomeUnknown("no answer"))
    message = await rooms.send(LONG, on_unknown=OnUnknown.FAIL)
    rooms.start()
    await rooms.until(message.id, MessageState.FAILED)
    assert len(rooms.link().sent) == 1


async def test_an_unexpected_error_of_a_link_leaves_the_outcome_unknown(
    rooms: Rooms,
) -> None:
    rooms.link().script.append(RuntimeError("a bug"))
    message = await rooms.send()
    rooms.start()
    await rooms.until(message.id, MessageState.UNKNOWN)
    other = await rooms.send("next")
    await rooms.until(other.id, MessageState.SENT)


async def test_a_message_that_trips_us_three_times_is_put_aside(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trip(*_: object) -> Unit:
        raise LookupError("a bug of ours")

    monkeypatch.setattr("gateway.engine.in_flight.unit_of", trip)
    message = await rooms.send()
    rooms.start()
    for times in (2, 3):
        await rooms.until(message.id, MessageState.QUEUED, times=times)
        await rooms.clock.advance(120)
        await rooms.sweep.once()
    failed = await rooms.until(message.id, MessageState.FAILED)
    assert failed.error is not None
    assert failed.error.code == "poison"
    assert rooms.link().sent == []


async def test_a_link_that_never_answers_does_not_hold_its_lane_for_ever(
    rooms: Rooms,
) -> None:
    rooms.link().gate.clear()
    message = await rooms.send()
    rooms.start()
    await rooms.link().handed(1)
    await rooms.clock.advance(601)
    await rooms.until(message.id, MessageState.UNKNOWN)


async def test_who_opted_out_meanwhile_gets_nothing(rooms: Rooms) -> None:
    message = await rooms.send()
    await rooms.intake.accept(stop_from(message.peer))
    rooms.start()
    failed = await rooms.until(message.id, MessageState.FAILED)
    assert failed.error is not None
    assert failed.error.code == "opted_out"
    assert rooms.link().sent == []


async def test_what_expired_is_not_sent(rooms: Rooms) -> None:
    message = await rooms.send(validity=timedelta(minutes=1))
    rooms.clock.pass_time(61)
    rooms.start()
    await rooms.until(message.id, MessageState.EXPIRED)
    assert rooms.link().sent == []


async def test_a_link_that_is_down_gets_no_work(rooms: Rooms) -> None:
    rooms.link().become(LinkState.DOWN, rooms.intake)
    message = await rooms.send()
    rooms.start()
    await rooms.clock.advance(20)
    assert rooms.link().sent == []
    rooms.link().become(LinkState.UP, rooms.intake)
    await rooms.until(message.id, MessageState.SENT)


async def test_the_rate_of_a_link_is_kept(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=()) as rooms:
        link = FakeLink("slow", rooms.clock, capabilities=Capabilities(rate_per_s=0.5))
        rooms.links["slow"] = link
        rooms.board.register(link)
        message = await rooms.send(LONG)
        rooms.start()
        for count in (1, 2, 3):
            while len(link.sent) < count:
                await rooms.store.write(lambda tx: None)
                await rooms.clock.advance(0.1)
            assert rooms.clock.monotonic() >= 2.0 * (count - 1)
        await rooms.until(message.id, MessageState.SENT)
        assert (await rooms.types(message.id)).count(EventType.MESSAGE_SENDING) == 1


async def test_a_window_sends_side_by_side(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=()) as rooms:
        link = FakeLink("wide", rooms.clock, capabilities=Capabilities(window=4))
        rooms.links["wide"] = link
        rooms.board.register(link)
        link.gate.clear()
        for n in range(6):
            await rooms.send(to=(f"+7916000{n:04}",))
        rooms.start()
        await link.handed(4)
        assert len(link.sent) == 4
        link.gate.set()
        await link.handed(6)


async def test_one_address_is_left_in_peace_between_two_messages(
    tmp_path: Path,
) -> None:
    policy = Policy(destination_interval=timedelta(minutes=1))
    async with open_rooms(tmp_path, policy=policy) as rooms:
        first = await rooms.send("first")
        second = await rooms.send("second")
        other = await rooms.send("other", to=("+79167654321",))
        rooms.start()
        await rooms.until(other.id, MessageState.SENT)
        await rooms.until(first.id, MessageState.SENT)
        waiting = await rooms.message(second.id)
        assert (waiting.state, waiting.tries) == (MessageState.QUEUED, 0)
        await rooms.clock.advance(61)
        await rooms.sweep.once()
        await rooms.until(second.id, MessageState.SENT)
        assert await rooms.types(second.id) == [
            EventType.MESSAGE_QUEUED,
            EventType.MESSAGE_SENDING,
            EventType.MESSAGE_SENT,
        ]


async def test_deferred_work_does_not_starve_fresh_work(rooms: Rooms) -> None:
    rooms.link().script.extend([BUSY] * 10)
    deferred = [await rooms.send(LONG, to=(f"+7916000{n:04}",)) for n in range(10)]
    rooms.start()
    for message in deferred:
        await rooms.until(message.id, MessageState.QUEUED, times=2)
    rooms.link().become(LinkState.DOWN, rooms.intake)
    await rooms.clock.advance(31)
    await rooms.sweep.once()
    fresh = [await rooms.send(to=(f"+7917000{n:04}",)) for n in range(2)]
    before = len(rooms.link().sent)
    rooms.link().become(LinkState.UP, rooms.intake)
    await rooms.until(fresh[0].id, MessageState.SENT)
    order = list(dict.fromkeys(u.message_id for u in rooms.link().sent[before:]))
    assert order.index(fresh[0].id) <= 1


async def test_stop_lets_the_segment_in_flight_finish(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    message = await rooms.send(LONG)
    rooms.start()
    await rooms.link().handed(1)
    rooms.dispatchers["sim1"].stop()
    rooms.link().gate.set()
    await asyncio.gather(*rooms.tasks)
    waiting = await rooms.message(message.id)
    assert waiting.state is MessageState.QUEUED
    assert waiting.lane == "link:sim1"
    states = [one.state for one in await rooms.segments(message.id)]
    assert states == [SegmentState.SENT, SegmentState.QUEUED, SegmentState.QUEUED]


async def test_a_lane_started_anew_takes_up_what_it_left(rooms: Rooms) -> None:
    rooms.link().gate.clear()
    message = await rooms.send()
    rooms.start()
    await rooms.link().handed(1)
    await rooms.kill()
    rooms.start()
    await rooms.until(message.id, MessageState.UNKNOWN)


async def test_status_tells_queue_and_what_limits(rooms: Rooms) -> None:
    dispatcher = rooms.dispatcher("sim1")
    await rooms.send()
    rooms.link().become(LinkState.DOWN, rooms.intake)
    status = await dispatcher.status()
    assert (status["queue"], status["limit"], status["in_doubt"]) == (1, "link", 0)
