"""What the link is given."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.codec.segment import cut_text
from gateway.core.errors import Invalid, OutcomeUnknown
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import Capabilities
from gateway.core.message import MessageState, OnUnknown
from tests.support.builders import CUSTOMER, inbound_segment
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms


async def handed_over(rooms: Rooms, **fields: object) -> FakeLink:
    await rooms.send(**fields)  # type: ignore[arg-type]  # named by the test
    rooms.start()
    await rooms.link().handed(1)
    return rooms.link()


async def test_the_unit_says_what_the_caller_said(rooms: Rooms) -> None:
    link = await handed_over(
        rooms,
        flash=True,
        status_report=False,
        validity=timedelta(minutes=10),
    )
    [unit] = link.sent
    assert str(unit.destination) == CUSTOMER
    assert unit.message_class == 0
    assert not unit.status_report
    assert unit.validity == timedelta(minutes=10)
    assert not unit.more_follow
    assert not unit.reject_duplicates


async def test_a_sender_is_chosen_only_where_the_carrier_lets_it(
    tmp_path: Path,
) -> None:
    carrier = Capabilities(any_sender=True)
    async with open_rooms(tmp_path, capabilities=carrier) as rooms:
        link = await handed_over(rooms, sender="Romashka")
        assert str(link.sent[0].sender) == "Romashka"


async def test_a_sender_that_cannot_be_shown_is_refused(rooms: Rooms) -> None:
    for link in ({}, {"link": "sim1"}):
        with pytest.raises(Invalid) as refused:
            await rooms.send(sender="Romashka", **link)
        assert refused.value.code == "sender_not_possible"
        assert refused.value.field == "sender"
    assert await rooms.messages() == []


async def test_a_message_and_its_answer_are_in_one_thread(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        sent = await rooms.send()
        assert sent.own == ""  # whoever is idle sends it
        rooms.start("sim2")
        await rooms.until(sent.id, MessageState.SENT)
        line = rooms.link("sim2").status
        await rooms.intake.accept(
            inbound_segment(
                cut_text("да", reference=0)[0], link="sim2", recipient=line.msisdn
            )
        )
        question, answer = await rooms.messages()
        assert question.own == answer.own == line.msisdn
        assert question.thread_id == answer.thread_id == sent.thread_id


async def test_a_link_that_stands_in_speaks_in_its_own_name(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        sent = await rooms.send(link="sim1")
        lane, sim2 = LaneId("link:sim2"), LinkId("sim2")
        moved = replace(sent, lane=lane, preferred_link=sim2)
        await rooms.store.write(lambda tx: tx.outbox.save_message(moved))
        rooms.start("sim2")
        message = await rooms.until(sent.id, MessageState.SENT)
        threads = await rooms.store.read(
            lambda tx: tx.contacts.threads(sent.contact_id)
        )
        assert message.own == rooms.link("sim2").status.msisdn
        assert [thread.id for thread in threads] == [message.thread_id]


async def test_the_validity_is_what_is_left_of_it(rooms: Rooms) -> None:
    await rooms.send(validity=timedelta(minutes=10))
    rooms.clock.pass_time(240)
    rooms.start()
    await rooms.link().handed(1)
    assert rooms.link().sent[0].validity == timedelta(minutes=6)


async def test_octets_go_out_with_their_port(rooms: Rooms) -> None:
    link = await handed_over(rooms, text=None, octets=b"\x01", destination_port=2948)
    [unit] = link.sent
    assert unit.body.units == b"\x01"
    assert unit.body.header[0].data[:2] == (2948).to_bytes(2, "big")


async def test_a_second_sending_has_the_same_concatenation_reference(
    rooms: Rooms,
) -> None:
    rooms.link().script.append(OutcomeUnknown("no answer"))
    message = await rooms.send("длинный текст " * 12, on_unknown=OnUnknown.RESEND)
    rooms.start()
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    await rooms.clock.advance(31)
    await rooms.sweep.once()
    await rooms.until(message.id, MessageState.SENT)
    first, second, *_ = rooms.link().sent
    assert first.segment_id == second.segment_id
    assert first.body == second.body
    assert first.attempt_id != second.attempt_id
