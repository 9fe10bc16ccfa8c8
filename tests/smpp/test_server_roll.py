"""How fast an account may submit."""

import pytest

from smpp.server_roll import Allowance
from tests.support.clock import FakeClock


@pytest.mark.parametrize("rate", [0.5, 1.0, 10.0, 333.0, 5000.0])
async def test_the_mean_rate_is_kept_and_a_second_may_come_at_once(rate: float) -> None:
    clock = FakeClock()
    allowance = Allowance(clock)
    burst = sum(allowance.take(rate) for _ in range(int(rate) + 50))
    assert burst == max(int(rate), 1)
    taken = 0
    for _ in range(400):
        clock.pass_time(0.025)
        while allowance.take(rate):
            taken += 1
    assert taken == pytest.approx(rate * 10, abs=1)


def test_without_a_rate_everything_is_allowed() -> None:
    allowance = Allowance(FakeClock())
    assert all(allowance.take(None) for _ in range(1000))
