"""Nothing is lost between the SIM and the door, and nothing is deleted untold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.codec.reassemble import decode_single
from gateway.core.link import (
    InboundCall,
    InboundReport,
    InboundSegment,
    InboundUndecoded,
)
from modem.config import ModemConfig
from tests.modem.bench import Bench, eventually, running
from tests.modem.pdus import message, report, tpdu_length
from tests.modem.scripted import ScriptedModem


@asynccontextmanager
async def served(modem: ScriptedModem, **changes: Any) -> AsyncIterator[Bench]:
    modem.start()
    config = ModemConfig(name="sim1", port=str(modem.place), **changes)
    async with running(config) as bench:
        await bench.up()
        yield bench
    modem.unplug()


@pytest.fixture
def modem(tmp_path: Path) -> ScriptedModem:
    return ScriptedModem(place=tmp_path / "modem1")


def texts(bench: Bench) -> list[str | None]:
    return [
        decode_single(item.body).text
        for item in bench.door.items
        if isinstance(item, InboundSegment)
    ]


async def test_what_lay_there_before_is_taken_from_every_storage(
    modem: ScriptedModem,
) -> None:
    modem.storages["SM"] = {}
    modem.store("SM", 0, message("index nought"), announce=False)
    modem.store("ME", 7, message("device"), announce=False)
    async with served(modem) as bench:
        await eventually(lambda: len(bench.door.items) == 2)
        assert texts(bench) == ["index nought", "device"]
        await eventually(lambda: not any(modem.storages.values()))


@pytest.mark.parametrize(
    "notice",
    ['+CMTI: "SM",19', '+CMTI: "XX",3', "+CMTI: ,-1", '+CMTI: "SM"', "+CMTI:"],
)
async def test_a_notice_that_points_nowhere_finds_it_all_the_same(
    modem: ScriptedModem, notice: str
) -> None:
    async with served(modem) as bench:
        modem.store("ME", 4, message("hidden"), announce=False)
        modem.notify(notice)
        await eventually(lambda: texts(bench) == ["hidden"])


async def test_a_notice_said_twice_brings_one_message(modem: ScriptedModem) -> None:
    async with served(modem) as bench:
        modem.store("SM", 4, message("once"))
        modem.notify('+CMTI: "SM",4')
        modem.store("SM", 5, message("other"))
        await eventually(lambda: len(bench.door.items) == 2)
        assert texts(bench) == ["once", "other"]


@pytest.mark.parametrize("pdu", ["00FF", "0791", "ABC", "07919761000000F004", "FF" * 9])
async def test_what_cannot_be_read_is_kept_and_then_deleted(
    modem: ScriptedModem, pdu: str
) -> None:
    async with served(modem) as bench:
        modem.store("SM", 1, pdu, announce=False)
        modem.store("SM", 2, message("good"), announce=False)
        modem.notify('+CMTI: "SM",1')
        modem.notify('+CMTI: "SM",2')
        await eventually(lambda: len(bench.door.items) == 2)
        assert isinstance(bench.door.items[0], InboundUndecoded)
        assert texts(bench) == ["good"]
        await eventually(lambda: not any(modem.storages.values()))


async def test_a_slot_that_changed_hands_is_not_deleted(
    modem: ScriptedModem,
) -> None:
    async with served(modem) as bench:

        def swap(_: object) -> None:
            bench.door.before = None
            modem.store("SM", 1, message("the new one"), announce=False)

        bench.door.before = swap
        modem.store("SM", 1, message("the old one"))
        await eventually(lambda: texts(bench) == ["the old one", "the new one"])
        await eventually(lambda: not any(modem.storages.values()))


async def test_a_stored_draft_is_left_alone(modem: ScriptedModem) -> None:
    submit = "0011000B919761214365F70000A705E8329BFD06"
    async with served(modem) as bench:
        modem.store("SM", 1, submit)
        modem.store("SM", 2, message("hello"))
        await eventually(lambda: texts(bench) == ["hello"])
        await eventually(lambda: set(modem.storages["SM"]) == {1})
        assert "AT+CMGD=1" not in modem.said


async def test_a_door_that_cannot_keep_is_not_thanked_for(
    modem: ScriptedModem,
) -> None:
    async with served(modem) as bench:
        bench.door.refuse = 2
        pdu = report(7)
        modem.notify(f"+CDS: {tpdu_length(pdu)}\r\n{pdu}")
        await eventually(lambda: bench.door.refuse < 2)
        assert "AT+CNMA" not in modem.said
        bench.door.refuse = 1
        modem.store("SM", 3, message("patient"))
        await eventually(lambda: texts(bench) == ["patient"])
        await eventually(lambda: not modem.storages["SM"])


async def test_a_report_notice_never_deletes_a_message(modem: ScriptedModem) -> None:
    async with served(modem) as bench:
        modem.store("SM", 0, message("no report"), announce=False)
        modem.store("ME", 3, report(5), announce=False)
        modem.notify('+CDSI: "SM",0')
        await eventually(lambda: len(bench.door.items) == 2)
        kinds = {type(item) for item in bench.door.items}
        assert kinds == {InboundSegment, InboundReport}
        await eventually(lambda: not any(modem.storages.values()))


async def test_a_storage_that_cannot_list_is_read_slot_by_slot(
    modem: ScriptedModem,
) -> None:
    modem.misbehave = lambda line: "\r\nERROR\r\n" if "CMGL" in line else None
    modem.store("ME", 0, message("scanned"), announce=False)
    async with served(modem) as bench:
        await eventually(lambda: texts(bench) == ["scanned"])


async def test_a_caller_is_told_once_and_hung_up_on(modem: ScriptedModem) -> None:
    async with served(modem, hang_up_calls=True) as bench:
        for _ in range(3):
            modem.notify("RING")
            modem.notify('+CLIP: "+79161234567",145,"",0,"",0')
        await eventually(lambda: "ATH" in modem.said)
        await eventually(lambda: bool(bench.door.items))
        (call,) = bench.door.items
        assert isinstance(call, InboundCall)
        assert str(call.caller) == "+79161234567"


async def test_ussd_is_answered_before_or_after_the_ok(modem: ScriptedModem) -> None:
    async with served(modem) as bench:
        line = 'AT+CUSD=1,"*100#",15'
        modem.answers[line] = '\r\nOK\r\n\r\n+CUSD: 0,"Balance 12",15\r\n'
        assert (await bench.link.ussd("*100#")).text == "Balance 12"
        wide = "Баланс 12".encode("utf-16-be").hex().upper()
        modem.answers[line] = f'\r\n+CUSD: 1,"{wide}",72\r\n\r\nOK\r\n'
        answer = await bench.link.ussd("*100#")
        assert (answer.text, answer.more) == ("Баланс 12", True)
