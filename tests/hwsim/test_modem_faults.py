"""Claims about each fault a modem does of itself."""

import pytest

from hwsim.sim_card import SimState
from tests.hwsim.host import Host, submit


async def _listening(host: Host) -> Host:
    await host.quiet()
    await host.say("AT+CNMI=2,1,0,1,0;+CREG=1")
    return host


async def test_busy_is_cme_14_or_the_wanted_code_until_removed() -> None:
    host = await Host().quiet()
    busy = host.modem.faults.add("busy", match="CSQ|CMGL")
    assert await host.say("AT+CSQ") == ["+CME ERROR: 14"]
    assert await host.say("AT+CMGL=4") == ["+CMS ERROR: 314"]
    assert await host.say("AT") == ["OK"]
    host.modem.faults.remove(busy)
    host.modem.faults.add("busy", code=515, count=1)
    assert await host.say("AT+CSQ") == ["+CME ERROR: 515"]
    assert await host.say("AT+CSQ") == ["+CSQ: 21,0", "OK"]


async def test_any_final_result_and_any_code_can_be_wanted() -> None:
    host = await Host().quiet()
    host.modem.faults.add("error", match="CSQ", text="MODEM ERROR: 4")
    assert await host.say("AT+CSQ") == ["MODEM ERROR: 4"]
    host.modem.faults.add("cme_error", code=30)
    assert await host.say("AT+CSQ") == ["+CME ERROR: 30"]
    host.modem.faults.add("verbose_errors")
    assert await host.say("AT+CFUN=9") == ["+CME ERROR: incorrect parameters"]


async def test_notifications_may_double_point_wrong_or_stay_away() -> None:
    host = await _listening(Host())
    add = host.modem.faults.add
    add("duplicate_cmti")
    host.phone_sends("a")
    assert await host.hear() == b'\r\n+CMTI: "SM",1\r\n' * 2
    add("cmti_wrong_storage")
    host.phone_sends("b")
    assert await host.hear() == b'\r\n+CMTI: "ME",2\r\n'
    add("phantom_cmti", index=7)
    assert await host.hear() == b'\r\n+CMTI: "SM",7\r\n'
    add("lost_cmti")
    host.phone_sends("c")
    assert await host.hear() == b""
    assert host.modem.sim.messages.used == 3
    add("cmti_minus_one")
    host.phone_sends("d")
    assert await host.hear() == b"\r\n+CMTI: ,-1\r\n"
    assert host.modem.sim.messages.used == 3


async def test_header_and_pdu_may_come_apart() -> None:
    host = await _listening(Host())
    host.modem.faults.add("split_notification", pause_s=2)
    answer = await host.send_pdu(submit("x", report=True))
    assert answer == ["+CMGS: 0", "OK", "+CDS: 25"]
    await host.clock.pass_time(2)
    assert (await host.hear()).startswith(b"0791")


async def test_notifications_may_wait_and_come_in_one_write() -> None:
    host = await _listening(Host())
    together = host.modem.faults.add("urcs_together", hold_s=5)
    host.phone_sends("a")
    host.phone_sends("b")
    assert await host.hear() == b""
    await host.clock.pass_time(5)
    await host.hear()
    assert host.modem.log.entries()[-1].octets.count(b"+CMTI") == 2
    host.modem.faults.remove(together)


async def test_notifications_may_fall_into_an_entry() -> None:
    host = await _listening(Host())
    host.modem.faults.add("urcs_unheld")
    await host.raw(b"AT+CMGS=12\r")
    host.phone_sends("a")
    assert await host.hear() == b'\r\n+CMTI: "SM",1\r\n'


async def test_a_flood_goes_on_until_it_is_removed() -> None:
    host = await Host().quiet()
    flood = host.modem.faults.add("vendor_flood", text="^BOOT:1", every_s=0.1)
    assert len(await host.pass_time(1.05)) == 11
    host.modem.faults.remove(flood)
    assert await host.pass_time(1) == []


