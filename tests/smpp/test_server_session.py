"""The server's session without I/O: which command is allowed when, and how it ends."""

import pytest

from smpp import exchange as x
from smpp import pdu as p
from smpp.reader import Flaw
from smpp.server_session import ServerSession
from smpp.wire import HEADER, Framer, decode, encode
from tests.smpp.samples import SUBMIT

LIMITS = x.Limits(window=3)
BINDS = [p.BindTransmitter, p.BindReceiver, p.BindTransceiver]
OPERATIONS: list[tuple[p.Pdu, type[p.Pdu]]] = [
    (SUBMIT, p.SubmitSmResp),
    (
        p.SubmitMulti(destinations=(p.Destination(text="79161234567"),)),
        p.SubmitMultiResp,
    ),
    (p.DataSm(destination_addr="79161234567"), p.DataSmResp),
    (p.QuerySm(message_id="1"), p.QuerySmResp),
    (p.CancelSm(message_id="1"), p.CancelSmResp),
    (p.ReplaceSm(message_id="1"), p.ReplaceSmResp),
]


def written(session: ServerSession) -> list[tuple[int, p.Pdu]]:
    frames = Framer().feed(session.take_output())
    return [(frame.sequence, decode(frame)[0]) for frame in frames]


def opened() -> ServerSession:
    return ServerSession(LIMITS, 0.0)


def bound(
    kind: type[p.Bind] = p.BindTransceiver, *, version: int = 0x34
) -> ServerSession:
    session = opened()
    bind = kind(system_id="billing", password="secret", interface_version=version)
    [arrived] = session.receive(encode(bind, 1), 0.0)
    assert isinstance(arrived, x.Arrived)
    session.admit(1, bind, "seventy", 0.0)
    session.take_output()
    return session


@pytest.mark.parametrize("kind", BINDS)
def test_a_bind_is_answered_with_our_system_id(kind: type[p.Bind]) -> None:
    session = opened()
    bind = kind(system_id="billing", password="secret")
    assert len(session.receive(encode(bind, 7), 0.0)) == 1
    session.admit(7, bind, "seventy", 0.0)
    [(sequence, answer)] = written(session)
    assert isinstance(answer, p.BindResp)
    assert (sequence, answer.system_id, answer.status) == (7, "seventy", 0)
    assert answer.command == bind.command | p.RESPONSE_BIT
    assert answer.find(p.Tag.SC_INTERFACE_VERSION) == b"\x34"


def test_a_3_3_peer_is_told_no_version_and_a_5_0_peer_its_own() -> None:
    for version, told in ((0x33, None), (0x00, None), (0x50, b"\x50"), (0x35, b"\x34")):
        session = opened()
        bind = p.BindReceiver(system_id="a", password="", interface_version=version)
        session.receive(encode(bind, 1), 0.0)
        session.admit(1, bind, "seventy", 0.0)
        [(_, answer)] = written(session)
        assert answer.find(p.Tag.SC_INTERFACE_VERSION) == told


@pytest.mark.parametrize(("pdu", "response"), OPERATIONS)
def test_before_the_bind_each_request_is_refused_in_its_own_answer(
    pdu: p.Pdu, response: type[p.Pdu]
) -> None:
    session = opened()
    assert session.receive(encode(pdu, 5), 0.0) == []
    [(sequence, answer)] = written(session)
    assert (sequence, type(answer), answer.status) == (5, response, 0x04)


@pytest.mark.parametrize(("pdu", "response"), OPERATIONS)
def test_a_receiver_may_not_submit(pdu: p.Pdu, response: type[p.Pdu]) -> None:
    session = bound(p.BindReceiver)
    assert session.receive(encode(pdu, 5), 0.0) == []
    assert written(session) == [(5, response(status=0x04))]


