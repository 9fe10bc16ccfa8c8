"""Who is in front of which thread, and who types: kept in memory, never stored.

Every open stream of an agent's page is a connection. An agent counts as gone only when
the last one has been closed for a while, so that a reload or a nap changes nothing.
What is told here has no place in the event log and is lost with the connection: a page
that comes back asks anew. Relies on the verb that moves an agent's presence.

Spec: spec/inbox.md F.4, F.9
"""

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NoReturn

from gateway.core.agent import Agent, Presence
from gateway.core.clock import Clock
from gateway.core.errors import NotFound, TooMany
from gateway.core.ids import AgentId, IdSource, ThreadId
from gateway.core.store import Store
from gateway.engine.present import JsonObject, time_text
from gateway.engine.waiting import Bell

GRACE_S: Final = 60.0
TYPING_S: Final = 6.0  # pages say so again every three seconds
IDLE_S: Final = 3600.0
MOST_CONNECTIONS: Final = 16  # of one agent
MOST_NEWS: Final = 500  # that one connection may have waiting

# Online is for who was offline: a break stays one.
MovePresence = Callable[[AgentId, Presence], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something for a page that is in no log."""

    name: str
    data: JsonObject


@dataclass(slots=True, kw_only=True)
class Connection:
    """One open stream."""

    id: str
    agent: Agent
    bell: Bell
    news: deque[News] = field(default_factory=deque)
    has_lost_news: bool = False  # it did not read: it has to begin anew
    thread_id: ThreadId | None = None
    is_focused: bool = False
    typing_until: float | None = None  # of the steady clock

    def tell(self, news: News) -> None:
        if len(self.news) >= MOST_NEWS:
            self.has_lost_news = True
        else:
            self.news.append(news)
        self.bell.ring()


class Lookers:
    """All open streams, and what their pages show."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, move_presence: MovePresence
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._move_presence = move_presence
        self._connections: dict[str, Connection] = {}
        self._gone_at: dict[AgentId, float] = {}
        self._changed = Bell()

    async def arrive(self, agent: Agent, bell: Bell) -> Connection:
        """A page opened its stream; `bell` is rung when there are news for it."""
        if len(self._of(agent.id)) >= MOST_CONNECTIONS:
            raise TooMany("too_many_streams", "this agent has too many streams open")
        connection = Connection(id=self._ids.new("cnn"), agent=agent, bell=bell)
        self._connections[connection.id] = connection
        self._gone_at.pop(agent.id, None)
        try:
            await self._move_presence(agent.id, Presence.ONLINE)
        except BaseException:
            self.leave(connection)
            raise
        return connection

    def leave(self, connection: Connection) -> None:
        """The stream has ended; so has what its page showed."""
        self._connections.pop(connection.id, None)
        if connection.thread_id is not None:
            self._show(connection.thread_id)
        if not self._of(connection.agent.id):
            self._gone_at[connection.agent.id] = self._clock.monotonic()
            self._changed.ring()

    def look(
        self,
        agent_id: AgentId,
        connection_id: str,
        thread_id: ThreadId | None,
        *,
        is_typing: bool,
        is_focused: bool,
    ) -> None:
        """What a page shows now; `NotFound` when that is no stream of the agent's."""
        connection = self._connections.get(connection_id)
        if connection is None or connection.agent.id != agent_id:
            raise NotFound("no_such_connection", "open the stream first")
        before = connection.thread_id
        connection.thread_id = thread_id
        connection.is_focused = is_focused
        types = is_typing and thread_id is not None
        connection.typing_until = self._clock.monotonic() + TYPING_S if types else None
        for shown in {before, thread_id} - {None}:
            self._show(shown)
        self._changed.ring()

    def viewers(self, thread_id: ThreadId) -> list[JsonObject]:
        """Who looks at a thread: each agent once, however many pages there are."""
        found: dict[AgentId, list[Connection]] = {}
        for connection in self._connections.values():
            if connection.thread_id == thread_id:
                found.setdefault(connection.agent.id, []).append(connection)
        return [self._viewer(connections) for connections in found.values()]

    def snapshot(self) -> News:
        """All that is looked at."""
        threads = {one.thread_id for one in self._connections.values()}
        return self._looking(threads)

    def looking_at(self, agent_id: AgentId) -> ThreadId | None:
        """What an agent has open: in front rather than in another tab."""
        open_pages = [one for one in self._of(agent_id) if one.thread_id is not None]
        open_pages.sort(key=lambda one: one.is_focused)
        return open_pages[-1].thread_id if open_pages else None

    def tell(self, agent_id: AgentId, name: str, data: JsonObject) -> None:
        """Tell all pages of one agent."""
        for connection in self._of(agent_id):
            connection.tell(News(name=name, data=data))

    async def run(self) -> NoReturn:
        """Let go of who stays away and of typing that has stopped, until cancelled."""
        await self._expect_all()
        while True:
            seen = self._changed.rings
            await self.expire()
            await self._changed.wait(seen, self._clock, self._idle_s())

    async def expire(self) -> None:
        """Whose time is up."""
        now = self._clock.monotonic()
        for connection in list(self._connections.values()):
            until = connection.typing_until
            if until is not None and until <= now:
                connection.typing_until = None
                self._show(connection.thread_id)
        for agent_id, gone_at in list(self._gone_at.items()):
            if gone_at + GRACE_S <= now:
                await self._move_presence(agent_id, Presence.OFFLINE)
                if self._gone_at.get(agent_id) == gone_at:
                    del self._gone_at[agent_id]
                elif self._of(agent_id):  # back while that was written
                    await self._move_presence(agent_id, Presence.ONLINE)

    async def _expect_all(self) -> None:
        """After a start: who was there is given time to come back."""
        now = self._clock.monotonic()
        for agent in await self._store.read(lambda tx: tx.agents.listing()):
            if agent.presence is not Presence.OFFLINE and not self._of(agent.id):
                self._gone_at.setdefault(agent.id, now)

    def _idle_s(self) -> float:
        moments = [gone_at + GRACE_S for gone_at in self._gone_at.values()]
        moments += [
            one.typing_until
            for one in self._connections.values()
            if one.typing_until is not None
        ]
        now = self._clock.monotonic()
        return max(min(moments, default=now + IDLE_S) - now, 0.001)

    def _of(self, agent_id: AgentId) -> list[Connection]:
        return [one for one in self._connections.values() if one.agent.id == agent_id]

    def _show(self, thread_id: ThreadId | None) -> None:
        news = self._looking({thread_id})
        for connection in self._connections.values():
            connection.tell(news)

    def _looking(self, thread_ids: Iterable[ThreadId | None]) -> News:
        threads: JsonObject = {
            thread_id: self.viewers(thread_id)
            for thread_id in thread_ids
            if thread_id is not None
        }
        return News(name="looking", data={"threads": threads})

    def _viewer(self, connections: list[Connection]) -> JsonObject:
        agent = connections[0].agent
        ends = [one.typing_until for one in connections if one.typing_until is not None]
        until = self._moment(max(ends)) if ends else None
        return {
            "agent": {"id": agent.id, "name": agent.name},
            "typing": bool(ends),
            "focused": any(one.is_focused for one in connections),
            "until": time_text(until),
        }

    def _moment(self, monotonic: float) -> datetime:
        left = timedelta(seconds=monotonic - self._clock.monotonic())
        return self._clock.now() + left
