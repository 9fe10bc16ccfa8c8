"""Random lives of the rooms: whatever happens, nothing is lost and nothing doubled.

Each seed is a life with sends, outcomes of all kinds, reports early, late and twice,
links that come and go, and power cuts. Afterwards the network's own ledger and the
history of events are judged (spec/reliability.md 2.3).
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.core.errors import (
    Conflict,
    Invalid,
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    TemporaryFailure,
)
from gateway.core.event import EventType
from gateway.core.ids import LinkId, MessageId, SegmentId
from gateway.core.link import InboundReport, LinkState, Reference, ReportKind, Unit
from gateway.core.message import (
    MESSAGE_MOVES,
    Message,
    MessageClass,
    MessageState,
    OnUnknown,
)
from gateway.core.policy import Policy
from gateway.engine.request import SubmitRequest
from tests.support.builders import inbound_report, inbound_text, stop_from
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds
from tests.support.link import FakeLink
from tests.support.rooms import ENDS, Rooms, open_rooms

STEPS = 50
PEOPLE = tuple(f"+7916555{n:04}" for n in range(5))
TEXTS = ("short", "длинный текст " * 12, "средний текст " * 7)
POLICY = Policy(max_tries=3, failover_after=timedelta(seconds=30))


@dataclass(slots=True)
class Network:
    """What the carrier knows: who got what, and which reports are on their way."""

    chance: random.Random
    is_kind: bool = False  # True: from now on everything works
    taken: Counter[SegmentId] = field(default_factory=Counter)
    reports: list[InboundReport] = field(default_factory=list)


class Radio(FakeLink):
    """A link on which everything happens that may happen."""

    def __init__(self, name: str, clock: FakeClock, network: Network) -> None:
        super().__init__(name, clock)
        self.network = network
        self.rooms: Rooms | None = None

    async def submit(self, unit: Unit) -> Reference:
        chance = self.network.chance
        fate = 1.0 if self.network.is_kind else chance.random()
        if fate < 0.04:
            await asyncio.Event().wait()
        if fate < 0.08:
            raise TemporaryFailure("no service", scope=Scope.LINK)
        if fate < 0.14:
            raise TemporaryFailure("busy", scope=Scope.DESTINATION)
        if fate < 0.18:
            raise PermanentFailure("barred")
        if fate < 0.22:
            raise OutcomeUnknown("never left")
        reference = self.take(unit)
        self.network.taken[unit.segment_id] += 1
        await self._report(unit, reference)
        if fate < 0.27:
            raise OutcomeUnknown("the answer was lost")
        if fate < 0.30:
            raise RuntimeError("a bug")
        if fate < 0.33:
            await asyncio.Event().wait()
        return reference

    async def _report(self, unit: Unit, reference: Reference) -> None:
        chance = self.network.chance
        if chance.random() < 0.2:
            return
        kinds = [chance.choice(list(ReportKind))]
        if kinds[0] is ReportKind.TRYING:
            kinds.append(ReportKind.DELIVERED)
        for kind in kinds:
            report = inbound_report(
                reference.value,
                kind=kind,
                recipient=str(unit.destination),
                link=self.id,
                service_time=self._clock.now(),
                at=self._clock.now(),
            )
            if chance.random() < 0.2 and self.rooms is not None:
                await self.rooms.intake.accept(report)
            else:
                self.network.reports.append(report)
            if chance.random() < 0.2:
                self.network.reports.append(report)


@dataclass(slots=True)
class Life:
    """One seed's history."""

    rooms: Rooms
    network: Network
    accepted: list[MessageId] = field(default_factory=list)
    forced: Counter[MessageId] = field(default_factory=Counter)

    async def settle(self) -> None:
        """Give lanes and writer some turns."""
        for _ in range(6):
            await self.rooms.store.write(lambda tx: None)
            await asyncio.sleep(0)

    async def step(self) -> None:
        chance = self.network.chance
        act = chance.choices(
            (
                self.send,
                self.wait,
                self.flap,
                self.report,
                self.cut,
                self.decide,
                self.hear,
            ),
            weights=(8, 5, 1, 5, 1, 2, 1),
        )[0]
        await act()
        await self.settle()

    async def send(self) -> None:
        chance = self.network.chance
        link = chance.choice((None, None, None, LinkId("sim1"), LinkId("sim2")))
        request = SubmitRequest(
            to=tuple(chance.sample(PEOPLE, chance.choice((1, 1, 1, 3)))),
            text=chance.choice(TEXTS),
            message_class=chance.choice(list(MessageClass)),
            on_unknown=chance.choice((None, *OnUnknown)),
            link=link,
            send_at=chance.choice(
                (None, None, self.rooms.clock.now() + timedelta(minutes=5))
            ),
        )
        try:
            submitted = await self.rooms.submit.submit(request)
        except Invalid as refused:
            if refused.code != "opted_out":
                raise
            return
        self.accepted += [message.id for message in submitted.messages]

    async def wait(self) -> None:
        self.rooms.clock.pass_time(self.network.chance.choice((1, 40, 400, 4000)))
        await self.rooms.sweep.once()

    async def flap(self) -> None:
        chance = self.network.chance
        link = chance.choice(list(self.rooms.links.values()))
        link.become(chance.choice((LinkState.DOWN, LinkState.UP)), self.rooms.intake)

    async def report(self) -> None:
        reports = self.network.reports
        self.network.chance.shuffle(reports)
        for _ in range(min(3, len(reports))):
            await self.rooms.intake.accept(reports.pop())

    async def cut(self) -> None:
        """The power goes; lanes start anew after recovery."""
        await self.rooms.kill()
        await self.rooms.recover()
        in_flight = await self.rooms.store.read(lambda tx: tx.outbox.in_flight())
        assert in_flight == []
        self.rooms.start()

    async def decide(self) -> None:
        if not self.accepted:
            return
        message_id = self.network.chance.choice(self.accepted)
        try:
            if self.network.chance.random() < 0.5:
                await self.rooms.submit.cancel(message_id)
            else:
                await self.rooms.submit.retry(message_id, force=True)
                self.forced[message_id] += 1
        except Conflict:
            return

    async def hear(self) -> None:
        chance = self.network.chance
        number = chance.choice(PEOPLE)
        says_stop = chance.random() < 0.1
        item = stop_from(number) if says_stop else inbound_text("да")[0]
        await self.rooms.intake.accept(item)

    async def finish(self) -> None:
        """From now on all goes well, for as long as anything may last."""
        self.network.is_kind = True
        await self.cut()
        for link in self.rooms.links.values():
            link.become(LinkState.UP, self.rooms.intake)
        for _ in range(60):
            await self.report()
            await self.settle()
            self.rooms.clock.pass_time(3600)
            await self.rooms.sweep.once()
            if (
                all(message.state in ENDS for message in await self.rooms.messages())
                and not self.network.reports
            ):
                return


