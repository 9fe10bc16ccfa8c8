"""A listener that answers with octets of the test's choice, on a real socket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Reply = Callable[["Peer", asyncio.StreamWriter], Awaitable[None]]

NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
THANKS = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks"


@dataclass(slots=True)
class Peer:
    """Counts connections, keeps requests; `reply` is called for each of them."""

    reply: Reply
    port: int = 0
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split()[0])
                self.requests.append(head + await reader.readexactly(length))
                self.asked.set()
                await self.reply(self, writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended.set()
            writer.close()


def saying(*octets: bytes) -> Reply:
    """Each piece in a write of its own."""

    async def reply(_peer: Peer, writer: asyncio.StreamWriter) -> None:
        for piece in octets:
            writer.write(piece)
            await asyncio.sleep(0)

    return reply


def saying_and_closing(*octets: bytes) -> Reply:
    """The same, and no more."""

    async def reply(peer: Peer, writer: asyncio.StreamWriter) -> None:
        await saying(*octets)(peer, writer)
        writer.close()

    return reply


@asynccontextmanager
async def open_peer(reply: Reply) -> AsyncIterator[Peer]:
    peer = Peer(reply)
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
        for writer in peer.writers:
            writer.close()
        await asyncio.sleep(0)
