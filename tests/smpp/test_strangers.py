"""Peers and judges that nobody here wrote: npm `smpp` as SMSC, Wireshark."""

import asyncio
import json
import shutil
import struct
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.codec.reassemble import decode_single
from gateway.core.clock import SystemClock
from gateway.core.ids import SystemIds
from gateway.core.link import (
    InboundReport,
    InboundSegment,
    LinkState,
    ReportKind,
    SentSegment,
)
from gateway.core.message import CarrierOptions
from smpp import pdu as p
from smpp.client import SmppLink
from smpp.config import LongText, Operation, VendorTlv
from smpp.inquiry import cancel_sm, query_sm
from smpp.submission import submission, submit_sm
from smpp.wire import encode
from tests.smpp.peer import KeepingDoor, KeptMemory, until
from tests.smpp.samples import ALL
from tests.smpp.units import config, segments_of, unit
from tests.support.npm import with_smpp

pytestmark = pytest.mark.slow

LONG = "Съешь ещё этих мягких французских булок 😀 " * 4


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the npm package in it."""
    program = Path(__file__).with_name("npm_smsc.js")
    return with_smpp(tmp_path_factory.mktemp("npm"), program, "smsc.js")


@asynccontextmanager
async def smsc(package: Path) -> AsyncIterator[tuple[Process, int]]:
    node = shutil.which("node")
    assert node is not None
    process = await asyncio.create_subprocess_exec(
        node, "smsc.js", cwd=package, stdout=PIPE
    )
    assert process.stdout is not None
    try:
        yield process, int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def link_to(port: int, **changes: Any) -> AsyncIterator[tuple[SmppLink, Any]]:
    door = KeepingDoor()
    link = SmppLink(
        config(port=port, **changes),
        clock=SystemClock(),
        ids=SystemIds(),
        memory=KeptMemory(),
    )
    run = asyncio.ensure_future(link.run(door))
    try:
        yield link, door
    finally:
        run.cancel()
        await asyncio.wait({run})


async def heard(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(await process.stdout.readline())
    return told


async def test_npm_smpp_takes_and_reports_what_we_send(package: Path) -> None:
    async with smsc(package) as (process, port), link_to(port) as (link, door):
        await until(lambda: link.status.state is LinkState.UP)
        await until(lambda: len(door.items) == 2)
        first, second = door.items
        assert isinstance(first, InboundSegment)
        assert decode_single(first.body).text == "Привет 😀"
        assert str(first.originator) == "+79160000009"
        assert isinstance(second, InboundSegment)
        assert decode_single(second.body).text == "long " * 60

        references = [await link.submit(unit("hello @", number=n)) for n in range(5)]
        told = await heard(process)
        assert (told["to"], told["ton"], told["text"]) == ("79161234567", 1, "hello @")
        await until(lambda: len(door.items) == 7)
        reports = [item for item in door.items if isinstance(item, InboundReport)]
        assert [r.reference for r in reports] == [r.value for r in references]
        assert {report.kind for report in reports} == {ReportKind.DELIVERED}


@pytest.mark.parametrize("form", list(LongText))
async def test_npm_smpp_reads_our_long_texts(package: Path, form: LongText) -> None:
    async with (
        smsc(package) as (process, port),
        link_to(port, long_text=form) as (
            link,
            _,
        ),
    ):
        await until(lambda: link.status.state is LinkState.UP)
        segments = segments_of(LONG)
        for number, segment in enumerate(segments):
            await link.submit(unit(segment, number=number))
        told = [await heard(process) for _ in segments]
        assert [one["coding"] for one in told] == [8] * len(segments)
        if form is not LongText.PAYLOAD:
            assert "".join(one["text"] for one in told) == LONG
        assert all((one["sar"] == 3) is (form is LongText.SAR) for one in told)


async def test_npm_smpp_refuses_a_wrong_password(package: Path) -> None:
    async with smsc(package) as (_, port), link_to(port, password="no") as (link, _):
        await until(lambda: link.status.state is LinkState.BLOCKED)
        assert link.status.reason == "bind_refused"


def capture(pdus: list[bytes]) -> bytes:
    """The PDUs as a capture file, each in a TCP segment of its own."""
    packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)]
    sequence = 1
    for octets in pdus:
        tcp = struct.pack(
            ">HHIIBBHHH", 40000, 2775, sequence, 1, 0x50, 0x18, 65535, 0, 0
        )
        ip = struct.pack(
            ">BBHHHBBH4s4s",
            *(0x45, 0, 40 + len(octets), 1, 0, 64, 6, 0),
            *(b"\x7f\0\0\1", b"\x7f\0\0\1"),
        )
        packet = ip + tcp + octets
        packets.append(struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet)
        sequence += len(octets)
    return b"".join(packets)


def choice_of_operations(now: datetime) -> list[p.Pdu]:
    """What carrier options and other operations make of a message."""
    options = CarrierOptions(
        service_type="USSD",
        source_kind=(5, 0),
        tlvs=((0x0501, b"\x02"), (0x0005, b"\1"), (0x1204, b"\0"), (0x1203, b"\0\1")),
        deliver_at=now + timedelta(days=1),
        replace_if_present=True,
        failure_reports_only=True,
        intermediate_reports=True,
    )
    given = unit("hello", carrier=options, validity=timedelta(hours=1))
    by_data = config(operation=Operation.DATA_SM, more_messages=True)
    plain = [unit(segment) for segment in segments_of(LONG, wide=True)]
    sent = SentSegment(
        spelled="0A6F",
        reference="a6f",
        sender=None,
        destination=given.destination,
        carrier=None,
    )
    return [
        submit_sm(given, config(utc_offset_quarters=12), now),
        *(submission(one, by_data, now) for one in plain),
        *(submission(one, config(long_text=LongText.UDH16), now) for one in plain),
        query_sm(sent, config()),
        cancel_sm(sent, config()),
    ]


def test_wireshark_decodes_every_pdu_without_a_complaint(tmp_path: Path) -> None:
    link = config(tlvs=(VendorTlv(tag=0x1400, value="1001"),))
    now = SystemClock().now()
    texts = [
        submit_sm(unit(segment), config(long_text=form), now)
        for form in LongText
        for segment in segments_of(LONG)
    ]
    pdus: list[p.Pdu] = [
        *ALL,
        *texts,
        submit_sm(unit("hello"), link, now),
        *choice_of_operations(now),
    ]
    file = tmp_path / "smpp.pcap"
    file.write_bytes(capture([encode(pdu, n + 1) for n, pdu in enumerate(pdus)]))
    done = subprocess.run(
        ["tshark", "-r", file, "-d", "tcp.port==2775,smpp", "-V"],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert done.stdout.count("Short Message Peer to Peer, Command") == len(pdus)
    assert "Malformed" not in done.stdout
