"""Time stamps and validity periods."""

from datetime import UTC, datetime, timedelta

import pytest

from hwsim.wire import WireError
from hwsim.wire.timestamp import (
    decode_enhanced_validity,
    decode_relative_validity,
    decode_time,
    encode_relative_validity,
    encode_time,
)

_MOMENT = datetime(2026, 1, 15, 21, 30, 5, tzinfo=UTC)


def test_a_time_is_local_with_its_zone() -> None:
    assert encode_time(_MOMENT, offset_quarters=12).hex() == "62106100035021"


@pytest.mark.parametrize("quarters", [-48, -1, 0, 12, 56])
def test_a_time_comes_back_from_any_zone(quarters: int) -> None:
    assert decode_time(encode_time(_MOMENT, offset_quarters=quarters)) == _MOMENT


@pytest.mark.parametrize("octets", ["00" * 7, "FF" * 7, "62316100035021", "6210"])
def test_octets_that_name_no_moment_are_refused(octets: str) -> None:
    with pytest.raises(WireError):
        decode_time(bytes.fromhex(octets))


@pytest.mark.parametrize(
    ("octet", "period"),
    [
        (0, timedelta(minutes=5)),
        (143, timedelta(hours=12)),
        (144, timedelta(hours=12, minutes=30)),
        (167, timedelta(days=1)),
        (168, timedelta(days=2)),
        (196, timedelta(days=30)),
        (197, timedelta(weeks=5)),
        (255, timedelta(weeks=63)),
    ],
)
def test_relative_periods_are_those_of_the_table(octet: int, period: timedelta) -> None:
    assert decode_relative_validity(octet) == period
    assert encode_relative_validity(period) == octet


def test_enhanced_periods_are_read() -> None:
    assert decode_enhanced_validity(bytes.fromhex("012A0000000000")) == timedelta(
        minutes=215
    )
    assert decode_enhanced_validity(bytes.fromhex("021E0000000000")) == timedelta(
        seconds=30
    )
    assert decode_enhanced_validity(bytes.fromhex("03104500000000")) == timedelta(
        hours=1, minutes=54
    )
    assert decode_enhanced_validity(bytes(7)) is None
    with pytest.raises(WireError):
        decode_enhanced_validity(b"\x80" * 7)
