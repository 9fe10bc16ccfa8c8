"""Who has to wait after wrong tries."""

import pytest

from gateway.core.errors import TooMany
from gateway.engine.growing_pause import LONGEST_PAUSE_S, MOST_REMEMBERED
from gateway.engine.login_limit import (
    QUIET_S,
    TRIES_OF_LOGIN,
    TRIES_OF_PAIR,
    TRIES_OF_SOURCE,
    LoginLimit,
)
from tests.support.clock import FakeClock

HERE, THERE = "10.0.0.1", "10.0.0.2"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def limit(clock: FakeClock) -> LoginLimit:
    return LoginLimit(clock)


def wait_of(limit: LoginLimit, login: str, source: str) -> float:
    """How long one has to wait; 0: not at all."""
    try:
        limit.check(login, source)
    except TooMany as refused:
        return refused.retry_after.total_seconds()
    return 0.0


def test_a_few_slips_are_free(limit: LoginLimit) -> None:
    for _ in range(TRIES_OF_PAIR - 1):
        limit.note_wrong("anna", HERE)
    assert wait_of(limit, "anna", HERE) == 0


def test_each_pause_is_twice_the_one_before_and_never_for_ever(
    limit: LoginLimit, clock: FakeClock
) -> None:
    pauses = []
    for _ in range(TRIES_OF_PAIR - 1):
        limit.note_wrong("anna", HERE)
    for _ in range(9):
        limit.note_wrong("anna", HERE)
        pauses.append(wait_of(limit, "anna", HERE))
        clock.pass_time(pauses[-1])
        assert wait_of(limit, "anna", HERE) == 0
    assert pauses == [10, 20, 40, 80, 160, 320, 640, LONGEST_PAUSE_S, LONGEST_PAUSE_S]


def test_a_stranger_elsewhere_does_not_lock_an_agent_out(limit: LoginLimit) -> None:
    for _ in range(TRIES_OF_PAIR):
        limit.note_wrong("anna", THERE)
    assert wait_of(limit, "anna", THERE) > 0
    assert wait_of(limit, "anna", HERE) == 0
    assert wait_of(limit, "oleg", THERE) == 0


def test_many_addresses_together_guess_no_faster(limit: LoginLimit) -> None:
    for number in range(TRIES_OF_LOGIN):
        limit.note_wrong("anna", f"10.1.0.{number}")
    assert wait_of(limit, "anna", "10.2.0.1") > 0
    assert wait_of(limit, "oleg", "10.2.0.1") == 0


def test_one_address_cannot_go_through_all_names(limit: LoginLimit) -> None:
    for number in range(TRIES_OF_SOURCE):
        limit.note_wrong(f"agent{number}", HERE)
    assert wait_of(limit, "anna", HERE) > 0
    assert wait_of(limit, "anna", THERE) == 0


def test_who_knows_one_password_does_not_free_an_address(limit: LoginLimit) -> None:
    for number in range(TRIES_OF_SOURCE - 1):
        limit.note_wrong(f"agent{number}", HERE)
    limit.note_right("mallory", HERE)
    limit.note_wrong("anna", HERE)
    assert wait_of(limit, "anna", HERE) > 0


def test_the_right_password_forgives_that_login(limit: LoginLimit) -> None:
    for _ in range(TRIES_OF_PAIR - 1):
        limit.note_wrong("anna", HERE)
    limit.note_right("anna", HERE)
    limit.note_wrong("anna", HERE)
    assert wait_of(limit, "anna", HERE) == 0


def test_after_a_quiet_time_all_is_forgotten(
    limit: LoginLimit, clock: FakeClock
) -> None:
    for _ in range(TRIES_OF_PAIR):
        limit.note_wrong("anna", HERE)
    clock.pass_time(10 + QUIET_S)
    limit.note_wrong("anna", HERE)
    assert wait_of(limit, "anna", HERE) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "", True),
    ],
)
def test_one_network_is_one_source(
    limit: LoginLimit, one: str, other: str, *, same: bool
) -> None:
    for _ in range(TRIES_OF_PAIR):
        limit.note_wrong("anna", one)
    assert (wait_of(limit, "anna", other) > 0) is same


def test_memory_has_a_limit(limit: LoginLimit) -> None:
    for number in range(MOST_REMEMBERED):
        limit.note_wrong(f"name{number}", HERE)
    assert len(limit._pauses) <= MOST_REMEMBERED
