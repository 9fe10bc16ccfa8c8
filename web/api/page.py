"""`/`, `/docs`, `/openapi.json` and the few static files behind them; all offline.

Files are read once, at start, from this package: no request names a path on disk.
"""

from collections.abc import Awaitable, Callable, Sequence
from importlib import resources

import msgspec
from aiohttp import web

from web.endpoint import Access, Call, Endpoint, endpoint
from web.openapi import describe
from web.schema import Nothing

Handler = Callable[[Call[Nothing, Nothing]], Awaitable[web.Response]]

_TYPES = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
_FILES = ("docs.html", "docs.css", "docs.js", "mark.svg")


class Pages:
    """What a browser sees."""

    def __init__(self, endpoints: Sequence[Endpoint], public_url: str | None) -> None:
        self._files = {name: _load(name) for name in _FILES}
        self._openapi = msgspec.json.encode(
            describe([*endpoints, *self.endpoints()], public_url)
        )

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            _page("/", self.home, "Goes to the docs"),
            _page("/docs", self.docs, "This API, explained", media="text/html"),
            _page("/static/{name}", self.static, "Files of the docs page"),
            _page(
                "/openapi.json",
                self.openapi,
                "This API, described",
                media="application/json",
            ),
        ]

    async def home(self, call: Call[Nothing, Nothing]) -> web.Response:
        """302."""
        return web.Response(status=302, headers={"Location": "/docs"})

    async def docs(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The page."""
        return self._file("docs.html")

    async def static(self, call: Call[Nothing, Nothing]) -> web.Response:
        """A file of the page."""
        return self._file(call.part("name"))

    async def openapi(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The description."""
        return web.Response(body=self._openapi, content_type="application/json")

    def _file(self, name: str) -> web.Response:
        if name not in self._files:
            raise web.HTTPNotFound(text="there is no such file")
        content, content_type = self._files[name]
        return web.Response(
            body=content,
            content_type=content_type,
            charset="utf-8",
            headers={"Cache-Control": "no-cache"},
        )


def _load(name: str) -> tuple[bytes, str]:
    suffix = name[name.rindex(".") :]
    content = resources.files("web").joinpath("static", name).read_bytes()
    return content, _TYPES[suffix]


def _page(path: str, handler: Handler, summary: str, *, media: str = "*/*") -> Endpoint:
    return endpoint(
        "GET",
        path,
        handler,
        access=Access.OPEN,
        summary=summary,
        answer=None,
        media=(media,),
    )
