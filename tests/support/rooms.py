"""The rooms over a real store in a temporary directory, with a clock in hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gateway.core.event import Event, EventType
from gateway.core.ids import MessageId
from gateway.core.link import Capabilities
from gateway.core.message import Attempt, Message, MessageState, Segment
from gateway.core.message_store import MessageFilter, Page
from gateway.core.policy import Policy
from gateway.engine.applications import Applications
from gateway.engine.board import LinkBoard
from gateway.engine.desk import Desk, make_desk, make_parts
from gateway.engine.dispatch import LinkDispatcher
from gateway.engine.feed import Feed
from gateway.engine.intake import Intake
from gateway.engine.recover import recover
from gateway.engine.request import SubmitRequest
from gateway.engine.submit import Submit
from gateway.engine.sweep import Sweep
from gateway.metrics import Metrics
from gateway.store.config import StoreConfig
from gateway.store.store import SqlStore
from tests.support.builders import CUSTOMER
from tests.support.clock import FakeClock
from tests.support.held import check_held
from tests.support.ids import SeededIds
from tests.support.link import FakeLink
from tests.support.opened import open_quickly

ENDS = frozenset(MessageState) - {
    MessageState.SCHEDULED,
    MessageState.QUEUED,
    MessageState.SENDING,
}


@dataclass(slots=True, kw_only=True)
class Rooms:
    """Everything the composition root would build, but for adapters and faces."""

    store: SqlStore
    clock: FakeClock
    ids: SeededIds
    policy: Policy
    metrics: Metrics
    board: LinkBoard
    submit: Submit
    intake: Intake
    desk: Applications
    sweep: Sweep
    feed: Feed
    inbox: Desk
    links: dict[str, FakeLink] = field(default_factory=dict)
    dispatchers: dict[str, LinkDispatcher] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def link(self, name: str = "sim1") -> FakeLink:
        return self.links[name]

    def start(self, *names: str) -> None:
        """Start the lanes of the named links, or of all."""
        for name in names or tuple(self.links):
            dispatcher = self.dispatcher(name)
            self.tasks.append(asyncio.create_task(dispatcher.run()))

    def dispatcher(self, name: str, *, linger_s: float = 0.0) -> LinkDispatcher:
        dispatcher = LinkDispatcher(
            self.links[name],
            self.store,
            self.clock,
            self.ids,
            self.policy,
            self.board,
            self.metrics,
            linger_s=linger_s,
        )
        self.dispatchers[name] = dispatcher
        return dispatcher

    async def kill(self) -> None:
        """End all lanes at once, as a power cut would."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()

    async def recover(self) -> int:
        return await recover(self.store, self.clock, self.policy)

    async def send(self, text: str = "hello", **fields: object) -> Message:
        """Queue a text to the customer."""
        values: dict[str, object] = {"to": (CUSTOMER,), "text": text} | fields
        request = SubmitRequest(**values)  # type: ignore[arg-type]  # named by the test
        submitted = await self.submit.submit(request)
        return submitted.messages[0]

    async def message(self, message_id: MessageId) -> Message:
        message = await self.store.read(lambda tx: tx.outbox.get(message_id))
        assert message is not None
        return message

    async def segments(self, message_id: MessageId) -> list[Segment]:
        return await self.store.read(lambda tx: tx.outbox.segments(message_id))

    async def attempts(self, message_id: MessageId) -> list[Attempt]:
        return await self.store.read(lambda tx: tx.outbox.attempts(message_id))

    async def messages(self) -> list[Message]:
        """All, oldest first."""
        found = await self.store.read(
            lambda tx: tx.outbox.listing(MessageFilter(), Page(limit=10_000))
        )
        return found[::-1]

    async def events(self) -> list[Event]:
        return await self.store.read(lambda tx: tx.events.after(0, 100_000))

    async def types(self, message_id: MessageId | None = None) -> list[EventType]:
        return [
            event.type
            for event in await self.events()
            if message_id is None or event.message_id == message_id
        ]

    async def until(
        self, message_id: MessageId, state: MessageState, *, times: int = 1
    ) -> Message:
        """Wait until the log tells so often of the message in that state."""
        await self.until_true(
            lambda events: (
                sum(
                    1
                    for event in events
                    if event.message_id == message_id
                    and event.type is not EventType.MESSAGE_PROGRESS
                    and event.data.get("state") == state
                )
                >= times
            )
        )
        return await self.message(message_id)

    async def until_true(self, holds: Callable[[list[Event]], bool]) -> list[Event]:
        """Wait until something holds for the log."""
        while True:
            last = await self.feed.last_seq()
            events = await self.events()
            if holds(events):
                return events
            await self._wait_commit(max(last, events[-1].seq if events else 0))

    async def _wait_commit(self, seq: int) -> None:
        """Wait for news; a lane that fell is no reason to wait for ever."""
        news = asyncio.create_task(self.store.wait_commit(seq))
        await asyncio.wait({news, *self.tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in self.tasks:
            if task.done():
                news.cancel()
                task.result()
        await news


@asynccontextmanager
async def open_rooms(
    directory: Path,
    *,
    policy: Policy | None = None,
    clock: FakeClock | None = None,
    ids: SeededIds | None = None,
    links: tuple[str, ...] = ("sim1",),
    capabilities: Capabilities | Mapping[str, Capabilities] | None = None,
    store_config: StoreConfig | None = None,
) -> AsyncIterator[Rooms]:
    """Rooms with links that are up; lanes are started by the test.

    `capabilities` are those of all links, or of some by name.
    """
    clock, ids, policy = clock or FakeClock(), ids or SeededIds(), policy or Policy()
    async with AsyncExitStack() as stack:
        store_config = store_config or StoreConfig(
            path=directory / "seventy.db", ballast_octets=0
        )
        store = await open_quickly(store_config, clock)
        stack.push_async_callback(store.close)
        stack.push_async_callback(check_held, store)
        metrics = Metrics()
        parts = make_parts(store, clock, ids, policy, metrics)
        board, submit = parts.links, parts.submit
        rooms = Rooms(
            store=store,
            clock=clock,
            ids=ids,
            policy=policy,
            metrics=metrics,
            board=board,
            submit=submit,
            intake=Intake(store, clock, ids, policy, metrics, board),
            desk=Applications(store, clock, ids, policy, submit, metrics),
            sweep=Sweep(store, clock, policy, board, metrics),
            feed=parts.feed,
            inbox=make_desk(parts),
        )
        stack.push_async_callback(rooms.kill)
        for number, name in enumerate(links, start=1):
            link = FakeLink(
                name,
                clock,
                msisdn=f"+7916000000{number}",
                capabilities=capabilities.get(name)
                if isinstance(capabilities, Mapping)
                else capabilities,
            )
            rooms.links[name] = link
            board.register(link)
        yield rooms
