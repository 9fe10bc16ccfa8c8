"""What waits when the routes are others after a start."""

from pathlib import Path
from typing import Any

from gateway.core.ids import LaneId, LinkId
from gateway.core.link import Capabilities
from gateway.core.message import Message, MessageState
from gateway.core.policy import Policy, Route
from gateway.engine.rehome import rehome
from gateway.engine.route import sender_lane
from tests.support.ids import SeededIds
from tests.support.rooms import Rooms, open_rooms

SIM1, SIM2, CARRIER = LinkId("sim1"), LinkId("sim2"), LinkId("carrier")
OLD, NEW = LaneId("old"), LaneId("new")
ABLE = {"carrier": Capabilities(any_sender=True)}


def policy(lane: LaneId, *links: LinkId) -> Policy:
    return Policy(routes=(Route(lane=lane, links=links),))


async def queued(folder: Path, made: Policy, *links: str, **fields: Any) -> SeededIds:
    """Three messages wait; what the next start makes its identities from."""
    async with open_rooms(folder, policy=made, links=links, capabilities=ABLE) as rooms:
        for number in range(3):
            await rooms.send(to=(f"+7916000{number:04}",), **fields)
        return rooms.ids


async def after(rooms: Rooms) -> tuple[int, list[Message]]:
    moved = await rehome(rooms.store, rooms.board, rooms.clock.now())
    return moved, await rooms.messages()


async def test_messages_of_a_lane_that_is_gone_get_one_of_now(tmp_path: Path) -> None:
    ids = await queued(tmp_path, policy(OLD, SIM1, SIM2), "sim1", "sim2")
    made, links = policy(NEW, SIM2), ("sim1", "sim2")
    async with open_rooms(tmp_path, policy=made, links=links, ids=ids) as rooms:
        moved, messages = await after(rooms)
        assert moved == 3
        assert {(m.lane, m.preferred_link) for m in messages} == {(NEW, SIM2)}
        assert await after(rooms) == (0, messages)
        rooms.start()
        for message in messages:
            await rooms.until(message.id, MessageState.SENT)


async def test_a_link_that_left_its_route_is_waited_for_no_more(tmp_path: Path) -> None:
    await queued(tmp_path, policy(OLD, SIM1, SIM2), "sim1", "sim2")
    made = policy(OLD, SIM2)
    async with open_rooms(tmp_path, policy=made, links=("sim1", "sim2")) as rooms:
        moved, messages = await after(rooms)
        assert moved == 3
        assert {(m.lane, m.preferred_link) for m in messages} == {(OLD, SIM2)}


async def test_what_is_served_stays_where_it_is(tmp_path: Path) -> None:
    made = policy(OLD, SIM1, SIM2)
    await queued(tmp_path, made, "sim1", "sim2")
    async with open_rooms(tmp_path, policy=made, links=("sim1", "sim2")) as rooms:
        before = await rooms.messages()
        assert await after(rooms) == (0, before)


async def test_what_is_bound_to_a_link_waits_for_it(tmp_path: Path) -> None:
    made = policy(OLD, SIM1, SIM2)
    await queued(tmp_path, made, "sim1", "sim2", link=SIM1)
    async with open_rooms(tmp_path, policy=policy(OLD, SIM2), links=("sim2",)) as rooms:
        before = await rooms.messages()
        assert await after(rooms) == (0, before)


async def test_a_sender_is_kept_or_the_message_stays(tmp_path: Path) -> None:
    links = ("sim1", "carrier")
    await queued(tmp_path, policy(OLD, CARRIER), *links, sender="Romashka")
    async with open_rooms(
        tmp_path, policy=policy(NEW, SIM1), links=links, capabilities=ABLE
    ) as rooms:
        moved, messages = await after(rooms)
        assert moved == 0
        assert {m.lane for m in messages} == {sender_lane(OLD)}
    async with open_rooms(
        tmp_path, policy=policy(NEW, SIM1, CARRIER), links=links, capabilities=ABLE
    ) as rooms:
        moved, messages = await after(rooms)
        assert moved == 3
        assert {(m.lane, m.own) for m in messages} == {(sender_lane(NEW), "Romashka")}


async def test_a_long_queue_is_moved_bite_by_bite(tmp_path: Path) -> None:
    await queued(tmp_path, policy(OLD, SIM1), "sim1")
    async with open_rooms(tmp_path, policy=policy(NEW, SIM1)) as rooms:
        assert await rehome(rooms.store, rooms.board, rooms.clock.now(), bite=2) == 3
        assert {message.lane for message in await rooms.messages()} == {NEW}
