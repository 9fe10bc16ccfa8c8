"""What is measured against what: every group of the comparison, in order.

A group is one load and one carrier; its contestants take turns. Kannel runs as Debian's
package has it by default and as it was fastest; spec/smpp.md 1 and 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.bench.floor import floor
from tests.bench.kannel import kannel
from tests.bench.trial import Subject, Trial


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contestant:
    """Somebody who carries the load; without a subject our gateway."""

    name: str = "ours"
    subject: Subject | None = None
    trial: Trial

    def with_messages(self, count: int) -> "Contestant":
        """The same with more or fewer."""
        return replace(self, trial=replace(self.trial, messages=count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Figures that can be compared.

    `once`: no rounds, the clock is the limit; `is_long`: left out when time is short.
    """

    name: str
    contestants: Sequence[Contestant]
    once: bool = False
    is_long: bool = False


def _kannel(name: str, trial: Trial, *, on_disk: bool = False) -> Contestant:
    return Contestant(
        name=f"Kannel, file, {name}",
        subject=kannel(receipts_on_disk=on_disk),
        trial=trial,
    )


_QUICK_ACK = ("--quick-ack",)  # against Nagle in the client, see spec/smpp.md 1.3
_SLOW = ("--latency", "0.05")
_PLAIN = Trial(messages=6_000)
_QUICK = replace(_PLAIN, smsc=_QUICK_ACK)
_BATCHES = replace(_PLAIN, batch=100, connections=8)
_GATHERED = "ours, up to 100 events a webhook post"
_ODD = Trial(messages=1_000)

PLAN = (
    Group(
        name="harness without a gateway, SMPP to SMPP",
        contestants=[
            Contestant(
                name="nobody",
                subject=floor,
                trial=Trial(messages=50_000, load="esme", connections=1),
            )
        ],
        once=True,
    ),
    Group(
        name="one by one, ordinary SMSC",
        contestants=[
            Contestant(trial=_PLAIN),
            Contestant(name=_GATHERED, trial=replace(_PLAIN, events_per_post=100)),
            _kannel("window 10", replace(_PLAIN, messages=2_000, window=10)),
            _kannel("window 100", replace(_PLAIN, window=100)),
        ],
    ),
    Group(
        name="one by one, SMSC acknowledges TCP at once",
        contestants=[
            Contestant(trial=_QUICK),
            _kannel("window 10", replace(_QUICK, window=10)),
            _kannel("window 50", _QUICK),
            _kannel(
                "receipts in SQLite", replace(_QUICK, messages=2_000), on_disk=True
            ),
        ],
    ),
    Group(
        name="no receipts",
        contestants=[
            Contestant(trial=replace(_PLAIN, receipts=False)),
            _kannel("window 50", replace(_QUICK, receipts=False)),
        ],
    ),
    Group(
        name="batches of 100 recipients",
        contestants=[
            Contestant(trial=_BATCHES),
            Contestant(name=_GATHERED, trial=replace(_BATCHES, events_per_post=100)),
        ],
    ),
    Group(
        name="in by SMPP, window 100, receipts to the application",
        contestants=[Contestant(trial=replace(_PLAIN, load="esme", connections=1))],
    ),
    Group(
        name="steady 200/s",
        contestants=[
            Contestant(trial=Trial(messages=2_000, rate=200.0)),
            _kannel("window 50", Trial(messages=2_000, rate=200.0, smsc=_QUICK_ACK)),
        ],
        once=True,
    ),
    Group(
        name="SMSC answers after 50 ms, window 50",
        contestants=[
            Contestant(trial=Trial(messages=4_000, smsc=_SLOW)),
            _kannel("window 50", Trial(messages=4_000, smsc=_SLOW)),
        ],
        once=True,
        is_long=True,
    ),
    Group(
        name="SMSC answers after 50 ms, window 10",
        contestants=[
            Contestant(trial=Trial(messages=1_000, smsc=_SLOW, window=10)),
            _kannel("window 10", Trial(messages=1_000, smsc=_SLOW, window=10)),
        ],
        once=True,
        is_long=True,
    ),
    Group(
        name="odd carriers",
        contestants=[
            Contestant(
                name="ours, receipt before answer",
                trial=replace(_ODD, smsc=("--early",)),
            ),
            Contestant(
                name="ours, ids hex, in receipts decimal",
                trial=replace(_ODD, smsc=("--hex-ids",)),
            ),
            Contestant(
                name="ours, carrier allows 100/s in bursts of 1 s",
                trial=replace(_ODD, smsc=("--rate", "100", "--burst", "100")),
            ),
            Contestant(
                name="ours, carrier allows 100/s in bursts of 0.1 s",
                trial=replace(_ODD, smsc=("--rate", "100", "--burst", "10")),
            ),
        ],
        once=True,
        is_long=True,
    ),
)
