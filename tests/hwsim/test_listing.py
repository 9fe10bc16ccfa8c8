"""Claims about how stored messages are shown."""

from hwsim.listing import direct_lines, entry_lines
from hwsim.storage import Status, StoredSms
from tests.hwsim.host import Host, submit


async def test_a_stored_submit_shows_its_recipient_in_text_mode() -> None:
    host = await Host().quiet()
    await host.say("AT+CMGF=1;+CSDH=1")
    sms = StoredSms(status=Status.STO_UNSENT, tpdu=submit("draft"), smsc="+7916")
    assert entry_lines(host.session, "+CMGR", None, sms) == (
        '+CMGR: "STO UNSENT","+79161112233",,145,1,0,0,,"+7916",145,5',
        "draft",
    )
    assert entry_lines(host.session, "+CMGL", 3, sms) == (
        '+CMGL: 3,"STO UNSENT","+79161112233",,145,5',
        "draft",
    )


async def test_the_length_counts_the_tpdu_without_its_centre() -> None:
    host = await Host().quiet()
    sms = StoredSms(status=Status.REC_READ, tpdu=bytes(20), smsc="+7916")
    head, pdu = entry_lines(host.session, "+CMGL", 3, sms)
    assert head == "+CMGL: 3,1,,20"
    assert len(pdu) // 2 == 20 + 4
    assert direct_lines(host.session, sms)[0] == "+CMT: ,20"


async def test_what_follows_the_pdu_is_the_makes_own() -> None:
    host = await Host("odd").quiet()
    sms = StoredSms(status=Status.REC_READ, tpdu=bytes(20))
    head, pdu = entry_lines(host.session, "+CMGR", None, sms)
    assert head == "+CMGR:1,20"
    assert pdu == "00" * 21 + "FF"
