"""`/links` over HTTP."""

import msgspec

from tests.web.world import World
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
