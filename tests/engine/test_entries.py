"""Timelines as everybody is shown them."""

import pytest_asyncio

from gateway.core.conversation import Conversation, Note, Reply, ReplyState
from gateway.core.ids import AgentId, EntryId, ThreadId
from gateway.core.message import MessageState
from gateway.core.store import Tx
from gateway.engine.entries import (
    EntryCut,
    conversation_json,
    entries_json,
    read_entries,
)
from gateway.engine.inbox_shape import agent_ref
from gateway.engine.present import JsonObject
from gateway.engine.threads import speak_as
from tests.support.builders import CUSTOMER, inbound_report
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


def entry_json(tx: Tx, entry_id: str) -> JsonObject | None:
    found = entries_json(tx, [EntryId(entry_id)])
    return found[0] if found else None


async def shown(office: Office, thread_id: ThreadId | None = None) -> list[JsonObject]:
    thread_id = thread_id or await office.thread_id()
    page = await office.rooms.store.read(
        lambda tx: read_entries(tx, thread_id, EntryCut(limit=100))
    )
    return page.items


async def test_a_long_message_tells_how_far_it_came(office: Office) -> None:
    rooms = office.rooms
    message = await rooms.send("длинно " * 20)
    assert message.segments == 3

    async def progress() -> object:
        entry = await rooms.store.read(lambda tx: entry_json(tx, message.id))
        assert entry is not None
        return entry["progress"]

    assert await progress() == {"sent": 0, "delivered": 0, "total": 3}
    rooms.start()
    await rooms.until(message.id, MessageState.SENT)
    assert await progress() == {"sent": 3, "delivered": 0, "total": 3}
    first, *_ = await rooms.segments(message.id)
    await rooms.intake.accept(
        inbound_report(first.reference or "", at=rooms.clock.now())
    )
    assert await progress() == {"sent": 3, "delivered": 1, "total": 3}


async def test_what_is_gone_is_left_out_and_the_order_is_the_askers(
    office: Office,
) -> None:
    ids = [EntryId(str(one["id"])) for one in await shown(office)]
    asked = [*ids[::-1], EntryId("msg_gone"), EntryId("stp_gone"), EntryId("x")]
    found = await office.rooms.store.read(lambda tx: entries_json(tx, asked))
    assert [one["id"] for one in found] == ids[::-1]
    assert await office.rooms.store.read(lambda tx: entry_json(tx, "rep_gone")) is None


async def test_a_note_names_its_author_and_whom_it_mentions(office: Office) -> None:
    rooms = office.rooms
    note = Note(
        id=EntryId(rooms.ids.new("not")),
        thread_id=await office.thread_id(),
        conversation_id=(await office.latest()).id,
        agent_id=office.anna.id,
        text="перезвонить",
        created_at=rooms.clock.now(),
        client_id="n-1",
        mentions=(office.oleg.id,),
    )
    await rooms.store.write(lambda tx: tx.notes.insert(note))
    *_, entry = await shown(office)
    assert entry["kind"] == "note"
    assert entry["author"] == {"id": office.anna.id, "name": "Anna"}
    assert entry["mentions"] == [office.oleg.id]


async def test_whom_nobody_knows_has_no_name() -> None:
    assert agent_ref(None, {}) is None
    stranger = AgentId("agt_x")
    assert agent_ref(stranger, {}) == {"id": "agt_x", "name": ""}


async def test_an_alias_is_shown_in_its_main_thread(office: Office) -> None:
    other = "+79160000099"
    await office.hears("С другого номера", other)
    main_id, alias_id = await office.thread_id(), await office.thread_id(other)
    await office.rooms.store.write(
        lambda tx: tx.conversations.add_alias(alias_id, main_id)
    )
    entries = await shown(office)
    texts = [one["text"] for one in entries if one["kind"] == "message"]
    assert texts == ["Где мой заказ?", "С другого номера"]
    assert {one["thread_id"] for one in entries} == {main_id}
    assert [one["peer"] for one in entries if one["kind"] == "message"] == [
        CUSTOMER,
        other,
    ]


async def test_conversations_come_in_the_order_given(office: Office) -> None:
    await office.hears("x", "+79160000099")

    first, second = await office.latest(), await office.latest("+79160000099")
    for order in ([first, second], [second, first]):

        def read(tx: Tx, order: list[Conversation] = order) -> list[JsonObject]:
            return conversation_json(tx, order)

        found = await office.rooms.store.read(read)
        assert [one["id"] for one in found] == [one.id for one in order]


async def test_a_reply_that_went_by_another_line_is_shown_where_it_was_written(
    office: Office,
) -> None:
    rooms, written_in = office.rooms, await office.thread_id()
    message = await rooms.send("Уже едет")
    reply = Reply(
        id=EntryId(rooms.ids.new("rep")),
        thread_id=written_in,
        conversation_id=(await office.latest()).id,
        agent_id=office.anna.id,
        client_id="c-1",
        text="Уже едет",
        state=ReplyState.QUEUED,
        created_at=rooms.clock.now(),
        seq=1,
        message_id=message.id,
    )
    other, now = ThreadId(rooms.ids.new("thr")), rooms.clock.now()

    def fail_over(tx: Tx) -> ThreadId:
        tx.replies.insert(reply)
        return speak_as(tx, message, "+79160000002", other, now).thread_id

    assert await rooms.store.write(fail_over) == other
    *_, entry = await shown(office, written_in)
    assert (entry["id"], entry["thread_id"]) == (message.id, written_in)
    assert entry["author"] == {
        "kind": "agent",
        "agent": {"id": office.anna.id, "name": "Anna"},
    }
    last = await rooms.store.read(lambda tx: tx.timeline.last([written_in]))
    assert last == EntryId(message.id)
    told = await rooms.store.read(lambda tx: entry_json(tx, message.id))
    assert told is not None
    assert told["thread_id"] == written_in
