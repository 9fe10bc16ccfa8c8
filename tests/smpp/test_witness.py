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
from gateway.core.clock import SystemClock
from gateway.core.ids import SystemIds
from gateway.core.link import InboundReport, InboundSegment, LinkState, ReportKind
from smpp.client import SmppLink
from smpp.config import LongText
from tests.smpp.peer import KeepingDoor, KeptMemory, until
from tests.smpp.units import config, segments_of, unit

pytestmark = pytest.mark.slow

PHONE = "+79161234567"
LONG = "Съешь ещё этих мягких французских булок 😀 " * 4


@asynccontextmanager
async def operator(directory: Path) -> AsyncIterator[dict[str, Any]]:
    """A running simulator; what it says of itself."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hwsim", "serve", "--dir", str(directory)),
        *("--modems", "1", "--http", "127.0.0.1:0"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.parametrize("form", list(LongText))
async def test_a_phone_reads_us_and_we_read_the_phone(
    tmp_path: Path, form: LongText
) -> None:
    async with operator(tmp_path) as told, ClientSession(told["http"]) as http:
        account = told["smpp"]
        host, _, port = account["address"].rpartition(":")
        link = SmppLink(
            config(
                host=host,
                port=int(port),
                system_id=account["system_id"],
                password=account["password"],
                long_text=form,
                source=account["short_code"],
            ),
            clock=SystemClock(),
            ids=SystemIds(),
            memory=KeptMemory(),
        )
        door = KeepingDoor()
        run = asyncio.ensure_future(link.run(door))
        await until(lambda: link.status.state is LinkState.UP)
        # A SAR reference has 16 bits, and so has the header that is made of it.
        segments = segments_of(LONG, wide=form is LongText.SAR)
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
        message = {"to": account["short_code"], "text": "ответ"}
        async with http.post(f"/phones/{PHONE}/messages", json=message) as answer:
            assert answer.status < 300
        await until(lambda: len(door.items) == 4)
        item = door.items[-1]
        assert isinstance(item, InboundSegment)
        assert decode_single(item.body).text == "ответ"
        assert str(item.originator) == PHONE
        run.cancel()
        await asyncio.wait({run})
