"""Who opted out is answered when they wrote since, and by a person only."""

from dataclasses import replace

import pytest
import pytest_asyncio

from gateway.core.agent import Actor
from gateway.core.errors import Conflict, Forbidden, Invalid
from gateway.core.message import MessageState
from gateway.engine.people_cards import block
from tests.support.builders import CUSTOMER, stop_from
from tests.support.inbox import Office
from tests.support.replying import say, sent
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def test_who_opted_out_is_not_written_to(office: Office) -> None:
    office.later(seconds=1)
    stop = stop_from(CUSTOMER)
    stop = replace(stop, received_at=office.rooms.clock.now())
    await office.rooms.intake.accept(stop)
    with pytest.raises(Forbidden) as refused:
        await say(office, office.anna)
    assert refused.value.code == "opted_out"


async def test_what_they_write_since_is_answered_and_sent(office: Office) -> None:
    office.later(seconds=1)
    await office.hears("стоп")
    office.later(seconds=1)
    await office.hears("а когда привезут?")
    await say(office, office.anna)
    [message] = await sent(office)
    office.rooms.start()
    await office.rooms.until(message.id, MessageState.SENT)
    with pytest.raises(Invalid):  # a program may not
        await office.rooms.send("Скидки!")


async def test_a_last_word_of_stop_is_the_last_word(office: Office) -> None:
    for text in ("стоп", "алло", "СТОП!"):
        office.later(seconds=1)
        await office.hears(text)
    with pytest.raises(Forbidden):
        await say(office, office.anna)


async def test_an_answer_that_waits_is_kept_back_by_a_stop(office: Office) -> None:
    for text in ("стоп", "алло"):
        office.later(seconds=1)
        await office.hears(text)
    await say(office, office.anna)
    office.later(seconds=1)
    await office.hears("стоп")
    [message] = await sent(office)
    office.rooms.start()
    failed = await office.rooms.until(message.id, MessageState.FAILED)
    assert failed.error is not None
    assert failed.error.code == "opted_out"


async def test_who_is_blocked_is_not_written_to(office: Office) -> None:
    rooms, latest = office.rooms, await office.latest()
    now = rooms.clock.now()
    actor = Actor(agent=office.vera)
    await rooms.store.write(lambda tx: block(tx, latest.contact_id, actor, now))
    with pytest.raises(Forbidden) as refused:
        await say(office, office.anna)
    assert refused.value.code == "blocked"


async def test_what_failed_by_a_stop_is_not_sent_again(office: Office) -> None:
    for text in ("стоп", "алло"):
        office.later(seconds=1)
        await office.hears(text)
    await say(office, office.anna)
    office.later(seconds=1)
    await office.hears("стоп")
    [message] = await sent(office)
    office.rooms.start()
    await office.rooms.until(message.id, MessageState.FAILED)
    with pytest.raises(Conflict) as refused:
        await office.rooms.submit.retry(message.id)
    assert refused.value.code == "opted_out"
    office.later(seconds=1)
    await office.hears("хотя нет, скажите")
    await office.rooms.submit.retry(message.id)
    await office.rooms.until(message.id, MessageState.SENT)
