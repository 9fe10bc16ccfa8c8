"""A webhook receiver: answers 204 to everything and notes which message was told when.

A process of its own, `python -m tests.bench.receiver`; see `tests.bench.part`. Verifies
no signature. Reads our events (`"to":"+7903…"` in the body, one event or several) and
Kannel's dlr-url (`?to=7903…`).
"""

import asyncio
import re
import time
from collections.abc import Mapping
from typing import Any

from tests.bench import wire
from tests.bench.part import converse

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOLD = re.compile(rb'(?:"to": ?"\+|[?&]to=)(\d{11})')
_DONE = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """What was told, by message number."""

    def __init__(self) -> None:
        self.told: dict[int, float] = {}
        self.duplicates = 0
        self.posts = 0

    def take(self, request: bytes) -> None:
        """Note every message that the request speaks of."""
        now = time.monotonic()
        self.posts += 1
        for address in _TOLD.findall(request):
            number = wire.number_of(address)
            if number in self.told:
                self.duplicates += 1
            else:
                self.told[number] = now

    async def answer(self, question: Mapping[str, Any]) -> object:
        """`counts` while it runs, `record` at the end."""
        if question["do"] == "counts":
            return {"told": len(self.told)}
        return {
            "told": list(self.told.items()),
            "duplicates": self.duplicates,
            "posts": self.posts,
        }


class Connection(asyncio.Protocol):
    """Keeps alive; requests may be pipelined."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        buffer = self._rest + data
        answers = 0
        while (head := buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(buffer, 0, head + 2)
            end = head + 4 + (int(length[1]) if length else 0)
            if len(buffer) < end:
                break
            self._receiver.take(buffer[:end])
            buffer = buffer[end:]
            answers += 1
        self._rest = buffer
        if answers and self._transport is not None:
            self._transport.write(_DONE * answers)


async def serve() -> None:
    receiver = Receiver()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(receiver), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await converse({"port": port}, receiver.answer)


if __name__ == "__main__":
    asyncio.run(serve())
