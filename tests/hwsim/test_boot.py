"""Claims about power: order of notifications, readiness, what is lost."""

from tests.hwsim.host import Host


async def test_sms_commands_fail_until_the_service_is_ready() -> None:
    host = await Host("sim800").quiet()
    host.modem.reboot()
    await host.pass_time(1)
    await host.raw(b"ATE0+CMEE=1\r")
    assert await host.say("AT+CMGL=4") == ["ERROR"]
    await host.pass_time(5)
    assert await host.say("AT+CMGL=4") == ["OK"]


async def test_a_reboot_loses_settings_and_keeps_messages() -> None:
    host = await Host("sim800").quiet()
    await host.say("AT+CNMI=2,1,0,1,0")
    host.phone_sends("kept")
    await host.hear()
    host.modem.sim.next_reference = 7
    host.modem.faults.add("reboot")
    lines = await host.pass_time(5)
    assert lines == ["RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"]
    assert await host.raw(b"AT+CNMI?\r") == (
        b"AT+CNMI?\r\r\n+CNMI: 0,0,0,0,0\r\n\r\nOK\r\n"
    )
    assert host.modem.sim.messages.used == 1
    assert host.modem.sim.next_reference == 7
    host.modem.faults.add("reboot", reference_reset=True)
    assert host.modem.sim.next_reference == 0


async def test_cfun_1_1_starts_the_modem_anew() -> None:
    host = await Host("sim800").quiet()
    assert await host.say("AT+CFUN=1,1") == ["OK"]
    assert "RDY" in await host.pass_time(2)


async def test_messages_that_waited_come_when_the_service_is_ready() -> None:
    host = await Host("sim800").quiet()
    host.modem.reboot()
    host.phone_sends("waited")
    await host.pass_time(2)
    assert host.modem.sim.messages.used == 0
    await host.pass_time(2)
    assert host.modem.sim.messages.used == 1
