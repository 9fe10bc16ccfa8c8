"""Answers wait for those before them, and octets in hand have a limit."""

from smpp import pdu as p
from smpp.server_answers import MOST_IN_HAND_OCTETS, Answers


class Reading:
    """Whether to read on."""

    def __init__(self) -> None:
        self.is_held = False
        self.answers = Answers(hold=self._hold, release=self._release)

    def _hold(self) -> None:
        self.is_held = True

    def _release(self) -> None:
        self.is_held = False


def answer(number: int) -> p.SubmitSmResp:
    return p.SubmitSmResp(message_id=str(number))


def test_an_answer_waits_for_those_before_it() -> None:
    answers = Reading().answers
    first, second, third = (answers.begin(number, 10) for number in (7, 8, 9))
    assert list(answers.settle(second, answer(2))) == []
    assert list(answers.settle(first, answer(1))) == [(7, answer(1)), (8, answer(2))]
    assert len(answers) == 1
    assert list(answers.settle(third, answer(3))) == [(9, answer(3))]
    assert len(answers) == 0


def test_too_much_in_hand_is_not_added_to_until_half_is_done() -> None:
    reading = Reading()
    quarter = MOST_IN_HAND_OCTETS // 4
    slots = [reading.answers.begin(number, quarter) for number in range(5)]
    assert reading.is_held
    for slot in slots[:2]:
        list(reading.answers.settle(slot, answer(1)))
        assert reading.is_held
    list(reading.answers.settle(slots[2], answer(1)))
    assert not reading.is_held
