"""Pauses that grow with each failure."""

import pytest

from gateway.engine.growing_pause import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    MOST_REMEMBERED,
    GrowingPauses,
)
from tests.support.clock import FakeClock

QUIET_S = 60.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def pauses(clock: FakeClock) -> GrowingPauses[str]:
    return GrowingPauses(clock, quiet_s=QUIET_S)


def fail(pauses: GrowingPauses[str], times: int, key: str = "anna") -> None:
    for _ in range(times):
        pauses.note_failure(key, allowed=3)


def test_the_last_of_the_allowed_failures_begins_the_first_pause(
    pauses: GrowingPauses[str],
) -> None:
    fail(pauses, 2)
    assert pauses.wait_s("anna") == 0
    fail(pauses, 1)
    assert pauses.wait_s("anna") == FIRST_PAUSE_S


def test_a_pause_runs_down_to_nothing(
    pauses: GrowingPauses[str], clock: FakeClock
) -> None:
    fail(pauses, 3)
    clock.pass_time(FIRST_PAUSE_S - 1)
    assert pauses.wait_s("anna") == pytest.approx(1)
    clock.pass_time(2)
    assert pauses.wait_s("anna") == 0


def test_a_pause_doubles_and_has_an_end_however_many_fail(
    pauses: GrowingPauses[str],
) -> None:
    fail(pauses, 3)
    waits = []
    for _ in range(8):
        waits.append(pauses.wait_s("anna"))
        fail(pauses, 1)
    assert waits == [10, 20, 40, 80, 160, 320, 640, LONGEST_PAUSE_S]
    fail(pauses, 5_000)
    assert pauses.wait_s("anna") == LONGEST_PAUSE_S


def test_a_key_does_not_wait_for_another(pauses: GrowingPauses[str]) -> None:
    fail(pauses, 3)
    assert pauses.wait_s("oleg") == 0


def test_quiet_after_the_pause_begins_anew(
    pauses: GrowingPauses[str], clock: FakeClock
) -> None:
    fail(pauses, 3)
    clock.pass_time(FIRST_PAUSE_S + QUIET_S)
    fail(pauses, 2)
    assert pauses.wait_s("anna") == 0


def test_too_little_quiet_goes_on_counting(
    pauses: GrowingPauses[str], clock: FakeClock
) -> None:
    fail(pauses, 3)
    clock.pass_time(FIRST_PAUSE_S + QUIET_S - 1)
    fail(pauses, 1)
    assert pauses.wait_s("anna") == 2 * FIRST_PAUSE_S


def test_what_is_forgotten_counts_no_more(pauses: GrowingPauses[str]) -> None:
    fail(pauses, 3)
    pauses.forget("anna")
    pauses.forget("nobody")
    assert (pauses.wait_s("anna"), len(pauses)) == (0, 0)


def test_who_failed_longest_ago_is_forgotten_when_there_are_too_many(
    pauses: GrowingPauses[str],
) -> None:
    fail(pauses, 3, "first")
    fail(pauses, 3, "second")
    fail(pauses, 1, "first")
    for number in range(MOST_REMEMBERED - 1):
        fail(pauses, 1, f"stranger {number}")
    assert len(pauses) == MOST_REMEMBERED
    assert pauses.wait_s("second") == 0
    assert pauses.wait_s("first") == 2 * FIRST_PAUSE_S
