"""The one JSON shape of an agent, for events, streams and the API; never a secret.

Companion of `present`.
"""

from datetime import datetime

from gateway.core.agent import Agent, Load
from gateway.core.event import EventType, NewEvent
from gateway.core.store import Tx
from gateway.engine.present import JsonObject, time_text

NO_LOAD = Load()


def agent_json(agent: Agent, load: Load = NO_LOAD) -> JsonObject:
    """What colleagues are told of an agent."""
    return {
        "id": agent.id,
        "login": agent.login,
        "name": agent.name,
        "alias": agent.alias,
        "role": agent.role.value,
        "locale": agent.locale,
        "max_active": agent.max_active,
        "presence": agent.presence.value,
        "presence_at": time_text(agent.presence_at),
        "active": load.active,
        "waiting": load.waiting,
        "totp": agent.totp_secret is not None,
        "disabled_at": time_text(agent.disabled_at),
        "created_at": time_text(agent.created_at),
    }


def agent_data(tx: Tx, agent: Agent) -> JsonObject:
    """The same, with what the agent has to do now."""
    return agent_json(agent, tx.agents.loads().get(agent.id, NO_LOAD))


def agent_changed(tx: Tx, agent: Agent, now: datetime) -> NewEvent:
    """The event to append when something of an agent moved."""
    return NewEvent(type=EventType.AGENT_CHANGED, at=now, data=agent_data(tx, agent))
