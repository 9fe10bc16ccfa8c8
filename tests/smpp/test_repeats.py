"""Which deliver_sm is a repeat."""

from smpp import pdu as p
from smpp.repeats import Repeats
from smpp.wire import Frame

YES = Frame(command=p.Command.DELIVER_SM, status=0, sequence=1, body=b"yes")
AGAIN = Frame(command=p.Command.DELIVER_SM, status=0, sequence=9, body=b"yes")


def test_two_messages_alike_are_two() -> None:
    repeats = Repeats()
    first = repeats.raw_of(YES, b"1", 0.0)
    repeats.answered(YES, 0.0)
    assert repeats.raw_of(AGAIN, b"2", 1.0) != first


def test_what_was_not_answered_when_the_connection_ended_is_the_same() -> None:
    repeats = Repeats()
    first = repeats.raw_of(YES, b"1", 0.0)
    repeats.connection_ended(60.0)
    assert repeats.raw_of(AGAIN, b"2", 61.0) == first


def test_what_was_answered_well_before_is_another() -> None:
    repeats = Repeats()
    first = repeats.raw_of(YES, b"1", 0.0)
    repeats.answered(YES, 0.0)
    repeats.connection_ended(60.0)
    assert repeats.raw_of(AGAIN, b"2", 61.0) != first


def test_a_repeat_is_taken_for_one_once_and_not_for_ever() -> None:
    repeats = Repeats()
    first = repeats.raw_of(YES, b"1", 0.0)
    repeats.connection_ended(1.0)
    assert repeats.raw_of(AGAIN, b"2", 2.0) == first
    assert repeats.raw_of(AGAIN, b"3", 3.0) != first
    repeats.connection_ended(4.0)
    assert repeats.raw_of(AGAIN, b"4", 4000.0) not in (first, b"3")
