"""Who may do what: every route, without and with each scope."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.core.account import Role
from gateway.core.agent import BOX, SCOPES_OF, AgentRole
from gateway.core.errors import Forbidden
from tests.web.browser import browser_of
from tests.web.routes import LOCAL, MATRIX, OPEN, SESSION
from tests.web.test_bad_input import path_of
from tests.web.world import World, open_world
from web.auth import Gate
from web.config import HttpConfig, MetricsAccess
from web.middleware import SECURITY_HEADERS


def test_nothing_is_served_that_the_matrix_does_not_name(world: World) -> None:
    served = {f"{one.method} {one.path}" for one in world.endpoints}
    assert served == set(MATRIX)


@pytest.mark.slow
async def test_each_route_opens_to_its_scope_and_the_administrator_only(
    world: World,
) -> None:
    secrets = {role: (await world.secret(role))[1] for role in Role}
    for route, needed in MATRIX.items():
        method, _, path = route.partition(" ")
        # A field nobody knows: an admitted call is refused for it, and does nothing.
        path = path_of_text(path) + "?unknown=1"
        async with world.http.request(method, world.base + path) as bare:
            assert (bare.status == 401) == (needed not in (OPEN, LOCAL)), route
            assert bare.status != 200, route
        for role, secret in secrets.items():
            answer = await world.call(method, path, secret=secret)
            if needed == SESSION:
                assert answer.status == 401, (route, role)
                continue
            admitted = needed in (OPEN, LOCAL, role.value) or role is Role.ADMIN
            assert answer.status == (422 if admitted else 403), (route, role)
            if not admitted:
                assert answer.json["code"] == "scope_missing"


@pytest.mark.parametrize(
    "role",
    [
        AgentRole.TRAINEE,
        *(
            pytest.param(role, marks=pytest.mark.slow)
            for role in AgentRole
            if role is not AgentRole.TRAINEE
        ),
    ],
)
async def test_each_route_opens_to_the_roles_whose_scopes_it_needs(
    world: World, role: AgentRole
) -> None:
    async with browser_of(world, "anna", role) as browser:
        scopes = {scope.value for scope in SCOPES_OF[role]}
        for route, needed in MATRIX.items():
            method, _, path = route.partition(" ")
            answer = await browser.call(method, path_of_text(path) + "?unknown=1")
            admitted = needed in (OPEN, LOCAL, SESSION) or needed in scopes
            admitted = admitted or role is AgentRole.ADMINISTRATOR
            assert answer.status == (422 if admitted else 403), (route, answer.text)


async def test_metrics_ask_for_a_token_when_told_so(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    config = HttpConfig(metrics_access=MetricsAccess.AUTHENTICATED)
    async with open_world(tmp_path_factory.mktemp("other"), config=config) as closed:
        for path in ("/metrics", "/health/ready"):
            async with closed.http.get(closed.base + path) as bare:
                assert bare.status == 401, path
            _, reader = await closed.secret(Role.LINKS_READ)
            assert (await closed.call("GET", path, secret=reader)).status == 200
            _, sender = await closed.secret(Role.MESSAGES_SEND)
            assert (await closed.call("GET", path, secret=sender)).status == 403


async def test_a_proxy_does_not_make_a_stranger_local(world: World) -> None:
    headers = {"X-Forwarded-For": "203.0.113.9"}
    async with world.http.get(world.base + "/metrics", headers=headers) as answer:
        assert answer.status == 401


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer nope",
        "Bearer svt_00",
        "Bearer " + "x" * 5000,
    ],
)
async def test_a_wrong_authorization_is_unauthorized(world: World, header: str) -> None:
    answer = await world.call("GET", "/api/v1/links", headers={"Authorization": header})
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_in_the_url_opens_nothing(world: World) -> None:
    secret = world.secrets[Role.ADMIN]
    for name in ("token", "access_token", "api_key"):
        url = f"{world.base}/api/v1/links?{name}={secret}"
        async with world.http.get(url) as answer:
            assert answer.status == 401


async def test_a_revoked_or_expired_token_opens_nothing(world: World) -> None:
    token, secret = await world.secret(Role.LINKS_READ)
    assert (await world.call("GET", "/api/v1/links", secret=secret)).status == 200
    await world.services.tokens.revoke(token.id, actor=BOX)
    assert (await world.call("GET", "/api/v1/links", secret=secret)).status == 401
    past = datetime.now(UTC) - timedelta(seconds=1)
    _, old = await world.secret(Role.LINKS_READ, expires_at=past)
    assert (await world.call("GET", "/api/v1/links", secret=old)).status == 401


async def test_a_token_is_good_only_from_its_sources(world: World) -> None:
    _, elsewhere = await world.secret(Role.LINKS_READ, sources=("10.0.0.0/8",))
    answer = await world.call("GET", "/api/v1/links", secret=elsewhere)
    assert (answer.status, answer.json["code"]) == (403, "source_not_allowed")
    _, here = await world.secret(Role.LINKS_READ, sources=("127.0.0.0/8",))
    assert (await world.call("GET", "/api/v1/links", secret=here)).status == 200


@pytest.mark.parametrize(
    ("peer", "insecure", "status"),
    [
        ("192.0.2.7", False, "tls_required"),
        ("192.0.2.7", True, None),
        ("::ffff:192.0.2.7", False, "tls_required"),
        ("127.0.0.1", False, None),
        ("::1", False, None),
    ],
)
async def test_a_token_does_not_travel_unencrypted_over_a_network(
    world: World, peer: str, insecure: bool, status: str | None
) -> None:
    desk, config = world.services.desk, HttpConfig(insecure_http=insecure)
    gate = Gate(config, world.services.tokens, desk.logins, desk.agents)
    [links] = [one for one in world.endpoints if one.path == "/api/v1/links"]
    headers = {"Authorization": f"Bearer {world.secrets[Role.ADMIN]}"}
    request = make_mocked_request("GET", links.path, headers=headers)
    handler = gate.guard(links)
    if status is None:
        assert (await handler(request.clone(remote=peer))).status == 200
        return
    with pytest.raises(Forbidden) as caught:
        await handler(request.clone(remote=peer))
    assert caught.value.code == status


async def test_every_answer_carries_safe_headers(world: World) -> None:
    paths = [path_of(one) for one in world.endpoints if one.method == "GET"]
    for path in [*paths, "/nowhere", "/static/docs.js"]:
        if path == "/api/v1/events":
            path += "?limit=1"
        answer = await world.call("GET", path)
        for name, value in SECURITY_HEADERS.items():
            assert answer.headers[name] == value, (path, name)
        assert answer.headers["X-Request-Id"].startswith("req_"), path
        if path.startswith("/api/"):
            assert answer.headers["Cache-Control"] == "no-store", path


def path_of_text(path: str) -> str:
    return path.replace("{", "").replace("}", "")
