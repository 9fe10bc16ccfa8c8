"""Claims about settings that only have values."""

from hwsim.at_settings import spell_range
from tests.hwsim.host import Host


async def test_table_settings_test_read_set_and_refuse() -> None:
    host = await Host().quiet()
    assert await host.say("AT+CMEE=?") == ["+CMEE: (0-2)", "OK"]
    assert await host.say("AT+CMMS=2") == ["OK"]
    assert await host.say("AT+CMMS?") == ["+CMMS: 2", "OK"]
    assert await host.say("AT+CMMS=3") == ["+CME ERROR: 50"]
    assert await host.say("AT+CMMS=1,1") == ["+CME ERROR: 50"]
    assert await host.say("AT+CGSMS=?") == ["+CGSMS: (0-3)", "OK"]


def test_a_range_is_spelled_short_only_without_gaps() -> None:
    assert spell_range(range(4)) == "(0-3)"
    assert spell_range((0, 1)) == "(0,1)"
    assert spell_range((2,)) == "(2)"
    assert spell_range((0, 2, 1, 5)) == "(0,1,2,5)"
