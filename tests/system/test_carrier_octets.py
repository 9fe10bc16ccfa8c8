"""Octets that no specification allows, and peers that read or write too slowly.

The daemon runs on a scripted SMSC that writes what it likes; traffic goes on both ways.
"""

import asyncio
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from hwsim.wire.smpp import Command, Pdu, encode_header, encode_pdu
from tests.support.carrier import (
    a_person_who_presses_restart,
    came_to,
    carrier,
    judge,
    numbers,
    quiet,
    scripted_site,
    send_to,
    shows,
)
from tests.support.proxy import Proxy
from tests.support.site import Site, until
from tests.support.smsc import Line, Owed, Smsc, message_to_us

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

WINDOW = "window = 20\n"
SEQUENCE = 0x00ABCDEF


def frame(body: bytes, command: int = Command.DELIVER_SM) -> bytes:
    """Whole in its length, whatever is inside."""
    return encode_header(16 + len(body), command, 0, SEQUENCE) + body


def with_length(length: int) -> bytes:
    """A header that lies, and octets behind it."""
    return encode_header(length, Command.DELIVER_SM, 0, SEQUENCE) + bytes(64)


def deliver_octets(text: bytes, tail: bytes = b"", *, sender: bytes = b"7903") -> bytes:
    body = b"\0\1\1" + sender + b"\0" + b"\0\0" + b"2345\0" + b"\0\0\0"
    body += b"\0\0" + bytes(4) + bytes((len(text),)) + text
    return frame(body + tail)


def tlv(tag: int, length: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, length) + value


# The stream is out of step after these: only a new connection helps.
LOST_FRAMING = {
    "length 0": with_length(0),
    "length 4": with_length(4),
    "length 15": with_length(15),
    "length 0xFFFFFFFF": with_length(0xFFFFFFFF),
    "length 0x7FFFFFFF": with_length(0x7FFFFFFF),
    "length 70001": with_length(70_001),
    "random octets": bytes(range(128, 256)),
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n",
}
# These are framed well: the link stays, and each gets its answer.
BAD_BODIES = {
    "no body": frame(b""),
    "random body": frame(bytes(range(200, 256))),
    "a C-string without end": frame(b"A" * 4000),
    "an address of 200 octets": deliver_octets(b"hi", sender=b"7" * 200),
    "a TLV past the end": deliver_octets(b"past", tlv(0x0424, 500, b"short")),
    "a TLV header cut short": deliver_octets(b"cut", b"\x04\x24\x00"),
    "sm_length past the end": frame(b"\0\1\x017903\0" + bytes(12) + b"\xfe" + b"hi"),
    "a NUL too many": deliver_octets(b"surplus", b"\0"),
    "an unknown command": frame(b"\0" * 8, 0x00000777),
    "a submit_sm to us": frame(b"\0" * 40, Command.SUBMIT_SM),
    "a response nobody waits for": frame(b"x\0", 0x80000004),
    "a generic_nack nobody waits for": frame(b"", 0x80000000),
    "an unknown response": frame(b"", 0x80000777),
}


async def work(place: Site, smsc: Smsc, turn: int) -> None:
    """Some traffic both ways."""
    await send_to(place, numbers(20, 100 * turn))
    for n in range(10):
        smsc.owe(message_to_us(f"+7905{turn:04}{n:03}", f"in {turn} {n}"))


async def is_settled(place: Site, smsc: Smsc) -> None:
    """All of it came to its end, and only once."""

    async def all_acknowledged() -> bool:
        return smsc.unsettled == 0

    await until(all_acknowledged, within_s=30)
    messages = await quiet(place)
    assert not judge(messages, smsc.on_phones)
    seen = [
        message["text"]
        for message in await place.everything("/messages?direction=mo&state=received")
        if message["text"] and message["text"].startswith("in ")
    ]
    ours = [o for o in smsc.everything_owed if not o.pdu.number("esm_class")]
    assert len(seen) == len(set(seen)) == len(ours)


