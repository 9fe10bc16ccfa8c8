"""Claims about phonebooks."""

from tests.hwsim.host import OWN_NUMBER, Host


async def test_the_own_number_is_known_in_two_ways() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CNUM") == [f'+CNUM: "","{OWN_NUMBER}",145', "OK"]
    assert await host.say('AT+CPBS="ON"') == ["OK"]
    assert await host.say("AT+CPBR=1") == [f'+CPBR: 1,"{OWN_NUMBER}",145,"Own"', "OK"]
    assert await host.say("AT+CPBR=2") == ["+CME ERROR: 21"]
    assert await host.say('AT+CPBS="XX"') == ["+CME ERROR: 3"]


async def test_the_sims_own_book_is_empty_and_closed() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CPBS?") == ['+CPBS: "SM",0,250', "OK"]
    assert await host.say("AT+CPBR=1,250") == ["OK"]
    assert await host.say('AT+CPBF="x"') == ["+CME ERROR: 22"]
    assert await host.say('AT+CPBW=1,"1",129,"x"') == ["+CME ERROR: 3"]
