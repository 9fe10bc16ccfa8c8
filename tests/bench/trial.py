"""One measurement of one gateway: load in, SMSC and receiver behind it, figures out.

Knows no gateway by name: a `Subject` starts one and says how it is asked. Everything
that is measured is matched by message number, so what was lost or doubled shows.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.figures import Figures, Outcome
from tests.bench.part import Part, part
from tests.bench.usage import cpu_s, peak_mib

QUIET_S = 10.0  # nothing moved for so long: what is missing will not come
WARM_UP = 64  # messages not counted: a first request opens connections and files
WARM_UP_FIRST = 9_000_000
_LOOK_S = 0.05
_SETTLE_S = 2.0  # what came before is written and purged


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is sent how, and what the SMSC is like."""

    messages: int
    connections: int = 32
    batch: int = 1  # recipients a request
    events_per_post: int = 1  # at most, of our webhook
    rate: float = 0.0
    receipts: bool = True
    window: int = 50  # of the gateway to the carrier
    smsc: Sequence[str] = ()
    load: str = "load"  # the module that sends
    load_window: int = 100  # of an SMPP load


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A gateway that is up: whose CPU counts, and how the load speaks to it."""

    pids: Sequence[int]
    question: Mapping[str, object]
    tells_application: bool = False  # receipts go back to the load, not to a webhook
    binds_itself: bool = True  # there is a link before there is a load


Subject = Callable[[Path, Trial, int, int], AbstractAsyncContextManager[Running]]


async def measure(name: str, subject: Subject, trial: Trial) -> Figures:
    """Send all of it, wait until it has arrived, count."""
    async with _line(subject, trial) as line:
        before = line.harness_cpu_s()
        used = cpu_s(line.pids)
        sent = await line.carry(first=0, count=trial.messages)
        used = cpu_s(line.pids) - used
        outcome = Outcome(
            sent=sent,
            smsc=await line.smsc.ask("record"),
            told=await line.listener.ask("record"),
        )
        return outcome.figures(
            name,
            messages=trial.messages,
            receipts=trial.receipts,
            cpu_s_used=used,
            peak=peak_mib(line.pids),
            harness={
                part: round(after - before[part], 2)
                for part, after in line.harness_cpu_s().items()
            },
        )


async def idle_share(subject: Subject, seconds: float) -> float:
    """The share of a core that it uses while there is nothing to do."""
    async with _line(subject, Trial(messages=0)) as line:
        await asyncio.sleep(_SETTLE_S)
        used = cpu_s(line.pids)
        await asyncio.sleep(seconds)
        return (cpu_s(line.pids) - used) / seconds


@asynccontextmanager
async def _line(subject: Subject, trial: Trial) -> AsyncIterator["_Line"]:
    """Everything is started, bound and has carried some messages."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        async with (
            part("smsc", trial.smsc) as smsc,
            part("receiver") as receiver,
            part(trial.load) as load,
            subject(
                Path(folder), trial, smsc.ready["port"], receiver.ready["port"]
            ) as running,
        ):
            if running.binds_itself:
                await _until_bound(smsc)
            line = _Line(trial, smsc, load, receiver, running)
            await line.carry(first=WARM_UP_FIRST, count=WARM_UP)
            yield line


async def _until_bound(smsc: Part) -> None:
    async with asyncio.timeout(QUIET_S):
        # Another process is watched: nothing here could be waited for.
        while not (await smsc.ask("counts"))["bound"]:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)


class _Line:
    """Load, gateway, SMSC and receiver, connected."""

    def __init__(
        self, trial: Trial, smsc: Part, load: Part, receiver: Part, running: Running
    ) -> None:
        self._trial = trial
        self._load = load
        self._parts = {"smsc": smsc, "receiver": receiver, "load": load}
        self._question = running.question
        self.smsc = smsc
        self.pids = running.pids
        self.listener = load if running.tells_application else receiver
        self._wanted = 0

    def harness_cpu_s(self) -> dict[str, float]:
        """What our own parts have used, so that they are seen to be no limit."""
        return {name: cpu_s([one.pid]) for name, one in self._parts.items()}

    async def carry(self, *, first: int, count: int) -> Mapping[str, Any]:
        """Send, wait until all has arrived or nothing moves; what the load noted."""
        trial = self._trial
        sent = await self._load.ask(
            "run",
            **self._question,
            first=first,
            count=count,
            connections=trial.connections,
            batch=trial.batch,
            rate=trial.rate,
            receipts=trial.receipts,
            load_window=trial.load_window,
        )
        if not sent["accepted"]:
            raise RuntimeError(f"nothing was accepted: {sent['refused']}")
        self._wanted += len(sent["accepted"])
        await self._until_quiet()
        assert isinstance(sent, Mapping)
        return sent

    async def _until_quiet(self) -> None:
        state = (-1, -1)
        moved_at = time.monotonic()
        while time.monotonic() - moved_at < QUIET_S:
            submitted, told = await self._counts()
            if submitted >= self._wanted and told >= self._wanted:
                return
            if (submitted, told) != state:
                state, moved_at = (submitted, told), time.monotonic()
            await asyncio.sleep(_LOOK_S)

    async def _counts(self) -> tuple[int, int]:
        submitted = (await self.smsc.ask("counts"))["submitted"]
        if not self._trial.receipts:
            return submitted, self._wanted
        return submitted, (await self.listener.ask("counts"))["told"]
