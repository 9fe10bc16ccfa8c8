"""An ESME over a real socket, and a world with an SMSC for it to bind to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from hwsim.clock import VirtualClock
from hwsim.phone import Phone
from hwsim.smsc_account import DEFAULT_ACCOUNT
from hwsim.wire.smpp import (
    RESPONSE,
    Command,
    Framer,
    FramingError,
    Pdu,
    SmppRefusal,
    decode_pdu,
    encode_pdu,
)
from hwsim.world import World

PHONE = "+79991234567"
CODE = "2345"
_PATIENCE_S = 5.0


class Esme:
    """Sends requests, gives their answers; keeps what the SMSC sends and answers it."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self.writer = writer
        self._sequence = 0
        self._framer = Framer()
        self.got: asyncio.Queue[Pdu] = asyncio.Queue()
        self.responses: asyncio.Queue[Pdu] = asyncio.Queue()
        self.octets = bytearray()
        self.broken = False
        self._more = asyncio.Event()
        self.acknowledge: int | None = 0
        self.closed = asyncio.Event()
        self._task = asyncio.create_task(self._run())

    @classmethod
    async def connect(cls, world: World) -> "Esme":
        host, port = world.smsc.address.rsplit(":", 1)
        return cls(*await asyncio.open_connection(host, int(port)))

    def send(
        self,
        command: int,
        fields: Mapping[str, int | str | bytes] | None = None,
        tlvs: tuple[tuple[int, bytes], ...] = (),
    ) -> int:
        self._sequence += 1
        pdu = Pdu(
            command=command, sequence=self._sequence, fields=fields or {}, tlvs=tlvs
        )
        self.writer.write(encode_pdu(pdu))
        return self._sequence

    async def ask(
        self,
        command: int,
        fields: Mapping[str, int | str | bytes] | None = None,
        tlvs: tuple[tuple[int, bytes], ...] = (),
    ) -> Pdu:
        sequence = self.send(command, fields, tlvs)
        response = await self.response()
        assert response.sequence == sequence
        return response

    async def bind(
        self,
        command: int = Command.BIND_TRANSCEIVER,
        system_id: str = "esme",
        password: str = DEFAULT_ACCOUNT.password,
    ) -> Pdu:
        fields: dict[str, int | str | bytes] = {
            "system_id": system_id,
            "password": password,
            "interface_version": 0x34,
        }
        return await self.ask(command, fields)

    async def submit(
        self,
        text: bytes = b"hello",
        tlvs: tuple[tuple[int, bytes], ...] = (),
        **fields: int | str | bytes,
    ) -> Pdu:
        return await self.ask(Command.SUBMIT_SM, submit_fields(text, **fields), tlvs)

    async def response(self) -> Pdu:
        return await asyncio.wait_for(self.responses.get(), _PATIENCE_S)

    async def next(self) -> Pdu:
        """The next request of the SMSC."""
        return await asyncio.wait_for(self.got.get(), _PATIENCE_S)

    async def came(self, count: int) -> None:
        """So many octets, of whatever kind."""
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.octets) < count:
                self._more.clear()
                await self._more.wait()

    async def ended(self) -> None:
        await asyncio.wait_for(self.closed.wait(), _PATIENCE_S)

    async def close(self) -> None:
        self.writer.close()
        await self._task

    async def _run(self) -> None:
        try:
            while octets := await self._reader.read(65536):
                self.octets += octets
                self._more.set()
                if not self.broken:
                    self._read(octets)
        except ConnectionError:
            pass
        self.closed.set()

    def _read(self, octets: bytes) -> None:
        try:
            for frame in self._framer.feed(octets):
                self._take(decode_pdu(frame))
        except (FramingError, SmppRefusal):
            self.broken = True

    def _take(self, pdu: Pdu) -> None:
        if pdu.command & RESPONSE:
            self.responses.put_nowait(pdu)
            return
        self.got.put_nowait(pdu)
        no_answer = pdu.command == Command.ALERT_NOTIFICATION
        if self.acknowledge is not None and not no_answer:
            self.respond(pdu, self.acknowledge)

    def respond(self, pdu: Pdu, status: int) -> None:
        """Answer a request of the SMSC; status 0 takes it."""
        answer = Pdu(
            command=pdu.command | RESPONSE, sequence=pdu.sequence, status=status
        )
        self.writer.write(encode_pdu(answer))


def submit_fields(
    text: bytes = b"hello", **fields: int | str | bytes
) -> dict[str, int | str | bytes]:
    return {
        "source_addr": CODE,
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "destination_addr": PHONE[1:],
        "registered_delivery": 1,
        "short_message": text,
        **fields,
    }


class SmscWorld:
    """On a virtual clock, with the port open."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.smsc = world.smsc
        self.esmes: list[Esme] = []

    @property
    def phone(self) -> Phone:
        return self.world.network.phone(PHONE)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.phone.received]

    async def pass_time(self, seconds: float = 1.0) -> None:
        assert isinstance(self.world.clock, VirtualClock)
        await self.world.clock.pass_time(seconds)

    def alter(self, **changes: Any) -> None:
        """The usual account, changed."""
        account = replace(self.smsc.accounts["esme"], **changes)
        self.smsc.set_account(account)

    async def connect(self) -> Esme:
        esme = await Esme.connect(self.world)
        self.esmes.append(esme)
        return esme

    async def bound(self, command: int = Command.BIND_TRANSCEIVER) -> Esme:
        esme = await self.connect()
        response = await esme.bind(command)
        assert response.status == 0
        return esme


@asynccontextmanager
async def smsc_world() -> AsyncIterator[SmscWorld]:
    world = World(virtual_clock=True)
    await world.smsc.start("127.0.0.1", 0)
    site = SmscWorld(world)
    yield site
    for esme in site.esmes:
        await esme.close()
    await world.close()
