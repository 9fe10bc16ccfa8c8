"""A subscriber who is back, and what waited for that."""

from gateway.codec.address import Address
from gateway.core.errors import Scope, TemporaryFailure
from gateway.core.event import EventType
from gateway.core.ids import LinkId
from gateway.core.link import InboundAlert
from gateway.core.message import MessageState
from tests.support.builders import CUSTOMER
from tests.support.clock import START
from tests.support.rooms import Rooms

ABSENT = TemporaryFailure("absent", scope=Scope.DESTINATION)


def alert(number: str = CUSTOMER) -> InboundAlert:
    return InboundAlert(
        link=LinkId("sim1"),
        line="line-sim1",
        subscriber=Address.parse(number),
        received_at=START,
    )


async def test_what_was_put_off_goes_at_once(rooms: Rooms) -> None:
    rooms.link().script.append(ABSENT)
    rooms.start()
    message = await rooms.send()
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert not (await rooms.message(message.id)).ready
    await rooms.intake.accept(alert())
    await rooms.until(message.id, MessageState.SENT)


async def test_who_is_back_is_told_in_an_event(rooms: Rooms) -> None:
    await rooms.intake.accept(alert())
    event = (await rooms.events())[-1]
    assert event.type is EventType.HANDSET_REACHABLE
    assert event.data == {"msisdn": CUSTOMER, "link": "sim1"}


async def test_what_waits_for_another_or_for_its_own_time_stays(rooms: Rooms) -> None:
    rooms.link().script.append(ABSENT)
    rooms.start()
    message = await rooms.send()
    await rooms.until(message.id, MessageState.QUEUED, times=2)
    later = await rooms.send(send_at=START.replace(year=START.year + 1, month=1))
    await rooms.intake.accept(alert("+79990000000"))
    assert not (await rooms.message(message.id)).ready
    await rooms.intake.accept(alert())
    assert (await rooms.message(later.id)).state is MessageState.SCHEDULED
