"""Claims about every make, and about what each is known for."""

import pytest

from hwsim.personalities import PERSONALITIES
from hwsim.personality import Personality
from hwsim.sim_card import with_check_digit
from tests.hwsim.host import Host, submit

_REFUSALS = {"ERROR", "COMMAND NOT SUPPORT", "+CME ERROR: 4", "+CME ERROR: 100"}
ALL = pytest.mark.parametrize("name", PERSONALITIES)


@ALL
async def test_each_make_sends_lists_and_reports(name: str) -> None:
    host = await Host(name).quiet()
    cnmi = PERSONALITIES[name].cnmi
    mode = next(m for m in (2, 1) if m not in cnmi.refused.get(0, ()))
    ds = next(d for d in (1, 2) if d not in cnmi.refused.get(3, ()))
    assert await host.say(f"AT+CNMI={mode},1,0,{ds},0") == ["OK"]
    answer = await host.send_pdu(submit("x", report=True))
    assert answer[:2] == [host.session.prefix("+CMGS") + "0", "OK"]
    assert answer[2].startswith("+CDS" if ds == 1 else "+CDSI")
    host.phone_sends("hello")
    assert b"+CMTI:" in await host.hear()
    listing = await host.say("AT+CMGL=4")
    first = PERSONALITIES[name].first_index
    assert listing[0].replace(" ", "").startswith(f"+CMGL:{first},0,")


@ALL
async def test_each_make_says_who_it_is(name: str) -> None:
    host = await Host(name).quiet()
    personality = PERSONALITIES[name]
    assert personality.manufacturer in (await host.say("AT+CGMI"))[0]
    assert personality.model in (await host.say("AT+CGMM"))[0]
    assert (await host.say("ATI"))[-1] == "OK"
    imei = (await host.say("AT+CGSN"))[0]
    assert with_check_digit(imei[:-1]) == imei
    assert len(imei) == 15
    iccids = [
        (await host.say(f"AT{command}"))[0] for command, _ in personality.iccid_commands
    ]
    assert all(host.modem.sim.iccid in iccid for iccid in iccids)


@ALL
async def test_each_make_answers_every_command_it_lists(name: str) -> None:
    host = await Host(name).quiet()
    for command in host.session.command_names():
        assert await _is_known(host, command), command


async def _is_known(host: Host, command: str) -> bool:
    extra = host.modem.personality.extra
    if any(key.startswith(f"{command}=") for key in extra):
        return True
    for form in ("=?", "?", ""):
        if (await host.say(f"AT{command}{form}"))[-1] not in _REFUSALS:
            return True
    return False


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("generic", "ERROR"),
        ("huawei", "COMMAND NOT SUPPORT"),
        ("telit", "+CME ERROR: 4"),
        ("odd", "+CME ERROR: 100"),
    ],
)
async def test_unknown_commands_are_refused_in_the_makes_way(
    name: str, refusal: str
) -> None:
    host = await Host(name).quiet()
    for form in ("", "?", "=?", "=1"):
        assert await host.say(f"AT+MODE{form}") == [refusal]


async def test_huawei_talks_by_itself_until_curc_0() -> None:
    host = await Host("huawei").quiet()
    await host.clock.pass_time(10)
    assert await host.hear() == b"\r\n^RSSI:21\r\r\n"
    assert await host.say("AT^CURC=0") == ["OK"]
    assert await host.pass_time(300) == []
    assert await host.say("AT^CURC=1") == ["OK"]
    assert "^RSSI:21\r" in await host.pass_time(10)


async def test_quectel_shows_signal_only_when_asked_to() -> None:
    host = await Host("ec25").quiet()
    assert await host.pass_time(100) == []
    assert await host.say('AT+QINDCFG="csq",1') == ["OK"]
    assert '+QIND: "csq",21,99' in await host.pass_time(20)
    assert await host.say('AT+QINDCFG="csq",0') == ["OK"]
    assert await host.pass_time(100) == []


async def test_zte_writes_reports_in_its_own_form() -> None:
    host = await Host("zte").quiet()
    await host.say("AT+CNMI=1,1,0,1,0")
    answer = await host.send_pdu(submit("x", report=True))
    assert answer[2] == "+CDS: ,26"
    assert answer[3][16:24] == "0600000B"


async def test_wavecom_refuses_after_255_sends_until_power_cycle() -> None:
    host = await Host("wavecom").quiet()
    host.modem.outbound.sent_since_power_on = 254
    assert (await host.send_text("x"))[-1] == "OK"
    assert await host.send_text("x") == ["+CMS ERROR: 1"]


@ALL
async def test_each_make_comes_back_from_a_reboot(name: str) -> None:
    host = await Host(name).quiet()
    host.modem.reboot()
    said = await host.pass_time(6)
    boot = [line.text.format(pin="READY") for line in PERSONALITIES[name].boot]
    assert set(boot) <= set(said)
    await host.quiet()
    assert (await host.send_text("x"))[-1] == "OK"


def test_a_tac_has_eight_digits() -> None:
    with pytest.raises(ValueError, match="eight digits"):
        Personality(name="x", manufacturer="", model="", revision="", tac="1")
