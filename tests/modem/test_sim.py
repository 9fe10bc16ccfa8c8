"""A PIN is said at most once, and never near the last try."""

from pathlib import Path

import pytest

from gateway.core.link import LinkState
from modem.config import ModemConfig
from tests.modem.bench import DictMemory, eventually, running
from tests.modem.scripted import ScriptedModem


@pytest.fixture
def modem(tmp_path: Path) -> ScriptedModem:
    return ScriptedModem(place=tmp_path / "modem1", pin="4711")


def config(modem: ScriptedModem, pin: str | None) -> ModemConfig:
    return ModemConfig(name="sim1", port=str(modem.place), pin=pin)


def pins_said(modem: ScriptedModem) -> list[str]:
    return [line for line in modem.said if line.startswith("AT+CPIN=")]


async def test_the_right_pin_opens_the_sim_again_and_again(
    modem: ScriptedModem,
) -> None:
    memory = DictMemory()
    for _ in range(2):
        modem.start()
        async with running(config(modem, "4711"), memory=memory) as bench:
            await bench.up()
        modem.unplug()
    assert len(pins_said(modem)) == 2
    assert "4711" not in str(memory.facts)


async def test_a_wrong_pin_is_said_once_even_after_a_restart(
    modem: ScriptedModem,
) -> None:
    memory = DictMemory()
    for _ in range(2):
        modem.start()
        async with running(config(modem, "0000"), memory=memory) as bench:
            await eventually(lambda: bench.link.status.state is LinkState.BLOCKED)
            assert bench.link.status.reason == "pin_refused"
            await bench.link.restart()
            await eventually(lambda: modem.said.count("AT+CPIN?") > 3)
        modem.unplug()
    assert len(pins_said(modem)) == 1
    assert modem.attempts == 2


async def test_another_pin_may_be_tried_after_a_wrong_one(
    modem: ScriptedModem,
) -> None:
    memory = DictMemory()
    modem.start()
    async with running(config(modem, "0000"), memory=memory) as bench:
        await eventually(lambda: bench.link.status.state is LinkState.BLOCKED)
    modem.unplug()
    modem.start()
    async with running(config(modem, "4711"), memory=memory) as bench:
        await bench.up()
    modem.unplug()


async def test_the_last_try_is_a_persons(modem: ScriptedModem) -> None:
    modem.attempts = 1
    modem.start()
    async with running(config(modem, "4711")) as bench:
        await eventually(lambda: bench.link.status.state is LinkState.BLOCKED)
        assert bench.link.status.reason == "pin_attempts"
    assert not pins_said(modem)
    modem.unplug()


@pytest.mark.parametrize("state", ["SIM PUK", "SIM PIN2", "PH-NET PIN"])
async def test_a_pin_is_no_answer_to_another_question(
    modem: ScriptedModem, state: str
) -> None:
    modem.answers["AT+CPIN?"] = f"\r\n+CPIN: {state}\r\n\r\nOK\r\n"
    modem.start()
    async with running(config(modem, "4711")) as bench:
        await eventually(lambda: bench.link.status.state is LinkState.BLOCKED)
    assert not pins_said(modem)
    modem.unplug()


@pytest.mark.parametrize(
    "ready",
    ["+CPIN:READY", '+CPIN: "READY"', "+CPIN: READY"],
)
async def test_ready_is_understood_in_any_form(
    modem: ScriptedModem, ready: str
) -> None:
    modem.pin = None
    modem.answers["AT+CPIN?"] = f"\r\n{ready}\r\n\r\nOK\r\n"
    modem.start()
    async with running(config(modem, "4711")) as bench:
        await bench.up()
    assert not pins_said(modem)
    modem.unplug()


async def test_without_a_configured_pin_a_person_is_asked(
    modem: ScriptedModem,
) -> None:
    modem.start()
    async with running(config(modem, None)) as bench:
        await eventually(lambda: bench.link.status.state is LinkState.BLOCKED)
        assert bench.link.status.reason == "sim_pin"
        modem.locked = False  # somebody entered it otherwise
        modem.notify("RDY")
        await bench.up()
    modem.unplug()


async def test_a_pin_that_was_taken_is_not_said_twice_while_the_sim_wakes(
    modem: ScriptedModem,
) -> None:
    still = ["AT+CPIN?"] * 3

    def sleepy(line: str) -> str | None:
        if line == "AT+CPIN?" and not modem.locked and still:
            still.pop()
            return "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"
        return None

    modem.misbehave = sleepy
    modem.start()
    async with running(config(modem, "4711")) as bench:
        await bench.up()
    assert len(pins_said(modem)) == 1
    modem.unplug()
