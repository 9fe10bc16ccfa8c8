"""Mutated PDUs against the server's session and readers: only refusals come out.

Spec: spec/smpp.md 11
"""

import random
from datetime import UTC, datetime

import pytest

from smpp import exchange as x
from smpp import pdu as p
from smpp.server_session import ServerSession
from smpp.server_status import Unacceptable
from smpp.server_submission import Reading, read_replacement, read_submission
from smpp.wire import HEADER, Framer, decode, encode
from tests.smpp.samples import ALL

NOW = datetime(2026, 11, 22, tzinfo=UTC)
READING = Reading(region="RU")
BIND = p.BindTransceiver(system_id="billing", password="secret")


def bound() -> ServerSession:
    session = ServerSession(x.Limits(), 0.0)
    session.receive(encode(BIND, 1), 0.0)
    session.admit(1, BIND, "seventy", 0.0)
    session.send(p.DeliverSm(), 0.0)
    session.take_output()
    return session


def mutated(chance: random.Random, sample: bytes) -> bytes:
    body = bytearray(sample[16:])
    for _ in range(chance.randint(0, 4)):
        place = chance.randrange(len(body) + 1)
        match chance.randrange(3):
            case 0:
                body[place : place + 1] = chance.randbytes(1)
            case 1:
                del body[place : place + chance.randint(1, 8)]
            case _:
                body[place:place] = chance.randbytes(chance.randint(1, 8))
    command = int.from_bytes(sample[4:8])
    return HEADER.pack(16 + len(body), command, 0, chance.randrange(1 << 32)) + body


def react(event: x.Event) -> None:
    assert not isinstance(event, x.Ended | x.Bound | x.Refused), event
    if not isinstance(event, x.Arrived):
        return
    try:
        match event.pdu:
            case p.SubmitSm() | p.SubmitMulti() | p.DataSm():
                read_submission(event.pdu, READING, NOW)
            case p.ReplaceSm():
                read_replacement(event.pdu, READING, NOW)
            case _:
                pass
    except Unacceptable:
        pass


def batter(seed: int, count: int) -> None:
    chance, session = random.Random(seed), bound()
    kinds = [pdu for pdu in ALL if not isinstance(pdu, p.Unbind | p.UnbindResp)]
    samples = [encode(pdu, 1) for pdu in kinds]
    for number in range(count):
        octets = mutated(chance, chance.choice(samples))
        for event in session.receive(octets, 0.0):
            react(event)
        assert len(session.take_output()) < 1000
        if number % 100 == 0:
            session.receive(encode(p.EnquireLink(), 7), 0.0)
            [frame] = Framer().feed(session.take_output())
            assert decode(frame)[0] == p.EnquireLinkResp()


@pytest.mark.parametrize("seed", range(5))
def test_nothing_but_refusals_comes_of_wrong_pdus(seed: int) -> None:
    batter(seed, 1000)


@pytest.mark.slow
def test_nor_of_very_many() -> None:
    for seed in range(100, 150):
        batter(seed, 2000)
