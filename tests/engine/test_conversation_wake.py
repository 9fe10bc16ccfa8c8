"""Pauses end at their time."""

from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from gateway.core.agent import Presence
from gateway.core.conversation import ConversationState, SnoozeMode
from gateway.core.event import EventType
from gateway.engine.conversation_wake import BITE
from tests.support.inbox import Office
from tests.support.rooms import Rooms

_S = ConversationState
HOUR = timedelta(hours=1)


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def wake(office: Office) -> None:
    await office.rooms.inbox.conversation_wake.once()


async def test_a_snooze_ends_at_its_time_and_not_before(office: Office) -> None:
    until = office.rooms.clock.now() + HOUR
    await office.desk.snooze(await office.ask(office.anna), until, SnoozeMode.TIME_ONLY)
    office.later(minutes=59)
    await wake(office)
    assert (await office.latest()).state is _S.SNOOZED
    office.later(minutes=1)
    await wake(office)
    found = await office.latest()
    assert (found.state, found.assignee_id) == (_S.ACTIVE, office.anna.id)
    assert found.snooze_until is None
    assert (await office.steps())[-1] == ("resumed", "")


async def test_a_hold_without_a_time_waits_for_the_customer(office: Office) -> None:
    await office.desk.hold(await office.ask(office.anna), None)
    office.later(days=400)
    await wake(office)
    assert (await office.latest()).state is _S.HOLD


async def test_a_hold_until_a_time_is_its_agents_though_they_be_away(
    office: Office,
) -> None:
    until = office.rooms.clock.now() + HOUR
    await office.desk.hold(await office.ask(office.anna), until)
    await office.moves(office.anna, Presence.OFFLINE)
    office.later(hours=2)
    await wake(office)
    found = await office.latest()
    assert (found.state, found.assignee_id) == (_S.ACTIVE, office.anna.id)


async def test_more_than_a_bite_are_woken_at_once(office: Office) -> None:
    senders = [f"+7916000{number:04}" for number in range(BITE + 5)]
    until = office.rooms.clock.now() + HOUR
    for sender in senders:
        await office.writes("x", sender)
    await office.rooms.inbox.conversation_reader.catch_up()
    for sender in senders:
        await office.desk.hold(await office.ask(office.anna, sender=sender), until)
    office.later(hours=2)
    await wake(office)
    for sender in senders:
        assert (await office.latest(sender)).state is _S.ACTIVE


async def test_what_an_agent_left_behind_is_anybodys(office: Office) -> None:
    opened = await office.latest()
    await office.desk.hold(await office.ask(office.anna), None)
    now = office.rooms.clock.now()
    gone = replace(office.anna, disabled_at=now)
    await office.rooms.store.write(lambda tx: tx.agents.save(gone))
    await wake(office)
    found = await office.latest()
    assert (found.state, found.assignee_id) == (_S.QUEUED, None)
    assert found.virtual_start == opened.virtual_start
    [*_, step] = await office.told(EventType.THREAD_STEP)
    assert step.data["step"] == "released"
    assert step.data["subject"] == {"id": office.anna.id, "name": "Anna"}
