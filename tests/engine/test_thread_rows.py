"""Threads as lists show them, to each viewer their own."""

import pytest_asyncio

from gateway.core.agent import Agent
from gateway.core.conversation import Draft, Note, ReadMark
from gateway.core.conversation_store import View, ViewCut
from gateway.core.ids import EntryId
from gateway.core.store import Tx
from gateway.engine.present import JsonObject
from gateway.engine.thread_main import main_thread
from gateway.engine.thread_rows import TEXT_LENGTH, RowPage, list_threads, thread_row
from tests.support.builders import CUSTOMER
from tests.support.inbox import Office
from tests.support.rooms import Rooms

OTHER = "+79160000099"


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def row(
    office: Office, viewer: Agent | None, sender: str = CUSTOMER
) -> JsonObject:
    thread_id = await office.thread_id(sender)
    return await office.rooms.store.read(
        lambda tx: thread_row(tx, viewer, main_thread(tx, thread_id))
    )


async def page(office: Office, viewer: Agent | None, view: View) -> RowPage:
    cut = ViewCut(view=view, limit=10, agent_id=viewer.id if viewer else None)
    return await office.rooms.store.read(lambda tx: list_threads(tx, viewer, cut))


async def test_what_is_unread_and_begun_is_the_viewers_own(office: Office) -> None:
    thread_id, now = await office.thread_id(), office.rooms.clock.now()
    last = (await office.latest()).last_entry
    assert last is not None

    def write(tx: Tx) -> None:
        anna = office.anna.id
        mark = ReadMark(agent_id=anna, thread_id=thread_id, entry=last, at=now)
        tx.read_marks.put(mark)
        tx.drafts.put(
            Draft(
                agent_id=anna,
                thread_id=thread_id,
                text="Добрый д",
                is_note=False,
                revision=1,
                updated_at=now,
            )
        )

    await office.rooms.store.write(write)
    seen = [await row(office, viewer) for viewer in (office.anna, office.oleg, None)]
    assert [(one["unread"], one["draft"]) for one in seen] == [
        (0, True),
        (1, False),
        (0, False),
    ]


async def test_what_ended_before_somebody_looked_is_nothing_new_to_them(
    office: Office,
) -> None:
    await office.desk.resolve(await office.ask(office.anna), None, "")
    assert (await row(office, office.oleg))["unread"] == 0


async def test_the_last_word_is_a_messages_or_a_notes(office: Office) -> None:
    await office.hears("длинно " * 60)
    last = (await row(office, office.anna))["last"]
    assert isinstance(last, dict)
    assert len(str(last["text"])) == TEXT_LENGTH
    note = Note(
        id=EntryId(office.rooms.ids.new("not")),
        thread_id=await office.thread_id(),
        conversation_id=None,
        agent_id=office.anna.id,
        text="спросить склад",
        created_at=office.rooms.clock.now(),
        client_id="n-1",
    )
    await office.rooms.store.write(lambda tx: tx.notes.insert(note))
    last = (await row(office, office.anna))["last"]
    assert isinstance(last, dict)
    assert (last["kind"], last["text"]) == ("note", "спросить склад")


async def test_an_alias_counts_for_its_main_thread(office: Office) -> None:
    await office.hears("С другого номера", OTHER)
    main_id, alias_id = await office.thread_id(), await office.thread_id(OTHER)
    await office.rooms.store.write(
        lambda tx: tx.conversations.add_alias(alias_id, main_id)
    )
    for sender in (CUSTOMER, OTHER):
        found = await row(office, office.anna, sender)
        last = found["last"]
        assert isinstance(last, dict)
        assert (found["id"], found["unread"], last["text"]) == (
            main_id,
            2,
            "С другого номера",
        )


async def test_a_list_is_of_one_moment(office: Office) -> None:
    await office.hears("x", OTHER)
    await office.desk.take(await office.ask(office.anna))
    found = await page(office, office.anna, View.OPEN)
    assert found.seq == await office.rooms.feed.last_seq()
    assert [one["id"] for one in found.rows] == [await office.thread_id()]
    assert found.counts == {"mine": 1, "queue": 1, "open": 2, "hold": 0, "spam": 0}
    nobody = await page(office, None, View.OPEN)
    assert [one["id"] for one in nobody.rows] == [
        await office.thread_id(OTHER),
        await office.thread_id(),
    ]
    assert nobody.counts["mine"] == 0
