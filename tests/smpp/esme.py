"""An application on a bare socket, and our server for it to bind to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from gateway.core.clock import Clock
from smpp import pdu as p
from smpp.server import SmppServer
from smpp.server_config import SmppServerConfig
from smpp.wire import Framer, decode, encode
from tests.smpp.desk import PASSWORD, MemoryDesk
from tests.smpp.peer import until
from tests.support.clock import FakeClock

TO = {"dest_addr_ton": 1, "dest_addr_npi": 1, "destination_addr": "79161234567"}


def submit(text: bytes = b"hello", **changes: Any) -> p.SubmitSm:
    usual: dict[str, Any] = {"source_addr": "2345", "short_message": text, **TO}
    return p.SubmitSm(**usual | changes)


class Esme:
    """Writes what it is told and remembers what comes; answers nothing by itself."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.received: list[tuple[int, p.Pdu]] = []
        self.is_closed = False
        self._reader = reader
        self._writer = writer
        self._framer = Framer()
        self._next = 1

    @classmethod
    async def connect(cls, port: int, **more: Any) -> Self:
        place: dict[str, Any] = (
            {} if "sock" in more else {"host": "127.0.0.1", "port": port}
        )
        return cls(*await asyncio.open_connection(**place, **more))

    def send(self, *pdus: p.Pdu) -> int:
        """All in one write; the number of the last."""
        octets = b""
        for pdu in pdus:
            octets += encode(pdu, self._next)
            self._next += 1
        self._writer.write(octets)
        return self._next - 1

    def answer(self, sequence: int, pdu: p.Pdu) -> None:
        self._writer.write(encode(pdu, sequence))

    def write(self, octets: bytes) -> None:
        self._writer.write(octets)

    def drop(self) -> None:
        self._writer.transport.abort()

    async def next(self, count: int = 1) -> list[tuple[int, p.Pdu]]:
        """The next PDUs, in the order in which they came."""
        async with asyncio.timeout(10):
            while len(self.received) < count:
                data = await self._reader.read(65536)
                assert data, "closed"
                for frame in self._framer.feed(data):
                    self.received.append((frame.sequence, decode(frame)[0]))
        taken, self.received = self.received[:count], self.received[count:]
        return taken

    async def ask(self, pdu: p.Pdu) -> p.Pdu:
        """Send it, and give the next PDU, which has to be its answer."""
        sequence = self.send(pdu)
        [(answered, answer)] = await self.next()
        assert answered == sequence
        return answer

    async def bind(
        self,
        kind: type[p.Bind] = p.BindTransceiver,
        system_id: str = "billing",
        *,
        password: str = PASSWORD,
        version: int = 0x34,
    ) -> p.Pdu:
        return await self.ask(
            kind(system_id=system_id, password=password, interface_version=version)
        )

    async def closed(self) -> None:
        """Until the server has closed the connection."""
        async with asyncio.timeout(10):
            while await self._reader.read(65536):
                pass

    def close(self) -> None:
        self._writer.close()


class ServerSite:
    """A running server, its desk and its applications."""

    def __init__(self, server: SmppServer, desk: MemoryDesk, clock: FakeClock) -> None:
        self.server = server
        self.run = asyncio.ensure_future(server.run())
        self.desk = desk
        self.clock = clock
        self.esmes: list[Esme] = []

    @property
    def port(self) -> int:
        return self.server.addresses[0][1]

    async def esme(self, **more: Any) -> Esme:
        made = await Esme.connect(self.port, **more)
        self.esmes.append(made)
        return made

    async def bound(self, kind: type[p.Bind] = p.BindTransceiver, **more: Any) -> Esme:
        made = await self.esme()
        answer = await made.bind(kind, **more)
        assert answer.status == 0
        return made

    async def second(self) -> None:
        await self.clock.advance(1.0)


@asynccontextmanager
async def serving(
    desk: MemoryDesk | None = None, *, clock: Clock | None = None, **config: Any
) -> AsyncIterator[ServerSite]:
    hand = FakeClock()
    desk = desk or MemoryDesk()
    server = SmppServer(
        SmppServerConfig(**{"listen": "127.0.0.1:0"} | config),
        desk=desk,
        clock=clock or hand,
        region="RU",
    )
    await server.start()
    made = ServerSite(server, desk, hand)
    try:
        await asyncio.sleep(0)
        yield made
    finally:
        for one in made.esmes:
            one.close()
        made.run.cancel()
        await until(made.run.done, made.second)
        assert made.run.cancelled(), made.run.exception()
