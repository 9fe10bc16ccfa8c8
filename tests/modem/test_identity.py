"""A modem is itself by its IMEI and its SIM, on whatever port it answers."""

from pathlib import Path

import pytest

from gateway.core.link import LinkState
from modem.config import ModemConfig
from modem.usb import SerialPlace
from tests.modem.bench import DictMemory, eventually, running
from tests.modem.scripted import ScriptedModem

WANTED = "861234567890002"


@pytest.fixture
def modems(tmp_path: Path) -> tuple[ScriptedModem, ScriptedModem]:
    other = ScriptedModem(place=tmp_path / "ttyUSB0", imei="861234567890001")
    wanted = ScriptedModem(place=tmp_path / "ttyUSB1", imei=WANTED)
    return other, wanted


def places(*modems: ScriptedModem) -> tuple[SerialPlace, ...]:
    return tuple(SerialPlace(device=str(modem.place)) for modem in modems)


async def test_a_modem_is_found_by_its_imei_among_others(
    modems: tuple[ScriptedModem, ScriptedModem],
) -> None:
    other, wanted = modems
    other.start()
    wanted.start()
    config = ModemConfig(name="sim1", imei=WANTED)
    async with running(config, places=places(other, wanted)) as bench:
        await bench.up()
        assert bench.link.status.imei == WANTED
        assert bench.link.status.port == str(wanted.place)
        assert "AT+CNMI=?" not in other.said
    other.unplug()
    wanted.unplug()


async def test_two_modems_that_change_ports_keep_their_names(
    modems: tuple[ScriptedModem, ScriptedModem],
) -> None:
    other, wanted = modems
    other.start()
    wanted.start()
    config = ModemConfig(name="sim1", imei=WANTED)
    async with running(config, places=places(other, wanted)) as bench:
        await bench.up()
        other.unplug()
        wanted.unplug()
        other.place, wanted.place = wanted.place, other.place
        other.start()
        wanted.start()
        await eventually(lambda: bench.link.status.port == str(wanted.place))
        await bench.up()
        assert bench.link.status.imei == WANTED
    other.unplug()
    wanted.unplug()


async def test_a_silent_port_is_passed_over(
    modems: tuple[ScriptedModem, ScriptedModem],
) -> None:
    other, wanted = modems
    other.misbehave = lambda _: ""
    other.echo = False
    other.start()
    wanted.start()
    config = ModemConfig(name="sim1", imei=WANTED)
    async with running(config, places=places(other, wanted)) as bench:
        await bench.up(10)
        assert "ATZ" not in other.said
        assert "AT+CFUN=1,1" not in other.said
    other.unplug()
    wanted.unplug()


async def test_another_sim_is_another_line(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    memory = DictMemory()
    modem.start()
    config = ModemConfig(name="sim1", port=str(modem.place))
    async with running(config, memory=memory) as bench:
        await bench.up()
        modem.iccid, modem.imsi = "8970199000000000025", "250010000000025"
        modem.notify("+CPIN: NOT READY")
        await eventually(lambda: bench.link.status.line == modem.iccid)
        assert bench.link.status.imsi == modem.imsi
    modem.unplug()


async def test_a_sim_without_number_is_known_by_its_subscriber(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.misbehave = lambda line: "\r\nERROR\r\n" if "CCID" in line else None
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        assert bench.link.status.line == modem.imsi
    modem.unplug()


async def test_a_missing_modem_is_waited_for(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await eventually(lambda: bench.link.status.reason == "port_missing")
        assert bench.link.status.state is LinkState.DOWN
        modem.start()
        await bench.up()
    modem.unplug()
