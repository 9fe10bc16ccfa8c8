"""Claims about spoiled answers: each fault of the command level and of notices."""

from tests.hwsim.host import Host, submit


async def test_a_late_prompt_comes_after_its_delay() -> None:
    host = await Host().quiet()
    host.modem.faults.add("late_prompt", delay_s=5)
    assert await host.raw(b"AT+CMGS=12\r") == b""
    await host.clock.pass_time(5)
    assert await host.hear() == b"\r\n> "


async def test_no_prompt_still_takes_the_body() -> None:
    host = await Host().quiet()
    tpdu = submit("x")
    host.modem.faults.add("no_prompt", match="CMGS")
    assert await host.raw(f"AT+CMGS={len(tpdu)}\r".encode()) == b""
    heard = await host.raw(f"00{tpdu.hex()}\x1a".encode())
    assert heard == b"\r\n+CMGS: 0\r\n\r\nOK\r\n"


async def test_a_prompt_may_lack_its_blank() -> None:
    host = await Host().quiet()
    host.modem.faults.add("bare_prompt")
    assert await host.raw(b"AT+CMGS=12\r") == b"\r\n>"


async def test_a_lost_ok_leaves_the_information() -> None:
    host = await Host().quiet()
    host.modem.faults.add("lost_ok", match="CSQ")
    assert await host.say("AT") == ["OK"]
    assert await host.say("AT+CSQ") == ["+CSQ: 21,0"]
    assert await host.say("AT+CSQ") == ["+CSQ: 21,0", "OK"]


async def test_a_lost_answer_does_not_undo_the_sending() -> None:
    host = await Host().quiet()
    host.modem.faults.add("lost_answer", match="CMGS")
    assert await host.send_text("gone out") == []
    assert host.phone_has() == ["gone out"]


async def test_an_answer_may_be_cut_doubled_or_anothers() -> None:
    host = await Host().quiet()
    host.modem.faults.add("truncated_answer", octets=6)
    assert await host.raw(b"AT+CSQ\r") == b"\r\n+CSQ"
    host.modem.faults.add("duplicated_answer")
    assert await host.say("AT+CSQ") == ["+CSQ: 21,0", "OK", "+CSQ: 21,0", "OK"]
    host.modem.faults.add("wrong_answer", text="+CREG: 0,1|+CSQ: 9,9")
    assert await host.say("AT+CIMI") == ["+CREG: 0,1", "+CSQ: 9,9", "OK"]


async def test_the_reference_may_be_lost_late_or_longer() -> None:
    host = await Host().quiet()
    host.modem.faults.add("lost_cmgs")
    assert await host.send_text("x") == ["OK"]
    host.modem.faults.add("ok_before_cmgs")
    assert await host.send_text("x") == ["OK", "+CMGS: 1"]
    host.modem.faults.add("cmgs_extra_field")
    answer = await host.send_text("x")
    assert answer[0].startswith('+CMGS: 2,"26/01/15,09:00')


async def test_a_late_answer_comes_behind_the_hosts_patience() -> None:
    host = await Host().quiet()
    host.modem.faults.add("late_answer", match="CSQ", delay_s=30)
    assert await host.say("AT+CSQ") == []
    assert await host.say("AT") == []
    assert await host.pass_time(30) == ["+CSQ: 21,0", "OK", "OK"]


async def test_echo_may_switch_itself_on() -> None:
    host = await Host().quiet()
    host.modem.faults.add("echo_on")
    await host.say("AT")
    assert await host.raw(b"AT\r") == b"AT\r\r\nOK\r\n"


async def test_notices_fall_where_they_are_wanted() -> None:
    host = await Host().quiet()
    add = host.modem.faults.add
    add("urc", at="command", text="+CMTI: 1")
    assert await host.say("AT+CSQ") == ["+CMTI: 1", "+CSQ: 21,0", "OK"]
    add("urc", at="answer", text="RING")
    assert await host.say("AT+CSQ") == ["+CSQ: 21,0", "RING", "OK"]
    add("urc", at="prompt", text="^RSSI:1")
    assert await host.raw(b"AT+CMGS=9\r") == b"\r\n> \r\n^RSSI:1\r\n"
    await host.raw(b"\x1b")
    add("urc", at="octet:3", text="RING")
    assert await host.raw(b"AT+CSQ\r") == (b"\r\nRING\r\n\r\n+CSQ: 21,0\r\n\r\nOK\r\n")
    add("urc", text="+CDS: 5|00112233")
    assert await host.hear() == b"\r\n+CDS: 5\r\n00112233\r\n"


async def test_a_notice_may_fall_into_a_listing() -> None:
    host = await Host().quiet()
    for text in ("one", "two"):
        host.phone_sends(text)
        await host.hear()
    host.modem.faults.add("urc", at="listing", text="RING")
    answer = await host.say("AT+CMGL=4")
    assert [line[:6] for line in answer[::2]] == ["+CMGL:", "RING", answer[4][:6]]
    assert answer[3].startswith("+CMGL: 2")


async def test_no_fault_wanted_means_one_write_per_answer() -> None:
    host = await Host().quiet()
    await host.say("AT+CSQ")
    entries = host.modem.log.entries()
    assert entries[-1].octets == b"\r\n+CSQ: 21,0\r\n\r\nOK\r\n"
    assert entries[-1].to_host
    assert entries[-2].octets == b"AT+CSQ\r"
