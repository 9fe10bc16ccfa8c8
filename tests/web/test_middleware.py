"""What each failure is told as."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web

from gateway.core.errors import (
    Conflict,
    Forbidden,
    GatewayError,
    Invalid,
    LinkLost,
    NotFound,
    OutcomeUnknown,
    StoreBroken,
    StoreBusy,
    StoreConflict,
    StoreFull,
    TooMany,
    Unauthorized,
    Unavailable,
)
from gateway.core.ids import SystemIds
from web.middleware import add_headers, problem_middleware


@asynccontextmanager
async def server(error: Exception) -> AsyncIterator[str]:
    async def fall(_request: web.Request) -> web.Response:
        raise error

    app = web.Application(middlewares=[problem_middleware(SystemIds())])
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/", fall)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"),
    [
        (Unauthorized("who", "x"), 401, "who", None),
        (Forbidden("no", "x"), 403, "no", None),
        (NotFound("gone", "x"), 404, "gone", None),
        (Conflict("too_late", "x"), 409, "too_late", None),
        (Invalid("bad", "x", field="to"), 422, "bad", None),
        (Invalid("malformed_json", "x"), 400, "malformed_json", None),
        (TooMany("slow", "x", retry_after=timedelta(seconds=90)), 429, "slow", "90"),
        (Unavailable("queue_full", "x"), 503, "queue_full", "1"),
        (StoreBusy("x"), 503, "busy", "1"),
        (StoreFull("x"), 507, "storage_full", None),
        (StoreConflict("x"), 409, "conflict", None),
        (StoreBroken("x"), 503, "storage_failed", "1"),
        (OutcomeUnknown("no answer"), 502, "link_failed", None),
        (LinkLost("unplugged"), 502, "link_failed", None),
    ],
)
async def test_each_error_has_its_status_and_code(
    error: GatewayError, status: int, code: str, retry_after: str | None
) -> None:
    async with server(error) as url, aiohttp.request("GET", url) as answer:
        content = await answer.json(content_type="application/problem+json")
        assert answer.status == status
        assert content["code"] == code
        assert content["status"] == status
        assert content["title"]
        assert content["request_id"] == answer.headers["X-Request-Id"]
        assert answer.headers.get("Retry-After") == retry_after


async def test_our_own_fault_is_logged_and_not_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = KeyError("secret detail")
    async with server(fault) as url, aiohttp.request("GET", url) as answer:
        text = await answer.text()
    assert answer.status == 500
    assert "secret" not in text
    assert "Traceback" not in text
    assert any(record.exc_info for record in caplog.records)
