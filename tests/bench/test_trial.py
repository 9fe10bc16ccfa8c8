"""The measurement itself: it must count right before its figures mean anything."""

import pytest

from tests.bench import wire
from tests.bench.floor import floor
from tests.bench.kannel import kannel
from tests.bench.ours import ours
from tests.bench.trial import Subject, Trial, measure


def test_a_short_message_is_read_as_it_was_written() -> None:
    body = wire.short_body(b"2345", b"79030000042", b"Hi", esm_class=4, receipt=True)
    octets = wire.frame(wire.SUBMIT_SM, 7, body) + wire.frame(wire.ENQUIRE_LINK, 8)
    first, second = wire.frames(octets + b"\0\0")
    assert (first.command, first.sequence) == (wire.SUBMIT_SM, 7)
    assert (second.command, second.end) == (wire.ENQUIRE_LINK, len(octets))
    assert wire.read_short(octets, first.start) == wire.Short(
        source=b"2345",
        destination=b"79030000042",
        esm_class=4,
        wants_receipt=True,
        text=b"Hi",
    )
    assert wire.number_of(wire.msisdn(42).encode()) == 42


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "trial"),
    [
        (floor, Trial(messages=500, load="esme", connections=1)),
        (ours(), Trial(messages=200)),
        (ours(), Trial(messages=200, batch=100, connections=2)),
        (ours(), Trial(messages=100, rate=200.0, receipts=False)),
        (kannel(), Trial(messages=200)),
    ],
    ids=["nobody", "one by one", "batches", "steady", "kannel"],
)
async def test_whatever_is_sent_is_accounted_for(
    subject: Subject, trial: Trial
) -> None:
    figures = await measure("it", subject, trial)
    assert (figures.lost, figures.doubled, figures.unreported) == (0, 0, 0)
    assert figures.refused == {}
    assert figures.submitted_per_s > 0
    assert (figures.end_per_s is not None) == trial.receipts
