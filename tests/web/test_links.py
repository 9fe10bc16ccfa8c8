"""`/links` over HTTP."""

from dataclasses import replace

import msgspec

from gateway.engine.health import LEAST_SEEN, Sign
from tests.web.world import START, World
from web.shape import LinkList, LinkShape, Ussd


async def test_every_link_is_shown_with_what_is_known_and_null_for_the_rest(
    world: World,
) -> None:
    listed = (await world.call("GET", "/api/v1/links")).json
    [link] = msgspec.convert(listed, LinkList).items
    assert (link.id, link.state, link.signal_dbm) == ("sim1", "up", -71)
    assert link.imei is None
    assert link.dispatch == {"queue": 0}
    assert set(listed["items"][0]) == set(LinkShape.__struct_fields__)
    one = await world.call("GET", "/api/v1/links/sim1")
    assert one.json == listed["items"][0]


async def test_a_link_shows_window_rate_and_its_last_error(world: World) -> None:
    world.link.status = replace(
        world.link.status,
        window=40,
        in_flight=3,
        rate_per_s=97.5,
        id_form="hex",
        last_error="0x58 ESME_RTHROTTLED",
        last_error_at=START,
    )
    link = (await world.call("GET", "/api/v1/links/sim1")).json
    shape = msgspec.convert(link, LinkShape)
    assert (shape.window, shape.in_flight, shape.rate_per_s) == (40, 3, 97.5)
    assert (shape.id_form, shape.last_error) == ("hex", "0x58 ESME_RTHROTTLED")
    assert shape.last_error_at == START


async def test_a_degraded_link_is_up_and_says_so(world: World) -> None:
    for _ in range(LEAST_SEEN):
        world.board.stumble(world.link.id, Sign.REFUSED)
    for path in ("", "/sim1"):
        answer = (await world.call("GET", f"/api/v1/links{path}")).json
        link = answer if path else answer["items"][0]
        assert (link["state"], link["reason"]) == ("up", "degraded")


async def test_an_unknown_link_is_not_found(world: World) -> None:
    for method, path in (("GET", ""), ("POST", "/restart")):
        answer = await world.call(method, f"/api/v1/links/sim9{path}")
        assert answer.status == 404
    ussd = await world.call("POST", "/api/v1/links/sim9/ussd", {"code": "*100#"})
    assert ussd.status == 404


async def test_ussd_gives_what_the_network_said(world: World) -> None:
    answer = await world.call("POST", "/api/v1/links/sim1/ussd", {"code": "*100#"})
    assert msgspec.convert(answer.json, Ussd).text == "Баланс 42 р."
    assert world.link.codes == ["*100#"]


async def test_a_link_is_restarted(world: World) -> None:
    answer = await world.call("POST", "/api/v1/links/sim1/restart")
    assert answer.status == 202
    assert world.link.restarts == 1
