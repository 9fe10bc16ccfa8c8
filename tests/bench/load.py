"""An HTTP load generator on bare sockets, closed loop or at a steady rate.

A process of its own, `python -m tests.bench.load`; see `tests.bench.part`. Speaks
`POST /api/v1/messages` to us and `GET /cgi-bin/sendsms` to Kannel. At a steady rate the
wait counts from when the request was due, not from when a connection was free.
"""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.bench import wire
from tests.bench.part import converse

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_MOST_CONNECTIONS = 256

Batch = Sequence[int]


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, done: Callable[["Connection", int], None]) -> None:
        self._done = done
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None

    @property
    def alive(self) -> bool:
        """Whether another request can go out on it."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: bytes) -> None:
        """Put the next request on the wire."""
        assert self._transport is not None
        self._transport.write(request)

    def close(self) -> None:
        """There is nothing more to send."""
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0 or not self._is_whole(head):
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        self._done(self, status)

    def _is_whole(self, head: int) -> bool:
        length = _LENGTH.search(self._buffer, 0, head + 2)
        if length is not None:
            return len(self._buffer) >= head + 4 + int(length[1])
        if _CHUNKED.search(self._buffer, 0, head + 2) is not None:
            return self._buffer.endswith(b"0\r\n\r\n")
        return True


class Run:
    """One load from its first request to its last answer."""

    def __init__(self, question: Mapping[str, Any]) -> None:
        self._place = (question["host"], question["port"])
        self._connections: int = question["connections"]
        self._rate: float = question["rate"]
        self._request = _requests(question)
        size, first, count = question["batch"], question["first"], question["count"]
        self._waiting: deque[Batch] = deque(
            range(start, min(start + size, first + count))
            for start in range(first, first + count, size)
        )
        self._left = len(self._waiting)
        self._under_way: dict[Connection, tuple[Batch, float]] = {}
        self._idle: list[Connection] = []
        self._all = asyncio.Event()
        self._late: deque[tuple[Batch, float]] = deque()
        self.accepted: list[tuple[int, float, float]] = []
        self.refused: Counter[int] = Counter()

    async def go(self) -> Mapping[str, object]:
        """Send everything; who was accepted when."""
        opened = [await self._open() for _ in range(self._connections)]
        started = time.monotonic()
        if self._rate:
            self._idle += opened
            await self._at_a_steady_rate()
        else:
            for connection in opened:
                self._next(connection)
        await self._all.wait()
        for connection in [*opened, *self._idle]:
            connection.close()
        refused = {str(status): count for status, count in self.refused.items()}
        return {"started": started, "accepted": self.accepted, "refused": refused}

    async def _open(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: Connection(self._done), *self._place
        )
        return connection

    async def _at_a_steady_rate(self) -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for count, batch in enumerate(list(self._waiting)):
            due = begin + count / self._rate
            await asyncio.sleep(max(0.0, due - loop.time()))
            while self._idle and not self._idle[-1].alive:
                self._idle.pop()
            if not self._idle and len(self._under_way) < _MOST_CONNECTIONS:
                self._idle.append(await self._open())
            if self._idle:
                self._send(self._idle.pop(), batch, due)
            else:
                self._late.append((batch, due))

    def _next(self, connection: Connection) -> None:
        if self._waiting:
            self._send(connection, self._waiting.popleft(), time.monotonic())

    def _send(self, connection: Connection, batch: Batch, due: float) -> None:
        self._under_way[connection] = (batch, due)
        connection.send(self._request(batch))

    def _done(self, connection: Connection, status: int) -> None:
        batch, due = self._under_way.pop(connection)
        now = time.monotonic()
        if status == 202:
            self.accepted += [(number, due, now) for number in batch]
        else:
            self.refused[status] += len(batch)
        self._left -= 1
        if not self._left:
            self._all.set()
        elif not self._rate:
            self._again(connection)
        elif self._late:
            self._send(connection, *self._late.popleft())
        else:
            self._idle.append(connection)

    def _again(self, connection: Connection) -> None:
        if connection.alive:
            self._next(connection)
        else:
            raise ConnectionError("the server closed a connection that was kept")


def _requests(question: Mapping[str, Any]) -> Callable[[Batch], bytes]:
    """What makes the octets of a request: everything but the numbers is made once."""
    host = f"{question['host']}:{question['port']}"
    if question["kind"] == "kannel":
        path: str = question["path"]
        head = f"GET {path}&to=%s HTTP/1.1\r\nHost: {host}\r\n\r\n"
        return lambda batch: _kannel(head, question["receipt_url"], batch)
    tail = f'"text":"{question["text"]}"'
    if not question["receipts"]:
        tail += ',"status_report":false'
    head = (
        f"POST /api/v1/messages HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bearer {question['token']}\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    )
    return lambda batch: _ours(head, tail, batch)


def _ours(head: str, tail: str, batch: Batch) -> bytes:
    names = ",".join(f'"+{wire.msisdn(number)}"' for number in batch)
    if len(batch) > 1:
        names = f"[{names}]"
    body = f'{{"to":{names},{tail}}}'
    return (head % len(body) + body).encode()


def _kannel(head: str, receipt_url: str, batch: Batch) -> bytes:
    (number,) = batch
    address = wire.msisdn(number)
    tail = f"&dlr-url={receipt_url}{address}" if receipt_url else ""
    return (head % (address + tail)).encode()


async def answer(question: Mapping[str, Any]) -> object:
    """`run` is the only question."""
    return await Run(question).go()


async def main() -> None:
    await converse({}, answer)


if __name__ == "__main__":
    asyncio.run(main())
