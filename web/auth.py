"""Who is asking, and may they: bearer tokens, scopes, sources.

Relies on a desk that knows tokens (`gateway.engine.auth`) and compares them in constant
time. Never reads a secret from a URL, never trusts `X-Forwarded-*`.
Spec: spec/reliability.md SEC-30, SEC-31, SEC-36, SEC-47.
"""

import ipaddress
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Protocol

from aiohttp import web
from aiohttp.hdrs import AUTHORIZATION

from gateway.core.account import Role, Token
from gateway.core.errors import Forbidden
from gateway.engine.auth import may
from web.config import HttpConfig, MetricsAccess
from web.egress import unwrap
from web.endpoint import Access, Endpoint
from web.middleware import Unauthorized

_TOKEN_LIMIT = 200
_PROXY_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via")


class TokenDesk(Protocol):
    """Knows whose secret a token is."""

    async def check(self, plaintext: str, source_ip: str, /) -> Token | None:
        """None for a token that is not (any more) good; `Forbidden` by source."""
        ...


class Gate:
    """Lets a request through to an endpoint, or raises."""

    def __init__(self, config: HttpConfig, tokens: TokenDesk) -> None:
        self._config = config
        self._tokens = tokens

    def guard(
        self, endpoint: Endpoint
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """The endpoint as an aiohttp handler that asks first."""

        async def handle(request: web.Request) -> web.StreamResponse:
            token = await self._admit(request, endpoint.access)
            return await endpoint.handle(request, token)

        return handle

    async def _admit(self, request: web.Request, access: Access | Role) -> Token | None:
        if access is Access.OPEN:
            return None
        if access is Access.LOCAL:
            trusts = self._config.metrics_access is MetricsAccess.LOOPBACK
            if trusts and is_direct_local(request):
                return None
            access = Role.LINKS_READ
        token = await self._identify(request)
        if not may(token, access):
            raise Forbidden("scope_missing", f"this needs a token with scope {access}")
        return token

    async def _identify(self, request: web.Request) -> Token:
        values = request.headers.getall(AUTHORIZATION, ())
        if not values:
            raise Unauthorized("token_missing", "send Authorization: Bearer <token>")
        secret = _bearer(values[0])
        if len(values) > 1 or secret is None:
            raise Unauthorized("token_malformed", "send Authorization: Bearer <token>")
        if not (request.secure or self._config.insecure_http or is_local(request)):
            raise Forbidden("tls_required", "a token must not travel unencrypted")
        token = await self._tokens.check(secret, source_of(request))
        if token is None:
            raise Unauthorized("token_invalid", "unknown, expired or revoked token")
        return token


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
