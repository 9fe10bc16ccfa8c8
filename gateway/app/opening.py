"""Opening the database, and what to do when it is damaged.

Damaged: it is moved aside, the newest backup that proves good takes its place, and the
queue is held; without one the daemon starts on an empty database, also held, because
the SIMs still hold what was not taken. Spec: spec/reliability.md DG-35, FT-13
"""

import asyncio
import logging
from pathlib import Path

from gateway.app.hold import Hold
from gateway.core.clock import Clock
from gateway.store.config import StoreConfig
from gateway.store.disk import restore, set_aside
from gateway.store.engine import StoreCorrupt
from gateway.store.sqlite import verify
from gateway.store.store import SqlStore, open_store

log = logging.getLogger(__name__)

BACKUPS = "backups"


async def open_or_recover(config: StoreConfig, clock: Clock, hold: Hold) -> SqlStore:
    """The store; raises `StoreError` when even an empty one cannot be made."""
    try:
        return await open_store(config, clock)
    except StoreCorrupt as error:
        log.error("the database is damaged: %s", error)
        await asyncio.to_thread(_replace, config.path, hold, str(error))
        return await open_store(config, clock)


def _replace(database: Path, hold: Hold, why: str) -> None:
    for moved in set_aside(database):
        log.error("kept as %s", moved)
    backups = sorted((database.parent / BACKUPS).glob("seventy-*.db"), reverse=True)
    for backup in backups:
        if problems := verify(backup):
            log.error("%s is no good either: %s", backup, problems[0])
            continue
        restore(backup, database)
        hold.set(f"the database was damaged ({why}); {backup.name} took its place")
        return
    hold.set(f"the database was damaged ({why}); there was no backup")
