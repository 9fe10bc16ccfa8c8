"""Agents: made, changed, closed; their presence. Passwords are shown once.

Relies on `agent_password` for hashing, which runs in a thread, and on `logins`: who is
closed, gets another password or another role is logged out everywhere. There is always
an administrator left.

Spec: spec/reliability.md SEC-20, SEC-24; spec/inbox.md 0.4
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from gateway.core.agent import BOX, Actor, Agent, AgentRole, Load, Presence
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, Invalid, NotFound, StoreConflict
from gateway.core.ids import AgentId, IdSource, LoginId
from gateway.core.store import Store, Tx
from gateway.engine.agent_data import NO_LOAD, agent_changed
from gateway.engine.agent_password import (
    check_password,
    hash_agent_password,
    make_password,
)
from gateway.engine.audit import difference, record
from gateway.engine.login_door import NOBODY_YET, tidy_login
from gateway.engine.logins import Logins, end_logins

LOCALES: Final = ("ru", "uk", "en")
LONGEST_NAME: Final = 100
MOST_ACTIVE: Final = 100

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")
# What may be changed by name, and is shown in the audit log.
_RULES: Final = ("name", "alias", "role", "locale", "max_active")
_Change = Callable[[Agent], Agent]


class Agents:
    """The people of this box. A name is an id or a login."""

    def __init__(
        self, store: Store, clock: Clock, ids: IdSource, logins: Logins
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._logins = logins

    async def create(
        self,
        actor: Actor,
        login: str,
        rules: Mapping[str, Any],
        *,
        password: str | None = None,
    ) -> tuple[Agent, str]:
        """A new agent and its password, which cannot be had again.

        `rules`: `name`, `role`, `alias`, `locale`, `max_active`; `Invalid` names the
        field.
        """
        login = check_login(login)
        password, password_hash = await self._hash(password, login)
        now = self._clock.now()
        agent = _ruled(
            Agent(
                id=AgentId(self._ids.new("agt")),
                login=login,
                name=login,
                role=AgentRole.AGENT,
                password_hash=password_hash,
                created_at=now,
            ),
            rules,
        )

        def write(tx: Tx) -> None:
            tx.agents.insert(agent)
            told = {"login": login, **_told(agent)}
            record(tx, actor, "agent.created", agent.id, None, told, now)
            tx.events.append(agent_changed(tx, agent, now))

        try:
            await self._store.write(write)
        except StoreConflict:
            raise Conflict(
                "login_taken", f"there is an agent {login!r} already", field="login"
            ) from None
        return agent, password

    async def change(self, actor: Actor, name: str, rules: Mapping[str, Any]) -> Agent:
        """Other rules; what is not named stays."""
        return await self._change(
            actor, name, "agent.changed", lambda agent: _ruled(agent, rules)
        )

    async def set_password(
        self, actor: Actor, name: str, password: str | None = None
    ) -> tuple[Agent, str]:
        """Another password; the agent is logged out everywhere."""
        agent = await self._store.read(lambda tx: find_agent(tx, name))
        password, password_hash = await self._hash(password, agent.login)
        changed = await self._change(
            actor,
            agent.id,
            "agent.password_set",
            lambda agent: replace(agent, password_hash=password_hash),
        )
        return changed, password

    async def disable(self, actor: Actor, name: str) -> Agent:
        """Lets nobody in with it from now on; what the agent did is kept."""
        now = self._clock.now()
        return await self._change(
            actor,
            name,
            "agent.disabled",
            lambda agent: replace(agent, disabled_at=agent.disabled_at or now),
        )

    async def enable(self, actor: Actor, name: str) -> Agent:
        """It may be used again."""
        return await self._change(
            actor, name, "agent.enabled", lambda agent: replace(agent, disabled_at=None)
        )

    async def drop_totp(self, actor: Actor, name: str) -> Agent:
        """A password is enough again, as for a telephone that was lost."""
        return await self._change(
            actor,
            name,
            "agent.totp_removed",
            lambda agent: replace(agent, totp_secret=None, totp_pending=None),
        )

    async def set_presence(self, actor: Actor, name: str, presence: Presence) -> Agent:
        """By the agent, or by a supervisor, which is recorded."""
        return await self._move(actor, name, presence)

    async def presence_changed(self, agent_id: AgentId, presence: Presence) -> Agent:
        """A browser came or the last one went; a break stays one when it comes."""
        return await self._move(BOX, agent_id, presence)

    async def get(self, name: str) -> tuple[Agent, Load]:
        """One, and what it has to do; raises `NotFound`."""

        def read(tx: Tx) -> tuple[Agent, Load]:
            agent = find_agent(tx, name)
            return agent, tx.agents.loads().get(agent.id, NO_LOAD)

        return await self._store.read(read)

    async def acting(self, name: str) -> Agent | None:
        """For whom a key may act: None when there is none, or it is closed."""
        agent = await self._store.read(lambda tx: _find(tx, name))
        return None if agent is None or agent.disabled_at is not None else agent

    async def nobody_yet(self) -> str | None:
        """What to do when there is no agent at all; None when there is one."""
        found = await self._store.read(lambda tx: tx.agents.listing())
        return None if found else NOBODY_YET

    async def ls(self) -> list[tuple[Agent, Load]]:
        """All, closed ones too."""

        def read(tx: Tx) -> list[tuple[Agent, Load]]:
            loads = tx.agents.loads()
            agents = tx.agents.listing()
            return [(agent, loads.get(agent.id, NO_LOAD)) for agent in agents]

        return await self._store.read(read)

    async def _change(
        self, actor: Actor, name: str, action: str, change: _Change
    ) -> Agent:
        now = self._clock.now()

        def write(tx: Tx) -> tuple[Agent, list[LoginId]]:
            old = find_agent(tx, name)
            new = change(old)
            ended: list[LoginId] = []
            if new == old:
                return old, ended
            tx.agents.save(new)
            _check_administrator_left(tx, old)
            if _must_log_in_again(old, new):
                ended = end_logins(tx, new.id, now)
            if new.disabled_at is not None and new.presence is not Presence.OFFLINE:
                tx.agents.move(new.id, Presence.OFFLINE, now)
                new = find_agent(tx, new.id)
            moved = difference(_told(old), _told(new))
            record(tx, actor, action, new.id, *moved, now)
            tx.events.append(agent_changed(tx, new, now))
            return new, ended

        agent, ended = await self._store.write(write)
        self._logins.tell_ended(ended)
        return agent

    async def _move(self, actor: Actor, name: str, presence: Presence) -> Agent:
        now = self._clock.now()

        def write(tx: Tx) -> Agent:
            old = find_agent(tx, name)
            comes = actor is BOX and presence is Presence.ONLINE
            is_there = old.presence is not Presence.OFFLINE
            if old.presence is presence or (comes and is_there):
                return old
            tx.agents.move(old.id, presence, now)
            new = replace(old, presence=presence, presence_at=now)
            if actor is not BOX and actor.agent_id != old.id:
                record(
                    tx,
                    actor,
                    "agent.presence_set",
                    old.id,
                    *difference(_told(old), _told(new)),
                    now,
                )
            tx.events.append(agent_changed(tx, new, now))
            return new

        return await self._store.write(write)

    async def _hash(self, password: str | None, login: str) -> tuple[str, str]:
        if password is None:
            password = make_password(self._ids)
        check_password(password, login)
        kept = await asyncio.to_thread(hash_agent_password, password, self._ids)
        return password, kept


def check_login(login: str) -> str:
    """As it is kept; `Invalid` for what cannot be one."""
    login = tidy_login(login)
    if not _LOGIN.fullmatch(login):
        raise Invalid(
            "invalid_login",
            "1 to 64 Latin letters, digits, dots, dashes or @",
            field="login",
        )
    return login


def find_agent(tx: Tx, name: str) -> Agent:
    """By id or login; raises `NotFound`."""
    agent = _find(tx, name)
    if agent is None:
        raise NotFound("no_such_agent", f"there is no agent {name!r}")
    return agent


def _find(tx: Tx, name: str) -> Agent | None:
    return tx.agents.get(AgentId(name)) or tx.agents.by_login(tidy_login(name))


def _ruled(agent: Agent, rules: Mapping[str, Any]) -> Agent:
    """`Invalid` names the rule that cannot be."""
    if unknown := set(rules) - set(_RULES):
        raise AssertionError(f"no rules of an agent: {unknown}")
    ruled = replace(agent, **rules)
    for field, shortest in (("name", 1), ("alias", 0)):
        text = getattr(ruled, field)
        if not shortest <= len(text) <= LONGEST_NAME or not text.isprintable():
            raise Invalid(
                "invalid_name",
                f"{shortest} to {LONGEST_NAME} printable letters",
                field=field,
            )
    if ruled.locale not in LOCALES:
        raise Invalid("invalid_locale", f"one of {', '.join(LOCALES)}", field="locale")
    if not 0 <= ruled.max_active <= MOST_ACTIVE:
        raise Invalid("out_of_range", f"from 0 to {MOST_ACTIVE}", field="max_active")
    return ruled


def _check_administrator_left(tx: Tx, changed: Agent) -> None:
    """`Conflict`, which undoes the write, when the last one would be gone."""
    if changed.role is not AgentRole.ADMINISTRATOR or changed.disabled_at is not None:
        return
    for agent in tx.agents.listing():
        if agent.role is AgentRole.ADMINISTRATOR and agent.disabled_at is None:
            return
    raise Conflict("last_administrator", "there would be no administrator any more")


def _must_log_in_again(old: Agent, new: Agent) -> bool:
    return (
        new.disabled_at is not None
        or new.password_hash != old.password_hash
        or new.role is not old.role
    )


def _told(agent: Agent) -> dict[str, object]:
    """What the audit log may say."""
    return {
        **{name: getattr(agent, name) for name in _RULES},
        "presence": agent.presence,
        "totp": agent.totp_secret is not None,
        "disabled_at": agent.disabled_at,
    }