async def test_a_length_that_cannot_be_costs_the_connection_and_nothing_else(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        async with a_person_who_presses_restart(place):
            for turn, octets in enumerate(LOST_FRAMING.values()):
                before = len(smsc.binds)
                await work(place, smsc, turn)
                smsc.line.write(octets)

                async def bound_again(before: int = before) -> bool:
                    return len(smsc.binds) > before and bool(smsc.lines)

                await until(bound_again, within_s=20)
                await shows(place, state="up")
        await is_settled(place, smsc)
        assert smsc.received[Command.GENERIC_NACK] >= 1
        assert smsc.complaints == []


async def test_a_body_that_cannot_be_read_is_answered_and_the_link_stays(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        for turn, octets in enumerate(BAD_BODIES.values()):
            await work(place, smsc, turn)
            smsc.line.write(octets)
        await is_settled(place, smsc)
        assert len(smsc.binds) == 1
        assert (await carrier(place))["recoveries"] == 0
        texts = {
            message["text"]
            for message in await place.everything("/messages?state=received")
        }
        # What is understood in spite of its flaws is kept.
        assert {"past", "cut", "surplus"} <= texts
        assert smsc.complaints == []


async def test_octet_by_octet_is_as_good_as_at_once(tmp_path: Path) -> None:
    smsc = Smsc()
    async with smsc.serving(), Proxy(("127.0.0.1", smsc.port)).serving() as proxy:
        proxy.octet_by_octet = True
        address = f"127.0.0.1:{proxy.port}"
        async with scripted_site(tmp_path, smsc, WINDOW, at=address) as place:
            await place.wait_for_links(1)
            await work(place, smsc, 0)
            await is_settled(place, smsc)
            assert proxy.connections == 1


async def grows_less_than(
    place: Site, octets: int, holds: Callable[[], Awaitable[bool]]
) -> int:
    """Watch the memory until it holds; the most that it grew by."""
    before, most = place.resident_octets(), 0

    async def holds_or_grew() -> bool:
        nonlocal most
        most = max(most, place.resident_octets() - before)
        assert most < octets
        return await holds()

    await until(holds_or_grew, within_s=60)
    return most


class Flood:
    """Writes deliver_sm, or probes, without a thought for any window."""

    def __init__(self, line: Line, *, probes: bool = False) -> None:
        assert line.transport is not None
        self._line = line
        self._transport = line.transport
        self._probes = encode_header(16, Command.ENQUIRE_LINK, 0, 7) * 200
        self._bite = self._probe if probes else self._deliver
        self.sent = 0
        self.stalled_s = 0.0  # of late, because the daemon does not read

    async def run(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until_s, wrote_at = loop.time() + seconds, loop.time()
        while loop.time() < until_s:
            if self._transport.get_write_buffer_size() < 1_000_000:
                self._bite()
                wrote_at = loop.time()
            self.stalled_s = loop.time() - wrote_at
            await asyncio.sleep(0.001 if self.stalled_s < 0.1 else 0.05)

    def _probe(self) -> None:
        self._line.write(self._probes)
        self.sent += 200

    def _deliver(self) -> None:
        for _ in range(200):
            pdu = message_to_us(f"+7905{self.sent:07}", "x" * 100)
            self._line.waiting[self._line.send(pdu)] = Owed(pdu=pdu)
            self.sent += 1


async def test_a_flood_beyond_every_window_does_not_fill_the_memory(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    async with scripted_site(tmp_path, smsc) as place:
        await place.wait_for_links(1)
        await work(place, smsc, 0)
        await is_settled(place, smsc)
        flood = Flood(smsc.line)
        running = asyncio.create_task(flood.run(2))

        async def is_over() -> bool:
            return running.done()

        grown = await grows_less_than(place, 40_000_000, is_over)
        print(f"{flood.sent} sent, {grown} octets more")  # noqa: T201
        await send_to(place, numbers(3, 5000))
        await came_to(place, "delivered", 23)


async def test_a_peer_that_does_not_read_for_30_s_costs_no_memory(
    tmp_path: Path,
) -> None:
    smsc = Smsc(buffer_octets=4096)
    keys = WINDOW + "request_timeout_s = 60\nenquire_interval_s = 60\n"
    async with scripted_site(tmp_path, smsc, keys) as place:
        await place.wait_for_links(1)
        await work(place, smsc, 0)
        await is_settled(place, smsc)
        line = smsc.line
        assert line.transport is not None
        line.transport.pause_reading()
        flood = Flood(line, probes=True)
        running = asyncio.create_task(flood.run(30))
        await send_to(place, numbers(500, 1000))

        async def is_over() -> bool:
            return running.done()

        grown = await grows_less_than(place, 20_000_000, is_over)
        print(f"{flood.sent} sent, {grown} octets more")  # noqa: T201
        # Answers that nobody reads are not piled up: it has stopped to read, too.
        assert flood.stalled_s > 1
        line.transport.resume_reading()
        messages = await quiet(place)
        assert not judge(messages, smsc.on_phones)


async def test_an_answer_may_be_as_long_as_the_specification_allows(
    tmp_path: Path,
) -> None:
    smsc = Smsc()

    def with_longest_id(line: Line, pdu: Pdu) -> None:
        message_id = smsc.take(pdu).rjust(64, "0")
        line.respond(pdu, message_id=message_id)
        smsc.report(pdu, message_id)

    def with_endless_id(line: Line, pdu: Pdu) -> None:
        message_id = smsc.take(pdu).rjust(1000, "f")
        octets = encode_pdu(
            Pdu(command=0x80000004, sequence=pdu.sequence, fields={"message_id": ""})
        )
        whole = message_id.encode() + b"\0"
        line.write(struct.pack(">I", 16 + len(whole)) + octets[4:16] + whole)

    smsc.script[Command.SUBMIT_SM] = with_longest_id
    async with scripted_site(tmp_path, smsc, WINDOW) as place:
        await place.wait_for_links(1)
        await send_to(place, numbers(20))
        await came_to(place, "delivered", 20)
        smsc.script[Command.SUBMIT_SM] = with_endless_id
        await send_to(place, numbers(20, 100))
        messages = await quiet(place)
        assert not judge(messages, smsc.on_phones)
        assert (await carrier(place))["state"] == "up"
