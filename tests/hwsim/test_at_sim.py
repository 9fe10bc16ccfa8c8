"""Claims about PIN, PUK, locks and the attempts that are left."""

import pytest

from hwsim.at_sim import ATTEMPTS_COMMANDS
from hwsim.personalities import PERSONALITIES
from hwsim.sim_card import SimCard, make_sim
from tests.hwsim.host import OWN_NUMBER, Host


def _locked() -> SimCard:
    sim = make_sim(OWN_NUMBER, "+79160000000")
    sim.locked = True
    return sim


async def test_messages_are_refused_until_the_pin_is_entered() -> None:
    host = await Host(sim=_locked()).quiet()
    assert await host.say("AT+CPIN?") == ["+CPIN: SIM PIN", "OK"]
    assert await host.say("AT+CMGL=4") == ["+CMS ERROR: 311"]
    assert await host.say("AT+CIMI") == ["+CME ERROR: 11"]
    assert await host.say("AT+CREG?") == ["+CREG: 0,0", "OK"]
    assert await host.say('AT+CPIN="1234"') == ["OK"]
    await host.pass_time(1)
    assert await host.say("AT+CREG?") == ["+CREG: 0,1", "OK"]
    assert await host.say("AT+CMGL=4") == ["OK"]


async def test_the_third_wrong_pin_locks_and_stays_locked_over_power_cycles() -> None:
    host = await Host(sim=_locked()).quiet()
    assert await host.say("AT+CPIN=0000") == ["+CME ERROR: 16"]
    assert await host.say("AT+CPIN=0000") == ["+CME ERROR: 16"]
    assert host.modem.state()["pin_attempts"] == 1
    assert await host.say("AT+CPIN=0000") == ["+CME ERROR: 12"]
    host.modem.reboot()
    await host.pass_time(1)
    await host.quiet()
    assert await host.say("AT+CPIN?") == ["+CPIN: SIM PUK", "OK"]
    assert await host.say("AT+CPIN=1234") == ["+CME ERROR: 12"]
    assert await host.say("AT+CMGL=4") == ["+CMS ERROR: 316"]
    assert await host.say('AT+CPIN="12345678","4321"') == ["OK"]
    assert await host.say("AT+CPIN?") == ["+CPIN: READY", "OK"]


async def test_ten_wrong_puks_end_the_card() -> None:
    sim = _locked()
    sim.code.pin_left = 0
    host = await Host(sim=sim).quiet()
    for _ in range(9):
        assert await host.say('AT+CPIN="0","4321"') == ["+CME ERROR: 12"]
    await host.say('AT+CPIN="0","4321"')
    assert await host.say("AT+CPIN?") == ["+CME ERROR: 13"]


async def test_a_pin_nobody_asked_for_costs_no_attempt() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CPIN=0000") == ["+CME ERROR: 3"]
    assert host.modem.sim.code.pin_left == 3


async def test_the_lock_is_switched_with_the_pin_only() -> None:
    host = await Host().quiet()
    assert await host.say('AT+CLCK="SC",2') == ["+CLCK: 0", "OK"]
    assert await host.say('AT+CLCK="SC",1,"0000"') == ["+CME ERROR: 16"]
    assert await host.say('AT+CLCK="SC",1,"1234"') == ["OK"]
    assert await host.say('AT+CLCK="SC",2') == ["+CLCK: 1", "OK"]
    assert await host.say('AT+CPWD="SC","1234","9876"') == ["OK"]
    host.modem.reboot()
    await host.pass_time(1)
    await host.quiet()
    assert await host.say("AT+CPIN=9876") == ["OK"]


@pytest.mark.parametrize("name", PERSONALITIES)
async def test_each_make_tells_its_attempts_by_its_own_command(name: str) -> None:
    host = await Host(name).quiet()
    own = PERSONALITIES[name].attempts_command
    for command in ATTEMPTS_COMMANDS:
        answer = await host.say(f"AT{command}")
        if command == own:
            assert answer[-1] == "OK"
            assert "3" in answer[0]
        else:
            assert answer[-1] != "OK"


async def test_raw_access_to_the_card_is_refused() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CRSM=176,28486,0,0,17") == ["+CME ERROR: 3"]
    assert await host.say('AT+CSIM=10,"A0A40000023F00"') == ["+CME ERROR: 3"]


async def test_wavecom_answers_cpin_without_ok() -> None:
    host = await Host("wavecom").quiet()
    assert await host.say("AT+CPIN?") == ["+CPIN: READY"]
    assert await host.say("AT") == ["OK"]
