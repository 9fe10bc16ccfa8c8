"""Claims about the commands without a plus."""

from tests.hwsim.host import Host


async def test_line_settings_of_v250_are_accepted() -> None:
    host = await Host().quiet()
    assert await host.say("ATX4&C1&D2&S0&K0L2M0") == ["OK"]
    assert await host.say("ATE3") == ["ERROR"]
    assert (await host.say("AT&V"))[0] == "E0 Q0 V1"


async def test_at_f_and_atz_give_the_settings_back() -> None:
    host = await Host().quiet()
    await host.say("AT+CREG=2")
    await host.say("AT&W")
    await host.say("AT+CREG=0")
    await host.say("ATZ")
    assert (await host.say("AT+CREG?"))[-2].startswith("+CREG: 2,1,")
    await host.say("AT&F")
    assert (await host.say("AT+CREG?"))[-2:] == ["+CREG: 0,1", "OK"]


async def test_the_saved_profile_outlives_power() -> None:
    host = await Host().quiet()
    await host.say("AT+CMEE=2")
    await host.say("AT&W")
    host.modem.reboot()
    await host.pass_time(1)
    assert await host.raw(b"AT+CMEE?\r") == b"\r\n+CMEE: 2\r\n\r\nOK\r\n"
