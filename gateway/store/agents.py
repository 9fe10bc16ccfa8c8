"""Agents with their presence, and the browsers they are logged in with."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from gateway.core.agent import Agent, AgentRole, Load, Login, Presence, Span
from gateway.core.errors import StoreConflict
from gateway.core.ids import AgentId, LoginId
from gateway.store.column import (
    from_json,
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
)
from gateway.store.engine import Row, Session, Value
from gateway.store.premise import expect_one


class SqlAgents:
    """`core.agent_store.Agents` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, agent: Agent) -> None:
        kept = self._session.run(
            "agents.insert",
            login=agent.login,
            presence=agent.presence.value,
            presence_at=from_moment_or_none(agent.presence_at),
            created_at=from_moment(agent.created_at),
            **_changing_values(agent),
        )
        if not kept:
            raise StoreConflict(f"there is an agent {agent.login!r} already")

    def save(self, agent: Agent) -> None:
        touched = self._session.run("agents.save", **_changing_values(agent))
        expect_one(touched, agent.id)

    def get(self, agent_id: AgentId) -> Agent | None:
        row = self._session.one("agents.get", id=agent_id)
        return None if row is None else agent_of(row)

    def by_login(self, login: str) -> Agent | None:
        row = self._session.one("agents.by_login", login=login)
        return None if row is None else agent_of(row)

    def listing(self) -> list[Agent]:
        return [agent_of(row) for row in self._session.all("agents.listing")]

    def among(self, agent_ids: Sequence[AgentId]) -> list[Agent]:
        return [agent_of(row) for row in self._session.among("agents.among", agent_ids)]

    def loads(self) -> Mapping[AgentId, Load]:
        return {
            AgentId(row["assignee_id"]): Load(
                active=row["active"], waiting=row["waiting"]
            )
            for row in self._session.all("agents.loads")
        }

    def move(self, agent_id: AgentId, presence: Presence, at: datetime) -> None:
        values: dict[str, Value] = {"id": agent_id, "at": from_moment(at)}
        touched = self._session.run("agents.move", presence=presence.value, **values)
        expect_one(touched, agent_id)
        self._session.run("agents.end_span", **values)
        self._session.run("agents.begin_span", presence=presence.value, **values)

    def spans(self, agent_id: AgentId, since: datetime, until: datetime) -> list[Span]:
        rows = self._session.all(
            "agents.spans",
            id=agent_id,
            since=from_moment(since),
            until=from_moment(until),
        )
        return [
            Span(
                presence=Presence(row["presence"]),
                from_at=to_moment(row["from_at"]),
                to_at=to_moment_or_none(row["to_at"]),
            )
            for row in rows
        ]


class SqlLogins:
    """`core.agent_store.Logins` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, login: Login) -> None:
        self._session.run(
            "logins.insert",
            id=login.id,
            agent_id=login.agent_id,
            digest=login.digest,
            created_at=from_moment(login.created_at),
            last_seen_at=from_moment(login.last_seen_at),
            expires_at=from_moment(login.expires_at),
            source=login.source,
            user_agent=login.user_agent,
            revoked_at=from_moment_or_none(login.revoked_at),
        )

    def by_digest(self, digest: bytes) -> tuple[Login, Agent] | None:
        row = self._session.one("logins.by_digest", digest=digest)
        if row is None:
            return None
        agent = self._session.only("agents.get", id=row["agent_id"])
        return _login_of(row), agent_of(agent)

    def get(self, login_id: LoginId) -> Login | None:
        row = self._session.one("logins.get", id=login_id)
        return None if row is None else _login_of(row)

    def of_agent(self, agent_id: AgentId) -> list[Login]:
        rows = self._session.all("logins.of_agent", agent_id=agent_id)
        return [_login_of(row) for row in rows]

    def touch(self, login_id: LoginId, at: datetime) -> None:
        self._session.run("logins.touch", id=login_id, at=from_moment(at))

    def revoke(self, login_ids: Sequence[LoginId], at: datetime) -> None:
        for login_id in login_ids:
            self._session.run("logins.revoke", id=login_id, at=from_moment(at))

    def purge(self, before: datetime) -> int:
        return self._session.run("logins.purge", before=from_moment(before))


def agent_of(row: Row) -> Agent:
    return Agent(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        alias=row["alias"],
        role=AgentRole(row["role"]),
        locale=row["locale"],
        password_hash=row["password_hash"],
        totp_secret=row["totp_secret"],
        totp_pending=row["totp_pending"],
        totp_step=row["totp_step"],
        max_active=row["max_active"],
        presence=Presence(row["presence"]),
        presence_at=to_moment_or_none(row["presence_at"]),
        preferences=json.loads(row["preferences"]),
        created_at=to_moment(row["created_at"]),
        disabled_at=to_moment_or_none(row["disabled_at"]),
    )


def _changing_values(agent: Agent) -> dict[str, Value]:
    return {
        "id": agent.id,
        "name": agent.name,
        "alias": agent.alias,
        "role": agent.role.value,
        "locale": agent.locale,
        "password_hash": agent.password_hash,
        "totp_secret": agent.totp_secret,
        "totp_pending": agent.totp_pending,
        "totp_step": agent.totp_step,
        "max_active": agent.max_active,
        "preferences": from_json(agent.preferences),
        "disabled_at": from_moment_or_none(agent.disabled_at),
    }


def _login_of(row: Row) -> Login:
    return Login(
        id=row["id"],
        agent_id=row["agent_id"],
        digest=row["digest"],
        created_at=to_moment(row["created_at"]),
        last_seen_at=to_moment(row["last_seen_at"]),
        expires_at=to_moment(row["expires_at"]),
        source=row["source"],
        user_agent=row["user_agent"],
        revoked_at=to_moment_or_none(row["revoked_at"]),
    )
