"""The same driver on every make that the simulator can play."""

from pathlib import Path

import pytest

from gateway.codec.reassemble import decode_single
from gateway.core.link import InboundCall, InboundReport, InboundSegment, ReportKind
from hwsim.personalities import PERSONALITIES
from modem.timing import Timing
from tests.modem.bench import Bench, eventually, running, unit
from tests.modem.simulator import simulator

pytestmark = pytest.mark.slow

PHONE = "+79161234567"


def reports(bench: Bench) -> list[ReportKind]:
    return [item.kind for item in bench.door.items if isinstance(item, InboundReport)]


def texts(bench: Bench) -> list[str | None]:
    return [
        decode_single(item.body).text
        for item in bench.door.items
        if isinstance(item, InboundSegment)
    ]


def callers(bench: Bench) -> list[str]:
    return [
        str(item.caller) for item in bench.door.items if isinstance(item, InboundCall)
    ]


@pytest.mark.parametrize("make", sorted(PERSONALITIES))
async def test_messages_reports_calls_and_ussd(make: str, tmp_path: Path) -> None:
    async with (
        simulator(tmp_path / "sim", "--modems", "1", "--personality", make) as sim,
        running(sim.config(hang_up_calls=True), timing=Timing(submit_s=10)) as bench,
    ):
        await bench.up(20)
        assert bench.link.status.imei == sim.modems[0]["imei"]
        assert bench.link.status.line == sim.modems[0]["iccid"]
        for text in ("hello", "привет 😀"):
            await bench.link.submit(unit(text))
        await eventually(lambda: reports(bench) == [ReportKind.DELIVERED] * 2, 20)
        number = sim.modems[0]["msisdn"]
        for text in ("one", "два", "three"):
            await sim.post(f"/phones/{PHONE}/messages", to=number, text=text)
        await eventually(lambda: len(texts(bench)) == 3, 20)
        assert set(texts(bench)) == {"one", "два", "three"}
        await sim.post(f"/phones/{PHONE}/calls", to=number)
        await eventually(lambda: callers(bench) == [PHONE], 20)
        assert (await bench.link.ussd("*100#")).text
        assert bench.link.status.recoveries == 0
