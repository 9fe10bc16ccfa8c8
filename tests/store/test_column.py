"""Columns: times keep their microsecond, lists and nothing come back."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from gateway.store.column import (
    BEYOND,
    from_json,
    from_moment,
    from_moment_or_none,
    from_numbers,
    to_moment,
    to_moment_or_none,
    to_numbers,
    to_texts,
)
from tests.support.ids import SeededIds


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_keeps_its_microsecond(moment: datetime) -> None:
    assert to_moment(from_moment(moment)) == moment


def test_another_zone_is_the_same_moment() -> None:
    moscow = timezone(timedelta(hours=3))
    moment = datetime(2026, 3, 1, 15, tzinfo=moscow)
    assert to_moment(from_moment(moment)) == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_nothing_stays_nothing() -> None:
    assert from_moment_or_none(None) is None
    assert to_moment_or_none(None) is None
    assert from_numbers(()) is None
    assert to_numbers(None) == ()


def test_lists_come_back() -> None:
    assert to_numbers(from_numbers((2, 3))) == (2, 3)
    assert to_texts(from_json(("стоп", "*"))) == ("стоп", "*")


def test_every_identity_sorts_before_the_end() -> None:
    ids = SeededIds()
    assert all(ids.new(prefix) < BEYOND for prefix in ("msg", "zzz", "con"))
