"""The composition root: a configuration becomes a running gateway, and ends well.

The one place that knows every concrete class. Start: database, what an earlier life
left, rooms, links, faces; it is ready when the listener is bound. Stop, each step with
its seconds: listeners, lanes, links, webhooks, readers, database. ARCHITECTURE.md 1.8
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import NoReturn

from gateway import __version__
from gateway.app.face import make_face
from gateway.app.figures import show_store
from gateway.app.hold import Hold
from gateway.app.key import keep_local_key
from gateway.app.late import LateResults
from gateway.app.opening import open_or_recover
from gateway.app.rooms import (
    World,
    make_lanes,
    make_links,
    make_rooms,
    make_smpp_server,
)
from gateway.app.steps import StepDoor
from gateway.config import Config
from gateway.core.clock import SystemClock
from gateway.core.ids import LinkId, SystemIds
from gateway.core.link import LinkState
from gateway.engine.crash import crash_point
from gateway.engine.recover import recover
from gateway.engine.rehome import rehome
from gateway.metrics import Metrics
from gateway.supervisor import (
    Run,
    ServiceState,
    ServiceStatus,
    StopStep,
    Supervisor,
)

__all__ = ["App"]

log = logging.getLogger(__name__)

CRASH_VARIABLE = "SEVENTY_CRASH"
FIGURES_EVERY_S = 15.0
HOLD_LOOK_S = 2.0


class App:
    """One gateway; made by `open`, run by `start`, ended by `stop`."""

    def __init__(self, world: World, hold: Hold) -> None:
        self._world = world
        self._hold = hold
        self._supervisor = Supervisor(
            clock=world.clock, ids=world.ids, on_change=self._service_changed
        )
        self._rooms = make_rooms(world)
        self._late = LateResults(self._rooms.intake)
        self._links = make_links(world, self._late.take)
        for link in self._links:
            self._rooms.board.register(link)
        self._lanes = make_lanes(world, self._rooms.board, self._links)
        self._face = make_face(world, self._rooms, self._dispatch_of)
        self._smpp_server = make_smpp_server(world, self._rooms.applications)

    @classmethod
    async def open(cls, config: Config, environment: Mapping[str, str]) -> "App":
        """Opens the database; nothing runs yet. Raises `GatewayError` or `OSError`."""
        crash = crash_point(environment.get(CRASH_VARIABLE))
        clock = SystemClock()
        hold = Hold(config.gateway.data_dir)
        config.gateway.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        world = World(
            config=config,
            store=await open_or_recover(config.store, clock, hold),
            clock=clock,
            ids=SystemIds(),
            metrics=Metrics(),
            crash=crash,
        )
        return cls(world, hold)

    @property
    def supervisor(self) -> Supervisor:
        """For services that belong to the process, such as the watchdog."""
        return self._supervisor

    async def start(self) -> None:
        """Returns when the listener is bound; modems may still be coming up.

        Raises `GatewayError` or `OSError`; `stop` is to be called all the same.
        """
        world = self._world
        world.metrics.build.labels(__version__).set(1)
        await recover(world.store, world.clock, world.config.policy)
        await rehome(world.store, self._rooms.board, world.clock.now())
        await keep_local_key(self._rooms.tokens, world.config.gateway.data_dir)
        self._start_services()
        await self._face.listener.start()
        if self._smpp_server is not None:
            await self._smpp_server.start()
            self._rooms.accounts.listen(self._smpp_server.heed)
            self._supervisor.start("smpp server", self._smpp_server.run)

    def _start_services(self) -> None:
        start = self._supervisor.start
        start("board", self._rooms.board.run)
        start("sweep", self._rooms.sweep.run)
        start("applications", self._rooms.applications.run)
        start("late results", self._late.run)
        start("conversations", self._rooms.desk.conversation_reader.run)
        start("conversation wake", self._rooms.desk.conversation_wake.run)
        start("lookers", self._rooms.desk.lookers.run)
        start("search", self._rooms.desk.search_reader.run)
        start("figures", self._show_figures)
        start("webhooks", self._face.fan_out.run)
        start("sender", self._face.sender.run)
        door = StepDoor(self._rooms.intake, self._world.crash)
        for link in self._links:
            start(f"link {link.id}", partial(link.run, door))
        if self._rooms.inquiry.is_wanted:
            start("inquiry", partial(self._rooms.inquiry.run, door))
        if (reason := self._hold.reason()) is None:
            self._start_lanes()
        else:
            log.warning("only receiving: %s (seventy queue release)", reason)
            start("hold", self._wait_for_release)

    def _start_lanes(self) -> None:
        for link_id, lane in self._lanes.items():
            self._supervisor.start(f"lane {link_id}", lane.run)

    async def watch(self) -> NoReturn:
        """Raises `StoreBroken` once nothing may be thanked any more."""
        await self._world.store.watch()

    async def answers(self) -> None:
        """Returns when the writer has answered."""
        await self._world.store.write(lambda tx: None)

    def summary(self) -> str:
        """One line: what is up."""
        statuses = self._rooms.board.statuses()
        up = sum(status.state is LinkState.UP for status in statuses)
        held = ", only receiving" if self._hold.reason() is not None else ""
        down = [
            status.name
            for status in self._supervisor.statuses()
            if status.state is ServiceState.DOWN
        ]
        fallen = f", down: {', '.join(down)}" if down else ""
        return f"{up} of {len(statuses)} links up{held}{fallen}"

    async def stop(self) -> list[str]:
        """Everything in order; the names of the steps that took too long."""
        return await self._supervisor.stop(self._stop_steps())

    def _stop_steps(self) -> list[StopStep]:
        end = self._supervisor.end
        links = [f"link {link.id}" for link in self._links]
        config = self._world.config
        answers_s = [modem.submit_timeout_s for modem in config.modems]
        answers_s += [bind.request_timeout_s for bind in config.binds]
        slowest_s = max(answers_s, default=0)
        return [
            _step("listeners stop taking", self._face.listener.stop, 8),
            _step("applications are unbound", self._part_from_applications, 8),
            _step("sends in flight finish", self._finish_lanes, slowest_s + 5),
            _step("links close", partial(end, *links), 5),
            _step("webhooks finish", partial(end, "sender", "webhooks"), 5),
            _step("readers end", self._supervisor.end_all, 2),
            _step("database closes", self._world.store.close, 10),
        ]

    async def _part_from_applications(self) -> None:
        if self._smpp_server is not None:
            await self._smpp_server.stop()
            await self._supervisor.end("smpp server")

    async def _finish_lanes(self) -> None:
        await self._supervisor.end("hold")
        for lane in self._lanes.values():
            lane.stop()
        await self._supervisor.finish(*(f"lane {link_id}" for link_id in self._lanes))

    async def _wait_for_release(self) -> NoReturn:
        while self._hold.reason() is not None:
            await self._world.clock.sleep(HOLD_LOOK_S)
        log.info("released: sending again")
        self._start_lanes()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets that event")

    async def _dispatch_of(self, link_id: LinkId) -> Mapping[str, object] | None:
        lane = self._lanes.get(link_id)
        return None if lane is None else await lane.status()

    async def _show_figures(self) -> NoReturn:
        store = self._world.store
        while True:
            last_seq = await store.read(lambda tx: tx.events.last_seq())
            show_store(self._world.metrics, store.status(), last_seq)
            await self._world.clock.sleep(FIGURES_EVERY_S)

    def _service_changed(self, status: ServiceStatus) -> None:
        kind = status.name.partition(" ")[0]
        if status.state in (ServiceState.WAITING, ServiceState.DOWN):
            self._world.metrics.restarts.labels(kind).inc()
        if status.state is ServiceState.DOWN:
            log.error("service %s is down: %s", status.name, status.error)


def _step(name: str, action: Run, limit_s: float) -> StopStep:
    return StopStep(name=name, action=action, limit=timedelta(seconds=limit_s))
