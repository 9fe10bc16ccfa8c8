"""Claims about octets on the line: pieces, noise, delay, the log."""

from tests.hwsim.host import Host


async def test_pieces_come_with_pauses_between() -> None:
    host = await Host().quiet()
    host.modem.faults.add("partial_write", match="CMGS", octets=2, pause_s=1.0)
    assert await host.raw(b"AT+CMGS=12\r") == b"\r\n"
    await host.clock.pass_time(1)
    assert await host.hear() == b"> "


async def test_what_is_written_later_never_overtakes_pieces() -> None:
    host = await Host().quiet()
    host.modem.faults.add("partial_write", match="CSQ", octets=5, pause_s=1.0)
    await host.raw(b"AT+CSQ\r")
    await host.raw(b"AT\r")
    await host.clock.pass_time(60)
    assert (await host.hear()).endswith(b"\r\n\r\nOK\r\n\r\nOK\r\n")


async def test_glued_answers_come_in_one_write() -> None:
    host = await Host().quiet()
    host.modem.faults.add("glue", match="CSQ")
    assert await host.raw(b"AT+CSQ\r") == b""
    assert await host.raw(b"AT\r") == b"\r\n+CSQ: 21,0\r\n\r\nOK\r\n\r\nOK\r\n"
    assert host.modem.log.entries()[-1].octets.count(b"OK") == 2


async def test_garbage_noise_and_nul_leave_the_answer_readable() -> None:
    host = await Host().quiet()
    host.modem.faults.add("garbage", octets=20)
    heard = await host.raw(b"AT\r")
    assert len(heard) == 26
    assert heard.endswith(b"\r\nOK\r\n")
    host.modem.faults.add("noise", octets=1_000_000)
    await host.raw(b"AT\r")
    await host.clock.pass_time(10)
    assert (await host.hear()).endswith(b"~~\r\nOK\r\n")
    entries = host.modem.log.entries()
    assert sum(e.octets.count(b"~") for e in entries) == 1_000_000
    host.modem.faults.add("nul")
    heard = await host.raw(b"AT\r")
    assert heard != b"\r\nOK\r\n"
    assert heard.replace(b"\0", b"") == b"\r\nOK\r\n"


async def test_one_bit_is_turned() -> None:
    host = await Host().quiet()
    host.modem.faults.add("bit_flip")
    heard = int.from_bytes(await host.raw(b"AT\r"), "big")
    assert (heard ^ int.from_bytes(b"\r\nOK\r\n", "big")).bit_count() == 1


async def test_a_stuck_modem_neither_reads_nor_answers_until_it_is_freed() -> None:
    host = await Host().quiet()
    stuck = host.modem.faults.add("stuck")
    assert await host.raw(b"AT\r") == b""
    host.modem.faults.remove(stuck)
    assert await host.raw(b"AT\r") == b"\r\nOK\r\n"


async def test_a_slow_line_takes_its_time() -> None:
    host = await Host().quiet()
    host.modem.faults.add("slow_baud", baud=10)
    assert await host.raw(b"AT\r") == b""
    await host.clock.pass_time(5.9)
    assert await host.hear() == b""
    await host.clock.pass_time(0.2)
    assert await host.hear() == b"\r\nOK\r\n"


async def test_what_overflows_the_output_is_lost() -> None:
    host = await Host().quiet()
    host.modem.faults.add("output_overflow", octets=3)
    assert await host.raw(b"AT\r") == b"\r\nO"


async def test_the_log_has_every_octet_both_ways_with_its_time() -> None:
    host = Host()
    await host.raw(b"AT\r")
    shown = [entry.describe() for entry in host.modem.log.entries()]
    assert {entry["direction"] for entry in shown} == {"from_host", "to_host"}
    assert shown[0]["text"] == "AT\r"
    assert shown[0]["hex"] == "41540d"
    assert str(shown[0]["time"]).startswith("2026-01-15T09:00:00")
    assert shown[0]["port"] == "test"
