"""The description of the API, as served."""

import re

from tests.web.world import World
from web.endpoint import Access


async def test_the_description_tells_every_call_and_its_scope(world: World) -> None:
    described = (await world.call("GET", "/openapi.json")).json
    assert described["openapi"] == "3.1.0"
    for endpoint in world.endpoints:
        operation = described["paths"][endpoint.path][endpoint.method.lower()]
        if endpoint.access is Access.OPEN:
            assert operation["security"] == []
        elif endpoint.access is Access.SESSION:
            assert operation["security"] == [{"session": []}]
        elif endpoint.access is not Access.LOCAL:
            token = {"token": [endpoint.access.value]}
            assert operation["security"] == [token, {"session": []}]
    count = sum(len(one) for one in described["paths"].values())
    assert count == len(world.endpoints)


async def test_every_reference_of_the_description_resolves(world: World) -> None:
    answer = await world.call("GET", "/openapi.json")
    schemas = answer.json["components"]["schemas"]
    for name in re.findall(r'"#/components/schemas/([^"]+)"', answer.text):
        assert name in schemas
    operations = [
        operation
        for path in answer.json["paths"].values()
        for operation in path.values()
    ]
    identities = [operation["operationId"] for operation in operations]
    assert len(identities) == len(set(identities))


async def test_limits_that_are_checked_are_described(world: World) -> None:
    described = (await world.call("GET", "/openapi.json")).json
    fields = described["components"]["schemas"]["CreateMessage"]["properties"]
    assert fields["priority"]["anyOf"][0]["maximum"] == 3
    assert "pattern" in fields["text"]["anyOf"][0]
    assert described["components"]["schemas"]["CreateMessage"]["required"] == ["to"]
