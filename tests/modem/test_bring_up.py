"""Notifications are negotiated from what is offered, and read back."""

from pathlib import Path

import pytest

from modem.bring_up import plans
from modem.config import ModemConfig
from modem.profiles import PROFILES, profile_for
from tests.modem.bench import eventually, running
from tests.modem.pdus import message
from tests.modem.scripted import ScriptedModem

GENERIC = PROFILES["generic"]


def sets(*groups: set[int]) -> tuple[frozenset[int], ...]:
    return tuple(frozenset(group) for group in groups)


def test_direct_reports_and_stored_messages_are_preferred() -> None:
    offered = sets({0, 1, 2}, {0, 1, 2, 3}, {0, 2}, {0, 1, 2}, {0, 1})
    assert plans(offered, GENERIC, reports=True)[0] == (2, 1, 0, 1, 0)


def test_what_is_not_offered_is_not_asked_for() -> None:
    offered = sets({2}, {0, 1, 3}, {0, 2}, {0, 2}, {1})
    assert plans(offered, GENERIC, reports=True)[0] == (2, 1, 0, 2, 1)
    offered = sets({0, 1}, {2}, {0}, {0}, {0})
    assert plans(offered, GENERIC, reports=True)[0] == (1, 2, 0, 0, 0)


def test_without_an_offer_everything_is_worth_a_try() -> None:
    tried = plans((), GENERIC, reports=True)
    assert tried[0] == (2, 1, 0, 1, 0)
    assert (1, 1, 0, 0, 0) in tried


def test_reports_that_are_not_wanted_are_not_asked_for() -> None:
    assert all(values[3] == 0 for values in plans((), GENERIC, reports=False))


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ("Quectel EC25", "quectel"),
        ("SIMCOM INCORPORATED SIMCOM_SIM7600E-H", "simcom"),
        ("huawei E173", "huawei"),
        ("ZTE CORPORATION MF192", "zte"),
        ("Sierra Wireless, Incorporated MC7455", "sierra"),
        ("Telit HE910", "telit"),
        ("WAVECOM MODEM", "wavecom"),
        ("Cinterion BGS2-W", "cinterion"),
        ("Nobody Knows", "generic"),
        ("", "generic"),
    ],
)
def test_a_family_is_told_by_its_name(identity: str, name: str) -> None:
    assert profile_for(identity).name == name


async def test_a_refused_choice_falls_back_to_the_next(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.answers["AT+CNMI=2,1,0,1,0"] = "\r\nERROR\r\n"
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        assert modem.cnmi == "1,1,0,1,0"
    modem.unplug()


async def test_a_choice_that_does_not_hold_is_no_choice(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.answers["AT+CNMI=2,1,0,1,0"] = "\r\nOK\r\n"
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        assert modem.cnmi == "1,1,0,1,0"
    modem.unplug()


async def test_without_notifications_the_storages_are_listed(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.misbehave = lambda line: "\r\nERROR\r\n" if "CNMI" in line else None
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        modem.store("ME", 0, message("found"), announce=False)
        await eventually(lambda: bool(bench.door.items))
    modem.unplug()


async def test_nothing_is_asked_of_sms_before_it_is_ready(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    refusals = ["\r\n+CMS ERROR: 302\r\n", "\r\nERROR\r\n", "\r\n+CME ERROR: 14\r\n"]

    def not_yet(line: str) -> str | None:
        return refusals.pop() if line == "AT+CMGF=0" and refusals else None

    modem.misbehave = not_yet
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
    assert not refusals
    first_cnmi = next(i for i, line in enumerate(modem.said) if "CNMI" in line)
    last_cmgf = max(i for i, line in enumerate(modem.said) if line == "AT+CMGF=0")
    assert last_cmgf < first_cnmi
    modem.unplug()


async def test_a_reboot_is_seen_and_everything_set_anew(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        modem.cnmi, modem.cmgf, modem.echo = "0,0,0,0,0", 1, True
        modem.notify("RDY")
        await eventually(lambda: modem.cnmi == "2,1,0,1,0" and modem.cmgf == 0)
        await bench.up()
    modem.unplug()


async def test_a_reboot_without_a_word_is_seen_by_the_echo(tmp_path: Path) -> None:
    modem = ScriptedModem(place=tmp_path / "modem1")
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        modem.cnmi, modem.cmgf, modem.echo = "0,0,0,0,0", 1, True
        await eventually(lambda: modem.cnmi == "2,1,0,1,0" and modem.cmgf == 0)
    modem.unplug()
