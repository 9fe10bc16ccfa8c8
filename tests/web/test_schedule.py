"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from web.schedule import DELAYS, MAX_AGE, Pause, next_try, read_retry_after

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_tries_are_spread_over_three_days_or_more() -> None:
    assert sum(DELAYS, timedelta()) >= timedelta(days=3)
    assert sum(DELAYS, timedelta()) * 1.1 < MAX_AGE


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_jitter_only_adds_a_tenth(jitter: float) -> None:
    for attempts, delay in enumerate(DELAYS, start=1):
        wait = next_try(attempts, age=timedelta(), jitter=jitter)
        assert wait is not None
        assert delay <= wait < delay * 1.1


def test_it_ends() -> None:
    assert next_try(len(DELAYS) + 1, age=timedelta(), jitter=0) is None
    assert next_try(1, age=MAX_AGE, jitter=0) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("999999999", 86_400),
        ("99999999999999999999", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Sun, 99 Mar 2026 12:01:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(
    value: str | None, seconds: int | None
) -> None:
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert read_retry_after(value, NOW) == expected


def test_a_pause_grows_to_a_minute_and_a_throttle_is_half_of_one_at_least() -> None:
    pause = None
    waits = []
    for _ in range(10):
        pause = Pause.after(pause, now=NOW, status=500, retry_after=None, jitter=0)
        waits.append((pause.until - NOW).total_seconds())
    assert waits[:4] == [1, 2, 4, 8]
    assert waits[-1] == 60
    for status in (429, 502, 504):
        first = Pause.after(None, now=NOW, status=status, retry_after=None, jitter=0)
        assert first.until - NOW == timedelta(seconds=30)
