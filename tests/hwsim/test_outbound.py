"""Claims about sending: references, refusals, lost answers."""

import pytest

from tests.hwsim.host import Host, submit


@pytest.mark.parametrize("code", [1, 8, 21, 38, 42, 96, 330, 331, 332, 500, 512, 515])
async def test_a_refused_send_has_the_wanted_code_and_is_not_sent(code: int) -> None:
    host = await Host().quiet()
    host.modem.faults.add("cms_error", code=code)
    assert await host.send_text("x") == [f"+CMS ERROR: {code}"]
    assert host.phone_has() == []
    assert await host.send_text("x") == ["+CMGS: 0", "OK"]


async def test_accepted_but_answered_with_an_error() -> None:
    host = await Host().quiet()
    host.modem.faults.add("accepted_but_error", code=500)
    assert await host.send_text("x") == ["+CMS ERROR: 500"]
    assert host.phone_has() == ["x"]


async def test_answered_with_an_error_and_accepted_later() -> None:
    host = await Host().quiet()
    host.modem.faults.add("error_but_accepted", code=38, delay_s=10)
    assert await host.send_text("x") == ["+CMS ERROR: 38"]
    assert host.phone_has() == []
    await host.pass_time(11)
    assert host.phone_has() == ["x"]


async def test_after_so_many_sends_only_a_power_cycle_helps() -> None:
    host = await Host().quiet()
    host.modem.faults.add("refuse_after", sends=2)
    await host.send_text("a")
    await host.send_text("b")
    assert await host.send_text("c") == ["+CMS ERROR: 1"]
    host.modem.reboot()
    await host.pass_time(1)
    await host.quiet()
    assert await host.send_text("c") == ["+CMGS: 2", "OK"]


async def test_a_stuck_radio_answers_nothing_until_power_is_cut() -> None:
    host = await Host().quiet()
    stuck = host.modem.faults.add("radio_stuck")
    assert await host.send_text("x") == []
    assert await host.pass_time(600) == []
    host.modem.faults.remove(stuck)
    host.modem.reboot()
    await host.pass_time(1)
    await host.quiet()
    assert await host.send_text("x") == ["+CMGS: 0", "OK"]


async def test_without_any_centre_nothing_is_sent() -> None:
    host = await Host().quiet()
    host.modem.sim.smsc = ""
    assert await host.send_text("x") == ["+CMS ERROR: 330"]


async def test_a_submission_under_way_outlives_a_reboot() -> None:
    host = await Host(latency_s=2).quiet()
    tpdu = submit("on its way")
    await host.raw(f"AT+CMGS={len(tpdu)}\r00{tpdu.hex()}\x1a".encode())
    host.modem.reboot()
    assert "+CMGS: 0" not in await host.pass_time(20)
    assert host.phone_has() == ["on its way"]
