"""A link whose radio follows a script: a whole `Link` without a device."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

from gateway.core.clock import Clock
from gateway.core.ids import LinkId
from gateway.core.link import (
    Capabilities,
    Door,
    LinkState,
    LinkStatus,
    Reference,
    Unit,
)

Turn = Callable[[Unit], Reference] | BaseException


class FakeLink:
    """Accepts what it is given unless its script has another turn for it.

    References count up from `first_reference` and wrap at 256 as TP-MR does. While
    `gate` is not set, a submission waits in the air.
    """

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        state: LinkState = LinkState.UP,
        msisdn: str | None = "+79160000001",
        capabilities: Capabilities | None = None,
        first_reference: int = 0,
    ) -> None:
        self._id = LinkId(name)
        self._clock = clock
        self._capabilities = capabilities or Capabilities()
        self._status = LinkStatus(
            link=self._id,
            kind="modem",
            state=state,
            since=clock.now(),
            line=f"line-{name}",
            msisdn=msisdn,
        )
        self._reference = first_reference
        self._waiting: dict[int, asyncio.Event] = {}
        self.script: deque[Turn] = deque()
        self.sent: list[Unit] = []
        self.accepted: list[tuple[Unit, Reference]] = []
        self.restarts = 0
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def id(self) -> LinkId:
        return self._id

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def status(self) -> LinkStatus:
        return self._status

    @property
    def line(self) -> str:
        assert self._status.line is not None
        return self._status.line

    def become(self, state: LinkState, door: Door | None = None) -> None:
        """Move to a state and tell the door."""
        self._status = replace(self._status, state=state, since=self._clock.now())
        if door is not None:
            door.status_changed(self._status)

    def learn(self, **facts: object) -> None:
        """Facts by their names in `LinkStatus`; the door is not told."""
        self._status = replace(self._status, **facts)  # type: ignore[arg-type]  # any

    async def run(self, door: Door) -> NoReturn:
        self.become(LinkState.UP, door)
        while True:
            await asyncio.Event().wait()

    async def submit(self, unit: Unit) -> Reference:
        self.sent.append(unit)
        self._ring()
        await self.gate.wait()
        turn = self.script.popleft() if self.script else self.take
        if isinstance(turn, BaseException):
            raise turn
        reference = turn(unit)
        self.accepted.append((unit, reference))
        return reference

    async def restart(self) -> None:
        self.restarts += 1

    def take(self, unit: Unit) -> Reference:
        """The next reference of this line."""
        value = str(self._reference)
        self._reference = (self._reference + 1) % 256
        return Reference(line=self.line, value=value, accepted_at=self._clock.now())

    async def handed(self, count: int) -> None:
        """Wait until so many segments were handed over in all."""
        if len(self.sent) < count:
            await self._waiting.setdefault(count, asyncio.Event()).wait()

    def _ring(self) -> None:
        for count, event in self._waiting.items():
            if len(self.sent) >= count:
                event.set()
