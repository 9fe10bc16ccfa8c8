"""What an agent who opens a thread is told; refusals are tested with `replies`."""

import pytest
import pytest_asyncio

from gateway.core.agent import Actor, Agent
from gateway.core.errors import Conflict, Invalid
from gateway.engine.conversations import Ask
from gateway.engine.people_cards import block
from gateway.engine.replies import ReplyAsk
from gateway.engine.reply_guard import (
    MOST_PARTS,
    Standing,
    check_parts,
    check_reply_text,
)
from gateway.engine.thread_main import main_thread
from tests.support.builders import inbound_text
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def standing(office: Office, agent: Agent) -> Standing:
    thread_id, replies = await office.thread_id(), office.rooms.inbox.replies
    return await office.rooms.store.read(
        lambda tx: replies.standing(tx, main_thread(tx, thread_id), agent)
    )


async def test_in_the_queue_and_in_ones_own_one_may_write(office: Office) -> None:
    assert await standing(office, office.anna) == Standing(allowed=True)
    await office.desk.take(await office.ask(office.anna))
    assert await standing(office, office.anna) == Standing(allowed=True)


async def test_a_colleagues_is_taken(office: Office) -> None:
    await office.desk.take(await office.ask(office.oleg))
    found = await standing(office, office.anna)
    assert (found.allowed, found.reason, found.detail) == (False, "taken", "Oleg")


async def test_what_has_ended_may_be_gone_on_with(office: Office) -> None:
    ask: Ask = await office.ask(office.anna)
    await office.desk.take(ask)
    await office.desk.resolve(await office.ask(office.anna), None, "")
    found = await standing(office, office.oleg)
    assert (found.allowed, found.reason) == (True, "ended")


async def test_who_opted_out_may_be_answered_later(office: Office) -> None:
    await office.hears("стоп")
    found = await standing(office, office.anna)
    assert (found.allowed, found.reason) == (False, "opted_out")
    assert found.detail == "keyword:стоп"
    await office.hears("и всё же")
    found = await standing(office, office.anna)
    assert (found.allowed, found.reason) == (True, "opted_out")


async def test_who_is_blocked_may_not_be_written_to(office: Office) -> None:
    latest, rooms = await office.latest(), office.rooms
    actor, now = Actor(agent=office.vera), rooms.clock.now()
    await rooms.store.write(lambda tx: block(tx, latest.contact_id, actor, now))
    found = await standing(office, office.anna)
    assert (found.allowed, found.reason) == (False, "blocked")


async def test_a_senders_name_cannot_be_answered(office: Office) -> None:
    rooms = office.rooms
    at, bank = rooms.clock.now(), "BANK"
    for part in inbound_text("Код 1234", originator=bank, at=at):
        await rooms.intake.accept(part)
    thread_id = await office.thread_id(bank)
    replies = rooms.inbox.replies
    found = await rooms.store.read(
        lambda tx: replies.standing(tx, main_thread(tx, thread_id), office.anna)
    )
    assert (found.allowed, found.reason) == (False, "no_link")
    ask = ReplyAsk(client_id="c", text="Спасибо")
    with pytest.raises(Conflict) as refused:
        await replies.send(Actor(agent=office.anna), thread_id, ask)
    assert refused.value.code == "no_link"


def test_so_many_segments_and_no_more() -> None:
    assert check_reply_text("ж" * 67 * MOST_PARTS) == MOST_PARTS
    for refuse in (
        lambda: check_reply_text("ж" * (67 * MOST_PARTS + 1)),
        lambda: check_parts(2, 1),
    ):
        with pytest.raises(Invalid) as refused:
            refuse()
        assert (refused.value.code, refused.value.field) == ("too_long", "text")
