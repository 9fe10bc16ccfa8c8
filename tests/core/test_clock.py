"""The machine's clock."""

from datetime import timedelta

from gateway.core.clock import SystemClock


async def test_time_is_aware_in_utc_and_never_goes_back() -> None:
    clock = SystemClock()
    now, steady = clock.now(), clock.monotonic()
    await clock.sleep(0)
    assert now.utcoffset() == timedelta()
    assert clock.monotonic() >= steady
