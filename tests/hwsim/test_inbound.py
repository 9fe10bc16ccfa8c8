"""Claims about what the network brings: +CNMI, +CSMS, storages, falling back."""

from hwsim.inbound import message_class
from hwsim.wire.sms import (
    Address,
    DeliverTpdu,
    encode_deliver,
    encode_time,
    segment_text,
)
from tests.hwsim.host import OWN_NUMBER, PHONE_NUMBER, Host, submit


def _deliver(host: Host, text: str, message_class: int | None = None) -> bytes:
    return encode_deliver(
        DeliverTpdu(
            originator=Address.of(PHONE_NUMBER),
            user=segment_text(text, message_class=message_class)[0],
            service_time=encode_time(host.clock.now()),
        )
    )


async def test_nothing_is_said_with_mt_0_but_all_is_stored() -> None:
    host = await Host().quiet()
    host.phone_sends("silent")
    assert await host.hear() == b""
    assert host.modem.sim.messages.used == 1


async def test_mt_1_names_storage_and_slot() -> None:
    host = await Host().quiet()
    await host.say('AT+CPMS="SM","SM","ME"')
    await host.say("AT+CNMI=2,1")
    host.phone_sends("hi")
    assert await host.hear() == b'\r\n+CMTI: "ME",1\r\n'


async def test_mode_0_buffers_and_bfr_decides_what_becomes_of_it() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=0,1,0,0,0")
    host.phone_sends("one")
    assert await host.hear() == b""
    assert await host.say("AT+CNMI=2,1,0,0,0") == ["OK", '+CMTI: "SM",1']
    await host.say("AT+CNMI=0,1,0,0,0")
    host.phone_sends("two")
    await host.hear()
    assert await host.say("AT+CNMI=2,1,0,0,1") == ["OK"]


async def test_mt_2_brings_the_message_itself_and_stores_nothing() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,2,0,0,0")
    host.phone_sends("direct")
    head, pdu = (await host.hear()).decode().split("\r\n")[1:3]
    assert head == f"+CMT: ,{len(pdu) // 2 - 8}"
    assert host.modem.sim.messages.used == 0
    assert await host.pass_time(100) == []


async def test_class_2_goes_to_the_sim_whatever_mt_says() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,2,0,0,0")
    assert host.modem.deliver(_deliver(host, "x", 2), "")
    assert await host.hear() == b'\r\n+CMTI: "SM",1\r\n'


async def test_mt_3_brings_only_class_3_directly() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,3,0,0,0")
    assert host.modem.deliver(_deliver(host, "x", 3), "")
    assert (await host.hear()).startswith(b"\r\n+CMT: ,")
    assert host.modem.deliver(_deliver(host, "x"), "")
    assert (await host.hear()).startswith(b"\r\n+CMTI: ")


def test_the_class_is_read_from_both_dcs_groups() -> None:
    head = bytes.fromhex("040B919761112132F300")
    classes = {0x00: None, 0x10: 0, 0x12: 2, 0xF3: 3, 0xF6: 2, 0xE0: None, 0x08: None}
    for dcs, expected in classes.items():
        assert message_class(head + bytes((dcs,))) == expected


async def test_ds_1_brings_the_report_itself() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,0,0,1,0")
    answer = await host.send_pdu(submit("x", report=True))
    assert answer[:2] == ["+CMGS: 0", "OK"]
    assert answer[2] == "+CDS: 25"
    assert answer[3][16:20] == "0600"


async def test_a_report_may_overtake_the_answer_of_its_message() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,0,0,1,0")
    host.network.phone(PHONE_NUMBER)
    host.network.faults.add("report_before_ok")
    answer = await host.send_pdu(submit("x", report=True))
    assert [line[:6] for line in answer] == ["+CDS: ", answer[1][:6], "+CMGS:", "OK"]


async def test_ds_2_puts_the_report_into_sr() -> None:
    host = await Host().quiet()
    await host.say("AT+CNMI=2,0,0,2,0")
    answer = await host.send_pdu(submit("x", report=True))
    assert answer[2:] == ['+CDSI: "SR",1']
    await host.say('AT+CPMS="SR"')
    assert (await host.say("AT+CMGR=1"))[0] == "+CMGR: 0,,25"
    await host.say("AT+CMGF=1")
    line = (await host.say("AT+CMGR=1"))[0]
    assert line.startswith(f'+CMGR: "REC READ",6,0,"{PHONE_NUMBER}",145,"26/01/15')


async def test_a_wrong_report_index_is_told_where_the_make_does_so() -> None:
    host = await Host("ec25").quiet()
    await host.say("AT+CNMI=2,0,0,2,0")
    answer = await host.send_pdu(submit("x", report=True))
    assert answer[2:] == ['+CDSI: "SM",0']
    assert host.modem.memories.stores["SR"].used == 1


