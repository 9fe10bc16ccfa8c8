"""Claims about identity commands, phonebooks and table settings."""

from tests.hwsim.host import Host


async def test_identities_have_test_forms_and_no_read_forms() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CGMI=?") == ["OK"]
    assert await host.say("AT+CGMI?") == ["+CME ERROR: 50"]
    assert await host.say("AT+GCAP") == ["+GCAP: +CGSM,+DS,+ES", "OK"]
    assert await host.say("AT+CIMI") == [host.modem.sim.imsi, "OK"]


async def test_only_the_makes_own_iccid_command_is_there() -> None:
    host = await Host().quiet()
    assert (await host.say("AT+CCID"))[0] == f"+CCID: {host.modem.sim.iccid}"
    assert await host.say("AT^ICCID?") == ["ERROR"]
    huawei = await Host("huawei").quiet()
    assert (await huawei.say("AT^ICCID?"))[0] == (f"^ICCID: {huawei.modem.sim.iccid}")


async def test_about_a_hundred_commands_are_listed() -> None:
    host = await Host().quiet()
    assert len(await host.say("AT+CLAC")) > 85
