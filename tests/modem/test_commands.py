"""No value can bring a second command, a control character or a quote along."""

import pytest

from modem import commands
from modem.commands import Command

HOSTILE = [
    "\r",
    "1\rATD112;",
    "\x1a",
    "\x1b",
    '"',
    '*100#",15\rATD1;',
    "привет",
    "",
    "1 2",
    "*21*79161234567#\n",
    "\0",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_no_ussd_code_pin_or_storage(value: str) -> None:
    assert not commands.is_ussd(value)
    with pytest.raises(ValueError, match="PIN"):
        commands.enter_pin(value)
    with pytest.raises(ValueError, match="storage"):
        commands.select_storage(value)


@pytest.mark.parametrize("line", ["AT\r", "ATI\nATD1;", "AT\x1a", "ATé", "CSQ", ""])
def test_a_line_is_printable_ascii(line: str) -> None:
    with pytest.raises(ValueError, match="AT"):
        Command(line=line)
    with pytest.raises(ValueError):  # noqa: PT011  # either rule may speak first
        commands.vendor(line)


def test_a_body_is_octets_in_hexadecimal() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        Command(line="AT+CMGS=1", body="00\x1a")


def test_a_pin_is_never_shown() -> None:
    assert "1234" not in commands.enter_pin("1234").shown


def test_the_length_of_a_pdu_leaves_the_service_centre_out() -> None:
    command = commands.send_pdu(b"\x00\x11\x00", 2, timeout_s=1, prompt_timeout_s=1)
    assert (command.line, command.body) == ("AT+CMGS=2", "001100")


def test_probes_are_answered_unlike_one_another() -> None:
    prefixes = [command.prefixes for command in commands.probes()]
    assert len(set(prefixes)) == len(prefixes)
