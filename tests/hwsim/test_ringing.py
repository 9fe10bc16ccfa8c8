"""Claims about calls that ring."""

from tests.hwsim.host import Host


async def test_a_caller_who_gives_up_ends_the_ringing() -> None:
    host = await Host().quiet()
    await host.say("AT+CRC=1")
    host.phone_calls()
    lines = await host.pass_time(120)
    assert lines[0] == "+CRING: VOICE"
    assert lines[-1] == "NO CARRIER"
    assert await host.say("ATA") == ["NO CARRIER"]


async def test_a_hidden_number_is_shown_as_withheld() -> None:
    host = await Host().quiet()
    await host.say("AT+CLIP=1")
    host.modem.ring("")
    assert await host.pass_time(0) == ["RING", '+CLIP: "",129,"",,"",1']
    host.modem.ring_stop()
    assert await host.pass_time(60) == ["NO CARRIER"]