async def test_a_full_storage_makes_the_network_wait() -> None:
    host = await _listening(Host())
    full = host.modem.faults.add("storage_full")
    host.phone_sends("a")
    assert await host.hear() == b""
    tpdu = submit("x")
    await host.raw(f"AT+CMGW={len(tpdu)}\r".encode())
    assert await host.raw(f"00{tpdu.hex()}\x1a".encode()) == (
        b"\r\n+CMS ERROR: 322\r\n"
    )
    host.modem.faults.remove(full)
    assert await host.hear() == b'\r\n+CMTI: "SM",1\r\n'


async def test_a_fresh_slot_may_read_as_empty_once() -> None:
    host = await _listening(Host())
    host.modem.faults.add("stale_slot")
    host.phone_sends("a")
    await host.hear()
    assert await host.say("AT+CMGR=1") == ["+CMS ERROR: 321"]
    assert (await host.say("AT+CMGR=1"))[0].startswith("+CMGR: 0,,")


async def test_a_slot_may_change_hands_before_it_is_read() -> None:
    host = await _listening(Host())
    for text in ("a", "bb"):
        host.phone_sends(text)
        await host.hear()
    before = (await host.say("AT+CMGL=4"))[1:4:2]
    host.modem.faults.add("slot_reused")
    assert (await host.say("AT+CMGR=1"))[1] == before[1]
    assert (await host.say("AT+CMGR=2"))[1] == before[0]
    await host.say("AT+CMGD=2")
    host.modem.faults.add("slot_reused")
    assert await host.say("AT+CMGR=1") == ["+CMS ERROR: 321"]
    assert (await host.say("AT+CMGR=2"))[1] == before[1]


async def test_a_read_pdu_may_be_damaged_odd_or_padded() -> None:
    host = await _listening(Host())
    host.phone_sends("a")
    await host.hear()
    good = (await host.say("AT+CMGR=1"))[1]
    host.modem.faults.add("corrupt_pdu")
    damaged = (await host.say("AT+CMGR=1"))[1]
    assert len(damaged) == len(good)
    assert damaged != good
    host.modem.faults.add("odd_hex")
    assert (await host.say("AT+CMGR=1"))[1] == good[:-1]
    host.modem.faults.add("ff_padding", octets=3)
    assert (await host.say("AT+CMGL=4"))[1] == good + "FFFFFF"
    assert (await host.say("AT+CMGR=1"))[1] == good


async def test_deleting_may_be_refused() -> None:
    host = await _listening(Host())
    host.modem.faults.add("delete_refused", code=320)
    assert await host.say("AT+CMGD=1") == ["+CMS ERROR: 320"]
    host.modem.faults.add("delete_flag_refused")
    assert await host.say("AT+CMGD=1,4") == ["+CMS ERROR: 302"]
    assert await host.say("AT+CMGD=1") == ["OK"]


async def test_the_sim_may_be_pulled_and_come_back() -> None:
    host = await _listening(Host())
    pulled = host.modem.faults.add("sim_pulled")
    assert await host.hear() == b"\r\n+CREG: 0\r\n"
    assert await host.say("AT+CPIN?") == ["+CME ERROR: 10"]
    assert await host.say("AT+CMGL=4") == ["+CMS ERROR: 310"]
    assert await host.say("AT+CCID") == ["+CME ERROR: 10"]
    host.modem.faults.remove(pulled)
    assert await host.pass_time(1) == ["+CREG: 1"]
    assert await host.say("AT+CPIN?") == ["+CPIN: READY", "OK"]


