"""Claims about the syntax of command lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.at_parser import LineBuffer, Values, commands_of
from hwsim.at_reply import AtError


def _names(line: str) -> list[str]:
    commands = commands_of(line)
    assert commands is not None
    return [str(command) for command in commands]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("AT", []),
        ("ATE0V1&C1", ["E=0", "V=1", "&C=1"]),
        ("ate0+cmee=1;+creg?", ["E=0", "+CMEE=1", "+CREG?"]),
        ("AT+CMGL=?;^CURC=0;#QSS?;!GSTATUS?", None),
        ("ATD+7916;", ["D=+7916;"]),
        ("AT S0=1 S3?", ["S0=1", "S3?"]),
        ('AT+CSCA="a;b",145;+CSQ', ['+CSCA="a;b",145', "+CSQ"]),
        ("0011AT+CSQ", ["+CSQ"]),
        ("AT\\Q3", ["\\Q=3"]),
        ("ATZ;", ["Z"]),
    ],
)
def test_lines_fall_into_commands(line: str, expected: list[str] | None) -> None:
    found = _names(line)
    if expected is None:
        assert len(found) == 4
    else:
        assert found == expected


def test_no_at_is_no_command_line() -> None:
    assert commands_of("hello") is None


def test_a_sign_that_starts_no_command_is_an_error() -> None:
    with pytest.raises(AtError):
        _names("AT?")


def test_values_are_absent_numbers_or_strings() -> None:
    values = Values('1,,"a,b",( "x","y"),-5')
    assert len(values) == 5
    assert values.number(0) == 1
    assert not values.has(1)
    assert values.number(1, 7) == 7
    assert values.text(2) == "a,b"
    assert values.number(4) == -5
    for place in (1, 2, 9):
        with pytest.raises(AtError):
            values.number(place)
    assert len(Values("")) == 0


@given(st.text())
def test_any_line_gives_commands_or_an_at_error(line: str) -> None:
    commands = commands_of("AT" + line)
    assert commands is not None
    try:
        for command in commands:
            len(Values(command.text))
    except AtError:
        pass


@given(st.binary())
def test_any_octets_are_taken_and_the_next_line_is_whole(octets: bytes) -> None:
    buffer = LineBuffer()
    lines = [buffer.put(octet, line_end=13, erase=8) for octet in octets + b"\rAT\r"]
    assert lines[-1] == "AT"
