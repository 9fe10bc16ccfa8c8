"""An SMSC of a few lines, for the faults that the simulator does not have.

It keeps count of what it took and of what was taken from it, across connections. Made
on the simulator's codec: it shares nothing with ours.
"""

import asyncio
import socket
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from hwsim.wire.smpp import (
    RESPONSE,
    Command,
    Framer,
    FramingError,
    Pdu,
    SmppRefusal,
    Tag,
    decode_pdu,
    encode_pdu,
)

CODE = "2345"
LAST_SEQUENCE = 0x7FFFFFFF
_DELIVERED = 2
_RECEIPT = 0x04

Script = Callable[["Line", Pdu], None]


@dataclass(slots=True, kw_only=True, eq=False)
class Owed:
    """A deliver_sm that is repeated on every connection until it is acknowledged."""

    pdu: Pdu
    sent: int = 0
    acknowledged: int = 0


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, smsc: "Smsc") -> None:
        self._smsc = smsc
        self._framer = Framer()
        self._sequence = 0
        self.waiting: dict[int, Owed] = {}
        self.receives = False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._smsc.lines.append(self)

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._framer.feed(data):
                self._take(frame)
        except FramingError as error:
            self._smsc.complaints.append(str(error))
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._smsc.lines.remove(self)
        self._smsc.owed.extendleft(reversed(self.waiting.values()))
        self.waiting.clear()
        self._smsc.deliver()

    def write(self, octets: bytes) -> None:
        assert self.transport is not None
        if not self.transport.is_closing():
            self.transport.write(octets)

    def send(self, pdu: Pdu) -> int:
        """A request of ours; its sequence number."""
        self._sequence = self._sequence % LAST_SEQUENCE + 1
        self.write(encode_pdu(replace(pdu, sequence=self._sequence)))
        return self._sequence

    def respond(self, request: Pdu, status: int = 0, **fields: int | str) -> None:
        self.write(
            encode_pdu(
                Pdu(
                    command=request.command | RESPONSE,
                    sequence=request.sequence,
                    status=status,
                    fields=fields,
                )
            )
        )

    def close(self) -> None:
        assert self.transport is not None
        self.transport.close()

    def abort(self) -> None:
        """Break without a farewell."""
        assert self.transport is not None
        self.transport.abort()

    def deliver(self) -> None:
        """As many of those owed as the window allows."""
        owed = self._smsc.owed
        while self.receives and owed and len(self.waiting) < self._smsc.window:
            item = owed.popleft()
            item.sent += 1
            self.waiting[self.send(item.pdu)] = item

    def _take(self, frame: bytes) -> None:
        try:
            pdu = decode_pdu(frame)
        except SmppRefusal as refusal:
            self._smsc.complaints.append(str(refusal))
            return
        self._smsc.received[pdu.command] += 1
        if pdu.command & RESPONSE:
            item = self.waiting.pop(pdu.sequence, None)
            if item is not None and pdu.status == 0:
                item.acknowledged += 1
            elif item is not None:
                self._smsc.owed.append(item)
            self.deliver()
        else:
            self._smsc.script[pdu.command](self, pdu)


