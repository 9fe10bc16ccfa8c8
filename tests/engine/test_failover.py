"""Which link sends: preference, failing over, staying with one."""

from pathlib import Path

from gateway.core.errors import Scope, TemporaryFailure
from gateway.core.ids import LaneId, LinkId
from gateway.core.link import LinkState
from gateway.core.message import MessageState
from gateway.core.policy import Policy, Route
from tests.support.builders import inbound_text
from tests.support.rooms import open_rooms

LONG = "длинный текст " * 12  # three segments
LINK_FAULT = TemporaryFailure("no service", scope=Scope.LINK)
ROUTE = Route(lane=LaneId("all"), links=(LinkId("sim1"), LinkId("sim2")))


async def test_the_first_link_of_a_route_is_preferred(tmp_path: Path) -> None:
    policy = Policy(routes=(ROUTE,))
    async with open_rooms(tmp_path, policy=policy, links=("sim1", "sim2")) as rooms:
        rooms.start()
        for n in range(5):
            message = await rooms.send(to=(f"+7916000{n:04}",))
            await rooms.until(message.id, MessageState.SENT)
        assert (len(rooms.link("sim1").sent), len(rooms.link("sim2").sent)) == (5, 0)


async def test_another_link_takes_over_only_after_the_time_of_grace(
    tmp_path: Path,
) -> None:
    policy = Policy(routes=(ROUTE,))
    async with open_rooms(tmp_path, policy=policy, links=("sim1", "sim2")) as rooms:
        rooms.start()
        rooms.link("sim1").become(LinkState.DOWN, rooms.intake)
        message = await rooms.send()
        await rooms.clock.advance(29)
        assert rooms.link("sim2").sent == []
        await rooms.clock.advance(10)
        sent = await rooms.until(message.id, MessageState.SENT)
        assert sent.link == "sim2"


async def test_a_message_for_one_link_waits_for_it(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        rooms.link("sim1").become(LinkState.DOWN, rooms.intake)
        message = await rooms.send(link=LinkId("sim1"))
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
        sent = await rooms.until(message.id, MessageState.SENT)
        assert sent.link == "sim1"


async def test_a_person_is_answered_by_the_link_they_wrote_to(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        await rooms.intake.accept(inbound_text("привет", link="sim2")[0])
        rooms.start()
        message = await rooms.send()
        assert message.preferred_link == "sim2"
        sent = await rooms.until(message.id, MessageState.SENT)
        assert sent.link == "sim2"
