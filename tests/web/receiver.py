"""A webhook receiver: a real server on loopback that keeps what it was sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Behave = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Received:
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """`behave` may be changed at any time."""

    behave: Behave
    url: str = ""
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: int = 0
    most_at_once: int = 0

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.received.append(Received(dict(request.headers), await request.read()))
        self.arrived.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self.behave(request)
        finally:
            self.at_once -= 1

    async def wait(self, count: int) -> list[Received]:
        """Until `count` posts have come."""
        async with asyncio.timeout(10):
            while len(self.received) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.received


def answering(status: int, **headers: str) -> Behave:
    async def behave(_request: web.Request) -> web.StreamResponse:
        spelled = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, headers=spelled)

    return behave


@asynccontextmanager
async def open_receiver(behave: Behave | None = None) -> AsyncIterator[Receiver]:
    receiver = Receiver(behave or answering(204))
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
