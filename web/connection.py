"""One keep-alive connection to a listener: a request out, the head of its answer in.

Relies on httptools (llhttp) for the framing of answers. Its owner looks for what is
late (`until_s`). Resolves nothing and opens nothing itself.
Spec: RFC 9112 6.3, 9.3.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

HEAD_LIMIT_OCTETS = 65_536
READ_LIMIT_OCTETS = 65_536

_INTERIM_LIMIT = 16  # 1xx answers before one that counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Of an answer: all that counts here."""

    status: int
    retry_after: str | None


class NoAnswer(ConnectionError):
    """The connection ended, or what came is no answer."""

    def __init__(self, reason: str, *, heard: bool) -> None:
        super().__init__(reason)
        self.heard = heard  # something had come


class Connection(asyncio.Protocol):
    """Serves one exchange at a time.

    `ended` is called when it can take the next, and again when it is closed.
    """

    def __init__(self, ended: "Callable[[Connection], None]") -> None:
        self._ended = ended
        self.until_s = 0.0  # of the loop's time: when whoever looks is to give it up
        self._transport: asyncio.Transport | None = None
        self._parser = HttpResponseParser(self)
        self._answer: asyncio.Future[Head] | None = None
        self._busy = False  # also while the rest of an answer is read away
        self._octets = 0
        self._interim = 0
        self._headed = False
        self._retry_after: str | None = None

    @property
    def is_idle(self) -> bool:
        """Open, with no answer under way."""
        transport = self._transport
        return not self._busy and transport is not None and not transport.is_closing()

    async def exchange(self, request: bytes, *, until_s: float) -> Head:
        """Send, and wait for the head; raises `NoAnswer`, or `TimeoutError`."""
        transport = self._transport
        if transport is None or not self.is_idle:
            raise NoAnswer("the connection was closed", heard=False)
        self.until_s = until_s
        self._busy, self._headed = True, False
        self._octets = self._interim = 0
        self._answer = asyncio.get_running_loop().create_future()
        transport.write(request)
        try:
            return await self._answer
        except asyncio.CancelledError:
            transport.abort()
            raise

    def give_up(self) -> None:
        """Its time is over: close it, and tell who waits."""
        self._fail(TimeoutError())

    def close(self) -> None:
        """At once; who waits is told."""
        self._fail(NoAnswer("the connection was closed", heard=False))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By contract: transports of other event loops have no common base class.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if not self._busy:
            # Nobody asked: the next answer could not be told from this.
            self.close()
            return
        self._octets += len(data)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._fail(NoAnswer("the answer is not HTTP", heard=True))
            return
        if not self._headed and self._octets > HEAD_LIMIT_OCTETS:
            self._fail(NoAnswer("the head of the answer is too long", heard=True))
        elif self._octets > HEAD_LIMIT_OCTETS + READ_LIMIT_OCTETS and self._busy:
            # Nothing in a body matters here: what has no small end is not read.
            self._fail(NoAnswer("the answer is too long", heard=True))

    def connection_lost(self, error: Exception | None) -> None:
        reason = str(error) if error else "the connection was closed without an answer"
        self._fail(NoAnswer(reason, heard=self._octets > 0))
        self._ended(self)

    def on_message_begin(self) -> None:
        """Called by the parser, as all `on_` methods."""
        if not self._busy:
            raise ValueError("a second answer to one request")
        self._retry_after = None

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(name) == 11 and name.lower() == b"retry-after":
            self._retry_after = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:
            self._interim += 1
            if self._interim > _INTERIM_LIMIT:
                raise ValueError("no end of interim answers")
            return
        self._headed = True
        if self._answer is not None and not self._answer.done():
            head = Head(status=status, retry_after=self._retry_after)
            self._answer.set_result(head)

    def on_message_complete(self) -> None:
        if not self._headed:
            return
        self._busy = False
        if self._parser.should_keep_alive():
            self._ended(self)
        elif self._transport is not None:
            self._transport.abort()

    def _fail(self, error: Exception) -> None:
        if self._transport is not None:
            self._transport.abort()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
