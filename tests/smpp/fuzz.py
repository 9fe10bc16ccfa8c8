"""Mutated PDUs over session, codec and conversion: `make fuzz`.

Nothing but events may come out, the framing is never lost while command_length is
sane, and no session holds more than a megabyte. The seed is printed: the same seed, the
same run.

Spec: spec/smpp.md 11
"""

import argparse
import random
import sys
import time
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from gateway.core.ids import LinkId
from smpp import pdu as p
from smpp import session as s
from smpp.convert import Origin, inbound
from smpp.receipt import IdBook, IdForm
from smpp.wire import HEADER, Framer, decode, encode
from tests.smpp.samples import ALL
from tests.smpp.units import config

PDUS_PER_SESSION: Final = 1000
MOST_HELD_OCTETS: Final = 1_000_000
_CHECK_EVERY: Final = 50
_MEASURE_EVERY_SESSIONS: Final = 20
_INTERESTING: Final = (0, 1, 0x1F, 0x40, 0x7F, 0x80, 0xFE, 0xFF)
_ORIGIN: Final = Origin(
    link=LinkId("carrier"),
    line="seventy@carrier",
    raw=b"",
    received_at=datetime(2026, 11, 22, tzinfo=UTC),
)
_CONFIGS: Final = (
    config(receipts_by_content=True, detect_ucs2=True),
    config(default_alphabet="gsm-packed"),
)


class Batterer:
    """Makes PDUs that are nearly right, and looks what a session makes of them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        kinds = [pdu for pdu in ALL if not isinstance(pdu, p.Unbind)]
        self._samples = [(pdu.command, encode(pdu, 1)[16:]) for pdu in kinds]
        self._book = IdBook(IdForm.AUTO)

    def session(self, count: int) -> None:
        """So many PDUs on one connection; AssertionError when it goes wrong."""
        session = _bound()
        for number in range(count):
            self._feed(session, self._pdu())
            if number % _CHECK_EVERY == 0:
                _is_in_step(session)
        _is_in_step(session)

    def _feed(self, session: s.Session, octets: bytes) -> None:
        cut = self._chance.randrange(len(octets))
        for piece in (octets[:cut], octets[cut:]):
            for event in session.receive(piece, 0.0):
                self._react(session, event)
        session.take_output()

    def _react(self, session: s.Session, event: s.Event) -> None:
        assert not isinstance(event, s.Ended), event
        if isinstance(event, s.Arrived):
            if isinstance(event.pdu, p.DeliverSm | p.DataSm):
                inbound(event.pdu, _ORIGIN, self._chance.choice(_CONFIGS), self._book)
            session.answer(event.frame.sequence, p.DeliverSmResp(message_id=""))

    def _pdu(self) -> bytes:
        chance = self._chance
        command, sample = chance.choice(self._samples)
        body = bytearray(sample)
        for _ in range(chance.randint(1, 4)):
            self._mutate(body)
        if chance.random() < 0.05:
            command = p.Command(chance.choice(list(p.Command)))
            if command in (p.Command.UNBIND, p.Command.UNBIND_RESP):
                command = p.Command.DELIVER_SM
        status = chance.choice((0, 0, 0, 8, 0x58, 0x400))
        sequence = chance.choice((chance.randrange(1, 99), 0, 0x7FFFFFFF, 0xFFFFFFFF))
        return HEADER.pack(16 + len(body), command, status, sequence) + body

    def _mutate(self, body: bytearray) -> None:
        chance = self._chance
        if not body:
            body += chance.randbytes(chance.randint(0, 8))
            return
        place = chance.randrange(len(body))
        match chance.randrange(5):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                body[place] = chance.choice(_INTERESTING)
            case 2:
                del body[place : place + chance.randint(1, 8)]
            case 3:
                body[place:place] = chance.randbytes(chance.randint(1, 8))
            case _:
                body[place:place] = body[place : place + chance.randint(1, 64)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fuzz")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=None)
    given = parser.parse_args(arguments)
    seed = time.time_ns() & 0xFFFFFFFF if given.seed is None else given.seed
    _say(f"seed {seed}")
    batterer, done, most_held = Batterer(seed), 0, 0
    while done < given.count:
        count = min(PDUS_PER_SESSION, given.count - done)
        if done // PDUS_PER_SESSION % _MEASURE_EVERY_SESSIONS == 0:
            most_held = max(most_held, held_octets(batterer, count))
        else:
            batterer.session(count)
        done += count
    assert most_held < MOST_HELD_OCTETS, f"{most_held} octets held by one session"
    _say(f"{done} PDUs, {most_held} octets held at most by one session: well")
    return 0


def held_octets(batterer: Batterer, count: int) -> int:
    """The most memory that one session took."""
    tracemalloc.start()
    try:
        batterer.session(count)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _bound() -> s.Session:
    session = s.Session(s.Limits(window=3), 0.0)
    session.bind(p.BindTransceiver(system_id="seventy", password="secret"), 0.0)
    session.take_output()
    session.receive(encode(p.BindTransceiverResp(system_id="SMSC"), 1), 0.0)
    for _ in range(3):
        session.send(p.EnquireLink(), 0.0)
    session.take_output()
    return session


def _is_in_step(session: s.Session) -> None:
    session.receive(encode(p.EnquireLink(), 1_000_000), 0.0)
    frame = Framer().feed(session.take_output())[-1]
    assert (frame.sequence, decode(frame)[0]) == (1_000_000, p.EnquireLinkResp())


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
