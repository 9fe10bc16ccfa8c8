"""A counting SMSC: answers every submit_sm, sends every receipt, notes when.

A process of its own, `python -m tests.bench.smsc`; see `tests.bench.part`. Decides
nothing about texts and has no network behind it: `hwsim` has, this is for speed. The
message is known by the last seven digits of whom it goes to.
"""

import argparse
import asyncio
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.bench import wire
from tests.bench.part import converse

_BINDS = (wire.BIND_RECEIVER, wire.BIND_TRANSMITTER, wire.BIND_TRANSCEIVER)
_RECEIPT = (
    b"id:%s sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 "
    b"stat:DELIVRD err:000 text:"
)
_TAG_MESSAGE_ID = 0x001E
_TAG_STATE = 0x0427
_DELIVERED = b"\x02"


@dataclass(slots=True)
class Bucket:
    """How many may pass: `rate` a second, `depth` at once."""

    rate: float
    depth: float
    level: float = 0.0
    at: float = 0.0

    def takes(self, now: float) -> bool:
        """Whether one more may pass now."""
        self.level = min(self.depth, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Accepted(NamedTuple):
    """A message of which a response and perhaps a receipt are due."""

    number: int
    receipt: bytes  # the whole deliver_sm; empty if none is wanted


@dataclass(slots=True)
class Record:
    """What went through and when (the machine's monotonic clock), by message number."""

    submitted: dict[int, float] = field(default_factory=dict)
    answered: dict[int, float] = field(default_factory=dict)
    reported: dict[int, float] = field(default_factory=dict)
    duplicates: int = 0
    throttled: int = 0
    acknowledged: int = 0


class Smsc:
    """Every session's shared state."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.latency_s: float = given.latency
        self.receipt_delay_s: float = given.receipt_delay
        self.early: bool = given.early
        self.hex_ids: bool = given.hex_ids
        self.quick_ack: bool = given.quick_ack
        self.bucket = Bucket(given.rate, given.burst) if given.rate else None
        self.record = Record()
        self.sessions: list[Session] = []
        self._next_id = 100_000

    def identity(self) -> tuple[bytes, bytes]:
        """A new message's id as the response and as the receipt spell it."""
        self._next_id += 1
        receipt = b"%010d" % self._next_id
        return (b"%X" % self._next_id if self.hex_ids else receipt), receipt

    def receiver(self) -> "Session | None":
        """Who gets receipts."""
        return next((one for one in self.sessions if one.receives), None)

    async def answer(self, question: Mapping[str, Any]) -> object:
        """`counts` while it runs, `record` at the end."""
        record = self.record
        if question["do"] == "counts":
            return {
                "bound": len(self.sessions),
                "submitted": len(record.submitted),
                "acknowledged": record.acknowledged,
            }
        return {
            "submitted": list(record.submitted.items()),
            "answered": list(record.answered.items()),
            "reported": list(record.reported.items()),
            "duplicates": record.duplicates,
            "throttled": record.throttled,
        }


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, smsc: Smsc) -> None:
        self._smsc = smsc
        self._rest = b""
        self._sequence = 0
        self._transport: asyncio.Transport | None = None
        self._socket: socket.socket | None = None
        self.receives = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._socket = transport.get_extra_info("socket")
        assert self._socket is not None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, exc: Exception | None) -> None:
        if self in self._smsc.sessions:
            self._smsc.sessions.remove(self)

    def data_received(self, data: bytes) -> None:
        if self._smsc.quick_ack and self._socket is not None:
            # The kernel falls back to delaying by itself.
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        buffer = self._rest + data
        end = 0
        now = time.monotonic()
        responses: list[bytes] = []
        accepted: list[Accepted] = []
        for pdu in wire.frames(buffer):
            end = pdu.end
            match pdu.command:
                case wire.SUBMIT_SM:
                    self._submit(buffer, pdu, now, responses, accepted)
                case wire.DELIVER_SM_RESP:
                    self._smsc.record.acknowledged += 1
                case _:
                    self._write(self._other(buffer, pdu))
        self._rest = buffer[end:]
        self._reply(responses, accepted)

    def _submit(
        self,
        buffer: bytes,
        pdu: wire.Pdu,
        now: float,
        responses: list[bytes],
        accepted: list[Accepted],
    ) -> None:
        smsc = self._smsc
        record = smsc.record
        if smsc.bucket is not None and not smsc.bucket.takes(now):
            record.throttled += 1
            responses.append(
                wire.frame(
                    wire.SUBMIT_SM_RESP, pdu.sequence, b"\0", status=wire.THROTTLED
                )
            )
            return
        short = wire.read_short(buffer, pdu.start)
        number = wire.number_of(short.destination)
        if number in record.submitted:
            record.duplicates += 1
        else:
            record.submitted[number] = now
        spelled, identity = smsc.identity()
        responses.append(wire.frame(wire.SUBMIT_SM_RESP, pdu.sequence, spelled + b"\0"))
        receipt = self._receipt(short, identity) if short.wants_receipt else b""
        accepted.append(Accepted(number, receipt))

    def _receipt(self, short: wire.Short, identity: bytes) -> bytes:
        self._sequence += 1
        body = wire.short_body(
            short.destination,
            short.source,
            _RECEIPT % identity,
            esm_class=wire.RECEIPT_CLASS,
            receipt=False,
        )
        options = wire.tlv(_TAG_MESSAGE_ID, identity + b"\0")
        options += wire.tlv(_TAG_STATE, _DELIVERED)
        return wire.frame(wire.DELIVER_SM, self._sequence, body + options)

    def _reply(self, responses: list[bytes], accepted: list[Accepted]) -> None:
        smsc = self._smsc

        def report() -> None:
            now = time.monotonic()
            receipts = [one for one in accepted if one.receipt]
            smsc.record.reported.update((one.number, now) for one in receipts)
            receiver = smsc.receiver()
            if receiver is not None:
                receiver._write(b"".join(one.receipt for one in receipts))

        def respond() -> None:
            now = time.monotonic()
            smsc.record.answered.update((one.number, now) for one in accepted)
            self._write(b"".join(responses))
            if not smsc.early:
                _after(smsc.receipt_delay_s, report)

        if not responses:
            return
        if smsc.early:
            report()
        _after(smsc.latency_s, respond)

    def _other(self, buffer: bytes, pdu: wire.Pdu) -> bytes:
        match pdu.command:
            case command if command in _BINDS:
                self.receives = command != wire.BIND_TRANSMITTER
                self._smsc.sessions.append(self)
                body = b"bench\0"
            case wire.ENQUIRE_LINK | wire.UNBIND:
                body = b""
            case command if command & wire.RESPONSE:
                return b""
            case _:
                return wire.frame(wire.GENERIC_NACK, pdu.sequence, status=0x03)
        return wire.frame(pdu.command | wire.RESPONSE, pdu.sequence, body)

    def _write(self, octets: bytes) -> None:
        if octets and self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)


def _after(wait_s: float, act: Callable[[], None]) -> None:
    if wait_s:
        asyncio.get_running_loop().call_later(wait_s, act)
    else:
        act()


async def serve(given: argparse.Namespace) -> None:
    smsc = Smsc(given)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(smsc), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        await converse({"port": port}, smsc.answer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latency", type=float, default=0.0, help="s, of an answer")
    parser.add_argument("--receipt-delay", type=float, default=0.0, help="s")
    parser.add_argument("--rate", type=float, default=0.0, help="then 0x58")
    parser.add_argument("--burst", type=float, default=1.0)
    parser.add_argument("--early", action="store_true", help="receipt before answer")
    parser.add_argument("--hex-ids", action="store_true", help="in the answer only")
    parser.add_argument("--quick-ack", action="store_true", help="TCP_QUICKACK")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
