"""Lives of applications by chance: nothing is lost, nothing is told twice."""

import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gateway.core.application import (
    NoticeEnd,
    ReceiptNotice,
    ReportWish,
    Submission,
)
from gateway.core.link import ReportKind
from gateway.core.message import Message, MessageState
from gateway.core.store import Tx
from gateway.engine.application_parts import GIVE_UP_AFTER
from tests.support.application import (
    account,
    open_account,
    parts_of,
    report,
    submission,
)
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds
from tests.support.rooms import Rooms, open_rooms

STEPS = 60
WISHES = tuple(ReportWish)
WANTED = {
    MessageState.DELIVERED: {ReportWish.EITHER, ReportWish.SUCCESS},
    MessageState.UNDELIVERED: {ReportWish.EITHER, ReportWish.FAILURE},
}


@dataclass(slots=True)
class Life:
    """What one application did, and what it was told."""

    chance: random.Random
    unsent: list[Submission] = field(default_factory=list)
    names: dict[str, ReportWish] = field(default_factory=dict)
    texts: Counter[str] = field(default_factory=Counter)
    told: Counter[tuple[str, MessageState]] = field(default_factory=Counter)
    serial: int = 0

    def write(self) -> None:
        """Think of another message, whole or in parts."""
        self.serial += 1
        to = f"+7916{self.serial:07d}"
        wish = self.chance.choice(WISHES)
        if self.chance.random() < 0.5:
            text = f"short {self.serial}"
            self.unsent.append(submission(text, to=(to,), reports=wish))
        else:
            text = f"long {self.serial} " * self.chance.randint(30, 60)
            parts = parts_of(text, reference=self.serial % 5, to=(to,), reports=wish)
            self.unsent += parts
            # A client that saw no answer sends a part again, while others lack.
            self.unsent += self.chance.sample(parts, self.chance.randint(0, 1))
        self.texts[text] += 1
        self.chance.shuffle(self.unsent)

    async def submit(self, rooms: Rooms) -> None:
        if self.unsent:
            one = self.unsent.pop()
            taken = await rooms.desk.submit(account(), one)
            self.names[taken.message_id] = one.reports

    async def hear(self, rooms: Rooms) -> None:
        """Take what is owed; some of it is not acknowledged yet."""
        for notice in await rooms.desk.owed(account(), 0, 5):
            if self.chance.random() < 0.3:
                await rooms.desk.settle([(notice, NoticeEnd.LATER)])
                continue
            assert isinstance(notice.content, ReceiptNotice)
            self.told[notice.content.message_id, notice.content.state] += 1
            await rooms.desk.settle([(notice, NoticeEnd.ACKNOWLEDGED)])


async def send(rooms: Rooms) -> None:
    """All that waits is sent, and the network tells of it."""
    rooms.start()
    for message in await rooms.messages():
        if message.state in (MessageState.QUEUED, MessageState.SENDING):
            await rooms.until(message.id, MessageState.SENT)
    await rooms.kill()


async def tell(life: Life, rooms: Rooms) -> None:
    """The network tells of some that it has."""
    for message in await rooms.messages():
        if message.state is not MessageState.SENT or life.chance.random() < 0.4:
            continue
        kind = life.chance.choice((ReportKind.DELIVERED, ReportKind.UNDELIVERED))
        for segment in await rooms.segments(message.id):
            assert segment.reference is not None
            await report(rooms, segment.reference, kind, to=message.peer)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))]
)
async def test_every_submission_is_sent_once_and_told_once(
    tmp_path: Path, seed: int
) -> None:
    life = Life(random.Random(seed))
    clock, ids = FakeClock(), SeededIds(seed)
    is_opened = False
    for _ in range(STEPS // 15):
        async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
            if not is_opened:
                await open_account(rooms)
                is_opened = True
            for _ in range(15):
                match life.chance.randrange(6):
                    case 0 | 1:
                        life.write()
                    case 2 | 3:
                        await life.submit(rooms)
                    case 4:
                        await life.hear(rooms)
                    case _:
                        await send(rooms)
                        await tell(life, rooms)
                clock.pass_time(1)
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        while life.unsent:
            await life.submit(rooms)
        clock.pass_time(GIVE_UP_AFTER.total_seconds() + 1)
        await rooms.desk.sweep()
        await send(rooms)
        while any(m.state is MessageState.SENT for m in await rooms.messages()):
            await tell(life, rooms)
        clock.pass_time(3600)
        while await rooms.desk.owed(account(), 0, 1):
            await life.hear(rooms)
            clock.pass_time(600)
        await check(life, rooms)


async def message_of(rooms: Rooms, name: str) -> Message:
    def read(tx: Tx) -> Message | None:
        [carried] = tx.applications.carried(account().id, name)
        return tx.outbox.get(carried.message_id)

    message = await rooms.store.read(read)
    assert message is not None
    return message


async def check(life: Life, rooms: Rooms) -> None:
    sent = Counter(str(message.text) for message in await rooms.messages())
    assert sent == life.texts
    told: Counter[str] = Counter()
    for (name, state), count in life.told.items():
        assert life.names[name] in WANTED[state]
        told[name] += count
    assert all(count == 1 for count in told.values())
    for name, wish in life.names.items():
        message = await message_of(rooms, name)
        assert told[name] == int(wish in WANTED[message.state])
