"""Which deliver_sm is a repeat."""

from smpp import pdu as p
from smpp.repeats import Doubts, Repeats, stamped
from smpp.wire import Frame

MINUTE = 60_000_000


def yes(sequence: int) -> Frame:
    return Frame(command=p.Command.DELIVER_SM, status=0, sequence=sequence, body=b"yes")


def test_two_messages_alike_are_two() -> None:
    repeats = Repeats(Doubts())
    first = repeats.raw_of(yes(1), 1, 0.0)
    repeats.answered(yes(1), 0.0)
    assert repeats.raw_of(yes(9), 2, 1.0) != first


def test_what_was_not_answered_when_the_connection_ended_is_the_same() -> None:
    doubts = Doubts()
    repeats = Repeats(doubts)
    first = repeats.raw_of(yes(1), 1, 0.0)
    repeats.connection_ended(60.0)
    assert Repeats(doubts).raw_of(yes(9), 2, 61.0) == first


def test_what_was_answered_well_before_is_another() -> None:
    repeats = Repeats(Doubts())
    first = repeats.raw_of(yes(1), 1, 0.0)
    repeats.answered(yes(1), 0.0)
    repeats.connection_ended(60.0)
    assert repeats.raw_of(yes(9), 2, 61.0) != first


def test_a_repeat_is_taken_for_one_once_and_not_for_ever() -> None:
    repeats = Repeats(Doubts())
    first = repeats.raw_of(yes(1), 1, 0.0)
    repeats.connection_ended(1.0)
    assert repeats.raw_of(yes(9), 2, 2.0) == first
    third = repeats.raw_of(yes(10), 3, 3.0)
    assert third != first
    repeats.connection_ended(4.0)
    assert repeats.raw_of(yes(11), 4, 4000.0) not in (first, third)


def test_two_alike_that_were_not_answered_are_two_when_they_come_again() -> None:
    doubts = Doubts()
    repeats = Repeats(doubts)
    taken = [repeats.raw_of(yes(number), number, 0.0) for number in (1, 2)]
    repeats.connection_ended(1.0)
    again = Repeats(doubts)
    assert [again.raw_of(yes(number), 9, 2.0) for number in (1, 2)] == taken


def test_what_comes_again_on_another_bind_is_the_same() -> None:
    doubts = Doubts()
    one, other = Repeats(doubts), Repeats(doubts)
    first = one.raw_of(yes(1), 1, 0.0)
    one.connection_ended(1.0)
    assert other.raw_of(yes(7), 2, 1.0) == first


def test_its_like_on_another_connection_may_be_the_same_for_a_while() -> None:
    doubts = Doubts()
    one, other = Repeats(doubts), Repeats(doubts)
    one.raw_of(yes(1), 1, 0.0)
    assert other.is_elsewhere(yes(7), 100.0)
    assert not one.is_elsewhere(yes(2), 0.0)
    one.answered(yes(1), 100.0)
    assert not other.is_elsewhere(yes(7), 103.0)
    one.connection_ended(103.0)
    assert not doubts.connections


def test_what_was_kept_just_before_a_crash_may_come_again() -> None:
    doubts = Doubts()
    long_ago, newer, newest = (
        stamped(Frame(command=5, status=0, sequence=1, body=body), at)
        for body, at in ((b"old", 1), (b"yes", 5 * MINUTE), (b"new", 5 * MINUTE + 1))
    )
    doubts.add_after_crash([newest, newer, long_ago], 0.0)
    assert doubts.take(b"yes", 1.0) == newer
    assert doubts.take(b"yes", 1.0) is None
    assert doubts.take(b"new", 301.0) is None
    assert doubts.take(b"old", 1.0) is None
