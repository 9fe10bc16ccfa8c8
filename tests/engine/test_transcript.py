"""A conversation from its beginning to its end, for records."""

import pytest
import pytest_asyncio

from gateway.core.conversation import Note
from gateway.core.errors import NotFound
from gateway.core.ids import ConversationId, EntryId
from gateway.engine import transcript
from gateway.engine.transcript import Transcript, as_text, transcript_of
from tests.support.builders import CUSTOMER
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    """With two conversations of a customer."""
    office = await Office.open(rooms)
    await office.hears("Первый вопрос")
    await office.answers(office.anna, "Первый ответ")
    await office.desk.resolve(await office.ask(office.anna), "решено", "")
    office.later(days=30)
    await office.hears("Второй вопрос")
    return office


async def read(office: Office, number: int, *, with_notes: bool = False) -> Transcript:
    one = (await office.history())[number - 1]
    return await office.rooms.store.read(
        lambda tx: transcript_of(tx, one.id, with_notes=with_notes)
    )


def texts(found: Transcript) -> list[object]:
    return [one["text"] for one in found.items if one["kind"] == "message"]


async def test_each_has_its_own_words_and_no_others(office: Office) -> None:
    first, second = await read(office, 1), await read(office, 2)
    assert texts(first) == ["Первый вопрос", "Первый ответ"]
    assert texts(second) == ["Второй вопрос"]
    assert [one["step"] for one in first.items if one["kind"] == "step"] == [
        "opened",
        "taken",
        "resolved",
    ]
    assert first.conversation["number"] == 1


async def test_colleagues_words_are_in_it_only_when_asked_for(
    office: Office,
) -> None:
    note = Note(
        id=EntryId(office.rooms.ids.new("not")),
        thread_id=await office.thread_id(),
        conversation_id=None,
        agent_id=office.anna.id,
        text="сердится",
        created_at=office.rooms.clock.now(),
        client_id="n-1",
    )
    await office.rooms.store.write(lambda tx: tx.notes.insert(note))
    assert "сердится" not in as_text(await read(office, 2))
    noted = as_text(await read(office, 2, with_notes=True))
    assert noted.splitlines()[-1].endswith("Anna: [note] сердится")


async def test_a_long_one_is_read_in_bites(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transcript, "BITE", 2)
    for number in range(7):
        await office.hears(f"{number}")
    wanted = ["Второй вопрос", *map(str, range(7))]
    assert texts(await read(office, 2)) == wanted
    assert texts(await read(office, 1)) == ["Первый вопрос", "Первый ответ"]
    monkeypatch.setattr(transcript, "MOST", 4)
    assert len((await read(office, 2)).items) == 4


async def test_as_text_it_says_when_who_and_what(office: Office) -> None:
    lines = as_text(await read(office, 1)).splitlines()
    opened, asked, taken, answered, resolved = lines
    assert opened.endswith("—: [opened]")
    assert asked.endswith(f"Z  {CUSTOMER}: Первый вопрос")
    assert taken.endswith("Anna: [taken]")
    assert answered.endswith("box: Первый ответ")
    assert resolved.endswith("Anna: [resolved] решено")


async def test_of_nothing_there_is_none(office: Office) -> None:
    nothing = ConversationId("cnv_nothing")
    with pytest.raises(NotFound):
        await office.rooms.store.read(
            lambda tx: transcript_of(tx, nothing, with_notes=False)
        )
