"""Random lives of a bind with many in flight: nothing is lost and nothing doubled.

Each seed is a life over the real rooms, a real link and real sockets: answers that are
late, out of order or never come, refusals, receipts early, late and twice, messages of
persons, flaps and kills in mid-window. The SMSC's own count is the judge.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.app.memory import StoreMemory
from gateway.core.errors import StoreBusy
from gateway.core.ids import LinkId, MessageId
from gateway.core.message import Direction, Message, MessageClass, MessageState
from gateway.core.policy import Policy
from gateway.engine.dispatch import LinkDispatcher
from gateway.engine.request import SubmitRequest
from hwsim.wire.smpp import Pdu
from smpp.client import SmppLink
from tests.smpp.units import config
from tests.support.ids import SeededIds
from tests.support.rooms import ENDS, Rooms, open_rooms
from tests.support.smsc import Line, Smsc, message_to_us, receipt

STEPS = 40
WINDOW = 8
TEXTS = ("short", "a longer text " * 20)
POLICY = Policy(max_tries=20)
# What a carrier's refusal may say: throttled, full, system error, bad destination.
REFUSALS = (0x58, 0x14, 0x08, 0x0B)
_HAS_HEADER = 0x40
Sent = tuple[str, int]


def segment_of(pdu: Pdu) -> Sent:
    """To whom, and which of its message's segments."""
    octets = pdu.octets("short_message")
    place = octets[5] if pdu.number("esm_class") & _HAS_HEADER else 1
    return f"+{pdu.text('destination_addr')}", place


@dataclass(slots=True, eq=False)
class Carrier(Smsc):
    """An SMSC to which everything happens that may happen."""

    chance: random.Random = field(default_factory=random.Random)
    is_kind: bool = False  # True: from now on everything works
    held: list[tuple[Line, Pdu, int, str]] = field(default_factory=list)
    receipts_held: list[Pdu] = field(default_factory=list)

    def submit(self, line: Line, pdu: Pdu) -> None:
        fate = 1.0 if self.is_kind else self.chance.random()
        if fate < 0.05:
            return
        if fate < 0.15:
            status = self.chance.choice(REFUSALS)
            self.held.append((line, pdu, status, ""))
            return
        message_id = self.take(pdu)
        if fate < 0.25:
            self._report(pdu, message_id)
            return
        if fate < 0.55:
            self.held.append((line, pdu, 0, message_id))
        else:
            line.respond(pdu, message_id=message_id)
        self._report(pdu, message_id)

    def _report(self, pdu: Pdu, message_id: str) -> None:
        chance = self.chance
        if chance.random() < 0.2:
            return
        for _ in range(1 + (chance.random() < 0.2)):
            report = receipt(pdu, message_id, tlvs=chance.random() < 0.5)
            if chance.random() < 0.3:
                self.owe(report)
            else:
                self.receipts_held.append(report)

    def answer(self, count: int) -> None:
        """Some of the answers that were held, in any order."""
        self.chance.shuffle(self.held)
        for _ in range(min(count, len(self.held))):
            line, pdu, status, message_id = self.held.pop()
            if line in self.lines:
                line.respond(pdu, status, message_id=message_id)

    def report_some(self, count: int) -> None:
        self.chance.shuffle(self.receipts_held)
        for _ in range(min(count, len(self.receipts_held))):
            self.owe(self.receipts_held.pop())


class MortalMemory(StoreMemory):
    """Whoever was killed writes no farewell."""

    is_dead = False

    async def remember(self, key: str, value: str) -> None:
        if self.is_dead:
            raise StoreBusy("killed")
        await super().remember(key, value)


