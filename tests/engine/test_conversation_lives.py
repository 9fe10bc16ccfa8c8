"""Random lives of conversations: what always holds, holds after every step."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.agent import Agent, Presence
from gateway.core.conversation import Conversation, ConversationState, SnoozeMode
from gateway.core.errors import RequestRefused
from gateway.core.event import EventType
from gateway.core.store import Tx
from gateway.engine.conversation_reader import ConversationReader
from gateway.engine.people_cards import unblock
from tests.support.inbox import Office, ask
from tests.support.rooms import open_rooms

_S = ConversationState
SENDERS = ("+79161234567", "+79160000002", "+380501112233")
STEPS = 250
MANY = [pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12)]


class Life:
    """One office, and everything that may happen in it."""

    def __init__(self, office: Office, chance: random.Random) -> None:
        self.office = office
        self.chance = chance

    async def step(self) -> str:
        """Something happens; what it was."""
        deeds: list[Callable[[], Awaitable[None]]] = [
            self._write,
            self._write,
            self._ring,
            self._wait,
            self._come_or_go,
            self._answer,
            self._decide,
            self._decide,
            self._decide,
            self._restart,
        ]
        deed = self.chance.choice(deeds)
        try:
            await deed()
        except RequestRefused as refused:
            return f"{deed.__name__}: {refused.code}"
        return deed.__name__

    async def _write(self) -> None:
        text = self.chance.choice(["Где?", "ок", "стоп", "Ещё вопрос", "😀"])
        sender = self.chance.choice(SENDERS)
        if self.chance.random() < 0.5:
            await self.office.hears(text, sender)
        else:
            await self.office.writes(text, sender)

    async def _ring(self) -> None:
        await self.office.rings(self.chance.choice(SENDERS))

    async def _wait(self) -> None:
        self.office.later(hours=self.chance.choice([0.1, 5, 30, 80]))
        await self.office.rooms.inbox.conversation_wake.once()

    async def _come_or_go(self) -> None:
        await self.office.moves(self._agent(), self.chance.choice(list(Presence)))

    async def _restart(self) -> None:
        rooms = self.office.rooms
        await ConversationReader(
            rooms.store, rooms.clock, rooms.ids, rooms.policy
        ).catch_up()

    async def _answer(self) -> None:
        sender = self.chance.choice(SENDERS)
        if await self.office.find(sender) is not None:
            await self.office.answers(self._agent(), sender=sender)

    async def _decide(self) -> None:
        found = await self.office.find(self.chance.choice(SENDERS))
        if found is None:
            return
        desk, agent = self.office.desk, self._agent()
        revision = self.chance.choice([None, found.revision, found.revision - 1])
        wish = ask(agent, found.id, revision)
        until = self.office.rooms.clock.now() + timedelta(hours=1)
        decisions: list[Callable[[], Awaitable[object]]] = [
            lambda: desk.take(wish, over=self.chance.random() < 0.3),
            lambda: desk.release(wish),
            lambda: desk.pass_on(wish, self._agent().id, "на"),
            lambda: desk.pass_on(wish, None, "на"),
            lambda: desk.assign(wish, self._agent().id),
            lambda: desk.hold(wish, self.chance.choice([None, until])),
            lambda: desk.snooze(wish, until, self.chance.choice(list(SnoozeMode))),
            lambda: desk.resume(wish),
            lambda: desk.resolve(wish, "решено", ""),
            lambda: desk.reopen(wish),
            lambda: desk.spam(wish),
            lambda: desk.restore(wish),
            lambda: desk.tag(wish, ("vip",)),
            lambda: self._unblock(found),
        ]
        await self.chance.choice(decisions)()

    async def _unblock(self, found: Conversation) -> None:
        actor = ask(self._agent(), found.id).actor
        now = self.office.rooms.clock.now()
        await self.office.rooms.store.write(
            lambda tx: unblock(tx, found.contact_id, actor, now)
        )

    def _agent(self) -> Agent:
        return self.chance.choice(
            [self.office.anna, self.office.oleg, self.office.vera]
        )


async def everything(office: Office) -> list[list[Conversation]]:
    """Every thread's conversations, oldest first."""

    def read(tx: Tx) -> list[list[Conversation]]:
        contacts = tx.contacts.by_addresses(SENDERS)
        threads = tx.contacts.threads_of([one.id for one in contacts])
        return [tx.conversations.in_thread(one.id, 1000)[::-1] for one in threads]

    return await office.rooms.store.read(read)


def check(one: Conversation) -> None:
    """What holds for every conversation at any time."""
    if not one.has_ended:
        assert (one.assignee_id is None) == (one.state is _S.QUEUED)
        assert one.resolved_at is None
        assert one.resolved_by is None
    else:
        assert one.resolved_at is not None
        assert one.unanswered_at is None
    assert one.state is not _S.WAITING or one.unanswered_at is None
    assert (one.snooze_until is not None) == (one.state is _S.SNOOZED)
    assert one.hold_until is None or one.state is _S.HOLD


@pytest.mark.parametrize("seed", [0, 1, *MANY])
async def test_whatever_happens_what_always_holds_holds(
    tmp_path: Path, seed: int
) -> None:
    async with open_rooms(tmp_path) as rooms:
        office = await Office.open(rooms)
        life = Life(office, random.Random(seed))
        trace: list[str] = []
        revisions: dict[str, int] = {}
        for _ in range(STEPS):
            trace.append(await life.step())
            for thread in await everything(office):
                numbers = [one.number for one in thread]
                assert numbers == list(range(1, len(thread) + 1)), trace
                going = [one for one in thread if not one.has_ended]
                assert len(going) <= 1, trace
                assert going in ([], thread[-1:]), trace
                for one in thread:
                    check(one)
                    assert one.revision >= revisions.get(one.id, 1), trace
                    revisions[one.id] = one.revision
        await check_log(office, revisions)


async def check_log(office: Office, revisions: dict[str, int]) -> None:
    """Every revision of every conversation was told of, once and in order."""
    told: dict[str, list[int]] = {}
    for event in await office.rooms.events():
        if event.type.value.startswith("conversation."):
            revision = event.data["revision"]
            assert isinstance(revision, int)
            told.setdefault(str(event.data["id"]), []).append(revision)
    assert told == {one: list(range(1, last + 1)) for one, last in revisions.items()}
    opened = await office.told(EventType.CONVERSATION_OPENED)
    assert len({event.data["id"] for event in opened}) == len(opened)
