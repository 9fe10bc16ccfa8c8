"""A carrier that calls us: the listener, on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gateway.core.link import InboundSegment
from smpp import pdu as p
from smpp.config import BindMode
from smpp.wire import Framer, decode, encode
from tests.smpp.peer import until
from tests.smpp.site import Site, site
from tests.support.site import free_port

OUTBIND = p.Outbind(system_id="SMSC", password="calling")


class Caller:
    """The carrier's side of a call."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._reader = reader
        self._framer = Framer()
        self.writer = writer

    def send(self, pdu: p.Pdu, sequence: int = 1) -> None:
        self.writer.write(encode(pdu, sequence))

    async def next(self) -> tuple[int, p.Pdu]:
        async with asyncio.timeout(5):
            while not (frames := self._framer.feed(await self._reader.read(1000))):
                assert not self._reader.at_eof()
        [frame] = frames
        return frame.sequence, decode(frame)[0]

    async def hung_up(self) -> None:
        async with asyncio.timeout(5):
            assert await self._reader.read() == b""


@asynccontextmanager
async def called(allowed: str = "127.0.0.0/8") -> AsyncIterator[tuple[Site, Caller]]:
    port = free_port()
    async with site(
        bind=BindMode.TRANSMITTER,
        outbind_listen=f"127.0.0.1:{port}",
        outbind_from=(allowed,),
        outbind_system_id="SMSC",
        outbind_password="calling",
    ) as here:
        await here.up()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield here, Caller(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()


async def test_who_calls_with_the_right_words_is_bound_to_as_receiver() -> None:
    async with called() as (here, caller):
        caller.send(OUTBIND)
        sequence, bind = await caller.next()
        assert isinstance(bind, p.BindReceiver)
        assert (bind.system_id, bind.password) == ("seventy", "secret")
        caller.send(p.BindReceiverResp(system_id="SMSC"), sequence)
        caller.send(p.DeliverSm(source_addr="123", short_message=b"hello"), 7)
        assert await caller.next() == (7, p.DeliverSmResp(message_id=""))
        [item] = here.door.items
        assert isinstance(item, InboundSegment)


@pytest.mark.parametrize(
    "pdu",
    [
        p.Outbind(system_id="SMSC", password="guess"),
        p.Outbind(system_id="other", password="calling"),
    ],
)
async def test_who_calls_with_other_words_gets_no_bind(pdu: p.Outbind) -> None:
    async with called() as (_, caller):
        caller.send(pdu)
        await caller.hung_up()


async def test_who_calls_from_elsewhere_is_not_listened_to() -> None:
    async with called("10.0.0.0/8") as (_, caller):
        await caller.hung_up()


async def test_who_calls_and_says_nothing_is_left() -> None:
    async with called() as (here, caller):
        waiting = asyncio.ensure_future(caller.hung_up())
        await here.in_time(waiting.done)
        await waiting


async def test_a_message_before_the_outbind_is_not_taken() -> None:
    async with called() as (here, caller):
        caller.send(p.DeliverSm(source_addr="123", short_message=b"hello"), 7)
        assert await caller.next() == (7, p.DeliverSmResp(status=4))
        await asyncio.sleep(0)
        assert here.door.items == []


async def test_the_link_serves_on_when_a_caller_goes() -> None:
    async with called() as (here, caller):
        caller.send(OUTBIND)
        await caller.next()
        caller.writer.close()
        await until(lambda: here.link.status.recoveries == 0)
        await here.up()
