"""`/agents`: the people of this box; the command line uses it too.

Relies on the desk's `agents` and `logins`. A password is in one answer only.
"""

import msgspec
from aiohttp import web
from msgspec import UNSET

from gateway.core.account import Role
from gateway.core.agent import Agent
from gateway.core.errors import Forbidden
from gateway.engine.agent_data import agent_json
from gateway.engine.agents import Agents as AgentRoom
from gateway.engine.auth import may
from gateway.engine.logins import Logins
from web.agent import (
    AgentList,
    AgentShape,
    ChangeAgent,
    CreateAgent,
    MadeAgent,
    SetAgentPassword,
    SetPresence,
)
from web.endpoint import Call, Endpoint, endpoint, reply
from web.schema import Nothing

_ROOT = "/api/v1/agents"
_ONE = _ROOT + "/{agent_id}"


class Agents:
    """The resource."""

    def __init__(self, agents: AgentRoom, logins: Logins) -> None:
        self._agents = agents
        self._logins = logins

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [*self._listing(), *self._changes(), *self._closing()]

    def _listing(self) -> list[Endpoint]:
        return [
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.INBOX,
                summary="Every agent, closed ones too",
                answer=AgentList,
            ),
            endpoint(
                "POST",
                _ROOT,
                self.create,
                access=Role.ADMIN,
                summary="Make an agent; without a password one is made, shown once",
                body=CreateAgent,
                answer=MadeAgent,
                status=201,
            ),
        ]

    def _changes(self) -> list[Endpoint]:
        return [
            endpoint(
                "PATCH",
                _ONE,
                self.change,
                access=Role.SUPERVISE,
                summary="Change an agent; supervisors may change max_active only",
                body=ChangeAgent,
                answer=AgentShape,
            ),
            endpoint(
                "PUT",
                _ONE + "/presence",
                self.set_presence,
                access=Role.SUPERVISE,
                summary="Say for an agent whether it is there",
                body=SetPresence,
                answer=AgentShape,
            ),
            endpoint(
                "PUT",
                _ONE + "/password",
                self.set_password,
                access=Role.ADMIN,
                summary="Another password; the agent is logged out everywhere",
                body=SetAgentPassword,
                answer=MadeAgent,
            ),
            endpoint(
                "DELETE",
                _ONE + "/totp",
                self.drop_totp,
                access=Role.ADMIN,
                summary="Let an agent in without codes, as for a lost telephone",
                answer=AgentShape,
            ),
        ]

    def _closing(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                _ONE + "/disable",
                self.disable,
                access=Role.ADMIN,
                summary="Let an agent in no more; logged out everywhere at once",
                answer=AgentShape,
            ),
            endpoint(
                "POST",
                _ONE + "/enable",
                self.enable,
                access=Role.ADMIN,
                summary="Let an agent in again",
                answer=AgentShape,
            ),
            endpoint(
                "DELETE",
                _ONE + "/logins",
                self.end_logins,
                access=Role.ADMIN,
                summary="Log an agent out everywhere",
                answer=None,
                status=204,
            ),
        ]

    async def listing(self, call: Call[Nothing, Nothing]) -> web.Response:
        """All of them."""
        found = await self._agents.ls()
        return reply({"items": [agent_json(agent, load) for agent, load in found]})

    async def create(self, call: Call[Nothing, CreateAgent]) -> web.Response:
        """201, with the password when none was given."""
        rules = msgspec.structs.asdict(call.body)
        login, given = rules.pop("login"), rules.pop("password")
        agent, password = await self._agents.create(
            call.actor, login, rules, password=given
        )
        return _made(agent, "" if given else password, status=201)

    async def change(self, call: Call[Nothing, ChangeAgent]) -> web.Response:
        """The agent as it is now."""
        said = msgspec.structs.asdict(call.body)
        rules = {name: value for name, value in said.items() if value is not UNSET}
        if set(rules) - {"max_active"} and not may(call.caller, Role.ADMIN):
            raise Forbidden("scope_missing", "all but max_active needs the scope admin")
        return await self._shown(
            await self._agents.change(call.actor, call.part("agent_id"), rules)
        )

    async def set_presence(self, call: Call[Nothing, SetPresence]) -> web.Response:
        """The agent as it is now."""
        return await self._shown(
            await self._agents.set_presence(
                call.actor, call.part("agent_id"), call.body.presence
            )
        )

    async def set_password(self, call: Call[Nothing, SetAgentPassword]) -> web.Response:
        """The agent, with the password when none was given."""
        given = call.body.password
        agent, password = await self._agents.set_password(
            call.actor, call.part("agent_id"), given
        )
        return _made(agent, "" if given else password)

    async def drop_totp(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The agent as it is now."""
        return await self._shown(
            await self._agents.drop_totp(call.actor, call.part("agent_id"))
        )

    async def disable(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The agent as it ended."""
        return await self._shown(
            await self._agents.disable(call.actor, call.part("agent_id"))
        )

    async def enable(self, call: Call[Nothing, Nothing]) -> web.Response:
        """The agent as it is now."""
        return await self._shown(
            await self._agents.enable(call.actor, call.part("agent_id"))
        )

    async def end_logins(self, call: Call[Nothing, Nothing]) -> web.Response:
        """204."""
        agent, _ = await self._agents.get(call.part("agent_id"))
        await self._logins.end_all(call.actor, agent.id)
        return web.Response(status=204)

    async def _shown(self, agent: Agent) -> web.Response:
        return reply(agent_json(*await self._agents.get(agent.id)))


def _made(agent: Agent, password: str, *, status: int = 200) -> web.Response:
    told = {"password": password} if password else {}
    return reply({**agent_json(agent), **told}, status=status)
