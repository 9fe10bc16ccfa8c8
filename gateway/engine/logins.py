"""Browsers of agents that are logged in: checked with each request, ended at once.

Nothing is remembered between requests: what is revoked, disabled or changed counts for
the next one. Who is let in is `login_door`'s business, cookies are `web.session`'s.

Spec: spec/reliability.md SEC-24
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from gateway.core.agent import Actor, Agent, AgentRole, Login
from gateway.core.clock import Clock
from gateway.core.errors import NotFound, StoreError
from gateway.core.ids import AgentId, LoginId
from gateway.core.store import Store, Tx
from gateway.engine.audit import record
from gateway.engine.auth import digest_of

ABSOLUTE: Final = timedelta(hours=24)
IDLE: Final = timedelta(hours=8)
IDLE_OF_ADMINISTRATOR: Final = timedelta(minutes=30)
SEEN_EVERY: Final = timedelta(minutes=1)


class Logins:
    """The logins of this box; there may be one only, for it has listeners."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._listeners: list[Callable[[LoginId], None]] = []

    def listen(self, heard: Callable[[LoginId], None]) -> None:
        """Call `heard` with each login that a person ends, after commit."""
        self._listeners.append(heard)

    def tell_ended(self, login_ids: Sequence[LoginId]) -> None:
        """Tell the listeners, after the commit of `end_logins`."""
        for login_id in login_ids:
            for heard in self._listeners:
                heard(login_id)

    async def check(self, secret: str) -> tuple[Login, Agent] | None:
        """Whose browser this is; None when it is not, or no longer, let in."""
        digest, now = digest_of(secret), self._clock.now()
        found = await self._store.read(lambda tx: tx.logins.by_digest(digest))
        if found is None or not _is_open(*found, now):
            return None
        login, _ = found
        if now - login.last_seen_at >= SEEN_EVERY:
            # A disk that is full is no reason to turn an agent away.
            with suppress(StoreError):
                await self._store.write(lambda tx: tx.logins.touch(login.id, now))
        return found

    async def is_good(self, login_id: LoginId) -> bool:
        """Whether it is still let in; for what lasts longer than a request."""
        now = self._clock.now()

        def read(tx: Tx) -> bool:
            login = tx.logins.get(login_id)
            agent = None if login is None else tx.agents.get(login.agent_id)
            return (
                login is not None and agent is not None and _is_open(login, agent, now)
            )

        return await self._store.read(read)

    async def ls(self, agent: Agent) -> list[Login]:
        """Where an agent is logged in, newest first."""
        now = self._clock.now()
        found = await self._store.read(lambda tx: tx.logins.of_agent(agent.id))
        return [login for login in found if _is_open(login, agent, now)]

    async def end(self, actor: Actor, agent: Agent, login_id: LoginId) -> None:
        """End one of an agent's; `NotFound` when it is no open one of theirs."""
        now = self._clock.now()

        def write(tx: Tx) -> list[LoginId]:
            login = tx.logins.get(login_id)
            if login is None or login.agent_id != agent.id or login.revoked_at:
                raise NotFound("no_such_login", "there is no such login")
            tx.logins.revoke([login_id], now)
            record(tx, actor, "login.ended", agent.id, {"login": login_id}, None, now)
            return [login_id]

        self.tell_ended(await self._store.write(write))

    async def end_all(self, actor: Actor, agent_id: AgentId) -> None:
        """End every one of an agent's."""
        now = self._clock.now()

        def write(tx: Tx) -> list[LoginId]:
            if tx.agents.get(agent_id) is None:
                raise NotFound("no_such_agent", "there is no such agent")
            ended = end_logins(tx, agent_id, now)
            record(tx, actor, "login.ended", agent_id, {"logins": ended}, None, now)
            return ended

        self.tell_ended(await self._store.write(write))


def end_logins(
    tx: Tx, agent_id: AgentId, now: datetime, *, keep: LoginId | None = None
) -> list[LoginId]:
    """End an agent's in a write; `Logins.tell_ended` with them after it."""
    ended = [one.id for one in tx.logins.of_agent(agent_id) if one.id != keep]
    tx.logins.revoke(ended, now)
    return ended


def expiry_of(login: Login, agent: Agent, now: datetime) -> datetime:
    """When it ends if nothing is done from now on."""
    return min(login.expires_at, now + _idle_of(agent))


def _is_open(login: Login, agent: Agent, now: datetime) -> bool:
    return (
        login.revoked_at is None
        and agent.disabled_at is None
        and now < login.expires_at
        and now < login.last_seen_at + _idle_of(agent)
    )


def _idle_of(agent: Agent) -> timedelta:
    is_administrator = agent.role is AgentRole.ADMINISTRATOR
    return IDLE_OF_ADMINISTRATOR if is_administrator else IDLE
