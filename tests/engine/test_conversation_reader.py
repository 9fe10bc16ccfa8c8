"""What comes in opens and continues conversations, exactly once."""

import asyncio
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.codec.segment import cut_octets
from gateway.codec.udh import Ports, ports_element
from gateway.core.agent import BOX, Presence
from gateway.core.conversation import ConversationState, Origin, SnoozeMode
from gateway.core.errors import StoreError
from gateway.core.event import Event, EventType
from gateway.core.policy import Policy
from gateway.engine.conversation_reader import NAME, ConversationReader
from gateway.engine.feed import cursor_of
from gateway.engine.people_cards import block
from tests.support.builders import CUSTOMER, inbound_segment, inbound_text
from tests.support.inbox import Office
from tests.support.rooms import Rooms, open_rooms

_S = ConversationState


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


def reader(rooms: Rooms) -> ConversationReader:
    """A reader as a new process has it."""
    return ConversationReader(rooms.store, rooms.clock, rooms.ids, Policy())


async def test_a_first_message_opens_a_conversation_in_the_queue(
    office: Office,
) -> None:
    await office.hears("Где мой\nзаказ?")
    found = await office.latest()
    assert (found.number, found.state, found.origin) == (1, _S.QUEUED, Origin.INBOUND)
    assert found.reason == "Где мой заказ?"
    now = office.rooms.clock.now()
    assert found.virtual_start == found.unanswered_at == found.first_in_at == now
    assert found.assignee_id is None
    assert await office.steps() == [("opened", "")]
    [opened] = await office.told(EventType.CONVERSATION_OPENED)
    assert opened.data["id"] == found.id
    assert opened.thread_id == found.thread_id


async def test_the_step_that_opens_stands_before_the_message(office: Office) -> None:
    await office.hears()
    thread_id = await office.thread_id()
    ids = await office.rooms.store.read(
        lambda tx: tx.timeline.after([thread_id], "", 10)
    )
    assert [entry.partition("_")[0] for entry in ids] == ["stp", "msg"]


async def test_further_messages_are_the_same_conversation(office: Office) -> None:
    await office.hears()
    first = await office.latest()
    await office.hears("Алло?")
    after = await office.latest()
    assert after.id == first.id
    assert after.unanswered_at == first.unanswered_at
    assert after.last_in_at == office.rooms.clock.now()
    assert after.reason == "Где мой заказ?"


async def test_an_answer_makes_it_the_customers_turn_and_words_make_it_ours(
    office: Office,
) -> None:
    await office.hears()
    answered = await office.answers(office.anna)
    assert (answered.state, answered.assignee_id) == (_S.WAITING, office.anna.id)
    assert answered.unanswered_at is None
    assert answered.first_out_at == answered.last_out_at
    await office.hears("Спасибо, когда?")
    again = await office.latest()
    assert (again.state, again.assignee_id) == (_S.ACTIVE, office.anna.id)
    assert again.unanswered_at == office.rooms.clock.now()


async def test_within_three_days_a_resolved_conversation_goes_on_with_its_agent(
    office: Office,
) -> None:
    await office.hears()
    await office.desk.take(await office.ask(office.anna))
    await office.desk.resolve(await office.ask(office.anna), "решено", "")
    office.later(hours=71)
    await office.hears("Ещё вопрос")
    found = await office.latest()
    assert (found.number, found.state) == (1, _S.ACTIVE)
    assert found.assignee_id == office.anna.id
    assert found.resolved_at is None
    assert found.virtual_start == found.unanswered_at == office.rooms.clock.now()
    assert (await office.steps())[-1] == ("reopened", "")
    assert len(await office.told(EventType.CONVERSATION_REOPENED)) == 1


async def test_whose_agent_has_gone_home_is_anybodys(office: Office) -> None:
    await office.hears()
    await office.desk.take(await office.ask(office.anna))
    await office.desk.resolve(await office.ask(office.anna), None, "")
    await office.moves(office.anna, Presence.OFFLINE)
    await office.hears("Ещё вопрос")
    found = await office.latest()
    assert (found.state, found.assignee_id) == (_S.QUEUED, None)
    [*_, step] = await office.told(EventType.THREAD_STEP)
    assert step.data["subject"] == {"id": office.anna.id, "name": "Anna"}


async def test_after_three_days_a_new_conversation_begins(office: Office) -> None:
    await office.hears()
    await office.desk.resolve(await office.ask(office.anna), None, "")
    office.later(hours=73)
    await office.hears("Новый вопрос")
    first, second = await office.history()
    assert (first.number, first.state) == (1, _S.RESOLVED)
    assert (second.number, second.state) == (2, _S.QUEUED)
    assert second.reason == "Новый вопрос"


