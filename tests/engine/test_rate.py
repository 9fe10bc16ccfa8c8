"""The token bucket."""

import pytest

from gateway.engine.rate import TokenBucket
from tests.support.clock import FakeClock


def test_tokens_come_at_the_rate() -> None:
    clock = FakeClock()
    bucket = TokenBucket(clock, 2.0)
    assert bucket.try_take()
    assert not bucket.try_take()
    assert bucket.wait_s() == pytest.approx(0.5)
    clock.pass_time(0.5)
    assert bucket.try_take()


def test_a_rest_is_no_reason_for_a_burst() -> None:
    clock = FakeClock()
    bucket = TokenBucket(clock, 1.0)
    clock.pass_time(3600)
    taken = [bucket.try_take() for _ in range(5)]
    assert sum(taken) <= 2


def test_a_token_given_back_can_be_taken_again() -> None:
    bucket = TokenBucket(FakeClock(), 1.0)
    assert bucket.try_take()
    bucket.give_back()
    assert bucket.try_take()


def test_without_a_rate_there_is_always_a_token() -> None:
    bucket = TokenBucket(FakeClock(), None)
    assert all(bucket.try_take() for _ in range(100))
    assert bucket.wait_s() == 0


@pytest.mark.parametrize("rate", [0.0, -1.0])
def test_a_rate_is_above_nothing(rate: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        TokenBucket(FakeClock(), rate)
