"""The session without I/O: every octet and every second is an argument."""

import random

import pytest

from smpp import pdu as p
from smpp import session as s
from smpp.reader import Flaw
from smpp.wire import HEADER, Framer, decode, encode
from tests.smpp.samples import ALL, DELIVER, SUBMIT

LIMITS = s.Limits(window=3)
BIND = p.BindTransceiver(system_id="seventy", password="secret")


def written(session: s.Session) -> list[tuple[int, p.Pdu]]:
    frames = Framer().feed(session.take_output())
    return [(frame.sequence, decode(frame)[0]) for frame in frames]


def bound(*, first_sequence: int = 1, limits: s.Limits = LIMITS) -> s.Session:
    session = s.Session(limits, 0.0, first_sequence=first_sequence)
    session.bind(BIND, 0.0)
    [(sequence, _)] = written(session)
    answer = p.BindTransceiverResp(system_id="SMSC")
    assert session.receive(encode(answer, sequence), 0.0) == [s.Bound(answer=answer)]
    return session


def test_the_first_sequence_number_is_one() -> None:
    session = s.Session(LIMITS, 0.0)
    session.bind(BIND, 0.0)
    assert written(session) == [(1, BIND)]


def test_a_refused_bind_says_its_status() -> None:
    session = s.Session(LIMITS, 0.0)
    session.bind(BIND, 0.0)
    refusal = encode(p.BindTransceiverResp(status=0x0E), 1)
    assert session.receive(refusal, 0.0) == [s.Refused(status=0x0E)]
    assert session.state is s.State.CLOSED


def test_what_comes_before_the_bind_answer_is_served() -> None:
    session = s.Session(LIMITS, 0.0)
    session.bind(BIND, 0.0)
    session.take_output()
    early = encode(p.EnquireLink(), 5) + encode(DELIVER, 6)
    [arrived] = session.receive(early, 0.0)
    assert isinstance(arrived, s.Arrived)
    assert written(session) == [(5, p.EnquireLinkResp())]
    assert session.state is s.State.BINDING


def test_a_bind_without_answer_ends() -> None:
    session = s.Session(LIMITS, 0.0)
    session.bind(BIND, 0.0)
    assert session.deadline == 10.0
    assert session.expire(10.0) == [s.Ended(reason="no answer to bind")]


def test_no_enquire_link_before_the_bind() -> None:
    session = s.Session(s.Limits(bind_s=100.0), 0.0)
    session.bind(BIND, 0.0)
    session.take_output()
    assert session.expire(60.0) == []
    assert session.take_output() == b""


def test_answers_are_matched_in_any_order() -> None:
    session = bound()
    first, second = session.send(SUBMIT, 0.0), session.send(SUBMIT, 0.0)
    answers = [p.SubmitSmResp(message_id="b"), p.SubmitSmResp(message_id="a")]
    octets = encode(answers[0], second) + encode(answers[1], first)
    assert session.receive(octets, 0.0) == [
        s.Answered(sequence=second, answer=answers[0]),
        s.Answered(sequence=first, answer=answers[1]),
    ]
    assert session.in_flight == 0


def test_the_window_is_a_limit() -> None:
    session = bound()
    for _ in range(3):
        session.send(SUBMIT, 0.0)
    with pytest.raises(s.WindowFull):
        session.send(SUBMIT, 0.0)


def test_sequence_numbers_wrap_to_one_and_skip_those_in_the_window() -> None:
    session = bound(first_sequence=0x7FFFFFFE)
    kept = session.send(SUBMIT, 0.0)
    assert kept == 0x7FFFFFFF
    assert session.send(SUBMIT, 0.0) == 1


def test_an_answer_nobody_waits_for_is_ignored() -> None:
    session = bound()
    unasked = encode(p.SubmitSmResp(message_id="1"), 99)
    assert session.receive(unasked, 0.0) == [s.Tolerated(flaws=(Flaw.UNASKED,))]
    assert session.take_output() == b""


def test_requests_time_out_one_by_one_and_late_answers_are_told() -> None:
    session = bound(limits=s.Limits(window=3, enquire_every_s=500.0))
    first = session.send(SUBMIT, 0.0)
    session.send(SUBMIT, 5.0)
    assert session.deadline == 30.0
    assert session.expire(30.0) == [s.TimedOut(sequence=first)]
    answer = p.SubmitSmResp(message_id="x")
    assert session.receive(encode(answer, first), 40.0) == [
        s.Answered(sequence=first, answer=answer, late=True)
    ]


