"""States and their fold."""

from itertools import permutations

import pytest

from gateway.core.message import (
    MESSAGE_MOVES,
    TERMINAL,
    MessageState,
    SegmentState,
    fold,
)

S = SegmentState


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([S.QUEUED], MessageState.QUEUED),
        ([S.QUEUED, S.CANCELLED], MessageState.QUEUED),
        ([S.SENT, S.QUEUED], MessageState.SENDING),
        ([S.SENDING, S.FAILED], MessageState.SENDING),
        ([S.SENT, S.DELIVERED], MessageState.SENT),
        ([S.DELIVERED, S.DELIVERED], MessageState.DELIVERED),
        ([S.DELIVERED, S.UNKNOWN], MessageState.UNKNOWN),
        ([S.SENT, S.UNKNOWN], MessageState.UNKNOWN),
        ([S.UNKNOWN, S.FAILED], MessageState.FAILED),
        ([S.DELIVERED, S.UNDELIVERED], MessageState.UNDELIVERED),
        ([S.SENT, S.CANCELLED], MessageState.CANCELLED),
        ([S.SENT, S.EXPIRED], MessageState.EXPIRED),
    ],
)
def test_a_message_is_as_its_segments_are(
    states: list[SegmentState], expected: MessageState
) -> None:
    for order in permutations(states):
        assert fold(order) is expected


def test_a_message_has_at_least_one_segment() -> None:
    with pytest.raises(AssertionError):
        fold([])


def test_every_state_says_where_it_may_go() -> None:
    assert MESSAGE_MOVES.keys() == set(MessageState)
    for state, moves in MESSAGE_MOVES.items():
        assert state not in moves


def test_what_was_delivered_or_received_stays_so() -> None:
    for state in (MessageState.DELIVERED, MessageState.RECEIVED):
        assert state in TERMINAL
        assert MESSAGE_MOVES[state] == frozenset()
