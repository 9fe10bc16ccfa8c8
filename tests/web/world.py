"""The HTTP face over a real store, a real engine and a real listener."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, NoReturn

import aiohttp

from gateway.core.account import Role, Token
from gateway.core.clock import SystemClock
from gateway.core.ids import LinkId, SystemIds
from gateway.core.link import (
    Capabilities,
    Door,
    LinkState,
    LinkStatus,
    Reference,
    Unit,
    UssdAnswer,
)
from gateway.core.policy import Policy
from gateway.engine.application_accounts import Accounts
from gateway.engine.auth import Tokens
from gateway.engine.board import LinkBoard
from gateway.engine.desk import make_desk, make_parts
from gateway.metrics import Metrics
from gateway.store.config import StoreConfig
from gateway.store.store import SqlStore
from tests.support.opened import open_quickly
from web.app import ENDPOINTS, create_app
from web.config import HttpConfig
from web.egress import Egress
from web.endpoint import Endpoint
from web.listener import Listener
from web.services import Services

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class StandingLink:
    """A link that is up and carries nothing; USSD and restarts are remembered."""

    def __init__(self, name: str = "sim1") -> None:
        self.id = LinkId(name)
        self.capabilities = Capabilities()
        self.status = LinkStatus(
            link=self.id,
            kind="modem",
            state=LinkState.UP,
            since=START,
            msisdn="+79160000001",
            operator="Virtual",
            signal_dbm=-71,
        )
        self.codes: list[str] = []
        self.restarts = 0

    async def run(self, door: Door) -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    async def submit(self, unit: Unit) -> Reference:
        raise AssertionError("nothing is dispatched here")

    async def restart(self) -> None:
        self.restarts += 1

    async def ussd(self, code: str) -> UssdAnswer:
        self.codes.append(code)
        return UssdAnswer(text="Баланс 42 р.", more=False, details={"dcs": "72"})


@dataclass(slots=True)
class World:
    """One box, and a client of it."""

    store: SqlStore
    services: Services
    board: LinkBoard
    link: StandingLink
    base: str
    port: int
    http: aiohttp.ClientSession
    listener: Listener
    wakes: list[None]
    endpoints: tuple[Endpoint, ...]
    secrets: dict[Role, str] = field(default_factory=dict)

    async def move_link(self, state: LinkState, reason: str) -> None:
        self.link.status = replace(self.link.status, state=state, reason=reason)
        self.board.status_changed(self.link.status)

    async def last_event(self) -> int:
        return await self.store.read(lambda tx: tx.events.last_seq())

    async def secret(self, *scopes: Role, **more: Any) -> tuple[Token, str]:
        return await self.services.tokens.create("test", frozenset(scopes), **more)

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | IO[bytes] | None = None,
    ) -> "Answer":
        """A request with the administrator's token unless another is given."""
        sent = {"Authorization": f"Bearer {secret or self.secrets[Role.ADMIN]}"}
        sent |= headers or {}
        arguments: dict[str, Any] = {"data": data} if data is not None else {}
        if body is not None:
            arguments["json"] = body
        async with self.http.request(
            method, self.base + path, headers=sent, allow_redirects=False, **arguments
        ) as response:
            content = await response.read()
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(
                status=response.status,
                headers=response.headers,
                text=content.decode(),
                json=await response.json(content_type=None) if is_json else None,
            )


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str
    json: Any


async def _dispatch_of(_link_id: LinkId) -> dict[str, object]:
    return {"queue": 0}


def _rooms(
    store: SqlStore, config: HttpConfig, policy: Policy, link: StandingLink
) -> tuple[LinkBoard, Services]:
    clock, ids, metrics = SystemClock(), SystemIds(), Metrics()
    parts = make_parts(store, clock, ids, policy, metrics)
    parts.links.register(link)
    return parts.links, Services(
        config=config,
        store=store,
        clock=clock,
        ids=ids,
        region=policy.region,
        submit=parts.submit,
        links=parts.links,
        dispatch_of=_dispatch_of,
        tokens=Tokens(store, clock, ids),
        accounts=Accounts(store, clock, ids, policy.region),
        feed=parts.feed,
        desk=make_desk(parts),
        metrics=metrics,
        egress=Egress(config.webhook_hosts, own_port=None),
    )


@asynccontextmanager
async def open_world(
    directory: Path,
    *,
    config: HttpConfig | None = None,
    policy: Policy | None = None,
    low_space_octets: int = 0,
) -> AsyncIterator[World]:
    """Everything but dispatch: what is accepted stays queued."""
    config = replace(config or HttpConfig(), listen="127.0.0.1:0")
    kept = StoreConfig(
        path=directory / "seventy.db",
        ballast_octets=0,
        low_space_octets=low_space_octets,
        low_space_share=0,
    )
    store = await open_quickly(kept, SystemClock())
    link = StandingLink()
    board, services = _rooms(store, config, policy or Policy(), link)
    wakes: list[None] = []
    app = create_app(services, wake_sender=lambda: wakes.append(None))
    listener = Listener(app, config)
    [(host, port)] = await listener.start()
    async with aiohttp.ClientSession() as http:
        world = World(
            store=store,
            services=services,
            board=board,
            link=link,
            base=f"http://{host}:{port}",
            port=port,
            http=http,
            listener=listener,
            wakes=wakes,
            endpoints=app[ENDPOINTS],
        )
        _, world.secrets[Role.ADMIN] = await world.secret(Role.ADMIN)
        try:
            yield world
        finally:
            await http.close()
            await listener.stop()
            await store.close()


class FakeClock:
    """Time that moves only when told."""

    def __init__(self) -> None:
        self.at = START
        self._sleepers: list[tuple[datetime, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.at + timedelta(seconds=seconds), waiter))
        await waiter

    def set_to_wall(self) -> None:
        """For verifiers that look at their own clock."""
        self.advance(datetime.now(UTC) - self.at)

    def advance(self, step: timedelta) -> None:
        self.at += step
        due = [one for one in self._sleepers if one[0] <= self.at]
        self._sleepers = [one for one in self._sleepers if one[0] > self.at]
        for _, waiter in sorted(due, key=lambda one: one[0]):
            if not waiter.done():
                waiter.set_result(None)
