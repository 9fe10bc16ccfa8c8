"""`GET /inbox/stream`: what agents' pages show, live, resumed from the last place seen.

What the log tells has its place as `id`; what is volatile (who looks, one's own drafts
and marks in another tab) has none. Who reads too slowly is dropped and comes back with
a place; who is too far behind is told of a gap and asks for everything anew. Relies on
`inbox_frame` for the frames that all pages share, on `lookers` for what is volatile.

Spec: WHATWG HTML 9.2; spec/inbox.md F.4
"""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from gateway.core.clock import Clock
from gateway.core.errors import Unavailable
from gateway.core.ids import LoginId
from gateway.core.store import Store, Tx
from gateway.engine.auth import is_valid
from gateway.engine.desk import Desk
from gateway.engine.lookers import Connection
from gateway.engine.present import time_text
from gateway.engine.waiting import Bell
from web.config import HttpLimits
from web.endpoint import Call, Caller
from web.inbox_frame import FrameMaker, passing
from web.live import RECONNECT_MS, resume_point
from web.reply import ReadInbox
from web.schema import Nothing

FARTHEST: Final = 20_000  # events behind: asking anew is less work than replaying


@dataclass(slots=True)
class _Page:
    """One open stream."""

    by: Caller
    connection: Connection
    bell: Bell
    response: web.StreamResponse
    request: web.Request
    place: int  # in the log, up to which everything was told
    committed: int
    has_ended: bool = False  # its login was ended


class InboxStream:
    """Serves the stream."""

    def __init__(
        self, store: Store, clock: Clock, desk: Desk, limits: HttpLimits
    ) -> None:
        self._store = store
        self._clock = clock
        self._desk = desk
        self._limits = limits
        self._frames = FrameMaker(store, clock)
        self._pages: list[_Page] = []
        self._is_stopping = False
        desk.logins.listen(self._login_ended)

    async def stop(self, _app: web.Application) -> None:
        """Say good-bye to every page; an `on_shutdown` signal."""
        self._is_stopping = True
        for page in self._pages:
            page.bell.ring()

    async def serve(self, call: Call[ReadInbox, Nothing]) -> web.StreamResponse:
        """The stream, until either side ends it."""
        after, agent, bell = (
            resume_point(call.request, call.query.after),
            call.worker,
            Bell(),
        )
        if len(self._pages) >= self._limits.inbox_streams or self._is_stopping:
            raise Unavailable("too_many_streams", "too many event streams are open")
        first, last = await self._store.read(
            lambda tx: (tx.events.first_seq(), tx.events.last_seq())
        )
        has_gap = after is not None and not _can_replay(after, first, last)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"}
        )
        connection = await self._desk.lookers.arrive(agent, bell)
        page = _Page(
            by=call.by,
            connection=connection,
            bell=bell,
            response=response,
            request=call.request,
            place=last if after is None or has_gap else after,
            committed=last,
        )
        self._pages.append(page)
        try:
            await response.prepare(call.request)
            # A peer that is gone or too slow ends the stream, not the server.
            with contextlib.suppress(ConnectionError):
                await self._greet(page, has_gap=has_gap)
                await self._pour(page)
        finally:
            self._pages.remove(page)
            self._desk.lookers.leave(connection)
        response.force_close()
        return response

    async def _greet(self, page: _Page, *, has_gap: bool) -> None:
        hello = {
            "seq": page.place,
            "last": page.committed,
            "connection": page.connection.id,
        }
        snapshot = self._desk.lookers.snapshot()
        await self._send(
            page,
            b"retry: %d\n\n" % RECONNECT_MS
            + passing("hello", hello)
            + (passing("gap", {}) if has_gap else b"")
            + passing(snapshot.name, snapshot.data),
        )

    async def _pour(self, page: _Page) -> None:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._watch(page))
            try:
                await self._tell(page)
            finally:
                watching.cancel()

    async def _watch(self, page: _Page) -> None:
        """Ring when something was committed."""
        while True:
            page.committed = await self._store.wait_commit(page.committed)
            page.bell.ring()

    async def _tell(self, page: _Page) -> None:
        beat_at = self._clock.monotonic() + self._limits.heartbeat_s
        while True:
            seen = page.bell.rings
            octets = await self._news(page)
            if self._is_stopping:
                return await self._send(page, octets + passing("bye", {}))
            now = self._clock.monotonic()
            if page.has_ended or (now >= beat_at and not await self._is_good(page.by)):
                return await self._send(page, octets + passing("expired", {}))
            if now >= beat_at:
                octets += passing("beat", {"at": time_text(self._clock.now())})
                beat_at = now + self._limits.heartbeat_s
            if octets:
                await self._send(page, octets)
            if page.place >= page.committed:
                await page.bell.wait(seen, self._clock, max(beat_at - now, 0))

    async def _news(self, page: _Page) -> bytes:
        """What a page has not been told yet, or some of it."""
        octets = b""
        if page.committed > page.place:
            stretch = await self._frames.after(page.place)
            octets = stretch.behind(page.place)
            page.place = max(page.place, stretch.until)
        if page.connection.has_lost_news:
            raise ConnectionAbortedError("the reader is too slow")
        while page.connection.news:
            one = page.connection.news.popleft()
            octets += passing(one.name, one.data)
        return octets

    async def _send(self, page: _Page, octets: bytes) -> None:
        try:
            async with asyncio.timeout(self._limits.stream_write_timeout_s):
                await page.response.write(octets)
        except TimeoutError:
            if page.request.transport is not None:
                page.request.transport.abort()
            raise ConnectionAbortedError("the reader is too slow") from None

    async def _is_good(self, by: Caller) -> bool:
        """Whether who opened the stream may still read it."""
        if by.login is not None:
            return await self._desk.logins.is_good(by.login.id)
        token, agent, now = by.token, by.agent, self._clock.now()

        def read(tx: Tx) -> bool:
            known = tx.accounts.token(token.id) if token else None
            acts_for = tx.agents.get(agent.id) if agent else None
            return (
                known is not None
                and is_valid(known, now)
                and acts_for is not None
                and acts_for.disabled_at is None
            )

        return await self._store.read(read)

    def _login_ended(self, login_id: LoginId) -> None:
        for page in self._pages:
            if page.by.login is not None and page.by.login.id == login_id:
                page.has_ended = True
                page.bell.ring()


def _can_replay(after: int, first: int, last: int) -> bool:
    """Whether all behind `after` is still there, and no more than is worth telling."""
    oldest_kept = first or last + 1
    return oldest_kept <= after + 1 and after <= last <= after + FARTHEST
