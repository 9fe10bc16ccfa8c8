"""Which link sends: preference, failing over both ways, staying with one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.core.errors import OutcomeUnknown, Scope, TemporaryFailure
from gateway.core.event import EventType
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import Capabilities, LinkState
from gateway.core.message import Message, MessageClass, MessageState, OnUnknown
from gateway.core.policy import Order, Policy, Route
from gateway.engine.health import LEAST_SEEN, TAKEN_TO_RECOVER
from tests.support.builders import inbound_text
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12  # three segments
LINK_FAULT = TemporaryFailure("no service", scope=Scope.LINK)
NOT_NOW = TemporaryFailure("system error", scope=Scope.MESSAGE, carrier_code="0x08")
SIM1, SIM2, CARRIER = LinkId("sim1"), LinkId("sim2"), LinkId("carrier")
BOTH_WAYS = [("carrier", "sim1"), ("sim1", "carrier")]
ABLE = {"carrier": Capabilities(window=10, any_sender=True)}


@asynccontextmanager
async def routed(
    directory: Path, *links: str, **policy: object
) -> AsyncIterator[Rooms]:
    """Links in the order of one route, with their lanes running."""
    route = Route(lane=LaneId("all"), links=tuple(map(LinkId, links)))
    values: dict[str, object] = {"routes": (route,)} | policy
    made = Policy(**values)  # type: ignore[arg-type]  # named by the test
    async with open_rooms(
        directory, policy=made, links=links, capabilities=ABLE
    ) as rooms:
        rooms.start()
        yield rooms


async def sent_by(rooms: Rooms, message: Message) -> str | None:
    return (await rooms.until(message.id, MessageState.SENT)).link


async def sent_in_time_by(rooms: Rooms, message: Message) -> str | None:
    """Let time pass until it is sent: a lane that waits looks again by itself."""
    while (await rooms.message(message.id)).state is not MessageState.SENT:
        await rooms.clock.advance(5)
    return (await rooms.message(message.id)).link


async def handed_in_time(rooms: Rooms, name: str, count: int) -> None:
    while len(rooms.link(name).sent) < count:
        await rooms.clock.advance(5)
        await rooms.events()  # the store works at its own pace


def someone(number: int) -> tuple[str]:
    return (f"+7916000{number:04}",)


async def test_the_first_link_of_a_route_is_preferred(tmp_path: Path) -> None:
    async with routed(tmp_path, "sim1", "sim2") as rooms:
        for n in range(5):
            message = await rooms.send(to=someone(n))
            assert await sent_by(rooms, message) == SIM1
        assert rooms.link("sim2").sent == []


@pytest.mark.parametrize(("first", "other"), BOTH_WAYS)
async def test_another_link_takes_over_after_the_time_of_grace_and_gives_back(
    tmp_path: Path, first: str, other: str
) -> None:
    async with routed(tmp_path, first, other) as rooms:
        rooms.link(first).become(LinkState.DOWN, rooms.intake)
        message = await rooms.send()
        await rooms.clock.advance(29)
        assert rooms.link(other).sent == []
        assert await sent_in_time_by(rooms, message) == other
        at_once = await rooms.send(to=someone(1))
        assert await sent_by(rooms, at_once) == other
        rooms.link(first).become(LinkState.UP, rooms.intake)
        again = await rooms.send(to=someone(2))
        assert await sent_by(rooms, again) == first


@pytest.mark.parametrize(("first", "other"), BOTH_WAYS)
async def test_messages_to_one_person_keep_their_order_there_and_back(
    tmp_path: Path, first: str, other: str
) -> None:
    async with routed(tmp_path, first, other) as rooms:
        messages = [await rooms.send("before")]
        await sent_by(rooms, messages[0])
        rooms.link(first).become(LinkState.DOWN, rooms.intake)
        messages += [await rooms.send(f"during {n}") for n in range(3)]
        rooms.link(other).gate.clear()
        await handed_in_time(rooms, other, 1)
        rooms.link(first).become(LinkState.UP, rooms.intake)
        messages += [await rooms.send(f"after {n}") for n in range(2)]
        rooms.link(other).gate.set()
        for message in messages:
            await sent_in_time_by(rooms, message)
        sent = [e for e in await rooms.events() if e.type is EventType.MESSAGE_SENT]
        assert [event.message_id for event in sent] == [m.id for m in messages]


@pytest.mark.parametrize(("first", "other"), BOTH_WAYS)
async def test_what_a_link_refused_without_sending_goes_by_another(
    tmp_path: Path, first: str, other: str
) -> None:
    async with routed(tmp_path, first, other) as rooms:
        rooms.link(first).script.extend([LINK_FAULT] * 3)
        message = await rooms.send()
        await rooms.until(message.id, MessageState.QUEUED, times=2)
        rooms.link(first).become(LinkState.DOWN, rooms.intake)
        assert await sent_in_time_by(rooms, message) == other


@pytest.mark.parametrize("on_unknown", [OnUnknown.HOLD, OnUnknown.RESEND])
@pytest.mark.parametrize(("first", "other"), BOTH_WAYS)
async def test_what_may_have_left_by_one_link_never_goes_by_another(
    tmp_path: Path, first: str, other: str, on_unknown: OnUnknown
) -> None:
    async with routed(tmp_path, first, other) as rooms:
        rooms.link(first).script.append(OutcomeUnknown("the link was lost"))
        message = await rooms.send(on_unknown=on_unknown)
        await rooms.link(first).handed(1)
        rooms.link(first).become(LinkState.DOWN, rooms.intake)
        for _ in range(5):
            await rooms.clock.advance(60)
            await rooms.sweep.once()
        assert rooms.link(other).sent == []
        rooms.link(first).become(LinkState.UP, rooms.intake)
        if on_unknown is OnUnknown.RESEND:
            assert await sent_in_time_by(rooms, message) == first
        else:
            await rooms.until(message.id, MessageState.UNKNOWN)


async def test_a_message_for_one_link_waits_for_it(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        rooms.link("sim1").become(LinkState.DOWN, rooms.intake)
        message = await rooms.send(link=SIM1)
        rooms.start()
        await rooms.clock.advance(300)
        assert (await rooms.message(message.id)).state is MessageState.QUEUED


async def test_a_message_begun_on_a_link_ends_on_it(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        link = rooms.link("sim1")
        link.script.extend([link.take, LINK_FAULT])
        rooms.start("sim1")
        message = await rooms.send(LONG)
        await rooms.until(message.id, MessageState.QUEUED, times=2)
        link.become(LinkState.DOWN, rooms.intake)
        rooms.start("sim2")
        await rooms.clock.advance(120)
        assert rooms.link("sim2").sent == []
        link.become(LinkState.UP, rooms.intake)
        assert await sent_in_time_by(rooms, message) == SIM1


async def test_a_person_is_answered_by_the_link_they_wrote_to(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        await rooms.intake.accept(inbound_text("привет", link="sim2")[0])
        rooms.start()
        message = await rooms.send()
        assert message.preferred_link == "sim2"
        assert await sent_by(rooms, message) == SIM2


async def test_a_carrier_that_stands_in_shows_its_own_number(tmp_path: Path) -> None:
    async with routed(tmp_path, "sim1", "carrier") as rooms:
        carrier, sim1 = rooms.link("carrier"), rooms.link("sim1")
        sim1.become(LinkState.DOWN, rooms.intake)
        message = await rooms.send()
        assert message.own == sim1.status.msisdn
        await sent_in_time_by(rooms, message)
        sent = await rooms.message(message.id)
        assert (sent.link, sent.own) == (CARRIER, carrier.status.msisdn)
        assert str(carrier.sent[0].sender) == carrier.status.msisdn


async def test_a_sender_is_kept_whichever_carrier_stands_in(tmp_path: Path) -> None:
    async with routed(tmp_path, "sim1", "carrier") as rooms:
        message = await rooms.send(sender="Romashka")
        assert await sent_by(rooms, message) == CARRIER
        [unit] = rooms.link("carrier").sent
        assert str(unit.sender) == "Romashka"


async def test_a_modem_never_takes_a_message_with_a_sender(tmp_path: Path) -> None:
    async with routed(tmp_path, "sim1", "carrier") as rooms:
        rooms.link("carrier").become(LinkState.DOWN, rooms.intake)
        message = await rooms.send(sender="Romashka")
        await rooms.clock.advance(300)
        assert (await rooms.message(message.id)).state is MessageState.QUEUED
        assert rooms.link("sim1").sent == []


async def test_the_cheapest_link_sends_and_the_dearer_one_stands_in(
    tmp_path: Path,
) -> None:
    route = Route(lane=LaneId("all"), links=(SIM1, CARRIER), order=Order.CHEAPEST)
    costs = {SIM1: 2500, CARRIER: 1200}
    async with routed(
        tmp_path, "sim1", "carrier", routes=(route,), costs=costs
    ) as rooms:
        assert await sent_by(rooms, await rooms.send(to=someone(0))) == CARRIER
        rooms.link("carrier").become(LinkState.DOWN, rooms.intake)
        message = await rooms.send(to=someone(1))
        assert await sent_in_time_by(rooms, message) == SIM1
        text, _ = rooms.metrics.exposition()
        assert b'cost_thousandths_total{link="carrier"} 1200.0' in text
        assert b'cost_thousandths_total{link="sim1"} 2500.0' in text


async def make_sick(rooms: Rooms, name: str) -> list[Message]:
    """The messages that it refused until it was taken for sick."""
    rooms.link(name).script.extend([NOT_NOW] * LEAST_SEEN)
    refused = [await rooms.send(to=someone(n)) for n in range(LEAST_SEEN)]
    for message in refused:
        await rooms.until(message.id, MessageState.QUEUED, times=2)
    assert rooms.board.is_degraded(LinkId(name))
    return refused


@pytest.mark.parametrize(("first", "other"), BOTH_WAYS)
async def test_a_sick_link_is_routed_around_until_it_takes_messages_again(
    tmp_path: Path, first: str, other: str
) -> None:
    async with routed(tmp_path, first, other) as rooms:
        refused = await make_sick(rooms, first)
        assert await sent_by(rooms, await rooms.send(to=someone(20))) == other
        await rooms.clock.advance(31)
        rooms.link(first).script.append(NOT_NOW)
        trial = await rooms.send(to=someone(21))
        await rooms.until(trial.id, MessageState.QUEUED, times=2)
        assert await sent_by(rooms, await rooms.send(to=someone(22))) == other
        await rooms.clock.advance(31)
        by = [
            await sent_by(rooms, await rooms.send(to=someone(23 + n)))
            for n in range(TAKEN_TO_RECOVER)
        ]
        assert by == [first] * TAKEN_TO_RECOVER
        assert not rooms.board.is_degraded(LinkId(first))
        await rooms.sweep.once()
        for message in [*refused, trial]:
            assert await sent_by(rooms, message) == first


async def test_a_sick_link_gets_one_message_to_be_tried_with(tmp_path: Path) -> None:
    async with routed(tmp_path, "carrier", "sim1") as rooms:
        await make_sick(rooms, "carrier")
        rooms.link("sim1").gate.clear()
        before = len(rooms.link("carrier").sent)
        await rooms.clock.advance(16)
        rooms.link("carrier").gate.clear()
        for number in range(30, 40):
            await rooms.send(to=someone(number))
        await rooms.clock.advance(10)
        assert len(rooms.link("carrier").sent) == before + 1


async def test_a_sick_link_goes_on_when_nobody_else_serves(tmp_path: Path) -> None:
    async with routed(tmp_path, "carrier", "sim1") as rooms:
        rooms.link("sim1").become(LinkState.BLOCKED, rooms.intake)
        await rooms.clock.advance(31)
        await make_sick(rooms, "carrier")
        for number in range(20, 20 + TAKEN_TO_RECOVER):
            assert await sent_by(rooms, await rooms.send(to=someone(number))) == CARRIER
        assert not rooms.board.is_degraded(CARRIER)


async def test_queue_and_class_choose_the_route(tmp_path: Path) -> None:
    codes = Route(lane=LaneId("codes"), links=(CARRIER,), classes=(MessageClass.OTP,))
    desk = Route(lane=LaneId("desk"), links=(SIM2,), queues=("support",))
    rest = Route(lane=LaneId("rest"), links=(SIM1,))
    links = ("sim1", "sim2", "carrier")
    async with routed(tmp_path, *links, routes=(codes, desk, rest)) as rooms:
        otp = await rooms.send(to=someone(1), message_class=MessageClass.OTP)
        support = await rooms.send(to=someone(2), queue="support")
        other = await rooms.send(to=someone(3), queue="sales")
        assert await sent_by(rooms, otp) == CARRIER
        assert await sent_by(rooms, support) == SIM2
        assert await sent_by(rooms, other) == SIM1
