"""How fast an SMPP session is in memory: submits, their answers, receipts, no sockets.

`python -m tests.bench.bench_session` prints JSON. Only our side is timed: the carrier's
octets are made by the load harness's own codec. Spec: spec/smpp.md 77.
"""

import gc
import json
import statistics
import sys
import time

from smpp import pdu as p
from smpp.exchange import Answered, Arrived, Limits
from smpp.session import Session
from tests.bench import wire

WINDOW = 50
MESSAGES = 20_000
ROUNDS = 5
_RECEIPT = (
    b"id:%010d sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 "
    b"stat:DELIVRD err:000 text:"
)


def bound() -> Session:
    """A session that the carrier has let in."""
    session = Session(Limits(window=WINDOW), 0.0)
    session.bind(p.BindTransceiver(system_id="bench", password="bench"), 0.0)
    [bind] = wire.frames(session.take_output())
    answer = wire.frame(wire.BIND_TRANSCEIVER_RESP, bind.sequence, b"smsc\0")
    session.receive(answer, 0.0)
    return session


def submit(number: int) -> p.SubmitSm:
    return p.SubmitSm(
        source_addr="2345",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=wire.msisdn(number),
        registered_delivery=1,
        short_message=b"Your order is ready, the code is 2718",
    )


def carrier(octets: bytes, *, receipts: bool) -> bytes:
    """What comes back for these submits."""
    back: list[bytes] = []
    for pdu in wire.frames(octets):
        identity = b"%010d" % pdu.sequence
        back.append(wire.frame(wire.SUBMIT_SM_RESP, pdu.sequence, identity + b"\0"))
        if receipts:
            short = wire.read_short(octets, pdu.start)
            body = wire.short_body(
                short.destination,
                short.source,
                _RECEIPT % pdu.sequence,
                esm_class=wire.RECEIPT_CLASS,
                receipt=False,
            )
            options = wire.tlv(0x001E, identity + b"\0") + wire.tlv(0x0427, b"\x02")
            back.append(wire.frame(wire.DELIVER_SM, pdu.sequence, body + options))
    return b"".join(back)


def measure(*, receipts: bool) -> float:
    """Messages a second through our side."""
    session = bound()
    used_s = 0.0
    answered = arrived = 0
    for first in range(0, MESSAGES, WINDOW):
        started = time.process_time()
        for number in range(first, first + WINDOW):
            session.send(submit(number), 0.0)
        octets = session.take_output()
        used_s += time.process_time() - started
        back = carrier(octets, receipts=receipts)
        started = time.process_time()
        for event in session.receive(back, 0.0):
            if isinstance(event, Answered):
                answered += 1
            elif isinstance(event, Arrived):
                arrived += 1
                session.answer(event.frame.sequence, p.DeliverSmResp())
        session.take_output()
        used_s += time.process_time() - started
    assert (answered, arrived) == (MESSAGES, MESSAGES if receipts else 0)
    return MESSAGES / used_s


def main() -> None:
    gc.freeze()
    figures = {
        f"{name}_per_s": round(
            statistics.median(measure(receipts=receipts) for _ in range(ROUNDS))
        )
        for name, receipts in (("without_receipts", False), ("with_receipts", True))
    }
    conditions = {"messages": MESSAGES, "window": WINDOW, "rounds": ROUNDS}
    result = {"conditions": conditions, "session": figures}
    sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
