"""The door in."""

import random
from datetime import timedelta
from pathlib import Path

from gateway.codec.address import Address
from gateway.codec.dcs import Alphabet
from gateway.codec.segment import UserData, cut_octets, cut_text
from gateway.codec.udh import Ports, ports_element
from gateway.core.event import EventType
from gateway.core.ids import LinkId
from gateway.core.link import InboundCall, InboundUndecoded
from gateway.core.message import Direction, MessageState
from tests.support.builders import (
    CUSTOMER,
    OWN,
    inbound_segment,
    inbound_text,
    stop_from,
)
from tests.support.clock import START
from tests.support.rooms import Rooms, open_rooms

FIVE = "пять сегментов текста 🙂 " * 13


async def test_a_short_text_is_a_message_in_a_thread(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("привет")[0])
    [message] = await rooms.messages()
    assert message.direction is Direction.MO
    assert message.state is MessageState.RECEIVED
    assert (message.text, message.peer, message.own) == ("привет", CUSTOMER, OWN)
    [event] = await rooms.events()
    assert event.type is EventType.MESSAGE_RECEIVED
    assert event.thread_id == message.thread_id
    assert event.data["from"] == CUSTOMER
    assert event.data["complete"] is True


async def test_the_raw_octets_are_kept(rooms: Rooms) -> None:
    [item] = inbound_text("привет")
    await rooms.intake.accept(item)
    [message] = await rooms.messages()
    [segment] = await rooms.segments(message.id)
    assert segment.raw == item.raw
    assert segment.body == item.body


async def test_the_same_octets_again_are_nothing_new(rooms: Rooms) -> None:
    [item] = inbound_text("привет")
    await rooms.intake.accept(item)
    await rooms.intake.accept(item)
    assert len(await rooms.messages()) == 1
    assert len(await rooms.events()) == 1


async def test_segments_in_any_order_with_repeats_are_one_message(
    rooms: Rooms,
) -> None:
    items = inbound_text(FIVE)
    assert len(items) == 5
    shuffled = items + items[1:3]
    random.Random(5).shuffle(shuffled)
    for item in shuffled:
        await rooms.intake.accept(item)
    [message] = await rooms.messages()
    assert (message.text, message.segments) == (FIVE, 5)
    assert message.state is MessageState.RECEIVED
    assert await rooms.types() == [EventType.MESSAGE_RECEIVED]


async def test_a_gap_is_shown_after_the_time_limit_and_closed_later(
    rooms: Rooms,
) -> None:
    items = inbound_text(FIVE)
    late = items.pop(2)
    for item in items:
        await rooms.intake.accept(item)
    [message] = await rooms.messages()
    assert message.state is MessageState.PARTIAL
    assert await rooms.types() == []
    rooms.clock.pass_time(timedelta(hours=24).total_seconds())
    await rooms.sweep.once()
    [event] = await rooms.events()
    assert event.type is EventType.MESSAGE_RECEIVED
    assert (event.data["complete"], event.data["missing"]) == (False, [3])
    assert "[…]" in str(event.data["text"])
    rooms.clock.pass_time(timedelta(days=2).total_seconds())
    await rooms.intake.accept(late)
    [message] = await rooms.messages()
    assert (message.text, message.state) == (FIVE, MessageState.RECEIVED)
    assert (await rooms.types())[1:] == [EventType.MESSAGE_AMENDED]


async def test_a_restart_neither_loses_nor_prolongs_a_group(tmp_path: Path) -> None:
    first, second, third, *_ = inbound_text(FIVE)
    async with open_rooms(tmp_path) as rooms:
        await rooms.intake.accept(first)
        clock, ids = rooms.clock, rooms.ids
    clock.pass_time(timedelta(hours=23).total_seconds())
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        await rooms.intake.accept(second)
        clock.pass_time(timedelta(hours=1).total_seconds())
        await rooms.sweep.once()
        [event] = await rooms.events()
        assert event.data["missing"] == [3, 4, 5]
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        await rooms.intake.accept(third)
        [message] = await rooms.messages()
        assert message.missing == (4, 5)
        assert (await rooms.types())[-1] is EventType.MESSAGE_AMENDED


async def test_two_senders_with_one_reference_never_mix(rooms: Rooms) -> None:
    mine = inbound_text(FIVE, originator=CUSTOMER)
    others = inbound_text(FIVE.upper(), originator="+79167654321")
    for pair in zip(mine, others, strict=True):
        for item in pair:
            await rooms.intake.accept(item)
    texts = {message.peer: message.text for message in await rooms.messages()}
    assert texts == {CUSTOMER: FIVE, "+79167654321": FIVE.upper()}


async def test_two_lines_with_one_reference_never_mix(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text(FIVE, link="sim1")[0])
    await rooms.intake.accept(inbound_text(FIVE, link="sim2")[1])
    assert len(await rooms.messages()) == 2


async def test_another_total_is_another_message(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text(FIVE)[0])
    await rooms.intake.accept(inbound_text(FIVE * 2)[1])
    assert len(await rooms.messages()) == 2


