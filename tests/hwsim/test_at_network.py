"""Claims about registration, operator, signal, function, clock and indicators."""

from tests.hwsim.host import Host


async def test_flight_mode_leaves_the_network_and_comes_back() -> None:
    host = await Host().quiet()
    await host.say("AT+CREG=1")
    assert await host.say("AT+CFUN=4") == ["OK", "+CREG: 0"]
    assert await host.say("AT+CFUN?") == ["+CFUN: 4", "OK"]
    assert await host.say("AT+CSQ") == ["+CSQ: 99,99", "OK"]
    assert await host.say("AT+COPS?") == ["+COPS: 0", "OK"]
    assert await host.say("AT+CFUN=1") == ["OK", "+CREG: 1"]
    assert await host.say("AT+CFUN=?") == ["+CFUN: (0,1,4),(0,1)", "OK"]


async def test_the_operator_has_a_name_and_a_number() -> None:
    host = await Host().quiet()
    assert await host.say("AT+COPS?") == ['+COPS: 0,0,"SimNet",2', "OK"]
    assert await host.say("AT+COPS=3,2") == ["OK"]
    assert await host.say("AT+COPS?") == ['+COPS: 0,2,"25001",2', "OK"]
    assert (await host.say("AT+COPS=?"))[0].startswith(
        '+COPS: (2,"SimNet","SimNet","25001",2),'
    )
    assert await host.say('AT+COPS=1,2,"25099"') == ["+CME ERROR: 32"]
    assert await host.say("AT+COPS=2") == ["OK"]
    assert await host.say("AT+CREG?") == ["+CREG: 0,0", "OK"]
    assert await host.say('AT+COPS=1,2,"25001"') == ["OK"]
    assert await host.say("AT+CREG?") == ["+CREG: 0,1", "OK"]


async def test_signal_in_both_forms() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CSQ=?") == ["+CSQ: (0-31,99),(0-7,99)", "OK"]
    assert await host.say("AT+CESQ") == ["+CESQ: 42,0,255,255,20,52", "OK"]
    host.modem.registration.signal = 3
    assert await host.say("AT+CSQ") == ["+CSQ: 3,0", "OK"]


async def test_the_clock_is_the_simulators() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CCLK?") == ['+CCLK: "26/01/15,09:00:00+00"', "OK"]


async def test_indicators_and_packet_service_have_their_forms() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CIND?") == ["+CIND: 5,4,1,0,0,0,0", "OK"]
    assert '("smsfull",(0,1))' in (await host.say("AT+CIND=?"))[0]
    assert await host.say("AT+CGATT?") == ["+CGATT: 1", "OK"]
    assert await host.say("AT+CGDCONT?") == [
        '+CGDCONT: 1,"IP","internet","",0,0',
        "OK",
    ]
    assert await host.say("AT+CGACT=1,1") == ["+CME ERROR: 30"]
    assert await host.say("AT+WS46=?") == ["+WS46: (12,22,25,28,29)", "OK"]
    assert await host.say("AT+WS46?") == ["+WS46: 25", "OK"]
    assert await host.say("AT+CGEREP=2,1") == ["OK"]
    assert await host.say("AT+CMER=3,0,0,1") == ["OK"]
