"""What a browser sees: the inbox, `/docs`, `/openapi.json` and the files behind them.

All offline. Files are read once, at start, from this package: no request names a path
on disk. The description is made when it is first asked for. The inbox draws itself, so
each address below `/inbox` answers with one page.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from aiohttp import web

from web.endpoint import Access, Call, Caller, Endpoint, endpoint
from web.openapi import describe
from web.schema import Nothing
from web.static_file import StaticFile, inbox_set, one_file

Page = Callable[[web.Request], Awaitable[web.Response]]
Handler = Callable[[Call[Nothing, Nothing]], Awaitable[web.Response]]

_FILES = ("docs.html", "docs.css", "docs.js", "mark.svg")
_ASK_AGAIN = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"


class Pages:
    """Everything that is not an API call."""

    def __init__(self, endpoints: Sequence[Endpoint], public_url: str | None) -> None:
        self._files = {name: one_file(name) for name in _FILES}
        self._inbox = inbox_set()
        self._described = [*endpoints, *self.endpoints()]
        self._public_url = public_url
        self._openapi = b""

    def endpoints(self) -> list[Endpoint]:
        """The routes that the description tells."""
        return [
            _described("/", self.home, "Goes to the inbox"),
            _described("/docs", self.docs, "This API, explained", media="text/html"),
            _described("/static/{name}", self.static, "Files of the docs page"),
            _described(
                "/openapi.json",
                self.openapi,
                "This API, described",
                media="application/json",
            ),
        ]

    def assets(self) -> list[Endpoint]:
        """The inbox; an address of it may carry what only its script understands."""
        return [
            _page("/inbox", self.inbox, "The agents' inbox"),
            _page("/inbox/{path:.*}", self.inbox, "A place in the inbox"),
            _page("/static/{build}/{path:.+}", self.asset, "A file of the inbox"),
        ]

    async def home(self, call: Call[Nothing, Nothing]) -> web.Response:
        """302."""
        return web.Response(status=302, headers={"Location": "/inbox"})

    async def inbox(self, request: web.Request) -> web.Response:
        """The page, whatever place in it was asked for."""
        return _answer(request, self._inbox.index, caching=_ASK_AGAIN)

    async def asset(self, request: web.Request) -> web.Response:
        """A file of the inbox; those of another release are not here."""
        file = self._inbox.files.get(request.match_info["path"])
        if file is None or request.match_info["build"] != self._inbox.build:
            raise web.HTTPNotFound(text="there is no such file in this release")
        return _answer(request, file, caching=_FOR_EVER)

    async def docs(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The page."""
        return _answer(call.request, self._files["docs.html"], caching=_ASK_AGAIN)

    async def static(self, call: Call[Nothing, Nothing]) -> web.Response:
        """A file of the docs page."""
        file = self._files.get(call.part("name"))
        if file is None:
            raise web.HTTPNotFound(text="there is no such file")
        return _answer(call.request, file, caching=_ASK_AGAIN)

    async def openapi(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The description."""
        if not self._openapi:
            self._openapi = await asyncio.to_thread(self._describe)
        return web.Response(body=self._openapi, content_type="application/json")

    def _describe(self) -> bytes:
        """Takes long for what few boxes are ever asked for."""
        return msgspec.json.encode(describe(self._described, self._public_url))


def _answer(request: web.Request, file: StaticFile, *, caching: str) -> web.Response:
    headers = {
        "Cache-Control": caching,
        # Weak, because it is the same for both encodings.
        "ETag": f'W/"{file.etag}"',
        "Vary": "Accept-Encoding",
    }
    known = request.if_none_match or ()
    if any(tag.value == file.etag for tag in known):
        return web.Response(status=304, headers=headers)
    body = file.content
    if file.packed is not None and _takes_gzip(request):
        body = file.packed
        headers["Content-Encoding"] = "gzip"
    is_text = file.media.startswith("text/")
    return web.Response(
        body=body,
        content_type=file.media,
        charset="utf-8" if is_text else None,
        headers=headers,
    )


def _takes_gzip(request: web.Request) -> bool:
    for offer in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, quality = offer.replace(" ", "").partition(";q=")
        if name == "gzip":
            return quality.strip("0.") != "" if quality else True
    return False


def _described(
    path: str, handler: Handler, summary: str, *, media: str = "*/*"
) -> Endpoint:
    return endpoint(
        "GET",
        path,
        handler,
        access=Access.OPEN,
        summary=summary,
        answer=None,
        media=(media,),
    )


def _page(path: str, page: Page, summary: str) -> Endpoint:
    """Whatever stands behind the question mark is taken."""

    async def handle(request: web.Request, _by: Caller) -> web.Response:
        return await page(request)

    return Endpoint(
        method="GET",
        path=path,
        access=Access.OPEN,
        summary=summary,
        handle=handle,
        query=Nothing,
        body=Nothing,
        answers=(),
    )