async def test_a_reference_used_again_begins_another_message(rooms: Rooms) -> None:
    later = START + timedelta(hours=1)
    for item in [*inbound_text(FIVE), *inbound_text(FIVE, at=later)]:
        await rooms.intake.accept(item)
    assert [message.text for message in await rooms.messages()] == [FIVE, FIVE]


async def test_a_segment_sent_twice_by_the_network_is_counted_once(
    rooms: Rooms,
) -> None:
    items = inbound_text(FIVE)
    for item in items:
        await rooms.intake.accept(item)
    again = inbound_segment(items[1].body, service_time=START + timedelta(minutes=4))
    await rooms.intake.accept(again)
    assert len(await rooms.messages()) == 1


async def test_other_content_under_one_number_begins_another_message(
    rooms: Rooms,
) -> None:
    await rooms.intake.accept(inbound_text(FIVE)[0])
    await rooms.intake.accept(inbound_text(FIVE.upper())[0])
    for item in inbound_text(FIVE.upper())[1:]:
        await rooms.intake.accept(item)
    states = [message.state for message in await rooms.messages()]
    assert states == [MessageState.PARTIAL, MessageState.RECEIVED]


async def test_octets_for_a_port_are_kept_as_octets(rooms: Rooms) -> None:
    octets = bytes(range(200))
    ports = ports_element(Ports(destination=2948, source=9200, wide=True))
    for body in cut_octets(octets, reference=1, elements=(ports,)):
        await rooms.intake.accept(inbound_segment(body))
    [message] = await rooms.messages()
    assert (message.text, message.octets) == (None, octets)
    assert message.destination_port == 2948


async def test_half_a_surrogate_pair_can_be_kept(rooms: Rooms) -> None:
    body = UserData(alphabet=Alphabet.UCS2, units=b"\x04\x1f\xd8\x3d")
    await rooms.intake.accept(inbound_segment(body))
    [message] = await rooms.messages()
    assert message.text == "П�"


async def test_stop_opts_out_and_start_opts_in(rooms: Rooms) -> None:
    await rooms.intake.accept(stop_from(CUSTOMER))
    contact = await rooms.store.read(lambda tx: tx.contacts.by_address(CUSTOMER))
    assert contact is not None
    assert contact.opt_out_source == "keyword:стоп"
    await rooms.intake.accept(inbound_text("START")[0])
    contact = await rooms.store.read(lambda tx: tx.contacts.by_address(CUSTOMER))
    assert contact is not None
    assert contact.opted_out_at is None
    assert await rooms.types() == [
        EventType.MESSAGE_RECEIVED,
        EventType.CONTACT_OPTED_OUT,
        EventType.MESSAGE_RECEIVED,
        EventType.CONTACT_OPTED_IN,
    ]


async def test_a_word_inside_a_sentence_opts_nobody_out(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("please stop calling me")[0])
    assert await rooms.types() == [EventType.MESSAGE_RECEIVED]


async def test_what_speaks_to_the_sim_or_the_phone_is_kept_and_not_heeded(
    rooms: Rooms,
) -> None:
    [body] = cut_text("stop", reference=0)
    await rooms.intake.accept(inbound_segment(body, protocol_id=0x40))
    await rooms.intake.accept(inbound_segment(body, message_class=2))
    assert await rooms.types() == [EventType.MESSAGE_RECEIVED] * 2


async def test_a_sender_with_a_name_or_none_has_a_thread(rooms: Rooms) -> None:
    for originator in ("BANK", "900"):
        await rooms.intake.accept(inbound_text("code 1234", originator=originator)[0])
    assert [one.peer for one in await rooms.messages()] == ["BANK", "900"]


async def test_a_national_sender_is_the_same_person(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("один")[0])
    await rooms.intake.accept(inbound_text("два", originator="89161234567")[0])
    first, second = await rooms.messages()
    assert first.thread_id == second.thread_id


async def test_a_reply_lands_in_the_thread_of_what_was_sent(rooms: Rooms) -> None:
    await rooms.intake.accept(inbound_text("вопрос")[0])
    answer = await rooms.send("ответ")
    [question, _] = await rooms.messages()
    assert answer.thread_id == question.thread_id


async def test_unreadable_octets_are_kept_once_and_told(rooms: Rooms) -> None:
    item = InboundUndecoded(
        link=LinkId("sim1"),
        line="line-sim1",
        raw=b"\x00\xff",
        reason="too short",
        received_at=START,
    )
    await rooms.intake.accept(item)
    await rooms.intake.accept(item)
    kept = await rooms.store.read(lambda tx: tx.inbox.quarantined(10, None))
    assert [one.item for one in kept] == [item]
    [event] = await rooms.events()
    assert (event.type, event.data["raw"]) == (EventType.QUARANTINE_ADDED, "00ff")


async def test_a_missed_call_is_an_event_even_without_a_number(rooms: Rooms) -> None:
    for caller in (Address.parse(CUSTOMER), None):
        await rooms.intake.accept(
            InboundCall(
                link=LinkId("sim1"),
                line="line-sim1",
                caller=caller,
                recipient=OWN,
                received_at=START,
            )
        )
    known, withheld = await rooms.events()
    assert known.type is withheld.type is EventType.CALL_MISSED
    assert (known.data["from"], withheld.data["from"]) == (CUSTOMER, None)
    assert known.thread_id is not None
