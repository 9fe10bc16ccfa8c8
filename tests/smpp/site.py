"""A link on the way to a scripted SMSC, with its clock in the test's hands."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from gateway.core.errors import SubmitFailure
from gateway.core.ids import AttemptId
from gateway.core.link import LinkState, Reference
from smpp import pdu as p
from smpp.client import SmppLink
from tests.smpp.peer import KeepingDoor, KeptMemory, Peer, Reply, accepting, until
from tests.smpp.units import config
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds


class Site:
    """A link on the way to a peer."""

    def __init__(self, peer: Peer, **changes: Any) -> None:
        self.peer = peer
        self.clock = FakeClock()
        self.door = KeepingDoor()
        self.memory = KeptMemory()
        self.late: list[tuple[AttemptId, Reference | SubmitFailure]] = []
        self.link = SmppLink(
            config(**{"port": peer.port} | changes),
            clock=self.clock,
            ids=SeededIds(),
            memory=self.memory,
            late_result=lambda attempt, result: self.late.append((attempt, result)),
        )

    async def up(self) -> None:
        await until(lambda: self.link.status.state is LinkState.UP)

    async def second(self) -> None:
        await self.clock.advance(1.0)

    async def in_time(self, holds: Callable[[], object]) -> None:
        await until(holds, self.second)


@asynccontextmanager
async def site(reply: Reply | None = None, **changes: Any) -> AsyncIterator[Site]:
    async with Peer(reply) as peer:
        made = Site(peer, **changes)
        run = asyncio.ensure_future(made.link.run(made.door))
        try:
            yield made
        finally:
            run.cancel()
            await until(run.done, made.second)


def but(kind: type[p.Pdu], *answers: p.Pdu | None) -> Reply:
    """As usual, but for the first requests of one kind."""
    usual, left = accepting(), list(answers)

    def reply(pdu: p.Pdu) -> p.Pdu | None:
        return left.pop(0) if left and isinstance(pdu, kind) else usual(pdu)

    return reply
