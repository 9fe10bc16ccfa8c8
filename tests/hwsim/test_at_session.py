"""Claims about a terminal's session: V.250's line discipline, entry, notices."""

import pytest

from tests.hwsim.host import Host, submit


async def test_every_octet_is_echoed_while_e1_and_none_after_e0() -> None:
    host = Host()
    assert await host.raw(b"AT") == b"AT"
    assert await host.raw(b"E0\r") == b"E0\r\r\nOK\r\n"
    assert await host.raw(b"AT\r") == b"\r\nOK\r\n"


async def test_the_body_is_echoed_too_but_for_its_end() -> None:
    host = Host()
    tpdu = submit("x")
    assert await host.raw(f"AT+CMGS={len(tpdu)}\r".encode()) == (
        f"AT+CMGS={len(tpdu)}\r\r\n> ".encode()
    )
    body = b"00" + tpdu.hex().encode()
    assert await host.raw(body) == body
    assert await host.raw(b"\x1a") == b"\r\n+CMGS: 0\r\n\r\nOK\r\n"


async def test_v0_gives_digits_and_information_without_a_head() -> None:
    host = await Host().quiet()
    assert await host.raw(b"ATV0\r") == b"0\r"
    assert await host.raw(b"AT+CSQ\r") == b"+CSQ: 21,0\r\n0\r"
    assert await host.raw(b"AT+NOSUCH\r") == b"4\r"


async def test_q1_keeps_results_back_but_not_information() -> None:
    host = await Host().quiet()
    assert await host.raw(b"ATQ1\r") == b""
    assert await host.raw(b"AT+CSQ\r") == b"\r\n+CSQ: 21,0\r\n"


async def test_s3_and_s4_are_the_line_ends() -> None:
    host = await Host().quiet()
    assert await host.raw(b"ATS3=35S4=36\r") == b"#$OK#$"
    assert await host.raw(b"ATS3?#") == b"#$035#$#$OK#$"


async def test_commands_joined_by_semicolons_share_one_result() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CMEE=1;+CREG=2;+CSQ") == ["+CSQ: 21,0", "OK"]


async def test_an_error_ends_the_line_there() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CSQ;+NOSUCH;+CMEE=2") == ["+CSQ: 21,0", "ERROR"]
    assert await host.say("AT+CMEE?") == ["+CMEE: 1", "OK"]


async def test_a_semicolon_in_a_string_does_not_end_a_command() -> None:
    host = await Host().quiet()
    assert await host.say('AT+CSCA="1;2"') == ["+CMS ERROR: 305"]


@pytest.mark.parametrize("prefix", ["", "\n", "\x00", "\x1b", "079161FF", "\x1a  "])
async def test_junk_before_at_is_passed_over(prefix: str) -> None:
    host = await Host().quiet()
    assert await host.raw(f"{prefix}at+csq\r".encode()) == (
        b"\r\n+CSQ: 21,0\r\n\r\nOK\r\n"
    )


async def test_a_line_without_at_has_no_answer() -> None:
    host = await Host().quiet()
    assert await host.raw(b"0011000B91\x1a\rfoo\r") == b""


async def test_backspace_takes_the_last_octet_back() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CSX\x08Q") == ["+CSQ: 21,0", "OK"]


async def test_a_slash_repeats_the_line_without_a_line_end() -> None:
    host = await Host().quiet()
    await host.say("AT+CSQ")
    assert await host.raw(b"A/") == b"\r\n+CSQ: 21,0\r\n\r\nOK\r\n"
    assert await host.raw(b"a/") == b"\r\n+CSQ: 21,0\r\n\r\nOK\r\n"


async def test_an_endless_line_is_refused_and_forgotten() -> None:
    host = await Host().quiet()
    assert await host.raw(b"AT" + b"x" * 200_000 + b"\r") == b"\r\nERROR\r\n"
    assert await host.say("AT") == ["OK"]


async def test_line_feeds_behind_carriage_returns_do_not_reach_the_body() -> None:
    host = await Host().quiet()
    tpdu = submit("x")
    heard = await host.raw(
        f"AT+CMGS={len(tpdu)}\r\n00{tpdu.hex()}\r\n\x1a\r\n".encode()
    )
    assert heard == b"\r\n> \r\n+CMGS: 0\r\n\r\nOK\r\n"
    assert host.phone_has() == ["x"]


async def test_escape_leaves_the_entry_and_sends_nothing() -> None:
    host = await Host().quiet()
    assert await host.raw(b"AT+CMGS=12\r") == b"\r\n> "
    assert await host.raw(b"0011\x1b") == b"\r\nOK\r\n"
    assert host.modem.outbound.sent == 0


async def test_text_mode_prompts_again_for_each_line() -> None:
    host = await Host().quiet()
    await host.say("AT+CMGF=1")
    assert await host.raw(b'AT+CMGS="+79161112233"\r') == b"\r\n> "
    assert await host.raw(b"one\r") == b"\r\n> "
    await host.raw(b"two\x1a")
    assert host.phone_has() == ["one\ntwo"]


async def test_what_is_typed_ahead_waits_for_the_answer() -> None:
    host = await Host(latency_s=1.0).quiet()
    tpdu = submit("x")
    await host.raw(f"AT+CMGS={len(tpdu)}\r00{tpdu.hex()}\x1aAT+CSQ\r".encode())
    assert await host.pass_time(5) == ["+CMGS: 0", "OK", "+CSQ: 21,0", "OK"]


async def test_errors_follow_cmee() -> None:
    host = await Host().quiet()
    await host.say("AT+CMEE=0")
    assert await host.say("AT+CFUN=9") == ["ERROR"]
    await host.say("AT+CMEE=1")
    assert await host.say("AT+CFUN=9") == ["+CME ERROR: 50"]
    await host.say("AT+CMEE=2")
    assert await host.say("AT+CFUN=9") == ["+CME ERROR: incorrect parameters"]


async def test_a_notice_waits_for_the_end_of_an_entry() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,1,0,0,0")
    await host.raw(b"AT+CMGS=12\r")
    host.phone_sends("hi")
    assert await host.hear() == b""
    assert await host.raw(b"\x1b") == b'\r\nOK\r\n\r\n+CMTI: "SM",1\r\n'


async def test_settings_belong_to_one_terminal() -> None:
    host = await Host().quiet()
    other = host.modem.new_session("other")
    heard = bytearray()

    class Ear:
        def write(self, octets: bytes) -> None:
            heard.extend(octets)

    other.line.transport = Ear()
    other.receive(b"AT\r")
    await host.hear()
    assert bytes(heard) == b"AT\r\r\nOK\r\n"
