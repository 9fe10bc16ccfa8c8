"""The HTTP face with customers who write and agents who answer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from gateway.core.agent import SCOPES_OF, Agent, AgentRole
from gateway.engine.intake import Intake
from tests.support.agents import keep_agent
from tests.support.builders import CUSTOMER, inbound_text
from tests.web.world import Answer, World


@dataclass(slots=True, kw_only=True)
class Worker:
    """An agent for whom a key acts: as good as a browser, and quicker to have."""

    world: World
    agent: Agent
    key: str

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = {"Seventy-Agent": self.agent.login, **(headers or {})}
        return await self.world.call(method, path, body, secret=self.key, headers=sent)


@dataclass(slots=True, kw_only=True)
class InboxWorld:
    """Anna and Oleg answer, Vera supervises."""

    world: World
    intake: Intake
    anna: Worker
    oleg: Worker
    vera: Worker

    async def hears(self, text: str = "Где заказ?", sender: str = CUSTOMER) -> None:
        """A customer writes, and the reader has read it."""
        now = self.world.services.clock.now()
        for part in inbound_text(text, originator=sender, at=now):
            await self.intake.accept(part)
        await self.world.services.desk.conversation_reader.catch_up()

    async def rows(self, query: str = "view=open", who: Worker | None = None) -> Any:
        answer = await (who or self.anna).call("GET", f"/api/v1/threads?{query}")
        assert answer.status == 200, answer.text
        return answer.json["items"]

    async def first(self) -> Any:
        """The newest open conversation."""
        return (await self.rows())[0]["conversation"]


@asynccontextmanager
async def inbox_of(world: World) -> AsyncIterator[InboxWorld]:
    """Three people at work."""
    services = world.services

    async def worker(login: str, role: AgentRole = AgentRole.AGENT) -> Worker:
        agent = await keep_agent(world.store, services.ids, login, role)
        _, key = await world.secret(*SCOPES_OF[role])
        return Worker(world=world, agent=agent, key=key)

    yield InboxWorld(
        world=world,
        intake=Intake(
            services.store,
            services.clock,
            services.ids,
            services.desk.parts.policy,
            services.metrics,
            world.board,
        ),
        anna=await worker("anna"),
        oleg=await worker("oleg"),
        vera=await worker("vera", AgentRole.SUPERVISOR),
    )
