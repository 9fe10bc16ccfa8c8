"""Values that decide."""

from datetime import timedelta

import pytest

from gateway.core.message import MessageClass, OnUnknown
from gateway.core.policy import DEFAULT_CLASSES, Backoff


@pytest.mark.parametrize(
    ("tries", "longest_s"),
    [(1, 30), (2, 60), (3, 120), (7, 1920), (8, 3600), (9, 3600), (1000, 3600)],
)
def test_waits_double_up_to_an_hour_with_jitter(tries: int, longest_s: int) -> None:
    backoff = Backoff()
    shortest, longest = backoff.wait(tries, 0.0), backoff.wait(tries, 0.999999)
    assert longest <= timedelta(seconds=longest_s)
    assert longest > timedelta(seconds=longest_s - 1)
    assert timedelta(seconds=15) <= shortest < longest


def test_only_what_is_urgent_is_sent_again_unasked() -> None:
    again = {
        kind
        for kind, policy in DEFAULT_CLASSES.items()
        if policy.on_unknown is OnUnknown.RESEND
    }
    assert again == {MessageClass.OTP, MessageClass.ALERT}
