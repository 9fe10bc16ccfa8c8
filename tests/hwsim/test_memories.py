"""Claims about the chosen storages."""

from tests.hwsim.host import Host


async def test_a_stale_count_is_right_at_the_second_look() -> None:
    host = await Host("huawei").quiet()
    host.phone_sends("a")
    await host.hear()
    assert (await host.say("AT+CPMS?"))[0].startswith('+CPMS: "SM",0,')
    assert (await host.say("AT+CPMS?"))[0].startswith('+CPMS: "SM",1,')


async def test_cpms_takes_one_to_three_values() -> None:
    host = await Host().quiet()
    assert await host.say('AT+CPMS="ME"') == ["+CPMS: 0,50,0,30,0,30", "OK"]
    assert await host.say('AT+CPMS="SM","ME"') == ["+CPMS: 0,30,0,50,0,30", "OK"]
    assert await host.say('AT+CPMS="MT","SM","ME"') == [
        "+CPMS: 0,80,0,30,0,50",
        "OK",
    ]
    assert await host.say("AT+CPMS?") == [
        '+CPMS: "MT",0,80,"SM",0,30,"ME",0,50',
        "OK",
    ]
    assert await host.say('AT+CPMS="XX"') == ["+CMS ERROR: 302"]
    assert await host.say('AT+CPMS="SM","SR"') == ["+CMS ERROR: 302"]


async def test_a_make_with_one_memory_takes_one_value() -> None:
    host = await Host("wavecom").quiet()
    assert await host.say("AT+CPMS=?") == ['+CPMS: ("SM","SR")', "OK"]
    assert await host.say('AT+CPMS="SM"') == ["+CPMS: 0,15", "OK"]
    assert await host.say('AT+CPMS="SM","SM"') == ["+CMS ERROR: 302"]