@dataclass(slots=True)
class Life:
    """One seed's history."""

    rooms: Rooms
    carrier: Carrier
    link: SmppLink | None = None
    memory: MortalMemory | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    accepted: list[MessageId] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def begin(self) -> None:
        """A new process: link and lane."""
        rooms = self.rooms
        self.memory = MortalMemory(rooms.store, "smpp:")
        self.link = SmppLink(
            config(port=self.carrier.port, window=WINDOW, request_timeout_s=5.0),
            clock=rooms.clock,
            ids=rooms.ids,
            memory=self.memory,
            recent=self.memory.recent,
        )
        rooms.board.register(self.link)
        lane = LinkDispatcher(
            *(self.link, rooms.store, rooms.clock, rooms.ids),
            *(rooms.policy, rooms.board, rooms.metrics),
        )
        self.tasks = [
            asyncio.create_task(self.link.run(rooms.intake)),
            asyncio.create_task(lane.run()),
        ]

    async def kill(self) -> None:
        """What was on the way in either direction is lost with the process."""
        assert self.memory is not None
        self.memory.is_dead = True
        self.flap()
        for task in self.tasks:
            task.cancel()
        while not all(task.done() for task in self.tasks):
            await self.rooms.clock.advance(1.0)
        await self.rooms.recover()

    async def settle(self) -> None:
        """Give sockets, lanes and writer some turns."""
        for _ in range(8):
            await self.rooms.store.write(lambda tx: None)
            await asyncio.sleep(0)
        for task in self.tasks:
            if task.done():
                task.result()

    async def step(self) -> None:
        chance = self.carrier.chance
        act = chance.choices(
            ("send", "write", "wait", "answer", "report", "flap", "kill"),
            weights=(8, 5, 6, 6, 5, 1, 1),
        )[0]
        match act:
            case "send":
                await self.send(chance.randint(1, 6))
            case "write":
                self.write(chance.randint(1, 6))
            case "wait":
                await self.rooms.clock.advance(chance.choice((0.1, 1, 4, 10)))
                await self.rooms.sweep.once()
            case "answer":
                self.carrier.answer(chance.randint(1, 6))
            case "report":
                self.carrier.report_some(chance.randint(1, 6))
            case "flap":
                self.flap()
            case _:
                await self.kill()
                self.begin()
        await self.settle()

    async def send(self, count: int) -> None:
        """Each to another number, so that the SMSC knows whose it is."""
        chance = self.carrier.chance
        first = len(self.accepted)
        request = SubmitRequest(
            to=tuple(f"+7916{first + n:07}" for n in range(count)),
            text=chance.choice(TEXTS),
            message_class=chance.choice(list(MessageClass)),
        )
        submitted = await self.rooms.submit.submit(request)
        self.accepted += [message.id for message in submitted.messages]

    def write(self, count: int) -> None:
        for _ in range(count):
            text = f"written {len(self.written)}"
            self.carrier.owe(message_to_us("+79031112233", text))
            self.written.append(text)

    def flap(self) -> None:
        for line in self.carrier.lines:
            line.abort()

    async def finish(self) -> None:
        """From now on all goes well, for as long as anything may last."""
        carrier = self.carrier
        carrier.is_kind = True
        messages: list[Message] = []
        for _ in range(100):
            carrier.answer(1000)
            carrier.report_some(1000)
            await self.settle()
            await self.rooms.clock.advance(10)
            await self.rooms.sweep.once()
            messages = await self.rooms.messages()
            is_over = all(message.state in ENDS for message in outbound(messages))
            if is_over and not carrier.unsettled and not carrier.receipts_held:
                return
        moving = [one for one in outbound(messages) if one.state not in ENDS]
        raise AssertionError(f"no end: {moving}, {carrier.unsettled} unthanked")


def outbound(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.direction is Direction.MT]


async def judge_outbound(life: Life, message: Message, taken: Counter[Sent]) -> None:
    """Never lost, never twice in silence, and each receipt counts."""
    places = [segment.number for segment in await life.rooms.segments(message.id)]
    times = [taken[message.peer, place] for place in places]
    assert max(times) <= 1 or message.possible_duplicate
    assert max(times) <= 2
    if message.state in {MessageState.SENT, MessageState.DELIVERED}:
        assert min(times) >= 1
    if message.state is MessageState.FAILED:
        # A refused segment is with nobody, unless an earlier try may have got through.
        assert min(times) == 0 or message.possible_duplicate


async def live(directory: Path, seed: int) -> None:
    carrier = Carrier(window=WINDOW, chance=random.Random(seed))
    ids = SeededIds(seed)
    async with (
        open_rooms(directory, policy=POLICY, ids=ids, links=()) as rooms,
        carrier.serving(),
    ):
        life = Life(rooms, carrier)
        life.begin()
        await life.settle()
        for _ in range(STEPS):
            await life.step()
        await life.finish()
        messages = await rooms.messages()
        kept = outbound(messages)
        assert {message.id for message in kept} == set(life.accepted)
        taken = Counter(segment_of(pdu) for pdu in carrier.taken)
        for message in kept:
            await judge_outbound(life, message, taken)
        texts = [one.text for one in messages if one.direction is Direction.MO]
        assert Counter(texts) == Counter(life.written)
        assert all(one.link == LinkId("carrier") for one in kept if one.link)
        await life.kill()


@pytest.mark.parametrize("seed", range(1))
async def test_a_random_life_of_a_bind_loses_and_doubles_nothing(
    tmp_path: Path, seed: int
) -> None:
    await live(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, *range(2000, 2030)])
async def test_many_random_lives_of_a_bind_lose_and_double_nothing(
    tmp_path: Path, seed: int
) -> None:
    await live(tmp_path, seed)
