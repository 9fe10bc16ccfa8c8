"""The rooms of one running gateway, each given the two or three things it needs."""

from dataclasses import dataclass
from typing import Final

from gateway.app.memory import StoreMemory
from gateway.app.steps import (
    MeteredBind,
    MeteredModem,
    MeteredServer,
    StepDesk,
)
from gateway.config import Config
from gateway.core.clock import Clock
from gateway.core.ids import IdSource, LinkId
from gateway.core.link import LateResult, Link
from gateway.engine.application_accounts import Accounts
from gateway.engine.applications import Applications
from gateway.engine.auth import Tokens
from gateway.engine.board import LinkBoard
from gateway.engine.crash import CrashPoint
from gateway.engine.desk import Desk, make_desk, make_parts
from gateway.engine.dispatch import LinkDispatcher
from gateway.engine.feed import Feed
from gateway.engine.intake import Intake
from gateway.engine.recall import Inquiry
from gateway.engine.submit import Submit
from gateway.engine.sweep import Sweep
from gateway.metrics import Metrics
from gateway.store.store import SqlStore
from modem.driver import ModemLink
from modem.usb import ModemRegistry
from smpp.client import SmppLink
from smpp.server import SmppServer

# Most receipts come later than that, and one that does not waits for nothing.
ANSWER_LINGER_S: Final = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What everything is made from."""

    config: Config
    store: SqlStore
    clock: Clock
    ids: IdSource
    metrics: Metrics
    crash: CrashPoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The engine of one gateway."""

    board: LinkBoard
    intake: Intake
    submit: Submit
    applications: Applications
    feed: Feed
    sweep: Sweep
    inquiry: Inquiry
    tokens: Tokens
    accounts: Accounts
    desk: Desk


def make_rooms(world: World) -> Rooms:
    """Builds the engine; nothing runs yet."""
    store, clock, ids = world.store, world.clock, world.ids
    policy, metrics = world.config.policy, world.metrics
    parts = make_parts(store, clock, ids, policy, metrics, crash=world.crash)
    board, submit = parts.links, parts.submit
    return Rooms(
        board=board,
        intake=Intake(store, clock, ids, policy, metrics, board, crash=world.crash),
        submit=submit,
        applications=Applications(store, clock, ids, policy, submit, metrics),
        feed=parts.feed,
        sweep=Sweep(store, clock, policy, board, metrics),
        inquiry=Inquiry(store, clock, board),
        tokens=Tokens(store, clock, ids),
        accounts=Accounts(store, clock, ids, policy.region),
        desk=make_desk(parts),
    )


def make_links(world: World, late_result: LateResult) -> list[Link]:
    """One link for each section of the configuration."""
    return [*_make_modems(world, late_result), *_make_binds(world, late_result)]


def _make_modems(world: World, late_result: LateResult) -> list[Link]:
    memory = StoreMemory(world.store, "modem:")
    registry = ModemRegistry()
    observer = MeteredModem(world.metrics, world.crash)
    return [
        ModemLink(
            section,
            clock=world.clock,
            ids=world.ids,
            memory=memory,
            registry=registry,
            observer=observer,
            late_result=late_result,
        )
        for section in world.config.modems
    ]


def _make_binds(world: World, late_result: LateResult) -> list[Link]:
    memory = StoreMemory(world.store, "smpp:")
    observer = MeteredBind(world.metrics, world.crash)
    return [
        SmppLink(
            section,
            clock=world.clock,
            ids=world.ids,
            memory=memory,
            observer=observer,
            late_result=late_result,
            recent=memory.recent,
        )
        for section in world.config.binds
    ]


def make_smpp_server(world: World, applications: Applications) -> SmppServer | None:
    """What applications bind to, if they may."""
    section = world.config.smpp_server
    if section is None:
        return None
    return SmppServer(
        section,
        desk=StepDesk(applications, world.crash),
        clock=world.clock,
        region=world.config.gateway.region,
        observer=MeteredServer(world.metrics, world.crash),
    )


def make_lanes(
    world: World, board: LinkBoard, links: list[Link]
) -> dict[LinkId, LinkDispatcher]:
    """One lane for each link."""
    return {
        link.id: LinkDispatcher(
            link,
            world.store,
            world.clock,
            world.ids,
            world.config.policy,
            board,
            world.metrics,
            crash=world.crash,
            linger_s=ANSWER_LINGER_S,
        )
        for link in links
    }
