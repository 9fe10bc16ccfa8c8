"""The whole driver against a scripted modem on a pseudo-terminal."""

from pathlib import Path

import pytest

from gateway.core.link import InboundReport, InboundSegment, LinkState
from modem.config import ModemConfig
from tests.modem.bench import eventually, running, unit
from tests.modem.pdus import message, report, tpdu_length
from tests.modem.scripted import ScriptedModem


@pytest.fixture
def modem(tmp_path: Path) -> ScriptedModem:
    return ScriptedModem(place=tmp_path / "modem1")


def config(modem: ScriptedModem, **changes: object) -> ModemConfig:
    return ModemConfig(name="sim1", port=str(modem.place), **changes)  # type: ignore[arg-type]


async def test_a_modem_is_brought_up_and_known(modem: ScriptedModem) -> None:
    modem.start()
    async with running(config(modem, msisdn="+79160000001")) as bench:
        await bench.up()
        status = bench.link.status
        assert status.imei == modem.imei
        assert status.line == modem.iccid
        assert status.imsi == modem.imsi
        assert status.smsc == "+79160000000"
        assert status.registration == "home"
        await eventually(lambda: bench.link.status.operator == "Seventy")
        assert bench.link.status.signal_dbm == -71
        assert modem.cnmi == "2,1,0,1,0"
    modem.unplug()


async def test_a_segment_is_sent_and_its_reference_known(
    modem: ScriptedModem,
) -> None:
    modem.start()
    async with running(config(modem)) as bench:
        await bench.up()
        reference = await bench.link.submit(unit())
        assert reference.value == "1"
        assert reference.line == modem.iccid
        assert modem.bodies[0].startswith("00")
    modem.unplug()


async def test_a_message_is_kept_and_only_then_deleted(modem: ScriptedModem) -> None:
    modem.start()
    async with running(config(modem)) as bench:
        await bench.up()
        bench.door.refuse = 1
        bench.door.before = lambda _: held.append(dict(modem.storages["SM"]))
        held: list[dict[int, object]] = []
        modem.store("SM", 3, message("hello there"))
        await eventually(lambda: bool(bench.door.items))
        (item,) = bench.door.items
        assert isinstance(item, InboundSegment)
        assert str(item.originator) == "+79031112233"
        assert held[0]
        await eventually(lambda: not modem.storages["SM"])
    modem.unplug()


async def test_a_direct_report_is_acknowledged_after_it_was_kept(
    modem: ScriptedModem,
) -> None:
    modem.start()
    async with running(config(modem)) as bench:
        await bench.up()
        pdu = report(7)
        modem.notify(f"+CDS: {tpdu_length(pdu)}\r\n{pdu}")
        await eventually(lambda: "AT+CNMA" in modem.said)
        (item,) = bench.door.items
        assert isinstance(item, InboundReport)
        assert item.reference == "7"
    modem.unplug()


async def test_an_unplugged_modem_comes_back(modem: ScriptedModem) -> None:
    modem.start()
    async with running(config(modem)) as bench:
        await bench.up()
        modem.unplug()
        await eventually(lambda: bench.link.status.state is LinkState.DOWN)
        modem.start()
        await bench.up()
        await bench.link.submit(unit())
        status = bench.link.status
        assert (status.window, status.in_flight) == (1, 0)
        assert status.last_error is not None
        assert status.last_error_at is not None
    modem.unplug()
