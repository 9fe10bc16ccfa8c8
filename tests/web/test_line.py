"""What waits for one listener: its order, its window, its pauses."""

from datetime import timedelta

import pytest

from gateway.core.account import Delivery, DeliveryState
from gateway.core.ids import DeliveryId
from tests.web.world import START
from web.line import QUEUE_LIMIT, Line

SECOND = timedelta(seconds=1)


def delivery(number: int, *, due_at: timedelta = timedelta(0)) -> Delivery:
    return Delivery(
        id=DeliveryId(f"whd_{number:04}"),
        webhook_id=None,
        url="u",
        token_id=None,
        message_id=None,
        event_seq=number,
        event_type="message.sent",
        body="{}",
        state=DeliveryState.PENDING,
        attempts=0,
        due_at=START + due_at,
        created_at=START,
    )


def line_of(count: int, *, window: int = 100) -> Line:
    line = Line("u", window_limit=window)
    for number in range(count):
        line.offer(delivery(number), limit=QUEUE_LIMIT)
    return line


def post_all(line: Line) -> list[int]:
    """The numbers of those that may be under way at once."""
    found = []
    while (one := line.next(START)) is not None:
        found.append(one.event_seq)
    return found


def finish(line: Line, number: int) -> None:
    line.under_way -= 1
    line.worked(START)
    line.settle(delivery(number).id)


def test_the_window_opens_by_one_with_each_success_up_to_its_limit() -> None:
    line = line_of(20, window=3)
    sizes = []
    number = 0
    for _ in range(4):
        under_way = post_all(line)
        sizes.append(len(under_way))
        for number in under_way:
            finish(line, number)
    assert sizes == [1, 2, 3, 3]
    assert number == 8


def test_a_failure_halves_the_window_and_sends_the_queue_back_to_the_store() -> None:
    line = line_of(20)
    for number in range(7):
        assert line.next(START) == delivery(number)
        finish(line, number)
    line.failed(START, status=500, retry_after=None, jitter=0.0)
    assert post_all(line) == []
    assert line.next_look(START) == START + SECOND
    later = START + 2 * SECOND
    asked = line.ask(limit=QUEUE_LIMIT)
    line.fill([delivery(number) for number in range(7, 20)], later, asked=asked)
    assert [line.next(later) is not None for _ in range(5)] == [True] * 4 + [False]


def test_what_failed_together_is_one_failure() -> None:
    line = line_of(20)
    for _ in range(5):
        line.failed(START, status=500, retry_after=None, jitter=0.0)
    assert line.pause is not None
    assert line.pause.failures == 1


def test_a_success_ends_a_pause_unless_it_was_asked_for() -> None:
    line = line_of(1)
    line.failed(START, status=500, retry_after=None, jitter=0.0)
    line.worked(START)
    assert not line.is_paused(START)
    line.failed(START, status=503, retry_after=60 * SECOND, jitter=0.0)
    line.worked(START)
    assert line.is_paused(START + 59 * SECOND)


@pytest.mark.parametrize("behind", ["full", "asking", "older in the store"])
def test_what_is_new_does_not_overtake_what_is_in_the_store(behind: str) -> None:
    line = line_of(QUEUE_LIMIT if behind == "full" else 1)
    if behind == "asking":
        line.ask(limit=QUEUE_LIMIT)
    elif behind == "older in the store":
        line.expect(START)
    line.offer(delivery(999), limit=QUEUE_LIMIT)
    line.under_way = -1000
    assert 999 not in post_all(line)
    assert line.look_at == START


def test_a_try_that_is_due_later_does_not_hold_up_what_is_new() -> None:
    line = line_of(0)
    line.expect(START + 60 * SECOND)
    line.offer(delivery(1), limit=QUEUE_LIMIT)
    assert line.next(START) == delivery(1)
    assert line.next_look(START) == START + 60 * SECOND


def test_an_answer_of_the_store_from_before_a_result_sends_nothing_twice() -> None:
    line = line_of(1)
    line.next(START)
    asked = line.ask(limit=QUEUE_LIMIT)
    finish(line, 0)  # committed after the store was read
    line.fill([delivery(0), delivery(1)], START, asked=asked)
    assert post_all(line) == [1]
    finish(line, 1)
    assert line.is_over


def test_the_store_is_asked_again_when_it_had_more() -> None:
    line = line_of(0)
    asked = line.ask(limit=2)
    found = [delivery(1), delivery(2), delivery(3, due_at=SECOND)]
    line.fill(found[:asked], START, asked=asked)
    assert line.look_at == START
    assert line.next_look(START) is None  # not before there is room
    asked = line.ask(limit=8)
    line.fill(found, START, asked=asked)
    assert line.look_at == START + SECOND


def test_results_that_cannot_be_written_stop_the_line() -> None:
    line = line_of(0, window=10_000)
    taken = 0
    for _ in range(10):
        asked = line.ask(limit=QUEUE_LIMIT)
        numbers = range(taken, taken + asked)
        line.fill([delivery(number) for number in numbers], START, asked=asked)
        while line.next(START) is not None:
            taken += 1
            line.under_way -= 1
        if not line.is_hungry(START):
            break
    assert taken <= 3 * QUEUE_LIMIT
    assert not line.is_hungry(START)


def test_an_old_pause_is_forgotten() -> None:
    line = line_of(0)
    line.failed(START, status=None, retry_after=None, jitter=0.0)
    assert not line.is_over
    moment = line.next_look(START + 2 * SECOND)
    assert moment is not None
    line.forget_old_pause(moment)
    assert line.is_over
