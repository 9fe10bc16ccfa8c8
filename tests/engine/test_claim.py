"""What the link is given."""

from datetime import timedelta

from gateway.core.errors import OutcomeUnknown
from gateway.core.message import MessageState, OnUnknown
from tests.support.builders import CUSTOMER
from tests.support.link import FakeLink
from tests.support.rooms import Rooms


async def handed_over(rooms: Rooms, **fields: object) -> FakeLink:
    await rooms.send(**fields)  # type: ignore[arg-type]  # named by the test
    rooms.start()
    await rooms.link().handed(1)
    return rooms.link()


async def test_the_unit_says_what_the_caller_said(rooms: Rooms) -> None:
    link = await handed_over(
        rooms,
        flash=True,
        sender="Romashka",
        status_report=False,
        validity=timedelta(minutes=10),
    )
    [unit] = link.sent
    assert str(unit.destination) == CUSTOMER
    assert str(unit.sender) == "Romashka"
    assert unit.message_class == 0
    assert not unit.status_report
    assert unit.validity == timedelta(minutes=10)
    assert not unit.more_follow
    assert not unit.reject_duplicates


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
