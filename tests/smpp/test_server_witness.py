"""What our server writes, as Wireshark reads it; and our own link as its client."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.codec.reassemble import decode_single
from gateway.core.application import (
    MessageNotice,
    Notice,
    ReceiptNotice,
    Refusal,
    SpokenAddress,
    Standing,
)
from gateway.core.clock import SystemClock
from gateway.core.errors import Forbidden
from gateway.core.ids import AccountId, SystemIds
from gateway.core.link import InboundReport, InboundSegment, LinkState, ReportKind
from gateway.core.message import MessageState
from smpp import pdu as p
from smpp.client import SmppLink
from smpp.config import LongText
from smpp.server_config import SmppServerConfig
from smpp.server_notice import Style, deliveries
from smpp.wire import encode
from tests.smpp.desk import START, receipt, written
from tests.smpp.esme import serving, submit
from tests.smpp.peer import KeepingDoor, KeptMemory, until
from tests.smpp.units import config, unit
from tests.support.capture import complaints, decoded, write_capture

LONG = "Съешь ещё этих мягких французских булок 😀 " * 4
OWNER = AccountId("acc_1")


def told(content: ReceiptNotice | MessageNotice, style: Style) -> list[p.Pdu]:
    return [
        *deliveries(Notice(id=7, account_id=OWNER, tries=0, content=content), style)
    ]


def notices() -> list[p.Pdu]:
    """Everything that may be owed, in every form."""
    contents: list[ReceiptNotice | MessageNotice] = [
        receipt(carrier_code="err:034", user_reference=7),
        receipt(state=MessageState.SENT, is_intermediate=True),
        written("hello @ {}"),
        written(LONG),
        written(sender="Romashka"),
        written(None, octets=bytes(300), destination_port=2948),
    ]
    return [
        pdu
        for form in LongText
        for tlvs in (True, False)
        for content in contents
        for pdu in told(
            content, Style(config=SmppServerConfig(long_text=form), takes_tlvs=tlvs)
        )
    ]


async def answers() -> list[p.Pdu]:
    """Everything that may be answered."""
    away = SpokenAddress(ton=1, npi=1, text="79161234568")
    requests: Sequence[p.Pdu] = [
        submit(),
        p.DataSm(destination_addr="79161234567"),
        p.SubmitMulti(
            destinations=(
                p.Destination(ton=1, npi=1, text="79161234567"),
                p.ListName(name="friends"),
            )
        ),
        p.QuerySm(message_id="msg_1"),
        p.QuerySm(message_id="unknown"),
        p.CancelSm(message_id="msg_1"),
        p.ReplaceSm(message_id="msg_1"),
        p.EnquireLink(),
        p.BindReceiver(system_id="billing", password="secret"),
        p.Outbind(),
    ]
    found: list[p.Pdu] = []
    async with serving() as site:
        site.desk.states["msg_1"] = Standing(
            message_id="msg_1",
            state=MessageState.DELIVERED,
            final_at=START,
            carrier_code=None,
        )
        site.desk.refused = (
            Refusal(destination=away, code="opted_out", field="to[0]"),
        )
        refusal = Forbidden("opted_out", "wants no more", field="to")
        for version in (0x33, 0x34, 0x50):
            for kind in (p.BindTransceiver, p.BindTransmitter):
                esme = await site.esme()
                found.append(await esme.bind(kind, version=version))
                for error in (None, refusal):
                    site.desk.refuse = error
                    found += [await esme.ask(request) for request in requests]
                found.append(await esme.ask(p.Unbind()))
        early = await site.esme()
        found += [await early.ask(request) for request in requests]
        wrong = await site.esme()
        found.append(await wrong.bind(password="wrong"))
    return found


@pytest.mark.slow
async def test_wireshark_decodes_all_we_write_without_a_complaint(
    tmp_path: Path,
) -> None:
    pdus = [*notices(), *await answers()]
    file = tmp_path / "smpp.pcap"
    write_capture([encode(pdu, n) for n, pdu in enumerate(pdus, start=1)], file)
    packets = await asyncio.to_thread(decoded, file)
    assert len(packets) == len(pdus)
    assert complaints(packets) == []


async def test_our_own_link_sends_and_receives_over_our_server() -> None:
    clock = SystemClock()
    async with serving(clock=clock) as site:
        door = KeepingDoor()
        link = SmppLink(
            config(port=site.port, system_id="billing"),
            clock=clock,
            ids=SystemIds(),
            memory=KeptMemory(),
        )
        run = asyncio.ensure_future(link.run(door))
        try:
            await until(lambda: link.status.state is LinkState.UP)
            references = [await link.submit(unit(number=n)) for n in range(5)]
            assert len(site.desk.submissions) == 5
            assert site.desk.submissions[0].recipients == ("+79161234567",)
            await site.desk.owe(replace(receipt(), message_id="msg_1"))
            await site.desk.owe(written("ответ"))
            await until(lambda: len(door.items) == 2)
            report, message = door.items
            assert isinstance(report, InboundReport)
            assert report.kind is ReportKind.DELIVERED
            assert report.reference == references[0].value
            assert isinstance(message, InboundSegment)
            assert decode_single(message.body).text == "ответ"
            await until(lambda: len(site.desk.ends) == 2)
        finally:
            run.cancel()
            await asyncio.wait({run})
