"""Agents for tests: made without the work of a real password hash."""

from datetime import datetime
from typing import Any

from gateway.core.agent import Agent, AgentRole
from gateway.core.ids import AgentId, IdSource
from gateway.core.store import Store
from tests.support.clock import START
from tests.support.password import cheap_hash

PASSWORD = "correct horse battery"
# Who tests how long a refusal takes makes real ones.
_HASH = cheap_hash(PASSWORD)


def an_agent(
    ids: IdSource,
    login: str = "anna",
    role: AgentRole = AgentRole.AGENT,
    *,
    created_at: datetime = START,
    **fields: Any,
) -> Agent:
    """One whose password is `PASSWORD`."""
    values: dict[str, Any] = {"name": login.capitalize(), **fields}
    return Agent(
        id=AgentId(ids.new("agt")),
        login=login,
        role=role,
        password_hash=_HASH,
        created_at=created_at,
        **values,
    )


async def keep_agent(
    store: Store,
    ids: IdSource,
    login: str = "anna",
    role: AgentRole = AgentRole.AGENT,
    **fields: Any,
) -> Agent:
    """The same, on disk."""
    agent = an_agent(ids, login, role, **fields)
    await store.write(lambda tx: tx.agents.insert(agent))
    return agent