async def test_the_sim_may_ask_for_its_puk_or_be_busy() -> None:
    host = await _listening(Host())
    puk = host.modem.faults.add("puk")
    assert host.modem.sim_state is SimState.PUK
    assert await host.say("AT+CPIN?") == ["+CREG: 0", "+CPIN: SIM PUK", "OK"]
    assert await host.say('AT+CPIN="12345678","1234"') == ["+CME ERROR: 16"]
    host.modem.faults.remove(puk)
    await host.pass_time(1)
    busy = host.modem.faults.add("sim_busy")
    assert await host.say("AT+CPIN?") == ["+CME ERROR: 14"]
    assert await host.say("AT+CMGL=4") == ["+CMS ERROR: 314"]
    host.modem.faults.remove(busy)
    assert await host.say("AT+CPIN?") == ["+CPIN: READY", "OK"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("registration_lost", 2), ("registration_denied", 3), ("roaming", 5)],
)
async def test_registration_changes_are_told(kind: str, status: int) -> None:
    host = await _listening(Host())
    fault = host.modem.faults.add(kind)
    assert await host.hear() == f"\r\n+CREG: {status}\r\n".encode()
    expected = ["+CMGS: 0", "OK"] if status == 5 else ["+CMS ERROR: 331"]
    assert await host.send_text("x") == expected
    host.modem.faults.remove(fault)
    assert await host.hear() == b"\r\n+CREG: 1\r\n"


async def test_no_signal_is_99() -> None:
    host = await Host().quiet()
    host.modem.faults.add("no_signal")
    assert await host.say("AT+CSQ") == ["+CSQ: 99,99", "OK"]


async def test_a_report_may_have_an_octet_too_many() -> None:
    host = await _listening(Host())
    host.modem.faults.add("report_extra_octet")
    answer = await host.send_pdu(submit("x", report=True))
    assert answer[2] == "+CDS: 26"
    assert answer[3][16:24] == "0600000B"


@pytest.mark.parametrize("stage", ["command", "prompt", "body", "sent"])
async def test_power_may_go_at_each_stage_of_a_send(stage: str) -> None:
    host = await Host().quiet()
    host.modem.faults.add("reboot", at=stage, match="CMGS")
    tpdu = submit("x")
    heard = await host.raw(f"AT+CMGS={len(tpdu)}\r00{tpdu.hex()}\x1a".encode())
    assert b"+CMGS:" not in heard
    assert host.phone_has() == (["x"] if stage == "sent" else [])
    await host.pass_time(5)
    assert await host.raw(b"AT\r") == b"AT\r\r\nOK\r\n"


async def test_octets_during_a_command_may_crash_it() -> None:
    host = await Host(latency_s=5).quiet()
    host.modem.faults.add("crash_on_overlap")
    tpdu = submit("x")
    await host.raw(f"AT+CMGS={len(tpdu)}\r00{tpdu.hex()}\x1a".encode())
    await host.raw(b"AT\r")
    assert "+CMGS: 0" not in await host.pass_time(20)
    assert await host.raw(b"AT\r") == b"AT\r\r\nOK\r\n"


async def test_the_sim_may_ask_for_a_pin_with_few_attempts_left() -> None:
    host = await _listening(Host())
    locked = host.modem.faults.add("pin", pin="4711", left=2)
    assert await host.say("AT+CPIN?") == ["+CREG: 0", "+CPIN: SIM PIN", "OK"]
    assert await host.say("AT+CPIN=1111") == ["+CME ERROR: 16"]
    assert host.modem.state()["pin_attempts"] == 1
    assert await host.say("AT+CPIN=4711") == ["OK"]
    assert await host.pass_time(1) == ["+CREG: 1"]
    host.modem.faults.remove(locked)
    assert not host.modem.sim.locked


async def test_another_sim_brings_another_number_and_other_messages() -> None:
    host = await _listening(Host())
    own = host.modem.sim
    host.phone_sends("on the first card")
    await host.hear()
    swapped = host.modem.faults.add("sim_swapped", msisdn="+79165554433")
    await host.pass_time(1)
    assert (await host.say("AT+CNUM"))[0] == '+CNUM: "","+79165554433",145'
    assert (await host.say("AT+CIMI"))[0] != own.imsi
    assert await host.say("AT+CMGL=4") == ["OK"]
    host.modem.faults.remove(swapped)
    await host.pass_time(1)
    assert (await host.say("AT+CIMI"))[0] == own.imsi
    assert (await host.say("AT+CMGL=4"))[0].startswith("+CMGL: 1,")
