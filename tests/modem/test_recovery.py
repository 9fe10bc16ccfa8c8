"""A hung modem is helped step by step, each limited in rate."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.link import LinkState
from modem.config import ModemConfig
from modem.usb import ModemRegistry
from tests.modem.bench import QUICK, eventually, running, unit
from tests.modem.scripted import ScriptedModem


@pytest.mark.slow
async def test_a_hung_modem_is_reset_reopened_and_power_cycled(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    mark = tmp_path / "power"
    program = f"open({str(mark)!r}, 'a').write('x')"
    hook = (sys.executable, "-c", program)
    modem.start()
    config = ModemConfig(name="sim1", port=str(modem.place), power_hook=hook)
    async with running(config, timing=replace(QUICK, boot_s=0.2)) as bench:
        await bench.up()
        modem.said.clear()
        modem.misbehave = lambda _: ""
        modem.echo = False
        await eventually(mark.exists, 25)
        assert bench.link.status.state is LinkState.DOWN
        modem.misbehave = None
        modem.echo = True
        await bench.up(10)
        said = modem.said
        assert said.index("ATZ") < said.index("AT+CFUN=1,1")
        assert bench.link.status.recoveries >= 4
        await bench.link.submit(unit())
    modem.unplug()


async def test_a_modem_that_was_deaf_for_a_while_is_found_again(
    tmp_path: Path,
) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        missed = ["AT+CSQ"]
        modem.misbehave = lambda line: missed.pop() and "" if line in missed else None
        await eventually(lambda: not missed)
        modem.misbehave = None
        await eventually(lambda: bench.link.status.recoveries == 1, 15)
        await bench.up()
    modem.unplug()


async def test_two_sections_never_work_on_one_modem(tmp_path: Path) -> None:
    registry = ModemRegistry()
    first = ScriptedModem(place=tmp_path / "a")
    second = ScriptedModem(place=tmp_path / "b")
    first.start()
    second.start()
    one = ModemConfig(name="one", port=str(first.place))
    two = ModemConfig(name="two", port=str(second.place))
    async with running(one, registry=registry) as bench:
        await bench.up()
        async with running(two, registry=registry) as other:
            await eventually(lambda: other.link.status.reason == "duplicate_modem")
            assert other.link.status.state is LinkState.BLOCKED
    first.unplug()
    second.unplug()


async def test_a_stuck_modem_does_not_delay_another(tmp_path: Path) -> None:
    stuck = ScriptedModem(place=tmp_path / "a", imei="861234567890001")
    stuck.misbehave = lambda _: ""
    well = ScriptedModem(place=tmp_path / "b", imei="861234567890002")
    stuck.start()
    well.start()
    async with (
        running(ModemConfig(name="one", port=str(stuck.place))),
        running(ModemConfig(name="two", port=str(well.place))) as bench,
    ):
        await bench.up(2.0)
        await bench.link.submit(unit())
    stuck.unplug()
    well.unplug()
