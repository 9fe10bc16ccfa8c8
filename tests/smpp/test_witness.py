"""The link against the simulated operator's SMSC, which shares no code with it."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from gateway.codec.reassemble import decode_single
from gateway.codec.user_data import UserData
from gateway.core.clock import SystemClock
from gateway.core.errors import PermanentFailure
from gateway.core.ids import SystemIds
from gateway.core.link import (
    InboundAlert,
    InboundReport,
    InboundSegment,
    LinkState,
    ReportKind,
    SentSegment,
)
from smpp.client import SmppLink
from smpp.config import BindMode, LongText
from tests.smpp.peer import KeepingDoor, KeptMemory, until
from tests.smpp.units import config, segments_of, unit
from tests.support.site import free_port
from tests.support.site import until as until_so

pytestmark = pytest.mark.slow

PHONE = "+79161234567"
LONG = "Съешь ещё этих мягких французских булок 😀 " * 4


@asynccontextmanager
async def operator(directory: Path, *arguments: str) -> AsyncIterator[dict[str, Any]]:
    """A running simulator; what it says of itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hwsim", "serve", "--dir", str(directory)),
        *("--modems", "1", "--http", "127.0.0.1:0", *arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def linked(
    account: dict[str, Any], **changes: Any
) -> AsyncIterator[tuple[SmppLink, KeepingDoor]]:
    """A link that is up on the simulator's account."""
    host, _, port = account["address"].rpartition(":")
    link = SmppLink(
        config(
            **{
                "host": host,
                "port": int(port),
                "system_id": account["system_id"],
                "password": account["password"],
                "source": account["short_code"],
            }
            | changes
        ),
        clock=SystemClock(),
        ids=SystemIds(),
        memory=KeptMemory(),
    )
    door = KeepingDoor()
    run = asyncio.ensure_future(link.run(door))
    try:
        await until(lambda: link.status.state is LinkState.UP)
        yield link, door
    finally:
        run.cancel()
        await asyncio.wait({run})


@pytest.mark.parametrize("form", list(LongText))
async def test_a_phone_reads_us_and_we_read_the_phone(
    tmp_path: Path, form: LongText
) -> None:
    async with (
        operator(tmp_path) as told,
        ClientSession(told["http"]) as http,
        linked(told["smpp"], long_text=form) as (link, door),
    ):
        # A SAR reference has 16 bits, and so has the header that is made of it.
        wide = form in {LongText.SAR, LongText.UDH16}
        assert link.capabilities.wide_references is wide
        segments = segments_of(LONG, wide=wide)
        for number, segment in enumerate(segments):
            await link.submit(unit(segment, to=PHONE, number=number))
        await until(lambda: len(door.items) == 3)
        assert all(
            isinstance(item, InboundReport) and item.kind is ReportKind.DELIVERED
            for item in door.items
        )
        async with http.get(f"/phones/{PHONE}/messages") as answer:
            received = (await answer.json())["messages"]
            assert [one["text"] for one in received] == [LONG]
        message = {"to": told["smpp"]["short_code"], "text": "ответ"}
        async with http.post(f"/phones/{PHONE}/messages", json=message) as answer:
            assert answer.status < 300
        await until(lambda: len(door.items) == 4)
        item = door.items[-1]
        assert isinstance(item, InboundSegment)
        assert decode_single(item.body).text == "ответ"
        assert str(item.originator) == PHONE


async def test_a_phone_reads_what_went_whole(tmp_path: Path) -> None:
    async with (
        operator(tmp_path) as told,
        ClientSession(told["http"]) as http,
        linked(told["smpp"], long_text=LongText.PAYLOAD) as (link, door),
    ):
        assert link.capabilities.whole_messages
        cut = segments_of(LONG)
        units = b"".join(one.units for one in cut)
        whole = UserData(alphabet=cut[0].alphabet, units=units)
        await link.submit(unit(whole, to=PHONE))
        await until(lambda: door.items)
        async with http.get(f"/phones/{PHONE}/messages") as answer:
            received = (await answer.json())["messages"]
            assert [one["text"] for one in received] == [LONG]


async def test_a_carrier_is_spoken_to_over_tls_and_its_certificate_is_checked(
    tmp_path: Path,
) -> None:
    async with operator(tmp_path, "--smpp-tls") as told:
        account = told["smpp"]
        trusted = Path(account["certificate"])
        async with linked(account, tls=True, tls_ca=trusted) as (link, _):
            await link.submit(unit("hello", to=PHONE))
        async with linked(account, tls=True, tls_insecure=True) as (link, _):
            assert "without checking" in (link.status.detail or "")
        # Without the file the certificate is nobody's word.
        stranger = SmppLink(
            config(
                host="127.0.0.1",
                port=int(account["address"].rpartition(":")[2]),
                tls=True,
            ),
            clock=SystemClock(),
            ids=SystemIds(),
            memory=KeptMemory(),
        )
        run = asyncio.ensure_future(stranger.run(KeepingDoor()))
        await until(lambda: stranger.status.reason == "unreachable")
        assert "CERTIFICATE" in (stranger.status.detail or "").upper()
        run.cancel()
        await asyncio.wait({run})


async def test_what_a_carrier_has_is_asked_about_and_taken_back(
    tmp_path: Path,
) -> None:
    async with (
        operator(tmp_path) as told,
        ClientSession(told["http"]) as http,
        linked(told["smpp"], cancel=True) as (link, door),
    ):
        away = {"reachable": False}
        async with http.put(f"/phones/{PHONE}", json=away) as answer:
            assert answer.status == 200
        one = unit("hello", to=PHONE)
        reference = await link.submit(one)
        assert reference.spelled is not None
        sent = SentSegment(
            spelled=reference.spelled,
            reference=reference.value,
            sender=None,
            destination=one.destination,
            carrier=None,
        )
        report = await link.inquire(sent)
        assert (report.kind, report.reference) == (ReportKind.TRYING, reference.value)
        await link.recall(sent)
        await until(lambda: door.items)
        [receipt] = door.items
        assert isinstance(receipt, InboundReport)
        assert receipt.status.startswith("DELETED")
        with pytest.raises(PermanentFailure):
            await link.recall(sent)


async def test_a_carrier_calls_us_and_tells_that_a_phone_is_back(
    tmp_path: Path,
) -> None:
    here = f"127.0.0.1:{free_port()}"
    async with (
        operator(tmp_path) as told,
        ClientSession(told["http"]) as http,
        linked(
            told["smpp"],
            bind=BindMode.TRANSMITTER,
            outbind_listen=here,
            outbind_from=("127.0.0.1",),
            outbind_system_id="hwsim",
            outbind_password="calling",
        ) as (_, door),
    ):
        call = {"address": here, "password": "calling"}
        async with http.post("/smsc/outbind", json=call) as answer:
            assert answer.status == 204
        alert = {"msisdn": PHONE}

        async def told_once() -> bool:
            async with http.post("/smsc/alerts", json=alert) as answer:
                return bool((await answer.json())["sent"])

        await until_so(told_once, within_s=10)
        await until(lambda: door.items)
        [item] = door.items
        assert isinstance(item, InboundAlert)
        assert str(item.subscriber) == PHONE