@pytest.mark.parametrize("kind", [p.BindTransmitter, p.BindTransceiver])
@pytest.mark.parametrize(("pdu", "response"), OPERATIONS)
def test_whoever_transmits_may_ask_for_everything(
    kind: type[p.Bind], pdu: p.Pdu, response: type[p.Pdu]
) -> None:
    [arrived] = bound(kind).receive(encode(pdu, 5), 0.0)
    assert isinstance(arrived, x.Arrived)
    assert type(arrived.pdu) is type(pdu)


def test_a_transmitter_is_never_delivered_to() -> None:
    modes = {kind: bound(kind).delivers for kind in BINDS}
    assert modes == {
        p.BindTransmitter: False,
        p.BindReceiver: True,
        p.BindTransceiver: True,
    }
    assert bound(p.BindReceiver).bound_by == p.Command.BIND_RECEIVER


def test_a_second_bind_is_already_bound() -> None:
    session = bound()
    again = p.BindReceiver(system_id="billing", password="secret")
    assert session.receive(encode(again, 9), 0.0) == []
    assert written(session) == [(9, p.BindReceiverResp(status=0x05))]
    assert session.state is x.State.BOUND


def test_while_a_bind_is_judged_only_enquire_link_is_served() -> None:
    session = opened()
    bind = p.BindTransceiver(system_id="billing", password="secret")
    session.receive(encode(bind, 1), 0.0)
    more = encode(p.EnquireLink(), 2) + encode(SUBMIT, 3) + encode(bind, 4)
    assert session.receive(more, 0.0) == []
    assert written(session) == [
        (2, p.EnquireLinkResp()),
        (3, p.SubmitSmResp(status=0x04)),
        (4, p.BindTransceiverResp(status=0x04)),
    ]


def test_a_refused_bind_says_why_and_is_the_end() -> None:
    session = opened()
    bind = p.BindTransceiver(system_id="billing", password="no")
    session.receive(encode(bind, 1), 0.0)
    session.refuse(1, bind, 0x0E)
    assert written(session) == [(1, p.BindTransceiverResp(status=0x0E))]
    assert session.state is x.State.CLOSED
    assert session.receive(encode(SUBMIT, 2), 0.0) == []


def test_without_a_bind_in_time_it_is_the_end() -> None:
    session = opened()
    assert session.deadline == 10.0
    session.receive(encode(p.EnquireLink(), 1), 9.0)
    assert session.expire(10.0) == [x.Ended(reason="no bind in time")]


def test_a_slow_admission_does_not_count_against_the_peer() -> None:
    session = opened()
    bind = p.BindTransceiver(system_id="billing", password="secret")
    session.receive(encode(bind, 1), 9.0)
    assert session.expire(60.0) == []
    session.admit(1, bind, "seventy", 60.0)
    assert session.deadline == 90.0


def test_an_unbind_is_answered_by_whoever_knows_what_is_still_open() -> None:
    session = bound()
    [arrived] = session.receive(encode(p.Unbind(), 4), 0.0)
    assert isinstance(arrived, x.Arrived)
    assert written(session) == []
    session.receive(encode(SUBMIT, 5), 0.0)
    assert written(session) == [(5, p.SubmitSmResp(status=0x04))]
    session.part(4)
    assert written(session) == [(4, p.UnbindResp())]
    assert session.state is x.State.CLOSED


def test_an_unbind_before_a_bind_is_refused() -> None:
    session = opened()
    assert session.receive(encode(p.Unbind(), 4), 0.0) == []
    assert written(session) == [(4, p.UnbindResp(status=0x04))]


def test_our_unbind_ends_with_its_answer_or_without_one() -> None:
    session = bound()
    session.unbind(1.0)
    [(sequence, pdu)] = written(session)
    assert isinstance(pdu, p.Unbind)
    answered = session.receive(encode(p.UnbindResp(), sequence), 2.0)
    assert answered == [x.Ended(reason="unbound")]
    silent = bound()
    silent.unbind(1.0)
    assert silent.expire(6.0) == [x.Ended(reason="no answer to unbind")]


