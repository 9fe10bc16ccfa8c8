"""Whether a link that is up really carries messages."""

from gateway.engine.health import (
    LEAST_SEEN,
    LOOKED_AT,
    MOST_DOUBTFUL,
    REMEMBERED_S,
    TAKEN_TO_RECOVER,
    Health,
    Sign,
)

TAKEN, REFUSED, DOUBTFUL = Sign.TAKEN, Sign.REFUSED, Sign.DOUBTFUL


def after(*signs: Sign, at: float = 0.0) -> Health:
    health = Health()
    for sign in signs:
        health.note(sign, at)
    return health


def sick() -> Health:
    health = after(*[REFUSED] * LEAST_SEEN)
    assert health.is_sick
    return health


def test_it_is_sick_when_more_than_half_were_refused() -> None:
    half = LOOKED_AT // 2
    assert not after(*[TAKEN, REFUSED] * half).is_sick
    assert after(*[TAKEN] * LOOKED_AT, *[REFUSED] * (half + 1)).is_sick
    assert not after(*[TAKEN] * LOOKED_AT, *[REFUSED] * half).is_sick


def test_a_few_attempts_say_nothing() -> None:
    assert not after(*[REFUSED] * (LEAST_SEEN - 1)).is_sick


def test_a_few_without_answer_are_enough() -> None:
    assert not after(*[TAKEN] * 15, *[DOUBTFUL] * (MOST_DOUBTFUL - 1)).is_sick
    assert after(*[TAKEN] * 15, *[DOUBTFUL] * MOST_DOUBTFUL).is_sick


def test_old_attempts_are_forgotten() -> None:
    health = after(*[REFUSED] * (LEAST_SEEN - 1))
    health.note(REFUSED, REMEMBERED_S)
    assert not health.is_sick


def test_what_made_it_sick_is_said() -> None:
    assert after(*[REFUSED] * 8, *[DOUBTFUL] * 2).words == (
        "of the last 10 attempts 8 were refused for now and 2 got no answer"
    )


def test_it_is_tried_with_one_at_growing_distances() -> None:
    health, now = sick(), 0.0
    waits = []
    for _ in range(7):
        assert health.try_at is not None
        waits.append(health.try_at - now)
        now = health.try_at
        assert health.begun()
        assert health.try_at is None
        assert not health.begun()
        health.note(REFUSED, now)
    assert waits == [15, 30, 60, 120, 240, 300, 300]


def test_results_of_earlier_attempts_do_not_lengthen_the_wait() -> None:
    health = sick()
    for _ in range(10):
        assert not health.note(DOUBTFUL, 1.0)
    assert health.try_at == 15.0


def test_it_is_well_after_a_few_in_a_row() -> None:
    health = sick()
    for sign in (TAKEN, TAKEN, REFUSED, *[TAKEN] * (TAKEN_TO_RECOVER - 1)):
        health.begun()
        health.note(sign, 20.0)
        assert health.is_sick
    assert health.try_at == 20.0
    health.begun()
    assert health.note(TAKEN, 21.0)
    assert not health.is_sick
    assert health.try_at is None


def recovered(health: Health, now: float) -> None:
    for _ in range(TAKEN_TO_RECOVER):
        health.note(TAKEN, now)
    assert not health.is_sick


def test_after_recovery_it_takes_as_much_as_before_to_fall_sick() -> None:
    health = sick()
    recovered(health, 20.0)
    for _ in range(LEAST_SEEN - 1):
        assert not health.note(REFUSED, 21.0)
    assert health.note(REFUSED, 21.0)


def test_a_relapse_is_tried_later_than_the_first_time() -> None:
    for well_for_s, wait_s in ((10.0, 30.0), (REMEMBERED_S + 10.0, 15.0)):
        health = sick()
        recovered(health, 20.0)
        now = 20.0 + well_for_s
        for _ in range(LEAST_SEEN):
            health.note(REFUSED, now)
        assert health.try_at == now + wait_s
