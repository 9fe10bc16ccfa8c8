"""`/inbox/…` and `/board`: live, volatile, and seen from above.

Relies on `web.inbox_stream`, on the engine's `Lookers` and `Overview`.
"""

from aiohttp import web

from gateway.core.account import Role
from gateway.core.ids import ThreadId
from gateway.engine.desk import Desk
from gateway.engine.overview import LaneFigures
from web.endpoint import Call, Endpoint, endpoint, reply
from web.inbox_stream import InboxStream
from web.reply import Look, ReadInbox
from web.said import BoardShape
from web.schema import Nothing


class Inbox:
    """The resource."""

    def __init__(
        self, desk: Desk, stream: InboxStream, lane_figures: LaneFigures
    ) -> None:
        self._lookers = desk.lookers
        self._overview = desk.overview
        self._stream = stream
        self._lane_figures = lane_figures

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                "/api/v1/inbox/stream",
                self._stream.serve,
                access=Role.INBOX,
                summary="All that agents' pages show, live, from the last place seen",
                query=ReadInbox,
                answer=None,
                media=("text/event-stream",),
                headers=("Last-Event-ID",),
            ),
            endpoint(
                "POST",
                "/api/v1/inbox/looking",
                self.look,
                access=Role.INBOX,
                summary="Say which thread a page shows, and whether its agent types",
                body=Look,
                answer=None,
                status=204,
            ),
            endpoint(
                "GET",
                "/api/v1/board",
                self.board,
                access=Role.SUPERVISE,
                summary="Queue, people, lines and the day, as they are this moment",
                answer=BoardShape,
            ),
        ]

    async def look(self, call: Call[Nothing, Look]) -> web.Response:
        """Nothing to tell."""
        body = call.body
        self._lookers.look(
            call.worker.id,
            body.connection,
            None if body.thread_id is None else ThreadId(body.thread_id),
            is_typing=body.typing,
            is_focused=body.focused,
        )
        return web.Response(status=204)

    async def board(self, call: Call[Nothing, Nothing]) -> web.Response:
        """A snapshot."""
        return reply(await self._overview.board(self._lane_figures))