async def test_a_missed_call_asks_for_an_answer(office: Office) -> None:
    await office.rings()
    found = await office.latest()
    assert (found.state, found.origin) == (_S.QUEUED, Origin.MISSED_CALL)
    assert found.unanswered_at == office.rooms.clock.now()
    assert found.first_in_at is None
    assert await office.steps() == [("opened", ""), ("call_missed", CUSTOMER)]
    await office.rings()
    assert (await office.latest()).id == found.id
    assert len(await office.history()) == 1


async def test_who_calls_is_who_writes_however_the_network_spells_it(
    office: Office,
) -> None:
    await office.hears()
    await office.rings("89161234567")
    assert len(await office.history()) == 1
    assert (await office.steps())[-1] == ("call_missed", "89161234567")


async def test_a_call_from_nobody_is_nobodys(office: Office) -> None:
    await office.rings("")
    assert await office.told(EventType.CONVERSATION_OPENED) == []


async def test_what_a_blocked_person_writes_is_spam_quietly(office: Office) -> None:
    await office.hears()
    conversation = await office.latest()
    now = office.rooms.clock.now()
    await office.rooms.store.write(
        lambda tx: block(tx, conversation.contact_id, BOX, now)
    )
    await office.hears("Купите!")
    found = await office.latest()
    assert (found.id, found.state) == (conversation.id, _S.SPAM)
    assert found.unanswered_at is None
    await office.hears("Купите же!")
    await office.rings()
    assert len(await office.history()) == 1
    assert len(await office.told(EventType.CONVERSATION_OPENED)) == 1


async def test_a_blocked_persons_first_words_open_nothing_aloud(
    office: Office,
) -> None:
    await office.hears("x", "+79990000001")
    other = await office.latest("+79990000001")
    now = office.rooms.clock.now()
    wish = await office.ask(office.anna, sender="+79990000001")
    await office.desk.resolve(wish, None, "")
    await office.rooms.store.write(lambda tx: block(tx, other.contact_id, BOX, now))
    office.later(days=30)
    await office.hears("спам", "+79990000001")
    found = await office.latest("+79990000001")
    assert (found.number, found.state, found.revision) == (2, _S.SPAM, 1)
    assert len(await office.told(EventType.CONVERSATION_OPENED)) == 1


async def test_the_word_stop_is_nobodys_work(office: Office) -> None:
    await office.hears("СТОП")
    found = await office.latest()
    assert found.state is _S.RESOLVED
    assert found.reason == "СТОП"
    await office.hears("А где заказ?")
    assert (await office.latest()).state is _S.QUEUED
    before = await office.answers(office.anna)
    await office.hears("стоп!")
    after = await office.latest()
    assert (after.state, after.unanswered_at) == (_S.WAITING, None)
    assert after.last_entry != before.last_entry


async def test_a_held_conversation_comes_back_with_the_customers_words(
    office: Office,
) -> None:
    await office.hears()
    await office.answers(office.anna)
    await office.desk.hold(await office.ask(office.anna), None)
    await office.hears("Я нашёл номер")
    found = await office.latest()
    assert (found.state, found.assignee_id) == (_S.ACTIVE, office.anna.id)
    assert (await office.steps())[-1] == ("resumed", "")


async def test_a_held_conversation_of_who_is_away_keeps_its_place_in_the_queue(
    office: Office,
) -> None:
    await office.hears()
    opened = await office.latest()
    await office.answers(office.anna)
    await office.desk.hold(await office.ask(office.anna), None)
    await office.moves(office.anna, Presence.OFFLINE)
    await office.hears("Я нашёл номер")
    found = await office.latest()
    assert (found.state, found.assignee_id) == (_S.QUEUED, None)
    assert found.virtual_start == opened.virtual_start


async def test_a_snooze_until_a_time_is_not_ended_by_words(office: Office) -> None:
    await office.hears()
    await office.answers(office.anna)
    until = office.rooms.clock.now().replace(year=2027)
    for mode, state in (
        (SnoozeMode.TIME_ONLY, _S.SNOOZED),
        (SnoozeMode.TIME_OR_MESSAGE, _S.ACTIVE),
    ):
        await office.desk.snooze(await office.ask(office.anna), until, mode)
        await office.hears("ок")
        found = await office.latest()
        assert found.state is state
        assert found.unanswered_at is not None


