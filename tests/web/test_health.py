"""Health and metrics."""

from pathlib import Path

import msgspec

from gateway.core.link import LinkState
from gateway.engine.health import LEAST_SEEN, Sign
from tests.web.world import World, open_world
from web.shape import HealthShape


async def test_ready_names_what_is_wrong(world: World) -> None:
    answer = await world.call("GET", "/health/ready")
    assert answer.headers["Content-Type"] == "application/health+json"
    health = msgspec.convert(answer.json, HealthShape)
    assert health.status == "pass"
    assert health.checks["store:writer"][0]["status"] == "pass"
    await world.move_link(LinkState.BLOCKED, "sim_pin")
    blocked = await world.call("GET", "/health/ready")
    assert (blocked.status, blocked.json["status"]) == (200, "warn")
    assert blocked.json["checks"]["sim1:state"][0]["output"] == "sim_pin"


async def test_not_ready_when_nothing_can_be_kept(world: World) -> None:
    await world.store.close()
    answer = await world.http.get(world.base + "/health/ready")
    assert answer.status == 503
    assert (await answer.json(content_type=None))["status"] == "fail"
    assert (await world.http.get(world.base + "/health/live")).status == 200


async def test_requests_are_counted_by_route_never_by_number(world: World) -> None:
    number = "+79161234567"
    await world.call("GET", f"/api/v1/contacts/{number}/opt-out")
    await world.call("GET", "/no/such/place/79161234567")
    text = (await world.call("GET", "/metrics")).text
    assert 'kind="GET /api/v1/contacts/{msisdn}/opt-out"' in text
    assert "79161234567" not in text


async def test_a_balancer_may_ask_without_a_body(world: World) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = await world.call("HEAD", path)
        assert (answer.status, answer.text) == (200, "")


async def test_a_disk_nearly_full_refuses_what_goes_out_and_says_so(
    tmp_path: Path,
) -> None:
    async with open_world(tmp_path, low_space_octets=1 << 62) as world:
        body = {"to": "+79031112233", "text": "да"}
        refused = await world.call("POST", "/api/v1/messages", body)
        assert (refused.status, refused.json["code"]) == (507, "storage_full")
        health = await world.call("GET", "/health/ready")
        assert health.status == 200
        assert health.json["status"] == "warn"
        assert health.json["checks"]["store:space"][0]["status"] == "warn"


async def test_a_degraded_link_is_a_warning(world: World) -> None:
    for _ in range(LEAST_SEEN):
        world.board.stumble(world.link.id, Sign.REFUSED)
    health = (await world.call("GET", "/health/ready")).json
    assert health["status"] == "warn"
    [check] = health["checks"]["sim1:state"]
    assert (check["observedValue"], check["status"]) == ("up", "warn")
    assert "refused for now" in check["output"]
