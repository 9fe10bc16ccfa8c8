"""`/status`, `/queue`, `/quarantine`, health and metrics."""

import msgspec

from gateway.core.ids import LinkId
from gateway.core.link import InboundUndecoded
from tests.web.world import START, World
from web.shape import QuarantinePage, QueueShape, StatusShape


async def test_the_box_at_a_glance(world: World) -> None:
    await world.call("POST", "/api/v1/messages", {"to": "+79161234567", "text": "x"})
    answer = await world.call("GET", "/api/v1/status")
    status = msgspec.convert(answer.json, StatusShape)
    assert status.links == {"sim1": "up"}
    assert [one.count for one in status.queue] == [1]
    queue = await world.call("GET", "/api/v1/queue")
    [lane] = msgspec.convert(queue.json, QueueShape).items
    assert (lane.state.value, lane.count) == ("queued", 1)


async def test_quarantined_octets_are_shown_page_by_page(world: World) -> None:
    items = [
        InboundUndecoded(
            link=LinkId("sim1"),
            line="8970",
            raw=bytes([number]),
            reason="too short",
            received_at=START,
        )
        for number in range(3)
    ]
    await world.store.write(lambda tx: [tx.inbox.quarantine(item) for item in items])
    first = await world.call("GET", "/api/v1/quarantine?limit=2")
    page = msgspec.convert(first.json, QuarantinePage)
    assert [item.raw for item in page.items] == ["02", "01"]
    rest = await world.call("GET", f"/api/v1/quarantine?cursor={page.next}")
    assert [item["raw"] for item in rest.json["items"]] == ["00"]
    assert rest.json["next"] is None
