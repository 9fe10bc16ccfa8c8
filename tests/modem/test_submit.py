"""Every end of a submission: what is proven, what is not, and what comes late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.codec.tpdu import decode_submit
from gateway.core.errors import OutcomeUnknown, Scope, TemporaryFailure
from gateway.core.ids import AttemptId
from gateway.core.link import LinkState, Reference
from modem.config import ModemConfig
from tests.modem.bench import Bench, eventually, running, unit
from tests.modem.pdus import message
from tests.modem.scripted import ScriptedModem


@asynccontextmanager
async def served(modem: ScriptedModem) -> AsyncIterator[Bench]:
    modem.start()
    async with running(ModemConfig(name="sim1", port=str(modem.place))) as bench:
        await bench.up()
        yield bench
    modem.unplug()


@pytest.fixture
def modem(tmp_path: Path) -> ScriptedModem:
    return ScriptedModem(place=tmp_path / "modem1")


async def test_what_is_asked_for_is_in_the_tpdu(modem: ScriptedModem) -> None:
    async with served(modem) as bench:
        await bench.link.submit(
            unit(
                "привет",
                reject_duplicates=True,
                reference_hint=42,
                message_class=1,
                status_report=False,
            )
        )
        submit = decode_submit(bytes.fromhex(modem.bodies[0])[1:])
        assert submit.reject_duplicates
        assert submit.reference == 42
        assert submit.message_class == 1
        assert not submit.status_report
        assert str(submit.destination) == "+79161234567"


async def test_silence_after_the_body_is_unknown_and_a_late_answer_settles_it(
    modem: ScriptedModem,
) -> None:
    modem.on_body = lambda _: None
    async with served(modem) as bench:
        with pytest.raises(OutcomeUnknown, match="no_answer"):
            await bench.link.submit(unit(attempt_id=AttemptId("att_9")))
        modem.on_body = None
        modem.write("\r\n+CMGS: 77\r\n\r\nOK\r\n")
        await eventually(lambda: bool(bench.late.results))
        ((attempt, result),) = bench.late.results
        assert attempt == "att_9"
        assert isinstance(result, Reference)
        assert result.value == "77"
        reference = await bench.link.submit(unit())
        assert reference.value == "1"


async def test_a_port_lost_after_the_body_is_unknown(modem: ScriptedModem) -> None:
    def pull(_: str) -> str | None:
        modem.unplug()
        return None

    modem.on_body = pull
    async with served(modem) as bench:
        with pytest.raises(OutcomeUnknown, match="port_lost"):
            await bench.link.submit(unit())
        await eventually(lambda: bench.link.status.state is LinkState.DOWN)


async def test_without_a_prompt_no_body_is_said(modem: ScriptedModem) -> None:
    modem.misbehave = lambda line: "" if "CMGS" in line else None
    async with served(modem) as bench:
        with pytest.raises(TemporaryFailure) as caught:
            await bench.link.submit(unit())
        assert caught.value.scope is Scope.LINK
        assert not modem.bodies
        modem.misbehave = None
        await bench.up()
        await bench.link.submit(unit())


async def test_a_bare_error_after_the_body_is_unknown(modem: ScriptedModem) -> None:
    modem.on_body = lambda _: "\r\nERROR\r\n"
    async with served(modem) as bench:
        with pytest.raises(OutcomeUnknown):
            await bench.link.submit(unit())


async def test_a_busy_modem_is_asked_again_a_few_times(modem: ScriptedModem) -> None:
    refusals = ["\r\n+CMS ERROR: 314\r\n", "\r\n+CME ERROR: 515\r\n"]
    modem.on_body = lambda _: (
        refusals.pop() if refusals else "\r\n+CMGS: 5\r\n\r\nOK\r\n"
    )
    async with served(modem) as bench:
        assert (await bench.link.submit(unit())).value == "5"
        modem.on_body = lambda _: "\r\n+CMS ERROR: 314\r\n"
        modem.bodies.clear()
        with pytest.raises(TemporaryFailure):
            await bench.link.submit(unit())
        assert len(modem.bodies) == 4


async def test_a_burst_holds_the_radio_channel_once(modem: ScriptedModem) -> None:
    async with served(modem) as bench:
        for more in (True, True, False):
            await bench.link.submit(unit(more_follow=more))
        await bench.link.submit(unit())
        assert sum("CMMS" in line for line in modem.said) == 1


async def test_receiving_goes_on_while_an_answer_is_waited_for(
    modem: ScriptedModem,
) -> None:
    async with served(modem) as bench:
        modem.on_body = lambda _: None
        sending = asyncio.ensure_future(bench.link.submit(unit()))
        queued = asyncio.ensure_future(bench.link.submit(unit()))
        await eventually(lambda: bool(modem.bodies))
        modem.store("SM", 1, message("first"))
        modem.store("SM", 2, message("second"))
        modem.said.clear()
        modem.on_body = None
        modem.write("\r\n+CMGS: 8\r\n\r\nOK\r\n")
        assert (await sending).value == "8"
        await queued
        await eventually(lambda: len(bench.door.items) == 2)
        read = next(i for i, line in enumerate(modem.said) if "CMGR" in line)
        sent = next(i for i, line in enumerate(modem.said) if "CMGS" in line)
        assert read < sent


async def test_a_refused_sim_pauses_its_line_and_tries_again(
    modem: ScriptedModem,
) -> None:
    modem.on_body = lambda _: "\r\n+CMS ERROR: 50\r\n"
    async with served(modem) as bench:
        with pytest.raises(TemporaryFailure) as caught:
            await bench.link.submit(unit())
        assert caught.value.scope is Scope.LINK
        assert bench.link.status.state is LinkState.PAUSED
        assert bench.link.status.last_error is not None
        assert "CMS" in bench.link.status.last_error
        modem.on_body = None
        await bench.up()
        await bench.link.submit(unit())


async def test_a_cancelled_submission_tells_its_end_late(
    modem: ScriptedModem,
) -> None:
    async with served(modem) as bench:
        modem.on_body = lambda _: None
        sending = asyncio.ensure_future(bench.link.submit(unit()))
        await eventually(lambda: bool(modem.bodies))
        sending.cancel()
        await asyncio.wait({sending})
        modem.write("\r\n+CMGS: 3\r\n\r\nOK\r\n")
        await eventually(lambda: bool(bench.late.results))


async def test_a_lost_network_pauses_sending_only(modem: ScriptedModem) -> None:
    async with served(modem) as bench:
        modem.registration = "2"
        modem.notify("+CREG: 2")
        await eventually(lambda: bench.link.status.state is LinkState.PAUSED)
        with pytest.raises(TemporaryFailure, match="no_registration"):
            await bench.link.submit(unit())
        modem.store("SM", 1, message("still comes"))
        await eventually(lambda: bool(bench.door.items))
        modem.registration = "5"
        modem.notify("+CREG: 5")
        await bench.up()
        assert bench.link.status.registration == "roaming"
