"""Claims about storages, notifications, service, centre, character sets."""

from tests.hwsim.host import Host


async def test_cnmi_is_held_to_what_its_test_answer_says() -> None:
    host = await Host("sim800").quiet()
    assert await host.say("AT+CNMI=?") == [
        "+CNMI: (0-2),(0-3),(0,2),(0,1),(0,1)",
        "OK",
    ]
    assert await host.say("AT+CNMI=2,1,0,2,0") == ["+CMS ERROR: 302"]
    assert await host.say("AT+CNMI?") == ["+CNMI: 0,0,0,0,0", "OK"]
    assert await host.say("AT+CNMI=2,1") == ["OK"]
    assert await host.say("AT+CNMI=,,0,1") == ["OK"]
    assert await host.say("AT+CNMI?") == ["+CNMI: 2,1,0,1,0", "OK"]


async def test_some_makes_claim_what_they_refuse() -> None:
    host = await Host("sierra").quiet()
    assert "(0-2),(0,1)" in (await host.say("AT+CNMI=?"))[0]
    assert await host.say("AT+CNMI=2,1,0,1,0") == ["+CMS ERROR: 302"]
    assert await host.say("AT+CNMI=2,1,0,2,0") == ["OK"]
    zte = await Host("zte").quiet()
    assert await zte.say("AT+CNMI=2,1,0,1,0") == ["+CMS ERROR: 302"]
    assert await zte.say("AT+CNMI=1,1,0,1,0") == ["OK"]


async def test_the_centre_is_read_and_set() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CSCA?") == ['+CSCA: "+79160000000",145', "OK"]
    assert await host.say('AT+CSCA="79161",145') == ["OK"]
    assert await host.say("AT+CSCA?") == ['+CSCA: "+79161",145', "OK"]
    assert await host.say('AT+CSCA="x"') == ["+CMS ERROR: 305"]


async def test_character_sets_are_listed_and_chosen() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CSCS=?") == [
        '+CSCS: ("GSM","IRA","UCS2","HEX","8859-1")',
        "OK",
    ]
    assert await host.say('AT+CSCS="KOI8"') == ["+CME ERROR: 50"]
    await host.say('AT+CSCS="UCS2"')
    assert (await host.say("AT+CNUM"))[0] == (
        '+CNUM: "","002B00370039003100360030003000300030003000300031",145'
    )


async def test_service_and_parameters_have_their_forms() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CSMS=?") == ["+CSMS: (0,1)", "OK"]
    assert await host.say("AT+CSMS=1") == ["+CSMS: 1,1,1", "OK"]
    assert await host.say("AT+CSMS?") == ["+CSMS: 1,1,1,1", "OK"]
    assert await host.say("AT+CSMS=5") == ["+CMS ERROR: 302"]
    assert await host.say("AT+CSMP=49,,0,8") == ["OK"]
    assert await host.say("AT+CSMP?") == ["+CSMP: 49,167,0,8", "OK"]
    assert await host.say("AT+CSMP=300") == ["+CMS ERROR: 305"]
    assert await host.say('AT+CSCB=1,"50","0"') == ["OK"]
    assert await host.say("AT+CSCB?") == ['+CSCB: 1,"50","0"', "OK"]
