"""`/tokens` over HTTP."""

import msgspec

from gateway.engine.auth import digest_of
from tests.web.world import World
from web.shape import TokenShape
from web.signature import read_secret

ROOT = "/api/v1/tokens"


async def test_a_token_is_shown_once_and_works_until_revoked(world: World) -> None:
    body = {"name": "crm", "scopes": ["links:read"], "sources": ["127.0.0.0/8"]}
    answer = await world.call("POST", ROOT, body)
    assert answer.status == 201
    made = msgspec.convert(answer.json, TokenShape)
    assert len(read_secret(made.report_secret)) >= 24
    assert (await world.call("GET", "/api/v1/links", secret=made.token)).status == 200
    listed = await world.call("GET", ROOT)
    assert made.id in listed.text
    assert made.token not in listed.text
    assert digest_of(made.token).hex() not in listed.text
    assert "whsec_" not in listed.text
    assert (await world.call("DELETE", f"{ROOT}/{made.id}")).json["revoked_at"]
    assert (await world.call("GET", "/api/v1/links", secret=made.token)).status == 401


async def test_a_token_may_end_by_itself(world: World) -> None:
    body = {"name": "crm", "scopes": ["admin"], "expires_in_s": 3600}
    assert (await world.call("POST", ROOT, body)).json["expires_at"]


async def test_a_wrong_scope_or_source_is_named(world: World) -> None:
    good = {"name": "crm", "scopes": ["admin"]}
    for wrong, field in (
        ({"scopes": ["root"]}, "scopes[0]"),
        ({"scopes": []}, "scopes"),
        ({"sources": ["10.0.0.0/8", "999.1.1.1"]}, "sources[1]"),
        ({"sources": ["here"]}, "sources[0]"),
        ({"expires_in_s": 0}, "expires_in_s"),
    ):
        answer = await world.call("POST", ROOT, {**good, **wrong})
        assert (answer.status, answer.json["field"]) == (422, field)


async def test_an_unknown_token_is_not_found(world: World) -> None:
    assert (await world.call("DELETE", f"{ROOT}/tok_none")).status == 404
