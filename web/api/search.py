"""`/search`: what was said, and who said it.

Relies on the engine's search; snippets are plain pieces of text, never markup.
"""

from aiohttp import web

from gateway.core.account import Role
from gateway.core.ids import ThreadId
from gateway.engine.search import Asked, Search
from web.endpoint import Call, Endpoint, endpoint, reply
from web.found import Find, FoundPage
from web.schema import Nothing


class SearchDesk:
    """The resource."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def endpoints(self) -> list[Endpoint]:
        """The route."""
        return [
            endpoint(
                "GET",
                "/api/v1/search",
                self.find,
                access=Role.INBOX,
                summary="Find messages, notes and contacts by their words",
                query=Find,
                answer=FoundPage,
            )
        ]

    async def find(self, call: Call[Find, Nothing]) -> web.Response:
        """A page."""
        asked = call.query
        found = await self._search.find(
            Asked(
                text=asked.q,
                thread_id=None if asked.thread is None else ThreadId(asked.thread),
                kind=asked.kind,
                best_first=asked.order == "best",
                cursor=asked.cursor,
                limit=asked.limit,
            )
        )
        return reply({"items": found.items, "next": found.next, "how": found.how})
