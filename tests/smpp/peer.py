"""A scripted SMSC on a real socket, and a door that keeps what comes through it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Self

from gateway.core.errors import StoreBusy, StoreError
from gateway.core.link import InboundItem, InboundReport, LinkState, LinkStatus
from smpp import pdu as p
from smpp.wire import Framer, decode, encode

Reply = Callable[[p.Pdu], p.Pdu | None]


def accepting() -> Reply:
    """Takes every bind and submission, with ids that count up."""
    number = 0

    def reply(pdu: p.Pdu) -> p.Pdu | None:
        nonlocal number
        match pdu:
            case p.BindTransceiver():
                return p.BindTransceiverResp(system_id="SMSC")
            case p.BindTransmitter():
                return p.BindTransmitterResp(system_id="SMSC")
            case p.BindReceiver():
                return p.BindReceiverResp(system_id="SMSC")
            case p.SubmitSm():
                number += 1
                return p.SubmitSmResp(message_id=f"{number:x}")
            case p.EnquireLink():
                return p.EnquireLinkResp()
            case p.Unbind():
                return p.UnbindResp()
            case _:
                return None

    return reply


class Peer:
    """Answers as `reply` says; None: not at all."""

    def __init__(self, reply: Reply | None = None) -> None:
        self.reply = reply or accepting()
        self.received: list[p.Pdu] = []
        self.writers: list[asyncio.StreamWriter] = []
        self.sequences: list[int] = []
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for writer in self.writers:
            writer.close()
        for writer in self.writers:
            with suppress(OSError):
                await writer.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def count(self, kind: type[p.Pdu]) -> int:
        return sum(isinstance(pdu, kind) for pdu in self.received)

    def send(self, pdu: p.Pdu, sequence: int = 1) -> None:
        self.writers[-1].write(encode(pdu, sequence))

    def write(self, octets: bytes) -> None:
        self.writers[-1].write(octets)

    def drop(self) -> None:
        self.writers[-1].transport.abort()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.writers.append(writer)
        framer = Framer()
        with suppress(OSError):
            while data := await reader.read(65536):
                for frame in framer.feed(data):
                    pdu, _ = decode(frame)
                    self.received.append(pdu)
                    self.sequences.append(frame.sequence)
                    answer = self.reply(pdu)
                    if answer is not None:
                        writer.write(encode(answer, frame.sequence))
        writer.close()


class KeepingDoor:
    """Keeps items; while `gate` is not set they wait, while `full` they are refused."""

    def __init__(self) -> None:
        self.items: list[InboundItem] = []
        self.statuses: list[LinkStatus] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.full = False
        self.batches: list[int] = []  # how many reports came together
        self.refused: set[str] = set()  # references of reports

    async def accept(self, item: InboundItem) -> None:
        await self.gate.wait()
        if self.full:
            raise StoreBusy("full")
        self.items.append(item)

    async def accept_all(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[StoreError | None]:
        await self.gate.wait()
        self.batches.append(len(reports))
        errors: list[StoreError | None] = []
        for report in reports:
            if self.full or report.reference in self.refused:
                errors.append(StoreBusy("full"))
            else:
                errors.append(None)
                self.items.append(report)
        return errors

    def status_changed(self, status: LinkStatus) -> None:
        self.statuses.append(status)

    @property
    def states(self) -> list[LinkState]:
        return [status.state for status in self.statuses]


class KeptMemory:
    """`Memory` in a dict."""

    def __init__(self) -> None:
        self.facts: dict[str, str] = {}

    async def recall(self, key: str) -> str | None:
        return self.facts.get(key)

    async def remember(self, key: str, value: str) -> None:
        self.facts[key] = value


async def until(
    holds: Callable[[], object], step: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Let the sockets work until something holds; `step` is done in between."""
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.001)
            if step is not None:
                await step()
