"""The daemon as a process: signals, systemd, exit status.

The first SIGTERM or SIGINT stops in order, the second skips the waits. The watchdog is
fed by the loop, and only while the writer answers.
"""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import NoReturn

from gateway.app import App
from gateway.app.journal import set_up
from gateway.config import Config
from gateway.core.clock import SystemClock
from gateway.core.errors import GatewayError, StoreBroken, StoreBusy, StoreFull
from gateway.systemd import Notifier, watchdog_interval

log = logging.getLogger(__name__)

STATUS_EVERY = timedelta(seconds=10)
DONE, FAILED = 0, 1
# Objects between two looks for circles among the newest: nearly all of them belong to
# messages on their way, and go by themselves.
NEWEST_OBJECTS = 10_000


def serve(config: Config, environment: Mapping[str, str]) -> int:
    """Run until told to stop; what the process exits with."""
    set_up(config.gateway.log_level, environment)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_serve(config, environment))


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Of uvloop's loop where it is installed; None: of the standard one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve(config: Config, environment: Mapping[str, str]) -> int:
    notifier = Notifier.from_environment(environment)
    try:
        app = await App.open(config, environment)
    except (GatewayError, OSError) as error:
        log.critical("%s", error)
        return FAILED
    stopping = _heed_signals(app)
    status = FAILED
    try:
        await app.start()
        _collect_less()
        notifier.ready(app.summary())
        log.info("ready")
        start = app.supervisor.start
        start("status", partial(_tell, app, notifier))
        if interval := watchdog_interval(environment, os.getpid()):
            start("watchdog", partial(_feed_watchdog, app, notifier, interval))
        status = await _until_asked(app, stopping)
    except (GatewayError, OSError) as error:
        log.critical("%s", error)
    notifier.stopping("stopping")
    late = await app.stop()
    log.info("stopped%s", f"; not in time: {', '.join(late)}" if late else "")
    return status


def _collect_less() -> None:
    """What is there now stays, and need not be looked at again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEWEST_OBJECTS, 10, 10)


def _heed_signals(app: App) -> asyncio.Event:
    """Set by the first signal; the second skips the waits of the stop."""
    stopping = asyncio.Event()

    def asked() -> None:
        if stopping.is_set():
            app.supervisor.hurry()
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asked)
    return stopping


async def _until_asked(app: App, stopping: asyncio.Event) -> int:
    """Done when asked to stop, failed when the store can no longer be trusted."""
    try:
        await app.supervisor.first(stopping.wait, app.watch)
    except StoreBroken as error:
        log.critical("the database: %s", error)
        return FAILED
    return DONE


async def _tell(app: App, notifier: Notifier) -> NoReturn:
    clock = SystemClock()
    while True:
        notifier.status(app.summary())
        await clock.sleep(STATUS_EVERY.total_seconds())


async def _feed_watchdog(app: App, notifier: Notifier, interval: timedelta) -> NoReturn:
    clock = SystemClock()
    while True:
        try:
            await app.answers()
        except (StoreBusy, StoreFull):
            # A refusal is an answer: the writer lives.
            log.warning("the store is busy or full")
        notifier.watchdog()
        await clock.sleep(interval.total_seconds() / 3)