def test_two_unbinds_that_cross_are_an_end_too() -> None:
    session = bound()
    session.unbind(1.0)
    session.take_output()
    assert session.receive(encode(p.Unbind(), 9), 1.0) == [x.Ended(reason="unbound")]
    assert written(session) == [(9, p.UnbindResp())]


def test_what_we_delivered_is_still_acknowledged_while_we_unbind() -> None:
    session = bound()
    sequence = session.send(p.DeliverSm(), 0.0)
    session.unbind(0.0)
    session.take_output()
    answer = p.DeliverSmResp(message_id="")
    told = session.receive(encode(answer, sequence), 0.0)
    assert told == [x.Answered(sequence=sequence, answer=answer)]


def test_silence_is_probed_and_then_the_end() -> None:
    session = bound()
    assert session.expire(30.0) == []
    [(sequence, probe)] = written(session)
    assert isinstance(probe, p.EnquireLink)
    session.receive(encode(p.EnquireLinkResp(), sequence), 35.0)
    assert session.deadline == 65.0
    session.expire(65.0)
    assert session.expire(75.0) == [x.Ended(reason="no answer to enquire_link")]


@pytest.mark.parametrize("command", [0x111, 0x112, 0x113, 0x200, 0x0000FFFF])
def test_an_unknown_command_is_nacked_with_its_number(command: int) -> None:
    session = bound()
    [garbled] = session.receive(HEADER.pack(16, command, 0, 77), 0.0)
    assert isinstance(garbled, x.Garbled)
    assert written(session) == [(77, p.GenericNack(status=0x03))]


@pytest.mark.parametrize("pdu", [p.Outbind(), p.AlertNotification()])
def test_what_only_an_smsc_sends_is_nacked(pdu: p.Pdu) -> None:
    session = bound()
    assert session.receive(encode(pdu, 3), 0.0) == []
    assert written(session) == [(3, p.GenericNack(status=0x03))]


def test_a_delivery_to_us_is_refused() -> None:
    session = bound()
    session.receive(encode(p.DeliverSm(), 3), 0.0)
    assert written(session) == [(3, p.DeliverSmResp(status=0x04))]


@pytest.mark.parametrize("length", [0, 4, 15, 70_001, 0xFFFFFFFF])
def test_a_length_that_cannot_be_is_nacked_and_the_end(length: int) -> None:
    session = bound()
    [ended] = session.receive(HEADER.pack(length, 4, 0, 8), 0.0)
    assert isinstance(ended, x.Ended)
    assert written(session) == [(8, p.GenericNack(status=0x02))]


def test_a_response_or_a_nack_is_never_answered() -> None:
    session = bound()
    odd = [p.SubmitSmResp(message_id="1"), p.DeliverSmResp(message_id="")]
    for pdu in (*odd, p.GenericNack(status=3)):
        events = session.receive(encode(pdu, 99), 0.0)
        assert events == [x.Tolerated(flaws=(Flaw.UNASKED,))]
    unknown = HEADER.pack(16, 0x80000999, 0, 5)
    [garbled] = session.receive(unknown, 0.0)
    assert isinstance(garbled, x.Garbled)
    assert written(session) == []


def test_a_pdu_that_does_not_parse_costs_only_itself() -> None:
    session = bound()
    broken = HEADER.pack(20, p.Command.SUBMIT_SM, 0, 6) + b"\0\1\1\0"
    [garbled, arrived] = session.receive(broken + encode(SUBMIT, 7), 0.0)
    assert isinstance(garbled, x.Garbled)
    assert isinstance(arrived, x.Arrived)
    assert written(session) == [(6, p.SubmitSmResp(status=0x08))]


def test_octets_may_be_cut_anywhere() -> None:
    whole = encode(SUBMIT, 2) + encode(p.EnquireLink(), 3)
    session = bound()
    events = [e for octet in whole for e in session.receive(bytes((octet,)), 0.0)]
    assert [type(event) for event in events] == [x.Arrived]
    assert written(session) == [(3, p.EnquireLinkResp())]
