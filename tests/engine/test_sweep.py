"""Timers that are rows."""

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.errors import Unavailable
from gateway.core.event import EventType
from gateway.core.message import MessageState
from gateway.core.policy import Policy, Retention
from gateway.engine.sweep import CLOCK_MARK, Sweep
from tests.support.builders import inbound_text
from tests.support.rooms import Rooms, open_rooms


async def test_a_scheduled_message_is_queued_at_its_time(rooms: Rooms) -> None:
    message = await rooms.send(send_at=rooms.clock.now() + timedelta(hours=1))
    rooms.start()
    await rooms.clock.advance(3599)
    await rooms.sweep.once()
    assert rooms.link().sent == []
    await rooms.clock.advance(1)
    await rooms.sweep.once()
    await rooms.until(message.id, MessageState.SENT)
    assert await rooms.types(message.id) == [
        EventType.MESSAGE_SCHEDULED,
        EventType.MESSAGE_QUEUED,
        EventType.MESSAGE_SENDING,
        EventType.MESSAGE_SENT,
    ]


async def test_what_waits_too_long_expires(rooms: Rooms) -> None:
    message = await rooms.send(validity=timedelta(hours=1))
    rooms.clock.pass_time(3600)
    await rooms.sweep.once()
    expired = await rooms.message(message.id)
    assert expired.state is MessageState.EXPIRED
    assert expired.error is not None
    assert expired.error.code == "expired"


async def test_nothing_expires_while_the_clock_is_behind(rooms: Rooms) -> None:
    await rooms.sweep.once()
    later = await rooms.send(send_at=rooms.clock.now() + timedelta(minutes=10))
    rooms.clock.step_wall(timedelta(days=-365))
    due = await rooms.send(validity=timedelta(minutes=1))
    rooms.clock.pass_time(3600)
    await rooms.sweep.once()
    assert (await rooms.message(due.id)).state is MessageState.QUEUED
    assert (await rooms.message(later.id)).state is MessageState.SCHEDULED
    rooms.clock.step_wall(timedelta(days=365))
    await rooms.sweep.once()
    assert (await rooms.message(due.id)).state is MessageState.EXPIRED


async def test_a_clock_kept_right_by_others_is_believed(rooms: Rooms) -> None:
    rooms.clock.step_wall(timedelta(days=365))
    await rooms.sweep.once()
    rooms.clock.step_wall(timedelta(days=-365))
    message = await rooms.send(validity=timedelta(minutes=1))
    rooms.clock.pass_time(60)
    await rooms.sweep.once()
    assert (await rooms.message(message.id)).state is MessageState.QUEUED
    sweep = Sweep(
        rooms.store,
        rooms.clock,
        rooms.policy,
        rooms.board,
        rooms.metrics,
        is_synchronised=lambda: True,
    )
    await sweep.once()
    assert (await rooms.message(message.id)).state is MessageState.EXPIRED


async def test_the_clock_is_marked_as_it_goes(rooms: Rooms) -> None:
    await rooms.sweep.once()
    mark = await rooms.store.read(lambda tx: tx.facts.get(CLOCK_MARK))
    assert mark == rooms.clock.now().isoformat()


async def test_the_backlog_is_counted(rooms: Rooms) -> None:
    await rooms.send()
    rooms.clock.pass_time(60)
    await rooms.sweep.once()
    assert rooms.board.waiting() == 1
    text, _ = rooms.metrics.exposition()
    assert b'seventy_backlog_messages{lane="common",state="queued"} 1.0' in text
    assert b'seventy_backlog_oldest_seconds{lane="common",state="queued"} 60.0' in text


async def test_events_are_counted_by_type(rooms: Rooms) -> None:
    await rooms.sweep.once()
    await rooms.send()
    rooms.clock.pass_time(60)
    await rooms.sweep.once()
    text, _ = rooms.metrics.exposition()
    assert b'seventy_events_total{kind="message.queued"} 1.0' in text


async def test_old_things_are_purged_once_a_day(tmp_path: Path) -> None:
    retention = Retention(messages=timedelta(days=10), events=timedelta(days=10))
    async with open_rooms(tmp_path, policy=Policy(retention=retention)) as rooms:
        await rooms.intake.accept(inbound_text("old")[0])
        await rooms.sweep.once()
        rooms.clock.pass_time(timedelta(days=11).total_seconds())
        waiting = await rooms.send("young")
        await rooms.sweep.once()
        assert [message.id for message in await rooms.messages()] == [waiting.id]
        assert await rooms.types() == [EventType.MESSAGE_QUEUED]


async def test_a_full_queue_refuses_until_it_drains(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, policy=Policy(max_queue=1)) as rooms:
        message = await rooms.send()
        with pytest.raises(Unavailable) as refused:
            await rooms.send()
        assert refused.value.code == "queue_full"
        rooms.start()
        await rooms.until(message.id, MessageState.SENT)
        rooms.clock.pass_time(60)
        await rooms.sweep.once()
        await rooms.send()