def judge_submissions(life: Life, message: Message, segments: list[SegmentId]) -> None:
    """At most one sending, and one more where unknown or a person allowed it."""
    allowed = 1 + (message.on_unknown is OnUnknown.RESEND)
    allowed = allowed * (1 + life.forced[message.id])
    for segment_id in segments:
        taken = life.network.taken[segment_id]
        assert taken <= allowed
        assert taken <= 1 or message.possible_duplicate or life.forced[message.id]
    if message.state in {MessageState.SENT, MessageState.DELIVERED}:
        assert all(life.network.taken[segment_id] for segment_id in segments)


async def judge_history(rooms: Rooms, message: Message) -> None:
    """One event a transition, each of them allowed; progress moves nothing."""
    told = [
        (event.type, MessageState(str(event.data["state"])))
        for event in await rooms.events()
        if event.message_id == message.id and event.type.startswith("message.")
    ]
    for (_, before), (kind, after) in pairwise(told):
        assert kind is not EventType.MESSAGE_PROGRESS or after is before
    states = [state for kind, state in told if kind is not EventType.MESSAGE_PROGRESS]
    assert states[0] in {MessageState.QUEUED, MessageState.SCHEDULED}
    assert states[-1] is message.state
    for before, after in pairwise(states):
        assert after in MESSAGE_MOVES[before]


async def live(directory: Path, seed: int) -> None:
    network = Network(random.Random(seed))
    ids = SeededIds(seed)
    async with open_rooms(directory, policy=POLICY, ids=ids, links=()) as rooms:
        for name in ("sim1", "sim2"):
            radio = Radio(name, rooms.clock, network)
            radio.rooms = rooms
            rooms.links[name] = radio
            rooms.board.register(radio)
        life = Life(rooms, network)
        rooms.start()
        for _ in range(STEPS):
            await life.step()
        await life.finish()
        kept = {message.id: message for message in await rooms.messages()}
        assert set(life.accepted) <= kept.keys()
        for message_id in life.accepted:
            message = kept[message_id]
            assert message.state in ENDS
            segments = await rooms.segments(message_id)
            judge_submissions(life, message, [one.id for one in segments])
            await judge_history(rooms, message)
        seqs = [event.seq for event in await rooms.events()]
        assert seqs == list(range(1, len(seqs) + 1))


@pytest.mark.parametrize("seed", range(2))
async def test_a_random_life_loses_and_doubles_nothing(
    tmp_path: Path, seed: int
) -> None:
    await live(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [*range(2, 5), *range(1000, 1060)])
async def test_many_random_lives_lose_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    await live(tmp_path, seed)
