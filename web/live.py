"""The event log over HTTP: a long poll as JSON, or server-sent events.

Relies on a feed that reads the log and wakes on commits, so nothing is buffered for a
client here but one batch: who reads slowly is dropped and comes back with its number.
Spec: WHATWG HTML 9.2; spec/reliability.md DG-23, FT-35.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec
from aiohttp import web

from gateway.core.clock import Clock
from gateway.core.errors import Invalid, Unavailable
from gateway.core.event import Event
from gateway.core.store import Store
from gateway.engine.auth import is_valid
from gateway.engine.logins import Logins
from gateway.engine.present import event_json
from web.config import HttpLimits
from web.endpoint import Call, reply
from web.schema import Nothing, ReadEvents

_BATCH = 100
RECONNECT_MS = 2000


class EventFeed(Protocol):
    """Reads the log."""

    async def read(
        self,
        after: int,
        *,
        limit: int,
        wait_s: float,
        types: Sequence[str] | None,
    ) -> list[Event]:
        """Events behind `after`; waits up to `wait_s` for the first one."""
        ...


class Live:
    """Serves `GET /events`."""

    def __init__(
        self,
        feed: EventFeed,
        store: Store,
        clock: Clock,
        logins: Logins,
        limits: HttpLimits,
    ) -> None:
        self._feed = feed
        self._logins = logins
        self._store = store
        self._clock = clock
        self._limits = limits
        self._open: set[asyncio.Timeout] = set()

    async def stop(self, _app: web.Application) -> None:
        """End every wait; an `on_shutdown` signal."""
        now = asyncio.get_running_loop().time()
        for wait in self._open:
            wait.reschedule(now)

    async def events(self, call: Call[ReadEvents, Nothing]) -> web.StreamResponse:
        """Answer in the form that the caller accepts."""
        types = tuple(call.query.types.split(",")) if call.query.types else None
        if "text/event-stream" in call.request.headers.get("Accept", ""):
            return await self._stream(call, types)
        return await self._poll(call.query, types)

    async def _poll(
        self, query: ReadEvents, types: Sequence[str] | None
    ) -> web.StreamResponse:
        after = query.after or 0
        events = await self._feed.read(after, limit=query.limit, wait_s=0, types=types)
        if not events and query.wait:
            async with self._held():
                events = await self._feed.read(
                    after,
                    limit=query.limit,
                    wait_s=min(query.wait, self._limits.wait_s),
                    types=types,
                )
        return reply(
            {
                "items": [event_json(event) for event in events],
                "next": events[-1].seq if events else after,
                "gap": await self._has_gap(query.after),
            }
        )

    async def _has_gap(self, after: int | None) -> bool:
        first, last = await self._store.read(
            lambda tx: (tx.events.first_seq(), tx.events.last_seq())
        )
        oldest_kept = first or last + 1
        return after is not None and after + 1 < oldest_kept

    async def _stream(
        self, call: Call[ReadEvents, Nothing], types: Sequence[str] | None
    ) -> web.StreamResponse:
        after = resume_point(call.request, call.query.after)
        if after is None:
            after = await self._store.read(lambda tx: tx.events.last_seq())
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        async with self._held():
            await response.prepare(call.request)
            # A peer that is gone or too slow ends the stream, not the server.
            with contextlib.suppress(ConnectionError):
                await self._pour(call, response, after, types)
        response.force_close()
        return response

    async def _pour(
        self,
        call: Call[ReadEvents, Nothing],
        response: web.StreamResponse,
        after: int,
        types: Sequence[str] | None,
    ) -> None:
        await self._send(call, response, f"retry: {RECONNECT_MS}\n\n")
        if await self._has_gap(after):
            await self._send(call, response, "event: gap\ndata: {}\n\n")
        while await self._still_valid(call):
            events = await self._feed.read(
                after, limit=_BATCH, wait_s=self._limits.heartbeat_s, types=types
            )
            text = "".join(_frame(event) for event in events) or ": still here\n\n"
            await self._send(call, response, text)
            if events:
                after = events[-1].seq

    async def _send(
        self, call: Call[ReadEvents, Nothing], response: web.StreamResponse, text: str
    ) -> None:
        try:
            async with asyncio.timeout(self._limits.stream_write_timeout_s):
                await response.write(text.encode())
        except TimeoutError:
            if call.request.transport is not None:
                call.request.transport.abort()
            raise ConnectionAbortedError("the reader is too slow") from None

    async def _still_valid(self, call: Call[ReadEvents, Nothing]) -> bool:
        if call.by.login is not None:
            return await self._logins.is_good(call.by.login.id)
        token = call.caller
        known = await self._store.read(lambda tx: tx.accounts.token(token.id))
        return known is not None and is_valid(known, self._clock.now())

    @contextlib.asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        """Count a waiting client; a stop of the server ends its wait quietly."""
        if len(self._open) >= self._limits.streams:
            raise Unavailable("too_many_streams", "too many event streams are open")
        wait = asyncio.timeout(None)
        with contextlib.suppress(TimeoutError):
            async with wait:
                self._open.add(wait)
                try:
                    yield
                finally:
                    self._open.discard(wait)


def resume_point(request: web.Request, after: int | None) -> int | None:
    """The place that the client has seen: its browser's word counts before its own."""
    last = request.headers.get("Last-Event-ID")
    if last is None:
        return after
    if not last.isascii() or not last.isdigit() or len(last) > 18:
        raise Invalid("invalid_value", "Last-Event-ID must be a number", field="after")
    return int(last)


def _frame(event: Event) -> str:
    data = msgspec.json.encode(event_json(event)).decode()
    return f"id: {event.seq}\nevent: {event.type.value}\ndata: {data}\n\n"
