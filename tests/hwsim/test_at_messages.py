"""Claims about sending, reading, listing, deleting and acknowledging messages."""

import pytest

from hwsim.storage import Status, StoredSms
from hwsim.wire.sms import decode_deliver, decode_smsc, text_of
from tests.hwsim.host import PHONE_NUMBER, Host, submit


async def _received(host: Host, *texts: str) -> None:
    await host.say("AT+CNMI=2,0,0,0,0")
    for text in texts:
        host.phone_sends(text)
        await host.pass_time(1)


def _text(line: str) -> str:
    octets = bytes.fromhex(line)
    _, start = decode_smsc(octets)
    return text_of([decode_deliver(octets[start:]).user])


async def test_a_text_reaches_the_phone_and_references_count_up() -> None:
    host = await Host().quiet()
    assert await host.send_text("Привет") == ["+CMGS: 0", "OK"]
    assert await host.send_text("again") == ["+CMGS: 1", "OK"]
    assert host.phone_has() == ["Привет", "again"]


async def test_the_reference_after_255_is_0() -> None:
    host = await Host().quiet()
    host.modem.sim.next_reference = 255
    assert (await host.send_text("a"))[0] == "+CMGS: 255"
    assert (await host.send_text("b"))[0] == "+CMGS: 0"


@pytest.mark.parametrize("length", [1, 200])
async def test_a_length_that_is_not_the_bodys_is_304(length: int) -> None:
    host = await Host().quiet()
    assert await host.send_pdu(submit("x"), length=length) == ["+CMS ERROR: 304"]
    assert host.modem.outbound.sent == 0


async def test_a_body_that_is_not_hex_is_304() -> None:
    host = await Host().quiet()
    await host.raw(b"AT+CMGS=12\r")
    assert await host.raw(b"AT+CSQ\x1a") == b"\r\n+CMS ERROR: 304\r\n"


async def test_a_length_out_of_range_gets_no_prompt() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CMGS=0") == ["+CMS ERROR: 304"]
    assert await host.say("AT+CMGS=x") == ["+CMS ERROR: 304"]


async def test_what_is_no_submit_is_refused_by_the_network() -> None:
    host = await Host().quiet()
    assert await host.send_pdu(b"\x00" * 12) == ["+CMS ERROR: 96"]


async def test_reading_turns_unread_into_read() -> None:
    host = await Host().quiet()
    await _received(host, "привет")
    first = await host.say("AT+CMGR=1")
    assert first[0].startswith("+CMGR: 0,,")
    assert _text(first[1]) == "привет"
    assert (await host.say("AT+CMGR=1"))[0].startswith("+CMGR: 1,,")


async def test_an_empty_slot_is_321_or_ok_as_the_make_has_it() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CMGR=1") == ["+CMS ERROR: 321"]
    assert await host.say("AT+CMGR=99") == ["+CMS ERROR: 321"]
    huawei = await Host("huawei").quiet()
    assert await huawei.say("AT+CMGR=0") == ["OK"]
    assert await huawei.say("AT+CMGR=99") == ["+CMS ERROR: 321"]


async def test_a_listing_selects_by_status() -> None:
    host = await Host().quiet()
    await _received(host, "one", "two")
    await host.say("AT+CMGR=1")
    assert (await host.say("AT+CMGL=1"))[0].startswith("+CMGL: 1,1,,")
    unread = await host.say("AT+CMGL")
    assert unread[0].startswith("+CMGL: 2,0,,")
    assert len(unread) == 3
    assert [line[:8] for line in await host.say("AT+CMGL=4")][::2] == [
        "+CMGL: 1",
        "+CMGL: 2",
        "OK",
    ]
    assert await host.say("AT+CMGL=9") == ["+CMS ERROR: 304"]


async def test_deleting_empties_one_slot_or_by_flag() -> None:
    host = await Host().quiet()
    await _received(host, "one", "two", "three")
    await host.say("AT+CMGR=2")
    assert await host.say("AT+CMGD=1") == ["OK"]
    assert await host.say("AT+CMGD=0,1") == ["OK"]
    assert await host.say("AT+CMGD=?") == ["+CMGD: (3),(0-4)", "OK"]
    assert await host.say("AT+CMGD=1,4") == ["OK"]
    assert (await host.say("AT+CPMS?"))[0].startswith('+CPMS: "SM",0,30')
    assert await host.say("AT+CMGD=0") == ["+CMS ERROR: 321"]


