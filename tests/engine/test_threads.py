"""Contacts, threads, and words that opt out."""

import pytest

from gateway.core.event import EventType
from gateway.core.ids import LinkId
from gateway.engine.threads import Names, find_contact, opt_in, opt_out, sticky_links
from tests.support.builders import CUSTOMER, inbound_text
from tests.support.rooms import Rooms


@pytest.mark.parametrize(
    "word", ["STOP", " stop. ", "«Стоп»", "Отписаться!", "отмена рассылки", "ЗУПИНИТИ"]
)
async def test_a_word_counts_in_any_case_and_dress(rooms: Rooms, word: str) -> None:
    await rooms.intake.accept(inbound_text(word)[0])
    assert (await rooms.types())[-1] is EventType.CONTACT_OPTED_OUT


async def test_saying_it_twice_tells_it_once(rooms: Rooms) -> None:
    for reference in (1, 2):
        [item] = inbound_text("stop" + "!" * reference)
        await rooms.intake.accept(item)
    assert (await rooms.types()).count(EventType.CONTACT_OPTED_OUT) == 1


async def test_an_agent_may_opt_somebody_out_and_in(rooms: Rooms) -> None:
    now = rooms.clock.now()
    names = Names.fresh(rooms.ids)
    contact = await rooms.store.write(lambda tx: find_contact(tx, CUSTOMER, names, now))
    out = await rooms.store.write(lambda tx: opt_out(tx, contact, "api", now))
    assert (out.opted_out_at, out.opt_out_source) == (now, "api")
    back = await rooms.store.write(lambda tx: opt_in(tx, out, now))
    assert back == contact
    assert await rooms.types() == [
        EventType.CONTACT_OPTED_OUT,
        EventType.CONTACT_OPTED_IN,
    ]


async def test_the_link_somebody_wrote_to_last_comes_first(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("раз", link="sim1")[0])
    rooms.clock.pass_time(1)
    [item] = inbound_text("два", link="sim2")
    await rooms.intake.accept(item)
    contact = await rooms.store.read(lambda tx: tx.contacts.by_address(CUSTOMER))
    assert contact is not None
    found = await rooms.store.read(lambda tx: sticky_links(tx, contact))
    assert found[0] == LinkId("sim2")
