"""Notes are for colleagues, and stay among them."""

import asyncio

import pytest
import pytest_asyncio

from gateway.core.agent import Actor
from gateway.core.errors import Invalid
from gateway.core.event import EventType
from gateway.core.ids import AgentId
from gateway.core.message import Direction
from gateway.engine.drafts import Words
from gateway.engine.notes import LONGEST, NoteAsk, Noted
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def note(
    office: Office, text: str = "Это VIP", client_id: str = "n1", **fields: object
) -> Noted:
    ask = NoteAsk(client_id=client_id, text=text, **fields)  # type: ignore[arg-type]  # named by the test
    actor, thread_id = Actor(agent=office.anna), await office.thread_id()
    return await office.rooms.inbox.notes.add(actor, thread_id, ask)


async def test_a_note_never_leaves_as_a_message(office: Office) -> None:
    noted = await note(office)
    office.rooms.start()
    office.later(hours=1)
    await office.rooms.sweep.once()
    messages = await office.rooms.messages()
    assert {message.direction for message in messages} == {Direction.MO}
    assert office.rooms.link().sent == []
    assert (noted.entry["kind"], noted.entry["text"]) == ("note", "Это VIP")


async def test_a_note_is_told_and_lifts_its_thread(office: Office) -> None:
    noted = await note(office, mentions=[office.oleg.id])
    [told] = await office.told(EventType.NOTE_ADDED)
    assert told.data == noted.entry
    assert told.thread_id == await office.thread_id()
    assert noted.entry["mentions"] == [office.oleg.id]
    assert (await office.latest()).last_entry == noted.entry["id"]


async def test_a_repeat_is_the_first_note(office: Office) -> None:
    noted = await asyncio.gather(*(note(office) for _ in range(5)))
    assert len({str(one.entry["id"]) for one in noted}) == 1
    assert len(await office.told(EventType.NOTE_ADDED)) == 1


async def test_its_draft_is_gone_and_a_replys_is_not(office: Office) -> None:
    drafts, thread_id = office.rooms.inbox.drafts, await office.thread_id()
    words = Words(text="Здравств", is_note=False, revision=1)
    await drafts.save(office.anna.id, thread_id, words)
    assert (await note(office)).draft is None
    words = Words(text="Это V", is_note=True, revision=2)
    await drafts.save(office.anna.id, thread_id, words)
    after = (await note(office, client_id="n2")).draft
    assert after is not None
    assert after.text == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "empty"),
        ("x" * (LONGEST + 1), "too_long"),
        ("a\x00", "control_character"),
        ("\ud800", "control_character"),
    ],
)
async def test_what_cannot_be_kept_is_refused(
    office: Office, text: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await note(office, text)
    assert refused.value.code == code


async def test_only_colleagues_are_mentioned(office: Office) -> None:
    with pytest.raises(Invalid):
        await note(office, mentions=[AgentId("agt_x")])
    assert await office.told(EventType.NOTE_ADDED) == []