async def test_a_make_without_flags_refuses_the_second_value() -> None:
    host = await Host("wavecom").quiet()
    assert await host.say("AT+CMGD=1,0") == ["+CMS ERROR: 302"]
    assert await host.say("AT+CMGD=1") == ["OK"]


async def test_a_written_message_is_sent_from_storage() -> None:
    host = await Host().quiet()
    tpdu = submit("stored")
    assert await host.raw(f"AT+CMGW={len(tpdu)}\r".encode()) == b"\r\n> "
    heard = await host.raw(f"00{tpdu.hex()}\x1a".encode())
    assert heard == b"\r\n+CMGW: 1\r\n\r\nOK\r\n"
    assert (await host.say("AT+CMGR=1"))[0].startswith("+CMGR: 2,,")
    assert await host.say("AT+CMSS=1") == ["+CMSS: 0", "OK"]
    assert (await host.say("AT+CMGR=1"))[0].startswith("+CMGR: 3,,")
    assert host.phone_has() == ["stored"]
    assert await host.say("AT+CMSS=2") == ["+CMS ERROR: 321"]


async def test_a_received_message_cannot_be_sent_from_storage() -> None:
    host = await Host().quiet()
    await _received(host, "in")
    assert await host.say("AT+CMSS=1") == ["+CMS ERROR: 321"]


async def test_writing_to_a_full_storage_is_322() -> None:
    host = await Host(sim_capacity=1).quiet()
    host.modem.sim.messages.put(StoredSms(status=Status.REC_READ, tpdu=b"\x00"))
    tpdu = submit("x")
    await host.raw(f"AT+CMGW={len(tpdu)}\r".encode())
    heard = await host.raw(f"00{tpdu.hex()}\x1a".encode())
    assert heard == b"\r\n+CMS ERROR: 322\r\n"


async def test_text_mode_shows_number_time_and_text() -> None:
    host = await Host().quiet()
    await host.say("AT+CMGF=1")
    await _received(host, "hello")
    head, text, _ = await host.say("AT+CMGR=1")
    assert head.startswith(f'+CMGR: "REC UNREAD","{PHONE_NUMBER}",,"26/01/15,12:')
    assert text == "hello"
    await host.say("AT+CSDH=1")
    head, _, _ = await host.say("AT+CMGR=1")
    assert head.endswith(',145,4,0,0,"+79160000000",145,5')
    assert (await host.say('AT+CMGL="ALL"'))[0].startswith('+CMGL: 1,"REC READ",')
    assert await host.say('AT+CMGL="NONE"') == ["+CMS ERROR: 305"]


async def test_text_mode_sends_in_the_chosen_character_set() -> None:
    host = await Host().quiet()
    await host.say('AT+CMGF=1;+CSCS="UCS2";+CSMP=17,167,0,8')
    number = PHONE_NUMBER.encode("utf-16-be").hex().upper()
    await host.raw(f'AT+CMGS="{number}"\r'.encode())
    body = "Привет 😀".encode("utf-16-be").hex().upper()
    assert await host.raw(f"{body}\x1a".encode()) == b"\r\n+CMGS: 0\r\n\r\nOK\r\n"
    assert host.phone_has() == ["Привет 😀"]


async def test_an_acknowledgement_nobody_waits_for_is_refused() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CNMA") == ["+CMS ERROR: 302"]
    await host.say("AT+CSMS=1")
    assert await host.say("AT+CNMA") == ["+CMS ERROR: 340"]
    assert await host.say("AT+CNMA=?") == ["+CNMA: (0-2)", "OK"]


async def test_an_acknowledgement_may_carry_a_pdu_behind_a_prompt() -> None:
    host = await Host().quiet()
    await host.say("AT+CSMS=1")
    await host.say("AT+CNMI=2,2,0,1,0")
    host.phone_sends("direct")
    assert (await host.hear()).startswith(b"\r\n+CMT: ,")
    assert await host.raw(b"AT+CNMA=1,2\r") == b"\r\n> "
    assert await host.raw(b"0000\x1a") == b"\r\nOK\r\n"
    assert await host.pass_time(100) == []


async def test_a_make_without_acknowledgement_pdus_refuses_them() -> None:
    host = await Host("huawei").quiet()
    await host.say("AT+CSMS=1")
    assert await host.say("AT+CNMA=1,2") == ["+CMS ERROR: 302"]
