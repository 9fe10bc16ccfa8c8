"""A person is counted, handed out and erased; an opt-out outlives it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.agent import Actor
from gateway.core.errors import Invalid, NotFound, RequestRefused
from gateway.core.ids import ContactId
from gateway.core.message import MessageState
from gateway.core.store import Tx
from gateway.engine import erasure
from gateway.engine.notes import NoteAsk
from gateway.engine.search import Asked
from gateway.store.config import StoreConfig
from tests.support.builders import CUSTOMER, stop_from
from tests.support.inbox import Office
from tests.support.rooms import Rooms, open_rooms

OTHER = "+380501112233"
WORDS = ("Абракадабра", "Заметкословие", "Ответословие", "Черновикословие", "Именинник")


async def index(rooms: Rooms) -> None:
    while await rooms.inbox.search_reader.once():
        pass


async def said(office: Office) -> ContactId:
    """Something of every kind about one customer, and a word of another."""
    rooms = office.rooms
    await office.hears("Привет от другого", OTHER)
    await office.hears(f"Где {WORDS[0]} 4815162342?")
    thread_id = await office.thread_id()
    actor = Actor(agent=office.anna)
    note = NoteAsk(client_id="n1", text=WORDS[1])
    await rooms.inbox.notes.add(actor, thread_id, note)
    await office.answers(office.anna, WORDS[2])
    contact = await contact_id(rooms)
    await rooms.inbox.contacts.change(contact, {"name": WORDS[4], "tags": ["vip"]})
    await index(rooms)
    return contact


async def contact_id(rooms: Rooms, address: str = CUSTOMER) -> ContactId:
    found = await rooms.store.read(lambda tx: tx.contacts.by_address(address))
    assert found is not None
    return found.id


async def test_a_dry_run_counts_what_is_deleted_later(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    contact = await said(office)
    before = await rooms.inbox.erasure.count(contact)
    assert before.messages == 2
    assert (before.notes, before.conversations, before.threads) == (1, 1, 1)
    assert before.search == 4
    assert before.events > 5
    assert await rooms.inbox.erasure.count(contact) == before
    actor = Actor(agent=office.vera)
    assert await rooms.inbox.erasure.erase(actor, contact, CUSTOMER) == before
    with pytest.raises(NotFound):
        await rooms.inbox.erasure.count(contact)
    found = await rooms.inbox.search.find(Asked(text="другого"))
    assert len(found.items) == 1


async def test_many_messages_go_in_bites_and_are_counted_together(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BITE", 2)
    office = await Office.open(rooms)
    contact = await said(office)
    for number in range(5):
        await office.hears(f"ещё {number}")
    before = await rooms.inbox.erasure.count(contact)
    assert before.messages == 7
    actor = Actor(agent=office.vera)
    assert await rooms.inbox.erasure.erase(actor, contact, CUSTOMER) == before
    assert [one.peer for one in await rooms.messages()] == [OTHER]


async def test_the_number_has_to_be_typed(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    contact = await said(office)
    with pytest.raises(Invalid) as refused:
        await rooms.inbox.erasure.erase(Actor(), contact, OTHER)
    assert refused.value.field == "confirm"
    assert (await rooms.inbox.erasure.count(contact)).messages == 2


async def test_no_word_and_no_number_stays_in_the_files(tmp_path: Path) -> None:
    config = StoreConfig(path=tmp_path / "kept.db", ballast_octets=0, idle_s=0.01)
    async with open_rooms(tmp_path, store_config=config) as rooms:
        office = await Office.open(rooms)
        contact = await said(office)
        assert traces_in(tmp_path)
        actor = Actor(agent=office.vera)
        await rooms.inbox.erasure.erase(actor, contact, CUSTOMER)
        await index(rooms)
        # The writer empties the log when it has nothing to do.
        while traces_in(tmp_path):
            await rooms.store.write(lambda tx: None)
    assert traces_in(tmp_path) == []


def traces_in(folder: Path) -> list[str]:
    """Which of the words and digits are still there, in which file and how."""
    wanted = [CUSTOMER, CUSTOMER[1:], CUSTOMER[-10:], "4815162342", "162342"]
    wanted += [spelled for word in WORDS for spelled in (word, word.casefold())]
    return [
        f"{path.name}: {word}"
        for path in folder.glob("kept.db*")
        for content in [path.read_bytes()]
        for word in wanted
        for octets in (word.encode(), word.encode("utf-16-be"))
        if octets in content
    ]


async def test_an_opt_out_outlives_the_person(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    await said(office)
    await rooms.intake.accept(stop_from(CUSTOMER))
    contact = await contact_id(rooms)
    await rooms.inbox.erasure.erase(Actor(agent=office.vera), contact, CUSTOMER)
    with pytest.raises(RequestRefused) as refused:
        await rooms.send("hello")
    assert refused.value.code == "opted_out"
    await office.hears("Это снова я")
    again = await rooms.store.read(lambda tx: tx.contacts.by_address(CUSTOMER))
    assert again is not None
    assert again.id != contact
    assert again.opted_out_at is not None
    with pytest.raises(RequestRefused):
        await rooms.send("hello")
    await office.hears("старт")
    assert (await rooms.send("hello")).state is MessageState.QUEUED


async def test_a_block_outlives_the_person(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    contact = await said(office)
    actor = Actor(agent=office.vera)
    await rooms.inbox.contacts.block(actor, contact)
    await rooms.inbox.erasure.erase(actor, contact, CUSTOMER)
    await office.hears("Снова реклама")
    card = await rooms.inbox.contacts.show(await contact_id(rooms))
    assert card["blocked_at"] is not None


async def test_the_audit_log_names_no_number_and_stays_whole(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    contact = await said(office)
    actor = Actor(agent=office.vera)
    await rooms.inbox.erasure.export(actor, contact)
    await rooms.inbox.erasure.erase(actor, contact, CUSTOMER)
    entries = await rooms.store.read(lambda tx: tx.audit.after(0, 1000))
    ours = [entry for entry in entries if entry.action.startswith("contact.e")]
    assert [entry.action for entry in ours] == ["contact.exported", "contact.erased"]
    assert {entry.subject for entry in ours} == {contact}
    assert not any(CUSTOMER[1:] in repr(entry) for entry in entries)
    assert (await rooms.inbox.audit.verify()).intact


async def test_an_export_holds_every_word(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    contact = await said(office)
    whole = await rooms.inbox.erasure.export(Actor(agent=office.vera), contact)
    text = json.dumps(whole, ensure_ascii=False)
    for word in (WORDS[0], WORDS[1], WORDS[2], WORDS[4], CUSTOMER):
        assert word in text, word
    assert "другого" not in text


async def test_what_is_being_sent_holds_an_erasure_up(rooms: Rooms) -> None:
    office = await Office.open(rooms)
    contact = await said(office)

    def send(tx: Tx) -> None:
        [message] = [one for one in messages if one.state is MessageState.QUEUED]
        tx.outbox.save_message(replace(message, state=MessageState.SENDING))

    messages = await rooms.messages()
    await rooms.store.write(send)
    with pytest.raises(RequestRefused) as refused:
        await rooms.inbox.erasure.erase(Actor(agent=office.vera), contact, CUSTOMER)
    assert refused.value.code == "being_sent"
