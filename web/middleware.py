"""Around every request: an identity, safe headers, and problems as documents.

Relies on the error tree of `gateway.core.errors`. What no class foresaw is logged with
its traceback and answered with a constant text. Spec: RFC 9457; SEC-46.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from math import ceil

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gateway.core.clock import Clock
from gateway.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LinkLost,
    NotFound,
    RequestRefused,
    StoreBusy,
    StoreConflict,
    StoreError,
    StoreFull,
    SubmitFailure,
    TooMany,
    Unauthorized,
    Unavailable,
)
from gateway.core.ids import IdSource
from gateway.metrics import Metrics
from web.shape import FieldProblemShape, Problem
from web.validate import InvalidFields

_log = logging.getLogger(__name__)

_REQUEST_ID = web.RequestKey("request_id", str)
_RETRY_AFTER = timedelta(seconds=1)

SECURITY_HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "font-src 'self'",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            # No string may become script or markup, whatever a page's code does.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "seventy",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

# Of these the body is malformed as such; every other refusal is about its meaning.
_SYNTAX_CODES = frozenset({"malformed_json", "malformed_body", "not_an_object"})


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Safe headers on every answer; an `on_response_prepare` signal."""
    response.headers.update(SECURITY_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")
    if identity := request.get(_REQUEST_ID):
        response.headers["X-Request-Id"] = identity


def metrics_middleware(metrics: Metrics, clock: Clock) -> Middleware:
    """Counts answers and their time by route, outside everything else."""
    # Looking up a labelled metric costs as much as all the rest of this.
    answers = cache(metrics.requests.labels)
    seconds = cache(metrics.request_seconds.labels)

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = clock.monotonic()
        response = await handler(request)
        resource = request.match_info.route.resource
        route = f"{request.method} {resource.canonical}" if resource else "none"
        answers(route, f"{response.status // 100}xx").inc()
        # A long poll or a stream lasts as long as its reader wants.
        waits = request.rel_url.raw_query_string and "wait" in request.query
        if not waits and response.content_type != "text/event-stream":
            seconds(route).observe(clock.monotonic() - started)
        return response

    return count


def problem_middleware(ids: IdSource) -> Middleware:
    """The outermost middleware."""

    @web.middleware
    async def answer_problems(
        request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        request[_REQUEST_ID] = ids.new("req")
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:
                raise
            return _of_http(request, error)
        except RequestRefused as error:
            return _of_refusal(request, error)
        except StoreError as error:
            return _of_store(request, error)
        except (SubmitFailure, LinkLost) as error:
            return problem(request, 502, "link_failed", str(error) or "no answer")
        except Exception:
            _log.exception("request %s fell", request[_REQUEST_ID])
            return problem(request, 500, "internal", "our fault; it is in the log")

    return answer_problems


def problem(
    request: web.Request,
    status: int,
    code: str,
    detail: str,
    *,
    field: str | None = None,
    errors: list[FieldProblemShape] | None = None,
    more: Mapping[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> web.Response:
    """A problem document; `more` are members of its own."""
    document = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        request_id=request[_REQUEST_ID],
        field=field,
        errors=errors or [],
    )
    return web.Response(
        body=msgspec.json.encode({**msgspec.to_builtins(document), **(more or {})}),
        status=status,
        content_type="application/problem+json",
        headers=headers,
    )


def _of_refusal(request: web.Request, error: RequestRefused) -> web.Response:
    headers = {}
    match error:
        case Unauthorized():
            status, headers = 401, {"WWW-Authenticate": "Bearer"}
        case Forbidden():
            status = 403
        case NotFound():
            status = 404
        case Conflict():
            status = 409
        case TooMany():
            status, headers = 429, _retry_after(error.retry_after)
        case Unavailable():
            status, headers = 503, _retry_after(_RETRY_AFTER)
        case Invalid():
            status = 400 if error.code in _SYNTAX_CODES else 422
        case _:
            status = 400
    errors = []
    if isinstance(error, InvalidFields):
        errors = [
            FieldProblemShape(field=one.field, code=one.code, detail=one.detail)
            for one in error.problems
        ]
    elif error.field is not None:
        errors = [
            FieldProblemShape(field=error.field, code=error.code, detail=error.detail)
        ]
    return problem(
        request,
        status,
        error.code,
        error.detail,
        field=error.field,
        errors=errors,
        more=error.more,
        headers=headers,
    )


def _of_store(request: web.Request, error: StoreError) -> web.Response:
    later = _retry_after(_RETRY_AFTER)
    match error:
        case StoreBusy():
            return problem(
                request, 503, "busy", "too much to write; later", headers=later
            )
        case StoreFull():
            return problem(request, 507, "storage_full", "no space; nothing was kept")
        case StoreConflict():
            return problem(request, 409, "conflict", "changed meanwhile; ask again")
        case _:
            _log.error("request %s: the store failed: %s", request[_REQUEST_ID], error)
            return problem(
                request, 503, "storage_failed", "nothing was kept", headers=later
            )


def _of_http(request: web.Request, error: web.HTTPException) -> web.Response:
    code = HTTPStatus(error.status).name.lower()
    headers = {}
    if isinstance(error, web.HTTPMethodNotAllowed):
        headers = {"Allow": ", ".join(sorted(error.allowed_methods))}
    detail = error.text or error.reason
    return problem(request, error.status, code, detail, headers=headers)


def _retry_after(wait: timedelta) -> dict[str, str]:
    return {"Retry-After": str(max(1, ceil(wait.total_seconds())))}
