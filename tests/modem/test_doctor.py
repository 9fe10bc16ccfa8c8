"""One verdict and one fix per modem."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from gateway.core.clock import SystemClock
from modem.doctor import Finding, Verdict, examine
from tests.modem.bench import QUICK
from tests.modem.scripted import ScriptedModem


async def look(*ports: str) -> tuple[Finding, ...]:
    return await examine(ports, clock=SystemClock(), timing=QUICK)


@pytest.fixture
def modem(tmp_path: Path) -> ScriptedModem:
    return ScriptedModem(place=tmp_path / "modem1")


async def test_a_healthy_modem_is_described(modem: ScriptedModem) -> None:
    modem.start()
    (finding,) = await look(str(modem.place))
    assert finding.verdict is Verdict.READY
    assert finding.imei == modem.imei
    assert finding.iccid == modem.iccid
    assert finding.operator == "Seventy"
    assert finding.signal_dbm == -71
    assert finding.service_centre == "+79160000000"
    modem.unplug()


async def test_a_locked_sim_is_told_and_no_pin_is_said(modem: ScriptedModem) -> None:
    modem.pin = "4711"
    modem.start()
    (finding,) = await look(str(modem.place))
    assert finding.verdict is Verdict.SIM_PIN
    assert "pin_file" in finding.fix
    assert not [line for line in modem.said if line.startswith("AT+CPIN=")]
    modem.unplug()


@pytest.mark.parametrize(
    ("line", "answer", "verdict"),
    [
        ("AT+CPIN?", "+CME ERROR: 10", Verdict.SIM_MISSING),
        ("AT+CPIN?", "+CPIN: SIM PUK\r\n\r\nOK", Verdict.SIM_PUK),
        ("AT+CSCA?", '+CSCA: "",129\r\n\r\nOK', Verdict.NO_SERVICE_CENTRE),
        ("AT+CSQ", "+CSQ: 1,99\r\n\r\nOK", Verdict.WEAK_SIGNAL),
    ],
)
async def test_what_is_wrong_is_the_verdict(
    modem: ScriptedModem, line: str, answer: str, verdict: Verdict
) -> None:
    modem.answers[line] = f"\r\n{answer}\r\n"
    modem.start()
    (finding,) = await look(str(modem.place))
    assert finding.verdict is verdict
    assert finding.fix
    modem.unplug()


async def test_a_modem_without_network_is_told(modem: ScriptedModem) -> None:
    modem.registration = "3"
    modem.start()
    (finding,) = await look(str(modem.place))
    assert finding.verdict is Verdict.NOT_REGISTERED
    modem.unplug()


async def test_a_silent_and_a_missing_port_are_told(tmp_path: Path) -> None:
    master, slave = os.openpty()
    silent, missing = await look(os.ttyname(slave), str(tmp_path / "none"))
    assert silent.verdict is Verdict.SILENT
    assert missing.verdict is Verdict.PORT_MISSING
    os.close(master)
    os.close(slave)


async def test_who_holds_the_port_is_named() -> None:
    master, slave = os.openpty()
    name = os.ttyname(slave)
    os.close(slave)
    program = (
        "import fcntl, os, time; "
        f"kept = os.open({name!r}, os.O_RDWR | os.O_NOCTTY); "
        "fcntl.flock(kept, fcntl.LOCK_EX); "
        "print(1, flush=True); time.sleep(60)"
    )
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline()
    (finding,) = await look(name)
    holder.kill()
    await holder.wait()
    assert finding.verdict is Verdict.PORT_BUSY
    assert finding.holders[0].pid == holder.pid
    assert str(holder.pid) in finding.fix
    os.close(master)


async def test_one_port_of_a_modem_is_recommended(tmp_path: Path) -> None:
    first = ScriptedModem(place=tmp_path / "a")
    second = ScriptedModem(place=tmp_path / "b")
    first.start()
    second.start()
    one, two = await look(str(first.place), str(second.place))
    assert one.verdict is Verdict.READY
    assert two.verdict is Verdict.SECOND_PORT
    assert two.same_modem == (str(first.place),)
    first.unplug()
    second.unplug()
