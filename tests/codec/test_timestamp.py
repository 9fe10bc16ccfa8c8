"""3GPP TS 23.040 9.2.3.11 and 9.2.3.12: times, zones, validity periods."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.timestamp import (
    ServiceTime,
    decode_time,
    decode_validity_enhanced,
    decode_validity_relative,
    encode_time,
    encode_validity,
    service_time,
)
from tests.codec.strategy import octet, service_times

MOMENT = datetime(2026, 11, 15, 13, 52, 34, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quarter_hours", "octets"),
    [
        (0, "62115131254300"),
        (12, "62115161254321"),
        (-16, "62115190254369"),
        (22, "62115191224322"),
        (-1, "62115131734318"),
    ],
)
def test_a_moment_is_written_in_local_time_with_its_zone(
    quarter_hours: int, octets: str
) -> None:
    # The zone's tens are in bits 0 to 2, its sign in bit 3, its units in the high half.
    assert encode_time(MOMENT, quarter_hours).hex() == octets
    assert decode_time(bytes.fromhex(octets), 0).moment == MOMENT


@given(service_times)
def test_a_time_survives(time: ServiceTime) -> None:
    assert time.moment is not None
    assert decode_time(b"\0" + time.raw + b"\0", 1) == time


def test_the_octets_of_a_service_time_say_its_moment() -> None:
    assert service_time(MOMENT, -79) == ServiceTime(
        moment=MOMENT, raw=encode_time(MOMENT, -79)
    )


@given(st.binary(min_size=7, max_size=7))
def test_any_seven_octets_are_a_time_whose_moment_may_be_unknown(raw: bytes) -> None:
    time = decode_time(raw, 0)
    assert time.raw == raw
    assert time.moment is None or time.moment.tzinfo is UTC


@pytest.mark.parametrize(
    "octets",
    [
        "00000000000000",
        "FFFFFFFFFFFFFF",
        "62315131254300",
        "62112331254300",
        "62115142254300",
        "62115131064300",
        "6A115131254300",
        "A6115131254300",
        "621151312543FF",
        "62200331254300",
    ],
)
def test_a_damaged_time_has_no_moment_and_keeps_its_octets(octets: str) -> None:
    raw = bytes.fromhex(octets)
    assert decode_time(raw, 0) == ServiceTime(moment=None, raw=raw)


def test_a_zone_counted_in_hexadecimal_is_believed_while_such_a_zone_exists() -> None:
    east = bytes.fromhex("621151312543A0")
    assert decode_time(east, 0).moment == MOMENT - timedelta(hours=2, minutes=30)
    nowhere = bytes.fromhex("621151312543F7")
    assert decode_time(nowhere, 0).moment is None


def test_fewer_than_seven_octets_are_a_decode_error() -> None:
    with pytest.raises(DecodeError, match="7 octets of time stamp"):
        decode_time(bytes(7), 1)


@pytest.mark.parametrize(("year", "octet"), [(1970, 7), (1999, 0x99), (2067, 0x76)])
def test_two_digits_of_a_year_mean_1969_to_2068(year: int, octet: int) -> None:
    moment = MOMENT.replace(year=year)
    raw = encode_time(moment)
    assert raw[0] == octet
    assert decode_time(raw, 0).moment == moment


@pytest.mark.parametrize(
    ("moment", "quarter_hours"),
    [
        (MOMENT.replace(tzinfo=None), 0),
        (MOMENT, 80),
        (MOMENT, -80),
        (MOMENT.replace(year=1969), 0),
        (datetime.max.replace(tzinfo=UTC), 1),
    ],
)
def test_a_time_that_cannot_be_written_is_refused(
    moment: datetime, quarter_hours: int
) -> None:
    with pytest.raises(ValueError, match="time"):
        encode_time(moment, quarter_hours)


@pytest.mark.parametrize(
    ("octet", "period"),
    [
        (0, timedelta(minutes=5)),
        (143, timedelta(hours=12)),
        (144, timedelta(hours=12, minutes=30)),
        (167, timedelta(hours=24)),
        (168, timedelta(days=2)),
        (196, timedelta(days=30)),
        (197, timedelta(weeks=5)),
        (255, timedelta(weeks=63)),
    ],
)
def test_a_relative_period_is_as_in_9_2_3_12_1(octet: int, period: timedelta) -> None:
    assert decode_validity_relative(octet) == period
    assert encode_validity(period) == octet


@given(st.timedeltas(timedelta(0), timedelta(weeks=63)))
def test_a_period_is_rounded_up_to_the_next_that_can_be_said(
    period: timedelta,
) -> None:
    octet = encode_validity(period)
    assert decode_validity_relative(octet) >= period
    assert octet == 0 or decode_validity_relative(octet - 1) < period


def test_a_period_outside_the_range_takes_the_nearest_end() -> None:
    assert encode_validity(timedelta(seconds=-1)) == 0
    assert encode_validity(timedelta(weeks=64)) == 255


@pytest.mark.parametrize(
    ("octets", "period"),
    [
        ("00000000000000", None),
        ("01A90000000000", timedelta(days=3)),
        ("410B0000000000", timedelta(hours=1)),
        ("021E0000000000", timedelta(seconds=30)),
        ("02000000000000", None),
        ("03102030000000", timedelta(hours=1, minutes=2, seconds=3)),
        ("031A2030000000", None),
        ("8200FF00000000", timedelta(seconds=255)),
        ("07000000000000", None),
    ],
)
def test_an_enhanced_period_is_as_in_9_2_3_12_3(
    octets: str, period: timedelta | None
) -> None:
    assert decode_validity_enhanced(bytes.fromhex(octets)) == period


@given(st.lists(octet, min_size=7, max_size=7).map(bytes))
def test_any_seven_octets_are_an_enhanced_period_or_none(octets: bytes) -> None:
    period = decode_validity_enhanced(octets)
    assert period is None or period >= timedelta(0)
