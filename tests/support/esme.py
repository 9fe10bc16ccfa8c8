"""An application of a few lines that binds to us, keeps count, and comes back.

Made on the simulator's codec: it shares nothing with ours. What was not answered is in
doubt, for the application only; it is never submitted a second time.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from hwsim.wire.smpp import (
    RESPONSE,
    Command,
    Framer,
    Pdu,
    Tag,
    decode_pdu,
    encode_pdu,
)

_RECEIPT = 0x3C
_AGAIN_S = 0.05
Fields = Mapping[str, int | str | bytes]


@dataclass(slots=True, eq=False)
class Application:
    """One account's program; `wanted` are the numbers it still has to write to."""

    port: int
    system_id: str
    password: str
    window: int = 20
    wanted: deque[str] = field(default_factory=deque)
    accepted: dict[str, str] = field(default_factory=dict)  # number to message id
    refused: dict[str, int] = field(default_factory=dict)  # number to status
    doubtful: list[str] = field(default_factory=list)
    receipts: Counter[str] = field(default_factory=Counter)  # final ones, by id
    messages: Counter[str] = field(default_factory=Counter)  # of persons, by text
    binds: int = 0
    is_slow: bool = False  # does not acknowledge what is delivered
    _writer: asyncio.StreamWriter | None = None
    _asked: dict[int, str] = field(default_factory=dict)  # by sequence
    _sequence: int = 0
    _bound: bool = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Application"]:
        task = asyncio.create_task(self._run())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.wait({task})

    def die(self) -> None:
        """As by kill -9: its end of the connection is gone in mid-sentence."""
        if self._writer is not None:
            self._writer.transport.abort()

    def submit(self, *numbers: str) -> None:
        self.wanted.extend(numbers)
        self._go_on()

    async def _run(self) -> None:
        while True:
            with suppress(OSError):
                await self._live()
            self._bound = False
            self.doubtful += self._asked.values()
            self._asked.clear()
            await asyncio.sleep(_AGAIN_S)

    async def _live(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self._writer = writer
        try:
            fields = {"system_id": self.system_id, "password": self.password}
            self._send(Command.BIND_TRANSCEIVER, {**fields, "interface_version": 0x34})
            framer = Framer()
            while octets := await reader.read(65536):
                for frame in framer.feed(octets):
                    self._take(decode_pdu(frame))
        finally:
            writer.transport.abort()
            self._writer = None

    def _take(self, pdu: Pdu) -> None:
        match pdu.command:
            case Command.DELIVER_SM:
                self._delivered(pdu)
            case Command.ENQUIRE_LINK | Command.UNBIND:
                self._respond(pdu)
            case _ if pdu.command == Command.BIND_TRANSCEIVER | RESPONSE:
                assert pdu.status == 0, f"bind refused: {pdu.status:#x}"
                self.binds += 1
                self._bound = True
                self._go_on()
            case _ if pdu.command == Command.SUBMIT_SM | RESPONSE:
                number = self._asked.pop(pdu.sequence)
                if pdu.status:
                    self.refused[number] = pdu.status
                else:
                    self.accepted[number] = pdu.text("message_id")
                self._go_on()

    def _delivered(self, pdu: Pdu) -> None:
        if pdu.number("esm_class") & _RECEIPT:
            named = pdu.tlv(Tag.RECEIPTED_MESSAGE_ID) or b""
            self.receipts[named.rstrip(b"\0").decode()] += 1
        else:
            self.messages[pdu.octets("short_message").decode("latin-1")] += 1
        if not self.is_slow:
            self._respond(pdu)

    def _go_on(self) -> None:
        while self._bound and self.wanted and len(self._asked) < self.window:
            number = self.wanted.popleft()
            fields: dict[str, int | str | bytes] = {
                "dest_addr_ton": 1,
                "dest_addr_npi": 1,
                "destination_addr": number.lstrip("+"),
                "registered_delivery": 1,
                "short_message": b"from an application",
            }
            self._asked[self._send(Command.SUBMIT_SM, fields)] = number

    def _send(self, command: int, fields: Fields) -> int:
        self._sequence += 1
        self._write(Pdu(command=command, sequence=self._sequence, fields=fields))
        return self._sequence

    def _respond(self, pdu: Pdu) -> None:
        self._write(Pdu(command=pdu.command | RESPONSE, sequence=pdu.sequence))

    def _write(self, pdu: Pdu) -> None:
        if self._writer is not None and not self._writer.transport.is_closing():
            self._writer.write(encode_pdu(pdu))
