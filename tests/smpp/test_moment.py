"""Moments and periods in sixteen characters."""

from datetime import UTC, datetime, timedelta

import pytest

from smpp.config import Validity
from smpp.moment import absolute, delivery_time, read_moment, validity_period

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "form", "text"),
    [
        (timedelta(days=2, hours=3), Validity.RELATIVE, "000002030000000R"),
        (timedelta(minutes=5, seconds=9), Validity.RELATIVE, "000000000509000R"),
        (timedelta(0), Validity.RELATIVE, "000000000001000R"),
        (timedelta(days=400), Validity.RELATIVE, "000031000000000R"),
        (timedelta(days=2), Validity.ABSOLUTE, "261124080000000+"),
        (timedelta(days=2), Validity.NONE, ""),
        (None, Validity.RELATIVE, ""),
    ],
)
def test_a_validity_has_sixteen_characters_or_none(
    period: timedelta | None, form: Validity, text: str
) -> None:
    assert validity_period(period, form, NOW) == text
    assert len(text) in (0, 16)


@pytest.mark.parametrize(
    ("quarters", "text"),
    [
        (0, "261122090000000+"),
        (12, "261122120000012+"),
        (-13, "261122054500013-"),
        (23, "261122144500023+"),
    ],
)
def test_an_absolute_time_is_local_with_its_quarters(quarters: int, text: str) -> None:
    hour = timedelta(hours=1)
    told = validity_period(hour, Validity.ABSOLUTE, NOW, offset_quarters=quarters)
    assert told == text
    at = delivery_time(NOW + hour, Validity.ABSOLUTE, NOW, offset_quarters=quarters)
    assert at == text


@pytest.mark.parametrize("quarters", [-48, -13, 0, 12, 48])
def test_what_is_written_is_read_as_the_same_moment(quarters: int) -> None:
    assert read_moment(absolute(NOW, quarters), NOW + timedelta(days=3)) == NOW


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("000000000500000R", timedelta(minutes=5)),
        ("000002030405000R", timedelta(days=2, hours=3, minutes=4, seconds=5)),
        ("010100000000000R", timedelta(days=395)),
        ("261122080000500+", timedelta(milliseconds=500)),
    ],
)
def test_a_moment_is_absolute_or_from_now_on(text: str, after: timedelta) -> None:
    assert read_moment(text, NOW) == NOW + after


@pytest.mark.parametrize(
    "text",
    [
        *("", "2611220800", "26112208000000+", "261122080000000 ", "261122080000049+"),
        *(
            "261322080000000+",
            "260229080000000+",
            "26112208000000aR",
            "²61122080000000+",
        ),
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|out of range|at most"):
        read_moment(text, NOW)
