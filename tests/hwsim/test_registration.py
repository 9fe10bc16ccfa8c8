"""Claims about being on the network and telling so."""

from tests.hwsim.host import Host


async def test_registration_shows_the_place_in_mode_2() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CREG=?") == ["+CREG: (0-2)", "OK"]
    assert await host.say("AT+CREG?") == ["+CREG: 0,1", "OK"]
    await host.say("AT+CREG=2")
    assert await host.say("AT+CREG?") == ['+CREG: 2,1,"00C5","01A2B3",2', "OK"]
    assert await host.say("AT+CREG=7") == ["+CME ERROR: 50"]
    assert await host.say("AT+CEREG?") == ["+CEREG: 0,0", "OK"]
    assert await host.say("AT+CGREG?") == ["+CGREG: 0,1", "OK"]


async def test_hex_without_quotes_where_the_make_does_so() -> None:
    host = await Host("huawei").quiet()
    await host.say("AT+CREG=2")
    assert await host.say("AT+CREG?") == ["+CREG: 2,1,00C5,01A2B3", "OK"]


async def test_sim7600_is_attached_for_sms_only_on_lte() -> None:
    host = await Host("sim7600").quiet()
    assert await host.say("AT+CEREG?") == ["+CEREG: 0,11", "OK"]


async def test_changes_are_told_to_who_asked_and_only_where_they_apply() -> None:
    host = await Host().quiet()
    await host.say("AT+CREG=2;+CGREG=1;+CEREG=1;+CMER=3,0,0,1")
    lost = host.modem.faults.add("registration_lost")
    assert await host.pass_time(0) == ["+CREG: 2", "+CGREG: 2", "+CIEV: 3,0"]
    host.modem.faults.remove(lost)
    assert await host.pass_time(0) == [
        '+CREG: 1,"00C5","01A2B3",2',
        "+CGREG: 1",
        "+CIEV: 3,1",
    ]