@dataclass(slots=True, eq=False)
class Smsc:
    """Takes every bind and submission, unless the script of a command is another.

    Addresses, not texts, say which message is meant: each goes to another number.
    """

    window: int = 10
    receipts: bool = True
    buffer_octets: int = 0  # of a connection to us, in the kernel; 0: its own choice
    port: int = 0
    lines: list[Line] = field(default_factory=list)
    binds: list[Pdu] = field(default_factory=list)
    taken: list[Pdu] = field(default_factory=list)
    received: Counter[int] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    owed: deque[Owed] = field(default_factory=deque)
    everything_owed: list[Owed] = field(default_factory=list)
    script: dict[int, Script] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.script |= {
            Command.BIND_TRANSCEIVER: self.bind,
            Command.BIND_RECEIVER: self.bind,
            Command.BIND_TRANSMITTER: self.bind,
            Command.SUBMIT_SM: self.submit,
            Command.ENQUIRE_LINK: lambda line, pdu: line.respond(pdu),
            Command.UNBIND: _unbind,
        }

    @property
    def line(self) -> Line:
        """The newest connection."""
        return self.lines[-1]

    @property
    def on_phones(self) -> Counter[str]:
        """How often each number got a message."""
        return Counter(f"+{pdu.text('destination_addr')}" for pdu in self.taken)

    @property
    def unsettled(self) -> int:
        """How many deliver_sm wait for their acknowledgement."""
        return sum(not owed.acknowledged for owed in self.everything_owed)

    def bind(self, line: Line, pdu: Pdu) -> None:
        self.binds.append(pdu)
        line.respond(pdu, system_id="script")
        line.receives = pdu.command != Command.BIND_TRANSMITTER
        line.deliver()

    def submit(self, line: Line, pdu: Pdu) -> None:
        message_id = self.take(pdu)
        line.respond(pdu, message_id=message_id)
        self.report(pdu, message_id)

    def take(self, pdu: Pdu) -> str:
        """It is on the phone; the id to answer with."""
        self.taken.append(pdu)
        return f"{0x5EED0000 + len(self.taken):x}"

    def report(self, pdu: Pdu, message_id: str) -> None:
        """The receipt of a submission, if one is wanted."""
        if self.receipts and pdu.number("registered_delivery") & 3:
            self.owe(receipt(pdu, message_id))

    def owe(self, pdu: Pdu) -> Owed:
        item = Owed(pdu=pdu)
        self.everything_owed.append(item)
        self.owed.append(item)
        self.deliver()
        return item

    def deliver(self) -> None:
        """What is owed, on whichever line has room."""
        for line in self.lines:
            line.deliver()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Smsc"]:
        loop = asyncio.get_running_loop()
        listener = socket.create_server(("127.0.0.1", 0))
        if self.buffer_octets:
            size = self.buffer_octets
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
        server = await loop.create_server(lambda: Line(self), sock=listener)
        self.port = listener.getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for line in self.lines:
                line.abort()
            await server.wait_closed()


def message_to_us(sender: str, text: str) -> Pdu:
    """A deliver_sm of a person."""
    return Pdu(
        command=Command.DELIVER_SM,
        sequence=0,
        fields={
            "source_addr_ton": 1,
            "source_addr_npi": 1,
            "source_addr": sender.lstrip("+"),
            "dest_addr_ton": 3,
            "destination_addr": CODE,
            "short_message": text.encode("ascii"),
        },
    )


def receipt(submitted: Pdu, message_id: str, *, tlvs: bool = True) -> Pdu:
    """The delivery receipt of a submit_sm."""
    text = (
        f"id:{message_id} sub:001 dlvrd:001 submit date:2601011200 "
        "done date:2601011200 stat:DELIVRD err:000 text:"
    )
    known: tuple[tuple[int, bytes], ...] = (
        (Tag.RECEIPTED_MESSAGE_ID, message_id.encode("ascii") + b"\0"),
        (Tag.MESSAGE_STATE, bytes((_DELIVERED,))),
    )
    return Pdu(
        command=Command.DELIVER_SM,
        sequence=0,
        fields={
            "source_addr_ton": submitted.number("dest_addr_ton"),
            "source_addr_npi": submitted.number("dest_addr_npi"),
            "source_addr": submitted.text("destination_addr"),
            "dest_addr_ton": submitted.number("source_addr_ton"),
            "destination_addr": submitted.text("source_addr"),
            "esm_class": _RECEIPT,
            "short_message": text.encode("ascii"),
        },
        tlvs=known if tlvs else (),
    )


def _unbind(line: Line, pdu: Pdu) -> None:
    line.respond(pdu)
    line.close()
