"""An SMPP load client: fills its window, counts responses, takes and answers receipts.

A process of its own, `python -m tests.bench.esme`; see `tests.bench.part`. Binds as a
transceiver, so receipts come back on the binds that sent.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.bench import wire
from tests.bench.part import converse

_SOURCE = b"2345"
_BOUND_S = 10.0


class Application:
    """What all binds share: what is left to send, what came back."""

    def __init__(self) -> None:
        self.numbers: Iterator[int] = iter(())
        self.left = 0
        self.all = asyncio.Event()
        self.started: dict[int, float] = {}
        self.accepted: list[tuple[int, float, float]] = []
        self.refused: Counter[int] = Counter()
        self.told: dict[int, float] = {}
        self.duplicates = 0
        self._binds: list[Bind] = []

    async def answer(self, question: Mapping[str, Any]) -> object:
        """`run` first; `counts` and `record` after it."""
        match question["do"]:
            case "run":
                return await self._run(question)
            case "counts":
                return {"told": len(self.told)}
            case _:
                return {"told": list(self.told.items()), "duplicates": self.duplicates}

    async def _run(self, question: Mapping[str, Any]) -> object:
        first, count = question["first"], question["count"]
        while len(self._binds) < question["connections"]:
            self._binds.append(await self._bind(question))
        self.numbers, self.left = iter(range(first, first + count)), count
        self.accepted, self.refused = [], Counter()
        self.all.clear()
        started = time.monotonic()
        for bind in self._binds:
            bind.fill()
        await self.all.wait()
        refused = {f"{status:#04x}": count for status, count in self.refused.items()}
        return {"started": started, "accepted": self.accepted, "refused": refused}

    async def _bind(self, question: Mapping[str, Any]) -> "Bind":
        _, bind = await asyncio.get_running_loop().create_connection(
            lambda: Bind(self, question), question["host"], question["port"]
        )
        async with asyncio.timeout(_BOUND_S):
            await bind.bound.wait()
        return bind


class Bind(asyncio.Protocol):
    """One transceiver with so many unanswered requests."""

    def __init__(self, application: Application, question: Mapping[str, Any]) -> None:
        self._application = application
        self._question = question
        self._window: int = question["load_window"]
        self._text = str(question["text"]).encode()
        self._receipts: bool = question["receipts"]
        self._rest = b""
        self._sequence = 1
        self._under_way: dict[int, int] = {}
        self._transport: asyncio.Transport | None = None
        self.bound = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )
        names = (self._question["system_id"], self._question["password"], "")
        body = b"".join(str(name).encode() + b"\0" for name in names)
        transport.write(
            wire.frame(wire.BIND_TRANSCEIVER, 1, body + b"\x34\x00\x00\x00")
        )

    def fill(self) -> None:
        """Send until the window is full."""
        application = self._application
        requests: list[bytes] = []
        now = time.monotonic()
        while len(self._under_way) < self._window:
            number = next(application.numbers, None)
            if number is None:
                break
            self._sequence += 1
            self._under_way[self._sequence] = number
            application.started[number] = now
            body = wire.short_body(
                _SOURCE,
                wire.msisdn(number).encode(),
                self._text,
                esm_class=0,
                receipt=self._receipts,
            )
            requests.append(wire.frame(wire.SUBMIT_SM, self._sequence, body))
        self._write(b"".join(requests))

    def data_received(self, data: bytes) -> None:
        buffer = self._rest + data
        end = 0
        now = time.monotonic()
        replies: list[bytes] = []
        for pdu in wire.frames(buffer):
            end = pdu.end
            match pdu.command:
                case wire.SUBMIT_SM_RESP:
                    self._answered(pdu, now)
                case wire.DELIVER_SM:
                    replies.append(self._deliver(buffer, pdu, now))
                case wire.BIND_TRANSCEIVER_RESP:
                    if pdu.status:
                        raise ConnectionError(f"bind refused: {pdu.status:#x}")
                    self.bound.set()
                case wire.ENQUIRE_LINK:
                    replies.append(wire.frame(wire.ENQUIRE_LINK_RESP, pdu.sequence))
                case _:
                    pass
        self._rest = buffer[end:]
        self._write(b"".join(replies))
        if self.bound.is_set() and self._application.left:
            self.fill()

    def _answered(self, pdu: wire.Pdu, now: float) -> None:
        application = self._application
        number = self._under_way.pop(pdu.sequence)
        if pdu.status:
            application.refused[pdu.status] += 1
        else:
            application.accepted.append((number, application.started[number], now))
        application.left -= 1
        if not application.left:
            application.all.set()

    def _deliver(self, buffer: bytes, pdu: wire.Pdu, now: float) -> bytes:
        application = self._application
        number = wire.number_of(wire.read_short(buffer, pdu.start).source)
        if number in application.told:
            application.duplicates += 1
        else:
            application.told[number] = now
        return wire.frame(wire.DELIVER_SM_RESP, pdu.sequence, b"\0")

    def _write(self, octets: bytes) -> None:
        if octets and self._transport is not None:
            self._transport.write(octets)


async def main() -> None:
    await converse({}, Application().answer)


if __name__ == "__main__":
    asyncio.run(main())
