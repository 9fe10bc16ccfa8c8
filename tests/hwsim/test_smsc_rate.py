"""How many submits may pass."""

from dataclasses import replace

from hwsim.clock import VirtualClock
from hwsim.smsc_account import DEFAULT_ACCOUNT
from hwsim.smsc_rate import Bucket


def test_a_bucket_fills_with_time_up_to_its_depth() -> None:
    clock = VirtualClock()
    bucket = Bucket(clock, replace(DEFAULT_ACCOUNT, rate_per_s=10.0, burst=3))
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.advance(0.1)
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.advance(60)
    assert sum(bucket.take() for _ in range(10)) == 3


def test_an_account_without_a_rate_is_not_limited() -> None:
    bucket = Bucket(VirtualClock(), DEFAULT_ACCOUNT)
    assert all(bucket.take() for _ in range(100))
