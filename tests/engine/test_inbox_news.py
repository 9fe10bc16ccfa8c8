"""Of a stretch of the log: each thing once, as it is, in its place."""

import pytest_asyncio

from gateway.core.event import EventType, NewEvent
from gateway.core.ids import LinkId
from gateway.engine.inbox_news import Stretch, Subject, Told, read_stretch
from gateway.engine.present import JsonObject
from tests.support.clock import START
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


def thing(told: Told) -> JsonObject:
    """What is told of."""
    found = told.content[told.subject]
    assert isinstance(found, dict)
    return found


async def read(office: Office, after: int = 0, limit: int = 500) -> Stretch:
    return await office.rooms.store.read(
        lambda tx: read_stretch(tx, after, limit=limit)
    )


async def test_each_thing_is_told_once_in_the_place_of_its_last_event(
    office: Office,
) -> None:
    for text in ("раз", "два"):
        await office.hears(text)
    stretch = await read(office)
    told = [(one.subject, thing(one).get("text")) for one in stretch.told]
    assert told == [
        (Subject.ENTRY, "раз"),
        (Subject.ENTRY, ""),  # the step that opened the conversation
        (Subject.ENTRY, "два"),
        (Subject.CONVERSATION, None),
    ]
    seqs = [one.seq for one in stretch.told]
    assert seqs == sorted(seqs)
    assert stretch.until == await office.rooms.feed.last_seq()


async def test_what_is_read_in_bites_ends_the_same(office: Office) -> None:
    for text in ("раз", "два", "три"):
        await office.hears(text)
    place, bites = 0, 0
    last: dict[str, object] = {}
    while (stretch := await read(office, place, 2)).until > place:
        place, bites = stretch.until, bites + 1
        last |= {str(thing(one)["id"]): thing(one) for one in stretch.told}
    whole = await read(office)
    assert bites > 2
    assert last == {str(thing(one)["id"]): thing(one) for one in whole.told}


async def test_lines_people_and_contacts_are_told_of(office: Office) -> None:
    rooms = office.rooms
    await office.hears("стоп")
    agents = rooms.inbox.agents
    assert (await agents.get(office.anna.id))[0] == office.anna
    events = [
        NewEvent(
            type=EventType.LINK_DOWN,
            at=START,
            data={"id": "sim1", "state": "down", "reason": "no_network", "imsi": "1"},
            link=LinkId("sim1"),
        ),
        NewEvent(type=EventType.AGENT_CHANGED, at=START, data={"id": office.anna.id}),
    ]
    await rooms.store.write(lambda tx: tx.events.append_all(events))
    told = {one.subject: thing(one) for one in (await read(office)).told}
    assert told[Subject.LINK] == {
        "id": "sim1",
        "state": "down",
        "reason": "no_network",
        "msisdn": None,
    }
    assert told[Subject.AGENT]["name"] == office.anna.name
    numbers = told[Subject.CONTACT]["numbers"]
    assert isinstance(numbers, list)
    assert numbers[0]["opted_out_at"] is not None


async def test_whose_load_a_conversation_moved_goes_along_with_it(
    office: Office,
) -> None:
    await office.hears()
    place = await office.rooms.feed.last_seq()
    cases = office.rooms.inbox.conversations
    await cases.take(await office.ask(office.anna))
    await cases.take(await office.ask(office.oleg), over=True)
    told = (await read(office, place)).told
    loads = {
        thing(one)["id"]: thing(one)["active"]
        for one in told
        if one.subject is Subject.AGENT
    }
    assert loads == {office.anna.id: 0, office.oleg.id: 1}
    *people, conversation = [one for one in told if one.subject is not Subject.ENTRY]
    assert conversation.subject is Subject.CONVERSATION
    # Who is told of people only comes back for the rest.
    assert [one.has_place for one in (*people, conversation)] == [False, False, True]
    assert {one.seq for one in people} == {conversation.seq}


async def test_what_is_gone_is_passed_over(office: Office) -> None:
    events = [
        NewEvent(
            type=EventType.MESSAGE_SENT, at=START, data={"id": "x"}, message_id="msg_x"
        ),
        NewEvent(type=EventType.NOTE_ADDED, at=START, data={"id": "not_x"}),
        NewEvent(type=EventType.NOTE_ADDED, at=START, data={}),
        NewEvent(type=EventType.CONVERSATION_CHANGED, at=START, data={"id": "cnv_x"}),
        NewEvent(type=EventType.WEBHOOK_TEST, at=START, data={"id": "whk_x"}),
    ]
    await office.rooms.store.write(lambda tx: tx.events.append_all(events))
    stretch = await read(office)
    assert stretch.told == []
    assert stretch.until == len(events)


async def test_who_was_erased_is_told_of(office: Office) -> None:
    data = {"id": "con_x", "erased": True, "thread_ids": ["thr_x"]}
    event = NewEvent(type=EventType.CONTACT_CHANGED, at=START, data=data)
    await office.rooms.store.write(lambda tx: tx.events.append(event))
    [told] = (await read(office)).told
    assert told.content == {"contact": None, **data}