async def test_a_gap_that_closes_rewords_the_list(office: Office) -> None:
    rooms = office.rooms
    first, *others = inbound_text("Начало " + "длинно " * 20 + "конец")
    assert others
    await rooms.intake.accept(others[0])
    office.later(hours=25)
    await rooms.sweep.once()
    await rooms.inbox.conversation_reader.catch_up()
    assert not (await office.latest()).reason.startswith("Начало")
    for part in (first, *others[1:]):
        await rooms.intake.accept(part)
    await rooms.inbox.conversation_reader.catch_up()
    assert (await office.latest()).reason.startswith("Начало")


async def test_what_is_for_a_port_was_written_by_nobody(office: Office) -> None:
    push = ports_element(Ports(destination=2948, source=9200))
    [body] = cut_octets(b"\x01\x06", reference=1, elements=(push,))
    await office.rooms.intake.accept(inbound_segment(body))
    await office.rooms.inbox.conversation_reader.catch_up()
    assert await office.told(EventType.CONVERSATION_OPENED) == []


async def test_a_new_process_neither_forgets_nor_repeats(office: Office) -> None:
    rooms = office.rooms
    for number in range(5):
        await office.writes(f"{number}", f"+7916000010{number}")
    await reader(rooms).catch_up()
    await reader(rooms).catch_up()
    await office.writes("5", "+79160000105")
    await reader(rooms).catch_up()
    assert len(await office.told(EventType.CONVERSATION_OPENED)) == 6


async def test_two_readers_at_once_open_everything_once(office: Office) -> None:
    rooms = office.rooms
    for number in range(30):
        await office.writes(f"{number}", f"+791600001{number:02}")
    await asyncio.gather(*(reader(rooms).catch_up() for _ in range(3)))
    assert len(await office.told(EventType.CONVERSATION_OPENED)) == 30


async def test_the_first_start_begins_at_the_oldest_event(office: Office) -> None:
    rooms = office.rooms
    for number in range(250):
        await office.writes(f"{number}", f"+7916000{number:04}")
    await reader(rooms).catch_up()
    assert len(await office.told(EventType.CONVERSATION_OPENED)) == 250
    place = await rooms.store.read(lambda tx: cursor_of(tx, NAME))
    assert place is not None


async def test_events_of_no_concern_are_passed_over_without_a_write(
    office: Office,
) -> None:
    rooms = office.rooms
    reading = reader(rooms)
    for _ in range(3):
        await rooms.send()
        await reading.catch_up()
    assert await rooms.store.read(lambda tx: cursor_of(tx, NAME)) is None
    await office.writes("x")
    await reading.catch_up()
    last = await rooms.feed.last_seq()
    place = await rooms.store.read(lambda tx: cursor_of(tx, NAME))
    assert place is not None
    assert last - 3 <= place < last


async def test_conversations_outlive_the_process(tmp_path: Path) -> None:
    async with open_rooms(tmp_path) as rooms:
        office = await Office.open(rooms)
        await office.writes("первое")
    async with open_rooms(tmp_path) as rooms:
        await reader(rooms).catch_up()
        await reader(rooms).catch_up()
        events = await rooms.events()
    opened = [one for one in events if one.type is EventType.CONVERSATION_OPENED]
    assert len(opened) == 1


async def test_what_could_not_be_written_is_read_again(
    office: Office, tmp_path: Path
) -> None:
    await office.writes("x")
    reading = reader(office.rooms)

    def alter(sql: str) -> None:
        with closing(sqlite3.connect(tmp_path / "seventy.db")) as connection:
            connection.execute(sql)

    alter(
        "CREATE TRIGGER jam BEFORE INSERT ON conversations "
        "BEGIN SELECT RAISE(ABORT, 'jammed'); END"
    )
    with pytest.raises(StoreError):
        await reading.catch_up()
    alter("DROP TRIGGER jam")
    await reading.catch_up()
    assert (await office.latest()).state is _S.QUEUED


async def test_it_follows_the_log_as_it_grows(office: Office) -> None:
    rooms = office.rooms
    running = asyncio.create_task(reader(rooms).run())
    rooms.tasks.append(running)

    def is_opened(times: int, events: list[Event]) -> bool:
        opened = EventType.CONVERSATION_OPENED
        return sum(one.type is opened for one in events) == times

    for number in range(1, 4):
        await office.writes("x", f"+7916000010{number}")
        await rooms.clock.advance(1)
        await rooms.until_true(partial(is_opened, number))
