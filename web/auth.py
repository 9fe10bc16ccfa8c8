"""Who is asking, and may they: keys, browsers that are logged in, scopes, sources.

Relies on desks that know keys, logins and agents (`gateway.engine`) and on `session`
for what a browser has to show. A browser's caller gets a token that stands for its
agent's role, so every endpoint asks for scopes only. Never reads a secret from a URL,
never trusts `X-Forwarded-*`.
Spec: spec/reliability.md SEC-24, SEC-25, SEC-30, SEC-31, SEC-36, SEC-47.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Protocol

from aiohttp import web
from aiohttp.hdrs import AUTHORIZATION

from gateway.core.account import Role, Token
from gateway.core.agent import SCOPES_OF, Agent, Login
from gateway.core.errors import Forbidden, Unauthorized
from gateway.core.ids import TokenId
from gateway.engine.auth import may
from web.config import HttpConfig, MetricsAccess
from web.egress import unwrap
from web.endpoint import Access, Caller, Endpoint
from web.session import check_csrf, check_origin, secret_of

AGENT_HEADER = "Seventy-Agent"

_NOBODY = Caller()
_TOKEN_LIMIT = 200
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class TokenDesk(Protocol):
    """Knows whose secret a token is."""

    async def check(self, plaintext: str, source_ip: str, /) -> Token | None:
        """None for a token that is not (any more) good; `Forbidden` by source."""
        ...


class LoginDesk(Protocol):
    """Knows whose browser it is."""

    async def check(self, secret: str, /) -> tuple[Login, Agent] | None:
        """None for one that is not, or no longer, logged in."""
        ...


class AgentDesk(Protocol):
    """Knows the agents."""

    async def acting(self, name: str, /) -> Agent | None:
        """By id or login, for a key to act for; None for one that is closed."""
        ...

    async def nobody_yet(self) -> str | None:
        """What to do when there is no agent at all; None when there is one."""
        ...


class Gate:
    """Lets a request through to an endpoint, or raises."""

    def __init__(
        self,
        config: HttpConfig,
        tokens: TokenDesk,
        logins: LoginDesk,
        agents: AgentDesk,
    ) -> None:
        self._config = config
        self._tokens = tokens
        self._logins = logins
        self._agents = agents

    def guard(
        self, endpoint: Endpoint
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The endpoint as an aiohttp handler that asks first."""

        async def handle(request: web.Request) -> web.StreamResponse:
            by = await self._admit(request, endpoint.access)
            return await endpoint.handle(request, by)

        return handle

    async def _admit(self, request: web.Request, access: Access | Role) -> Caller:
        if access is Access.OPEN:
            return _NOBODY
        if access is Access.SESSION:
            return await self._of_browser(request, "session_missing")
        if access is Access.LOCAL:
            trusts = self._config.metrics_access is MetricsAccess.LOOPBACK
            if trusts and is_direct_local(request):
                return _NOBODY
            access = Role.LINKS_READ
        by = await self._identify(request)
        if by.token is None or not may(by.token, access):
            raise Forbidden("scope_missing", f"this needs the scope {access}")
        return by

    async def _identify(self, request: web.Request) -> Caller:
        values = request.headers.getall(AUTHORIZATION, ())
        if not values:
            if secret_of(request) is not None:
                return await self._of_browser(request, "session_ended")
            raise Unauthorized("token_missing", "send Authorization: Bearer <token>")
        secret = _bearer(values[0])
        if len(values) > 1 or secret is None:
            raise Unauthorized("token_malformed", "send Authorization: Bearer <token>")
        check_encryption(request, self._config)
        token = await self._tokens.check(secret, source_of(request))
        if token is None:
            raise Unauthorized("token_invalid", "unknown, expired or revoked token")
        return Caller(token=token, agent=await self._acted_for(request, token))

    async def _acted_for(self, request: web.Request, token: Token) -> Agent | None:
        """The agent that a key names; it gives the key no scope it has not."""
        name = request.headers.get(AGENT_HEADER)
        if name is None:
            return None
        if not may(token, Role.INBOX):
            raise Forbidden("scope_missing", f"{AGENT_HEADER} needs the scope inbox")
        agent = await self._agents.acting(name) if name.isascii() else None
        if agent is None:
            raise Forbidden("agent_unknown", f"{AGENT_HEADER} names nobody who works")
        return agent

    async def _of_browser(self, request: web.Request, code: str) -> Caller:
        secret = secret_of(request)
        found = None
        if secret is not None:
            check_encryption(request, self._config)
            check_origin(request, self._config.public_url)
            found = await self._logins.check(secret)
        if secret is None or found is None:
            if advice := await self._agents.nobody_yet():
                raise Unauthorized("no_agents", advice)
            raise Unauthorized(code, "log in first")
        check_csrf(request, secret)
        if AGENT_HEADER in request.headers:
            raise Forbidden("agent_by_session", f"{AGENT_HEADER} is for keys only")
        login, agent = found
        return Caller(token=_standing_for(agent), agent=agent, login=login)


def check_encryption(request: web.Request, config: HttpConfig) -> None:
    """`Forbidden` when a secret would travel over a network for all to read."""
    if not (request.secure or config.insecure_http or is_local(request)):
        raise Forbidden(
            "tls_required", "a key or a password must not travel unencrypted"
        )


def _standing_for(agent: Agent) -> Token:
    """What an agent's role allows, as endpoints ask for it."""
    return Token(
        id=TokenId(agent.id),
        name=agent.name,
        digest=b"",
        scopes=SCOPES_OF[agent.role],
        created_at=agent.created_at,
    )


@lru_cache(maxsize=256)
def _bearer(value: str) -> str | None:
    """The secret of an `Authorization` header; None when it is not well-formed."""
    scheme, _, secret = value.partition(" ")
    secret = secret.strip()
    well_formed = (
        scheme.lower() == "bearer"
        and 0 < len(secret) <= _TOKEN_LIMIT
        and secret.isascii()
        and secret.isprintable()
    )
    return secret if well_formed else None


def source_of(request: web.Request) -> str:
    """The address of the other end of the connection."""
    return request.remote or ""


def is_local(request: web.Request) -> bool:
    """Is the other end of the connection on this machine."""
    return _is_loopback(source_of(request))


@lru_cache(maxsize=1024)
def _is_loopback(source: str) -> bool:
    try:
        return unwrap(ipaddress.ip_address(source)).is_loopback
    except ValueError:
        return False


def is_direct_local(request: web.Request) -> bool:
    """As `is_local`, and no proxy says that it asks for somebody else."""
    proxied = any(name in request.headers for name in _PROXY_HEADERS)
    return is_local(request) and not proxied