async def test_ds_0_loses_reports_as_it_was_asked_to() -> None:
    host = await Host().quiet()
    assert len(await host.send_pdu(submit("x", report=True))) == 2
    assert host.modem.memories.stores["SR"].used == 0


async def test_the_network_keeps_what_has_no_room_until_there_is_some() -> None:
    host = await Host(sim_capacity=1).quiet()
    await host.say("AT+CNMI=2,1,0,0,0")
    host.phone_sends("one")
    assert await host.hear() == b'\r\n+CMTI: "SM",1\r\n'
    host.phone_sends("two")
    assert await host.hear() == b""
    assert await host.say("AT+CMGD=1") == ["OK", '+CMTI: "SM",1']


async def test_a_full_storage_is_told_where_the_make_does_so() -> None:
    host = await Host("huawei", sim_capacity=1).quiet()
    await host.say("AT+CNMI=2,1,0,0,0")
    host.phone_sends("one")
    await host.hear()
    host.phone_sends("two")
    assert await host.hear() == b'\r\n^SMMEMFULL: "SM"\r\n'


async def test_with_csms_1_one_message_at_a_time_waits_for_its_cnma() -> None:
    host = await Host().quiet()
    await host.say("AT+CSMS=1")
    await host.say("AT+CNMI=2,2,0,1,0")
    host.phone_sends("one")
    host.phone_sends("two")
    assert (await host.hear()).count(b"+CMT:") == 1
    answer = await host.say("AT+CNMA")
    assert answer[0] == "OK"
    assert answer[1].startswith("+CMT: ,")
    assert await host.say("AT+CNMA=0") == ["OK"]
    assert await host.say("AT+CNMA") == ["+CMS ERROR: 340"]
    assert await host.pass_time(100) == []


async def test_without_cnma_routing_ends_and_the_message_comes_again_to_storage() -> (
    None
):
    host = await Host().quiet()
    await host.say("AT+CSMS=1")
    await host.say("AT+CNMI=2,2,0,1,0")
    host.phone_sends("once more")
    assert (await host.hear()).count(b"+CMT:") == 1
    assert await host.pass_time(16) == []
    assert await host.say("AT+CNMI?") == ["+CNMI: 2,0,0,0,0", "OK"]
    await host.pass_time(60)
    assert host.modem.sim.messages.used == 1


async def test_a_negative_acknowledgement_brings_the_message_again() -> None:
    host = await Host().quiet()
    await host.say("AT+CSMS=1")
    await host.say("AT+CNMI=2,2,0,1,0")
    host.phone_sends("not yet")
    await host.hear()
    await host.say("AT+CNMA=2")
    assert (await host.pass_time(31))[0].startswith("+CMT: ,")


async def test_a_make_that_is_not_to_be_acknowledged_does_not_wait() -> None:
    host = await Host("sim800").quiet()
    await host.say("AT+CSMS=1")
    await host.say("AT+CNMI=2,2,0,1,0")
    host.phone_sends("one")
    host.phone_sends("two")
    assert (await host.hear()).count(b"+CMT:") == 2


async def test_a_broadcast_page_is_shown_when_bm_asks() -> None:
    host = await Host().quiet()
    host.modem.inbound.broadcast(bytes(88))
    assert await host.hear() == b""
    await host.say("AT+CNMI=2,0,2,0,0")
    host.modem.inbound.broadcast(bytes(88))
    assert (await host.hear()).startswith(b"\r\n+CBM: 88\r\n00")


async def test_text_mode_shows_direct_messages_as_text() -> None:
    host = await Host().quiet()
    await host.say("AT+CMGF=1;+CNMI=2,2,0,1,0")
    host.phone_sends("plain")
    heard = (await host.hear()).decode()
    assert heard.startswith(f'\r\n+CMT: "{PHONE_NUMBER}",,"26/01/15,')
    assert heard.endswith("\r\nplain\r\n")


async def test_the_last_terminal_to_set_up_messages_hears_of_them() -> None:
    host = await Host().quiet()
    host.modem.new_session("other").receive(b"AT+CNMI=2,1,0,0,0\r")
    await host.hear()
    host.phone_sends("elsewhere")
    assert await host.hear() == b""
    await host.say("AT+CNMI=2,1,0,0,0")
    host.phone_sends("here")
    assert await host.hear() == b'\r\n+CMTI: "SM",2\r\n'


async def test_a_modem_off_the_air_gets_its_messages_when_it_is_back() -> None:
    host = await Host().quiet()
    await host.say("AT+CFUN=4")
    host.phone_sends("later")
    assert host.modem.sim.messages.used == 0
    await host.say("AT+CFUN=1")
    await host.pass_time(1)
    assert host.modem.sim.messages.used == 1
    assert host.network.mailbox(OWN_NUMBER) is not None
