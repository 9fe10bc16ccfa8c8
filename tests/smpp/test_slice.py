"""The link between a peer on a socket and the engine over a real store."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.core.link import LinkState
from gateway.core.message import AttemptState, Direction, MessageState
from gateway.engine.dispatch import LinkDispatcher
from gateway.engine.present import message_json
from smpp import pdu as p
from smpp.client import SmppLink
from smpp.config import LongText
from smpp.submission import submit_sm
from tests.smpp.peer import KeptMemory, Peer, accepting, until
from tests.smpp.units import config, segments_of, unit
from tests.support.clock import START
from tests.support.rooms import Rooms, open_rooms

LONG = "Съешь ещё этих мягких французских булок 😀 " * 4


def receipt(submitted: p.SubmitSm, message_id: str, word: str) -> p.DeliverSm:
    """As an SMSC reports: addresses exchanged, dates to the minute."""
    text = (
        f"id:{message_id} sub:001 dlvrd:001 submit date:{START:%y%m%d%H%M} "
        f"done date:{START:%y%m%d%H%M} stat:{word} err:000 text:"
    )
    return p.DeliverSm(
        esm_class=4,
        source_addr_ton=submitted.dest_addr_ton,
        source_addr=submitted.destination_addr,
        destination_addr=submitted.source_addr,
        short_message=text.encode(),
    )


class Smsc(Peer):
    """Reports each submission before it answers it."""

    def __init__(self, word: str = "DELIVRD") -> None:
        super().__init__()
        self.answers = True
        usual, number = accepting(), 0

        def reply(pdu: p.Pdu) -> p.Pdu | None:
            nonlocal number
            if not isinstance(pdu, p.SubmitSm):
                return usual(pdu)
            number += 1
            if not self.answers:
                return None
            self.send(receipt(pdu, f"{number:08X}", word), number)
            return p.SubmitSmResp(message_id=f"{number:x}")

        self.reply = reply


@asynccontextmanager
async def carried(
    smsc: Peer, directory: Path, **changes: Any
) -> AsyncIterator[tuple[Rooms, SmppLink]]:
    """Rooms whose only link goes to the peer, up and with its lane running."""
    async with smsc, open_rooms(directory, links=()) as rooms:
        link = SmppLink(
            config(port=smsc.port, **changes),
            clock=rooms.clock,
            ids=rooms.ids,
            memory=KeptMemory(),
        )
        rooms.board.register(link)
        run = asyncio.ensure_future(link.run(rooms.intake))
        await until(lambda: link.status.state is LinkState.UP)
        lane = LinkDispatcher(
            link,
            rooms.store,
            rooms.clock,
            rooms.ids,
            rooms.policy,
            rooms.board,
            rooms.metrics,
        )
        rooms.tasks.append(asyncio.create_task(lane.run()))
        try:
            yield rooms, link
        finally:
            await rooms.kill()
            run.cancel()
            await until(run.done, lambda: rooms.clock.advance(1.0))


def answered(smsc: Peer, count: int) -> Callable[[], bool]:
    return lambda: smsc.count(p.DeliverSmResp) == count


async def test_a_message_is_sent_and_reported_delivered(tmp_path: Path) -> None:
    smsc = Smsc()
    async with carried(smsc, tmp_path) as (rooms, _):
        message = await rooms.send("hello")
        await rooms.until(message.id, MessageState.DELIVERED)
        [segment] = await rooms.segments(message.id)
        assert (segment.line, segment.reference) == ("seventy@carrier", "1")


async def test_every_segment_of_a_long_message_is_reported(tmp_path: Path) -> None:
    smsc = Smsc()
    async with carried(smsc, tmp_path, long_text=LongText.SAR) as (rooms, _):
        message = await rooms.send(LONG)
        await rooms.until(message.id, MessageState.DELIVERED)
        assert len(await rooms.segments(message.id)) == smsc.count(p.SubmitSm) == 3


async def test_a_long_message_goes_whole_where_the_link_wants_that(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    async with carried(smsc, tmp_path, long_text=LongText.PAYLOAD) as (rooms, _):
        message = await rooms.send(LONG)
        await rooms.until(message.id, MessageState.DELIVERED)
        [submitted] = [pdu for pdu in smsc.received if isinstance(pdu, p.SubmitSm)]
        assert submitted.find(p.Tag.MESSAGE_PAYLOAD) == LONG.encode("utf-16-be")
        assert (submitted.esm_class, submitted.short_message) == (0, b"")
        assert message.segments == len(await rooms.segments(message.id)) == 1


async def test_a_refused_message_says_what_the_carrier_said(tmp_path: Path) -> None:
    async with carried(Smsc("REJECTD"), tmp_path) as (rooms, _):
        message = await rooms.send("hello")
        await rooms.until(message.id, MessageState.UNDELIVERED)
        [segment] = await rooms.segments(message.id)
        assert segment.report_status == "REJECTD err:000"


async def test_a_receipt_settles_what_was_not_known(tmp_path: Path) -> None:
    smsc = Smsc()
    smsc.answers = False
    async with carried(smsc, tmp_path) as (rooms, link):
        message = await rooms.send("hello")
        await until(lambda: smsc.count(p.SubmitSm))
        smsc.drop()
        await rooms.until(message.id, MessageState.UNKNOWN)
        [attempt] = await rooms.attempts(message.id)
        assert attempt.state is AttemptState.UNKNOWN

        async def second() -> None:
            await rooms.clock.advance(1.0)

        await until(lambda: link.status.state is LinkState.UP, second)
        [submitted] = [pdu for pdu in smsc.received if isinstance(pdu, p.SubmitSm)]
        smsc.send(receipt(submitted, "77", "DELIVRD"))
        await rooms.until(message.id, MessageState.DELIVERED)
        assert smsc.count(p.SubmitSm) == 1


async def test_a_long_message_comes_in_whole_by_every_way(tmp_path: Path) -> None:
    smsc = Smsc()
    async with carried(smsc, tmp_path) as (rooms, _):
        sequence = 0
        for form in LongText:
            for segment in segments_of(LONG):
                sequence += 1
                made = submit_sm(unit(segment), config(long_text=form), START)
                fields = {
                    "esm_class": made.esm_class,
                    "data_coding": made.data_coding,
                    "short_message": made.short_message,
                    "tlvs": made.tlvs,
                }
                sender = f"7916000000{list(LongText).index(form)}"
                incoming = p.DeliverSm(
                    source_addr_ton=1,
                    source_addr=sender,
                    destination_addr="1234",
                    **fields,  # type: ignore[arg-type]  # as they were made
                )
                smsc.send(incoming, sequence)
        await until(answered(smsc, sequence))
        messages = await rooms.messages()
        assert [message.text for message in messages] == [LONG] * len(LongText)
        assert {message.direction for message in messages} == {Direction.MO}
        assert {message.own for message in messages} == {"1234"}


async def test_a_ussd_request_shows_its_operation_and_session(tmp_path: Path) -> None:
    smsc = Smsc()
    tlvs = (p.Tlv(tag=0x0501, value=b"\x11"), p.Tlv(tag=0x1383, value=b"\0\7"))
    async with carried(smsc, tmp_path) as (rooms, _):
        smsc.send(
            p.DeliverSm(
                service_type="USSD",
                source_addr_ton=1,
                source_addr="79161234567",
                destination_addr="1234",
                short_message=b"*100#",
                tlvs=tlvs,
            )
        )
        await until(answered(smsc, 1))
        [message] = await rooms.messages()
        shown = message_json(message)["carrier"]
        assert isinstance(shown, dict)
        assert shown["service_type"] == "USSD"
        assert shown["tlvs"] == [
            {"tag": 0x0501, "value": "0x11"},
            {"tag": 0x1383, "value": "0x0007"},
        ]


async def test_a_receipt_twice_is_thanked_for_twice_and_news_once(
    tmp_path: Path,
) -> None:
    smsc = Smsc()
    async with carried(smsc, tmp_path) as (rooms, _):
        message = await rooms.send("hello")
        await rooms.until(message.id, MessageState.DELIVERED)
        types = await rooms.types(message.id)
        [submitted] = [pdu for pdu in smsc.received if isinstance(pdu, p.SubmitSm)]
        smsc.send(receipt(submitted, "00000001", "DELIVRD"), 50)
        await until(answered(smsc, 2))
        assert await rooms.types(message.id) == types
