"""Claims about every command: it answers any values, and nothing brings it down."""

import asyncio
import random

import pytest

from hwsim.at_registry import HANDLERS, MESSAGE_COMMANDS, SIM_COMMANDS
from hwsim.at_settings import SETTINGS
from hwsim.personalities import PERSONALITIES
from tests.hwsim.host import Host

_TAILS = [
    *("", "?", "=?", "=", "=-1", "=1,2,3,4,5,6,7", "=,,,", '="x'),
    *('="SC",2', '="","",""', "=99999999999999999999", "=1,1"),
]
_REFUSALS = ("ERROR", "COMMAND NOT SUPPORT", "+CME ERROR: 4", "+CME ERROR: 100")
_FINALS = ("OK", "ERROR", "+CME ERROR", "+CMS ERROR", "NO CARRIER")


def _ended(heard: bytes) -> bool:
    lines = heard.decode("latin-1").split("\r\n")
    return any(line.startswith(_FINALS) for line in lines)


@pytest.mark.parametrize("text_mode", [0, 1])
async def test_each_command_answers_whatever_its_values(text_mode: int) -> None:
    host = await Host().quiet()
    for name in sorted({*HANDLERS, *SETTINGS} - {"E", "Q", "V", "S3", "S4", "+CFUN"}):
        if name.startswith("S"):
            continue
        await host.say(f"AT+CMGF={text_mode}")
        for tail in _TAILS:
            heard = await _answer(host, f"AT{name}{tail}")
            assert _ended(heard), f"{name}{tail}: {heard!r}"


async def _answer(host: Host, command: str) -> bytes:
    host.session.line.received(f"{command}\r".encode("latin-1"))
    heard = await host.hear()
    return heard + (await host.raw(b"\x1b\r") if heard.endswith(b"> ") else b"")


@pytest.mark.parametrize("name", ["generic", "huawei", "wavecom"])
async def test_random_octets_never_silence_a_modem(name: str) -> None:
    host = await Host(name).quiet()
    chance = random.Random(7)
    alphabet = b'AT+CMGSLRDWNI=?;,"0123456789\r\r\x1a\x1b\x08\x00 \xff%DAez'
    for _ in range(300):
        octets = bytes(chance.choices(alphabet, k=chance.randrange(60)))
        host.session.line.received(octets)
    await host.hear()
    await host.raw(b"\x1b\x1b\r")
    await host.raw(b"AT&F\r")
    assert (await host.raw(b"ATE0V1\r")).endswith(b"\r\nOK\r\n")
    assert await host.raw(b"AT\r") == b"\r\nOK\r\n"


def test_message_commands_need_a_sim() -> None:
    assert MESSAGE_COMMANDS < SIM_COMMANDS


@pytest.mark.parametrize("name", PERSONALITIES)
async def test_what_a_make_lacks_is_unknown_there(name: str) -> None:
    host = await Host(name).quiet()
    for command in PERSONALITIES[name].missing:
        answer = await host.say(f"AT{command}=?")
        assert answer[-1] in _REFUSALS, command


async def test_two_terminals_work_at_the_same_time() -> None:
    host = await Host(latency_s=1).quiet()
    other = host.modem.new_session("other")
    heard = bytearray()

    class Ear:
        def write(self, octets: bytes) -> None:
            heard.extend(octets)

    other.line.transport = Ear()
    sending = asyncio.ensure_future(host.send_text("x"))
    await asyncio.sleep(0)
    other.receive(b"ATE0+CSQ\r")
    await sending
    assert bytes(heard).endswith(b"+CSQ: 21,0\r\n\r\nOK\r\n")
    assert (await host.pass_time(5))[:2] == ["+CMGS: 0", "OK"]
