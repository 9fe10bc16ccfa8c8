"""The AT session on literal transcripts, whole and cut at every octet."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from modem import commands
from modem.at import (
    Answer,
    AtEvent,
    AtSession,
    EchoSeen,
    Final,
    Finished,
    LateAnswer,
    Unclaimed,
)
from modem.commands import Command
from modem.notice import Notice
from tests.modem.pdus import message, report, tpdu_length

SIGNAL = commands.signal()
PDU = bytes.fromhex("0011000B919761214365F70000A705E8329BFD06")


def send_command() -> Command:
    return commands.send_pdu(PDU, len(PDU) - 1, timeout_s=120, prompt_timeout_s=10)


def converse(session: AtSession, *pieces: bytes, now: float = 0.0) -> list[AtEvent]:
    return [event for piece in pieces for event in session.receive(piece, now)]


def answer_of(events: list[AtEvent]) -> Answer:
    (finished,) = [event for event in events if isinstance(event, Finished)]
    return finished.answer


def notices_of(events: list[AtEvent]) -> list[Notice]:
    return [event for event in events if isinstance(event, Notice)]


@pytest.mark.parametrize(
    "spoken",
    [
        b"\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
        b"+CSQ: 21,99\nOK\n",
        b"\r+CSQ: 21,99\rOK\r",
        b"\r\r\n+CSQ: 21,99\r\r\n\r\r\nOK\r\r\n",
        b"\0\r\n\0+CSQ: 21,99\0\r\n\r\nO\0K\r\n",
        b"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
        b"\xff\xfe\r\n+CSQ: 21,99\r\n\x80\r\nOK\r\n",
        b"\r\n^RSSI:17\r\n+CSQ: 21,99\r\n^MODE:5,4\r\r\nOK\r\n",
    ],
)
def test_an_answer_is_read_however_its_lines_end(spoken: bytes) -> None:
    for cut in range(len(spoken) + 1):
        session = AtSession()
        session.send(SIGNAL, 0.0)
        answer = answer_of(converse(session, spoken[:cut], spoken[cut:]))
        assert answer.final is Final.OK
        assert answer.lines == ("+CSQ: 21,99",)


def test_an_answer_is_read_octet_by_octet_with_notices_in_it() -> None:
    pdu = report(7)
    spoken = (
        '\r\n+CMTI: "SM",3\r\n\r\n+CSQ: 21,99\r\n'
        f"\r\n+CDS: {tpdu_length(pdu)}\r\n{pdu}\r\n\r\nRING\r\n\r\nOK\r\n"
    ).encode()
    session = AtSession()
    session.send(SIGNAL, 0.0)
    events = converse(session, *(spoken[i : i + 1] for i in range(len(spoken))))
    assert answer_of(events).lines == ("+CSQ: 21,99",)
    names = [notice.name for notice in notices_of(events)]
    assert names == ["+CMTI", "+CDS", "RING"]
    assert notices_of(events)[1].body == pdu


@pytest.mark.parametrize(
    ("spoken", "final", "code"),
    [
        (b"\r\nERROR\r\n", Final.ERROR, None),
        (b"\r\n+CME ERROR: 14\r\n", Final.CME, 14),
        (b"\r\n+CMS ERROR:321\r\n", Final.CMS, 321),
        (b"\r\n+CME ERROR: SIM busy\r\n", Final.CME, None),
        (b"\r\nCOMMAND NOT SUPPORT\r\n", Final.REFUSED, None),
        (b"\r\nNA\r\n", Final.REFUSED, None),
        (b"\r\nMODEM ERROR: 5\r\n", Final.REFUSED, None),
    ],
)
def test_every_final_result_ends_an_answer(
    spoken: bytes, final: Final, code: int | None
) -> None:
    session = AtSession()
    session.send(SIGNAL, 0.0)
    answer = answer_of(converse(session, spoken))
    assert (answer.final, answer.code) == (final, code)


def test_a_line_that_only_begins_like_a_final_result_is_none() -> None:
    session = AtSession()
    session.send(commands.spoken("AT+CGMM", 5.0), 0.0)
    events = converse(session, b"\r\nOK-MODEM 3\r\n\r\nOK\r\n")
    assert answer_of(events).lines == ("OK-MODEM 3",)


@pytest.mark.parametrize(
    "prompt",
    [b"\r\n> ", b"\r\n>", b"> ", b">", b"\r\n>\r\n", b"AT+CMGS=19\r\r\n> ", b"\xfe> "],
)
def test_a_prompt_is_seen_with_and_without_blank_and_line_end(prompt: bytes) -> None:
    for cut in range(len(prompt) + 1):
        session = AtSession()
        session.send(send_command(), 0.0)
        assert session.take_output() == b"AT+CMGS=19\r"
        converse(session, prompt[:cut], prompt[cut:])
        assert session.take_output() == PDU.hex().upper().encode() + b"\x1a"


def test_notices_around_the_prompt_are_kept_apart_from_it() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    session.take_output()
    spoken = b'\r\n+CMTI: "SM",1\r\n\r\n> \r\n+CMTI: "SM",2\r\n'
    events = converse(session, *(bytes([octet]) for octet in spoken))
    assert session.take_output().endswith(b"\x1a")
    assert [notice.head for notice in notices_of(events)] == ['"SM",1', '"SM",2']
    events = converse(session, b"\r\n+CMGS: 9\r\n\r\nOK\r\n")
    assert answer_of(events).lines == ("+CMGS: 9",)


def test_the_echo_of_the_body_is_nobodys_line() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    echoed = PDU.hex().upper().encode()
    events = converse(
        session,
        b"AT+CMGS=19\r\r\n> ",
        echoed[:9],
        echoed[9:] + b"\x1a\r\n+CMGS: 200\r\n\r\nOK\r\n",
    )
    assert answer_of(events).lines == ("+CMGS: 200",)
    assert not [event for event in events if isinstance(event, Unclaimed)]


def test_without_a_prompt_the_body_stays_and_escape_is_said() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    session.take_output()
    answer = answer_of(session.expire(10.0))
    assert answer.final is Final.NO_PROMPT
    assert not answer.body_left
    assert session.take_output() == b"\x1b\r"
    assert session.dirty


def test_a_refusal_before_the_prompt_leaves_the_body_unsaid() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    session.take_output()
    answer = answer_of(converse(session, b"\r\n+CMS ERROR: 302\r\n"))
    assert not answer.body_left
    assert session.take_output() == b""


def test_an_answer_without_its_ok_is_enough_once_the_reference_came() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    converse(session, b"\r\n> ", b"\r\n+CMGS: 9\r\n", now=1.0)
    assert session.deadline == 6.0
    answer = answer_of(session.expire(6.0))
    assert answer.ok
    assert answer.lines == ("+CMGS: 9",)
    assert session.dirty


def test_a_reference_that_follows_its_ok_is_still_its_own() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    assert not converse(session, b"\r\n> ", b"\r\nOK\r\n")
    answer = answer_of(converse(session, b"\r\n+CMGS: 9\r\n"))
    assert answer.lines == ("+CMGS: 9",)


def test_a_late_reference_is_no_other_commands_answer() -> None:
    session = AtSession()
    tag = session.send(send_command(), 0.0)
    converse(session, b"\r\n> ")
    answer = answer_of(session.expire(130.0))
    assert answer.final is Final.TIMEOUT
    assert answer.body_left
    session.send(commands.probes()[0], 131.0)
    events = converse(session, b"\r\n+CMGS: 77\r\n\r\nOK\r\n", now=131.0)
    assert (
        LateAnswer(
            tag=tag,
            answer=Answer(final=Final.OK, lines=("+CMGS: 77",), body_left=True),
        )
        in events
    )
    assert session.busy
    events = converse(session, b"\r\n+CMEE: 1\r\n\r\nOK\r\n", now=131.0)
    assert answer_of(events).lines == ("+CMEE: 1",)


def test_a_late_error_ends_the_abandoned_one_not_the_probe() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    converse(session, b"\r\n> ")
    session.expire(130.0)
    session.send(commands.probes()[0], 131.0)
    events = converse(session, b"\r\n+CMS ERROR: 38\r\n", now=131.0)
    assert isinstance(events[0], LateAnswer)
    assert session.busy


def test_a_port_lost_after_the_body_says_so() -> None:
    session = AtSession()
    session.send(send_command(), 0.0)
    converse(session, b"\r\n> ")
    answer = answer_of(session.lose())
    assert answer.final is Final.LOST
    assert answer.body_left


def test_a_prompt_nobody_waits_for_is_left_by_escape() -> None:
    session = AtSession()
    converse(session, b"\r\n> ")
    assert session.take_output() == b"\x1b\r"
    assert session.dirty


@pytest.mark.parametrize("name", ["+CMT", "+CDS"])
def test_a_second_line_may_come_much_later(name: str) -> None:
    pdu = message("late") if name == "+CMT" else report(3)
    header = (
        f"+CDS: ,{tpdu_length(pdu)}"
        if name == "+CDS"
        else (f"+CMT: ,{tpdu_length(pdu)}")
    )
    session = AtSession()
    session.send(SIGNAL, 0.0)
    events = converse(session, f"\r\n{header}\r\n".encode())
    assert not events
    answered = converse(session, b"\r\n+CSQ: 1,99\r\n\r\nOK\r\n")
    assert answer_of(answered).ok
    (notice,) = notices_of(converse(session, f"{pdu}\r\n".encode(), now=3.0))
    assert (notice.name, notice.body) == (name, pdu)


def test_a_second_line_that_never_comes_is_given_up() -> None:
    session = AtSession()
    converse(session, b"\r\n+CMT: ,23\r\n")
    (notice,) = notices_of(session.expire(6.0))
    assert notice.body is None


def test_a_delivery_inside_a_listing_takes_its_own_pdu() -> None:
    stored, direct = message("stored before it came"), report(9)
    session = AtSession()
    session.send(commands.list_messages(), 0.0)
    events = converse(
        session,
        f'\r\n+CMGL: 1,1,"",{tpdu_length(stored)}\r\n'.encode(),
        f"\r\n+CDS: {tpdu_length(direct)}\r\n".encode(),
        f"{stored}\r\n".encode(),
        f"{direct}\r\n\r\nOK\r\n".encode(),
    )
    assert answer_of(events).lines[1] == stored
    assert notices_of(events)[0].body == direct


def test_a_ussd_text_may_hold_line_ends() -> None:
    session = AtSession()
    spoken = b'\r\n+CUSD: 1,"1 Balance\r\n2 Tariff\r\n",15\r\n'
    for cut in range(len(spoken)):
        session = AtSession()
        (notice,) = notices_of(converse(session, spoken[:cut], spoken[cut:]))
        assert notice.head == '1,"1 Balance\n2 Tariff\n",15'


def test_an_own_prefix_claims_what_else_would_be_a_notice() -> None:
    session = AtSession()
    session.send(commands.pin_state(), 0.0)
    events = converse(session, b"\r\n+CPIN: READY\r\n\r\nOK\r\n")
    assert answer_of(events).lines == ("+CPIN: READY",)


def test_an_answer_that_never_ends_in_ok_is_taken_after_a_pause() -> None:
    session = AtSession()
    session.send(commands.pin_state(), 0.0)
    converse(session, b"\r\n+CPIN: READY\r\n", now=1.0)
    assert answer_of(session.expire(3.0)).ok


def test_an_echo_of_a_command_is_told() -> None:
    session = AtSession()
    session.send(SIGNAL, 0.0)
    assert EchoSeen() in converse(session, b"AT+CSQ\r")


def test_a_line_without_end_is_bounded() -> None:
    session = AtSession()
    for _ in range(100):
        session.receive(b"x" * 1000, 0.0)
    session.receive(b"\r\n", 0.0)
    session.send(SIGNAL, 0.0)
    assert answer_of(converse(session, b"\r\n+CSQ: 9,99\r\n\r\nOK\r\n")).ok


def test_no_octets_make_the_reader_raise() -> None:
    chance = random.Random(20261122)
    pieces = [b"+CMT: ,20\r\n", b"> ", b"OK\r\n", b"+CDS:", b'+CUSD: 1,"', b"\r", b">"]
    for _ in range(300):
        session = AtSession()
        session.send(send_command() if chance.random() < 0.5 else SIGNAL, 0.0)
        for step in range(20):
            noise = chance.choice([*pieces, chance.randbytes(chance.randrange(12))])
            session.receive(noise, float(step))
            session.expire(float(step))
        session.lose()


TRANSCRIPTS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "at_transcripts.json").read_text()
)
COMMANDS = {
    "signal": SIGNAL,
    "list": commands.list_messages(),
    "read": commands.read_message(3),
}


@pytest.mark.parametrize("vector", TRANSCRIPTS, ids=lambda vector: vector["what"])
def test_a_transcript_is_read_however_it_is_cut(vector: dict[str, Any]) -> None:
    said = vector["said"].encode("latin-1")
    cuts = [(said[:cut], said[cut:]) for cut in range(len(said) + 1)]
    octets = tuple(said[place : place + 1] for place in range(len(said)))
    for pieces in [*cuts, octets]:
        session = AtSession()
        session.send(COMMANDS[vector["command"]], 0.0)
        events = converse(session, *pieces)
        answer = answer_of(events)
        assert answer.final == vector["final"]
        assert list(answer.lines) == vector["lines"]
        assert [notice.name for notice in notices_of(events)] == vector["notices"]


def test_an_ok_that_tells_nothing_shows_that_we_are_out_of_step() -> None:
    session = AtSession()
    session.send(SIGNAL.within(5), 0.0)
    converse(session, b"\r\nOK\r\n")
    assert not session.dirty  # +CSQ is no query by its form
    session.send(commands.message_format(), 0.0)
    converse(session, b"\r\nOK\r\n")
    assert session.dirty


def test_a_reference_after_a_bare_error_is_told_late() -> None:
    session = AtSession()
    tag = session.send(send_command(), 0.0)
    converse(session, b"\r\n> ", b"\r\nERROR\r\n")
    (event,) = converse(session, b"\r\n+CMGS: 12\r\n")
    assert isinstance(event, LateAnswer)
    assert event.tag == tag
