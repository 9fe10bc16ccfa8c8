"""One call of the API as a value: where, for whom, from what, to what.

The route table, the checks and the OpenAPI description all come from `Endpoint`s, so
none can say what another does not. Relies on `web.validate`; knows no resource.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

import msgspec
from aiohttp import web

from gateway.core.account import Role, Token
from gateway.core.agent import Actor, Agent, Login
from gateway.core.errors import Forbidden, Invalid
from web.schema import Nothing
from web.validate import FieldProblem, InvalidFields, check, parse_json, read

Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B", bound=msgspec.Struct)

BODY_TIMEOUT_S = web.AppKey("body_timeout_s", float)


class Access(Enum):
    """Who needs no scope."""

    OPEN = "open"
    LOCAL = "local"  # this machine, else a token that may see links
    SESSION = "session"  # a browser that is logged in, whoever it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a key, a key that acts for an agent, or an agent's browser.

    A browser's `token` stands for what its agent's role allows; it is kept nowhere.
    """

    token: Token | None = None
    agent: Agent | None = None
    login: Login | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[Q, B]):
    """One authenticated, checked request."""

    request: web.Request
    by: Caller
    query: Q
    body: B
    octets: bytes  # of the body

    @property
    def token(self) -> Token | None:
        return self.by.token

    @property
    def agent(self) -> Agent | None:
        return self.by.agent

    @property
    def worker(self) -> Agent:
        """The agent who does this; `Forbidden` when a key acts for nobody."""
        if self.by.agent is None:
            raise Forbidden(
                "agent_needed", "log in, or name the agent in the header Seventy-Agent"
            )
        return self.by.agent

    @property
    def actor(self) -> Actor:
        """For decisions and the audit log."""
        token = self.by.token if self.by.login is None else None
        source = self.request.remote or ""
        return Actor(agent=self.by.agent, token=token, source=source)

    def part(self, name: str) -> str:
        """A part of the path."""
        return self.request.match_info[name]

    def digest(self) -> bytes:
        """Of the body's meaning: white space and order do not count."""
        canonical = msgspec.json.encode(parse_json(self.octets), order="sorted")
        return hashlib.sha256(canonical).digest()

    @property
    def caller(self) -> Token:
        """The token of a call that is not open."""
        if self.by.token is None:
            raise AssertionError("an open call has no caller")
        return self.by.token


Handle = Callable[[web.Request, Caller], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A row of the route table."""

    method: str
    path: str
    access: Access | Role
    summary: str
    handle: Handle
    query: type[msgspec.Struct]
    body: type[msgspec.Struct]
    answers: tuple[type[msgspec.Struct], ...]  # one of these; none: no JSON content
    status: int = 200
    media: tuple[str, ...] = ("application/json",)
    headers: tuple[str, ...] = field(default=())  # of the request, documented ones

    @property
    def tag(self) -> str:
        """The resource this call belongs to."""
        return self.path.removeprefix("/api/v1/").strip("/").split("/")[0]


def endpoint(
    method: str,
    path: str,
    handler: Callable[[Call[Q, B]], Awaitable[web.StreamResponse]],
    *,
    access: Access | Role,
    summary: str,
    answer: type[msgspec.Struct] | tuple[type[msgspec.Struct], ...] | None,
    query: type[Q] = Nothing,  # type: ignore[assignment]  # the default binds Q
    body: type[B] = Nothing,  # type: ignore[assignment]  # the default binds B
    status: int = 200,
    media: tuple[str, ...] = ("application/json",),
    headers: tuple[str, ...] = (),
    safe_to_cancel: bool = False,
) -> Endpoint:
    """Bind a typed handler to its place; the checks run before it.

    `safe_to_cancel`: what must follow its commit does so when the caller has hung up.
    """

    async def handle(request: web.Request, by: Caller) -> web.StreamResponse:
        call = await _check(request, by, query, body)
        if method == "GET" or safe_to_cancel:
            return await handler(call)
        # A caller who hangs up cancels: what follows a commit must happen all the same.
        return await asyncio.shield(_run(handler, call))

    return Endpoint(
        method=method,
        path=path,
        access=access,
        summary=summary,
        handle=handle,
        query=query,
        body=body,
        answers=_answers(answer),
        status=status,
        media=media,
        headers=headers,
    )


def reply(
    content: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """A JSON answer."""
    return reply_octets(msgspec.json.encode(content), status=status, headers=headers)


def reply_octets(
    octets: bytes, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """An answer that is JSON already."""
    return web.Response(
        body=octets,
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


async def _check(
    request: web.Request, by: Caller, query: type[Q], body: type[B]
) -> Call[Q, B]:
    asked = check(_query(request), query, strict=False)
    octets = b""
    if request.method in ("POST", "PUT", "PATCH") or body is not Nothing:
        octets = await _read(request)
    said = read(octets, body)
    return Call(request=request, by=by, query=asked, body=said, octets=octets)


async def _run(
    handler: Callable[[Call[Q, B]], Awaitable[web.StreamResponse]], call: Call[Q, B]
) -> web.StreamResponse:
    """A coroutine of whatever is awaitable, as `shield` wants it."""
    return await handler(call)


def _answers(
    answer: type[msgspec.Struct] | tuple[type[msgspec.Struct], ...] | None,
) -> tuple[type[msgspec.Struct], ...]:
    if answer is None:
        return ()
    return answer if isinstance(answer, tuple) else (answer,)


def _query(request: web.Request) -> dict[str, str]:
    query: dict[str, str] = {}
    if not request.rel_url.raw_query_string:
        return query
    for key, value in request.query.items():
        if key in query:
            raise InvalidFields(
                [FieldProblem(field=key, code="repeated", detail="given twice")]
            )
        query[key] = value
    return query


async def _read(request: web.Request) -> bytes:
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise web.HTTPUnsupportedMediaType(text="send the body without compression")
    try:
        if request.content.is_eof():
            return await request.read()
        async with asyncio.timeout(request.app[BODY_TIMEOUT_S]):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="the body did not come in time") from None
    except web.RequestPayloadError as error:
        raise Invalid("malformed_body", "the body is not framed as HTTP") from error