def test_silence_is_probed_and_then_the_end() -> None:
    session = bound()
    assert session.deadline == 30.0
    assert session.expire(30.0) == []
    assert [pdu for _, pdu in written(session)] == [p.EnquireLink()]
    assert session.deadline == 40.0
    assert session.expire(40.0) == [s.Ended(reason="no answer to enquire_link")]


def test_anything_received_is_life() -> None:
    session = bound()
    session.expire(30.0)
    session.receive(encode(p.EnquireLink(), 4), 35.0)
    assert session.deadline == 65.0


def test_an_unbind_of_the_smsc_is_answered_and_the_end() -> None:
    session = bound()
    events = session.receive(encode(p.Unbind(), 8), 0.0)
    assert events == [s.Ended(reason="the SMSC unbound us")]
    assert written(session) == [(8, p.UnbindResp())]


def test_our_unbind_ends_with_its_answer() -> None:
    session = bound()
    session.unbind(0.0)
    [(sequence, pdu)] = written(session)
    assert pdu == p.Unbind()
    [arrived] = session.receive(encode(DELIVER, 3), 0.0)
    assert isinstance(arrived, s.Arrived)
    assert session.receive(encode(p.UnbindResp(), sequence), 0.0) == [
        s.Ended(reason="unbound")
    ]


def test_lost_requests_say_whether_they_were_written() -> None:
    session = bound()
    first = session.send(SUBMIT, 0.0)
    session.take_output()
    second = session.send(SUBMIT, 0.0)
    assert session.lose() == {first: True, second: False}


def test_a_request_with_a_nack_is_answered() -> None:
    session = bound()
    sequence = session.send(SUBMIT, 0.0)
    nack = p.GenericNack(status=3)
    assert session.receive(encode(nack, sequence), 0.0) == [
        s.Answered(sequence=sequence, answer=nack)
    ]


def test_an_unreadable_deliver_sm_is_answered_and_the_session_goes_on() -> None:
    session = bound()
    cut = HEADER.pack(20, p.Command.DELIVER_SM, 0, 77) + b"abcd"
    [garbled] = session.receive(cut, 0.0)
    assert isinstance(garbled, s.Garbled)
    assert written(session) == [(77, p.DeliverSmResp(status=8))]
    assert session.state is s.State.BOUND


def test_an_unknown_command_gets_a_nack_with_its_number() -> None:
    session = bound()
    session.receive(HEADER.pack(16, 0x99, 0, 12), 0.0)
    assert written(session) == [(12, p.GenericNack(status=3))]


def test_no_answer_is_ever_answered() -> None:
    session = bound()
    session.receive(HEADER.pack(16, 0x80000099, 0, 12), 0.0)
    session.receive(encode(p.GenericNack(status=3), 12), 0.0)
    assert session.take_output() == b""


def test_a_lost_framing_is_told_and_ends() -> None:
    session = bound()
    octets = encode(p.EnquireLink(), 2) + HEADER.pack(5, 4, 0, 9) + b"junk"
    [ended] = session.receive(octets, 0.0)
    assert isinstance(ended, s.Ended)
    assert written(session) == [(2, p.EnquireLinkResp()), (9, p.GenericNack(status=2))]
    assert session.receive(b"more", 0.0) == []


def test_mutated_pdus_never_raise_and_never_lose_the_framing() -> None:
    chance = random.Random(71)
    samples = [encode(pdu, 1)[16:] for pdu in ALL]
    commands = [pdu.command for pdu in ALL if not isinstance(pdu, p.Unbind)]
    for _ in range(200):
        session = bound()
        for _ in range(50):
            body = bytearray(chance.choice(samples))
            for _ in range(3):
                if body:
                    body[chance.randrange(len(body))] = chance.randrange(256)
            header = HEADER.pack(
                16 + len(body), chance.choice(commands), 0, chance.randrange(1, 99)
            )
            session.receive(header + bytes(body), 0.0)
            session.take_output()
        session.receive(encode(p.EnquireLink(), 1000), 0.0)
        assert written(session)[-1] == (1000, p.EnquireLinkResp())
