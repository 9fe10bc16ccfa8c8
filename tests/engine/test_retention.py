"""Purging what has been kept long enough."""

from datetime import timedelta

from gateway.core.agent import Actor
from gateway.core.policy import Retention
from gateway.engine.notes import NoteAsk
from gateway.engine.retention import cut_at, purge_bite
from gateway.engine.search import Asked
from tests.support.builders import CUSTOMER, inbound_text
from tests.support.clock import START
from tests.support.inbox import Office, ask
from tests.support.rooms import Rooms


def test_what_is_kept_for_ever_has_no_cut() -> None:
    cut = cut_at(Retention(messages=None, raw=timedelta(days=7)), START)
    assert cut.messages_before is None
    assert cut.raw_before == START - timedelta(days=7)


async def test_raw_octets_go_before_their_message(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("привет")[0])
    later = START + timedelta(days=8)
    assert await purge_bite(rooms.store, Retention(), later) == 1
    assert await purge_bite(rooms.store, Retention(), later) == 0
    [message] = await rooms.messages()
    [segment] = await rooms.segments(message.id)
    assert (message.text, segment.raw) == ("привет", None)


async def test_what_is_still_to_be_sent_stays(rooms: Rooms) -> None:
    await rooms.send()
    later = START + timedelta(days=1000)
    while await purge_bite(rooms.store, Retention(), later):
        pass
    assert len(await rooms.messages()) == 1


async def test_what_belongs_to_an_open_conversation_stays(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    await office.hears("Где мой заказ?")
    await index(rooms)
    later = START + timedelta(days=1000)
    while await purge_bite(rooms.store, Retention(events=None), later):
        pass
    assert len(await rooms.messages()) == 1
    asked = ask(office.anna, (await office.latest()).id)
    await office.desk.take(asked)
    await office.desk.resolve(asked, None, "")
    while await purge_bite(rooms.store, Retention(events=None), later):
        pass
    assert await rooms.messages() == []
    assert await office.find() is None


async def test_notes_steps_and_words_go_with_what_was_said(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    await office.hears("Где мой заказ?")
    thread_id = await office.thread_id()
    note = NoteAsk(client_id="n1", text="заказ найден")
    await rooms.inbox.notes.add(Actor(agent=office.anna), thread_id, note)
    await index(rooms)
    asked = ask(office.anna, (await office.latest()).id)
    await office.desk.take(asked)
    await office.desk.resolve(asked, None, "")
    search = rooms.inbox.search
    assert len((await search.find(Asked(text="заказ"))).items) == 2
    later = START + timedelta(days=91)
    while await purge_bite(rooms.store, Retention(), later):
        pass
    assert (await search.find(Asked(text="заказ"))).items == ()
    ids = await rooms.store.read(lambda tx: tx.timeline.after([thread_id], "", 10))
    assert ids == []
    [contact] = (await search.find(Asked(text=CUSTOMER))).items
    assert contact["kind"] == "contact"


async def index(rooms: Rooms) -> None:
    while await rooms.inbox.search_reader.once():
        pass
