"""Claims about calls and USSD."""

from tests.hwsim.host import OWN_NUMBER, PHONE_NUMBER, Host


async def test_a_call_rings_with_its_number_until_it_is_hung_up() -> None:
    host = await Host().quiet()
    await host.say("AT+CLIP=1")
    call = host.phone_calls()
    ring = ["RING", f'+CLIP: "{PHONE_NUMBER}",145,"",,"",0']
    assert await host.pass_time(0) == ring
    assert await host.say("AT+CLCC") == [f'+CLCC: 1,1,4,0,0,"{PHONE_NUMBER}",145', "OK"]
    assert await host.say("AT+CPAS") == ["+CPAS: 3", "OK"]
    assert await host.pass_time(5) == ring
    assert await host.say("AT+CHUP") == ["OK"]
    assert str(call.state) == "refused"
    assert await host.pass_time(60) == []
    assert await host.say("AT+CLCC") == ["OK"]


async def test_answering_ends_the_ringing() -> None:
    host = await Host().quiet()
    host.phone_calls()
    await host.hear()
    assert await host.say("ATA") == ["OK"]
    assert await host.say("AT+CPAS") == ["+CPAS: 4", "OK"]
    assert await host.say("ATH") == ["OK"]
    assert await host.say("AT+CPAS") == ["+CPAS: 0", "OK"]


async def test_dialling_needs_a_semicolon_and_a_network() -> None:
    host = await Host().quiet()
    assert await host.say("ATD+79161112233;") == ["OK"]
    assert await host.say("ATH") == ["OK"]
    assert await host.say("ATD*99#") == ["NO CARRIER"]
    await host.say("AT+CFUN=4")
    assert await host.say("ATD+79161112233;") == ["NO CARRIER"]


async def test_ussd_is_answered_behind_ok() -> None:
    host = await Host().quiet()
    answer = await host.say('AT+CUSD=1,"*103#",15')
    assert answer == ["OK", f'+CUSD: 0,"Your number is {OWN_NUMBER}",15']
    answer = await host.say('AT+CUSD=1,"*100#",15')
    assert answer[1].startswith('+CUSD: 0,"0411')
    assert answer[1].endswith(",72")
    assert await host.say("AT+CUSD?") == ["+CUSD: 1", "OK"]
    assert await host.say("AT+CUSD=2") == ["OK"]


async def test_ussd_may_be_packed_or_in_the_character_set() -> None:
    huawei = await Host("huawei").quiet()
    packed = "AA180C3602"  # *100#
    assert (await huawei.say(f'AT+CUSD=1,"{packed}",15'))[1].startswith(
        '+CUSD: 0,"0411'
    )
    host = await Host().quiet()
    await host.say('AT+CSCS="UCS2"')
    code = "*103#".encode("utf-16-be").hex().upper()
    answer = (await host.say(f'AT+CUSD=1,"{code}",15'))[1]
    assert "0059006F" in answer


async def test_without_a_network_there_is_no_ussd() -> None:
    host = await Host().quiet()
    await host.say("AT+CFUN=4")
    assert await host.say('AT+CUSD=1,"*100#",15') == ["+CME ERROR: 30"]
