"""Work on the database itself, for verbs that also go without the daemon."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from gateway.cli.output import VerbFailed
from gateway.cli.place import own_store

if TYPE_CHECKING:
    from gateway.config import Config
    from gateway.core.clock import Clock
    from gateway.core.ids import IdSource
    from gateway.core.store import Store

T = TypeVar("T")


def on_the_database(
    config: "Config",
    act: "Callable[[Store, Clock, IdSource], Awaitable[T]]",
) -> T:
    """What `act` gives; the daemon must not have the file."""
    from gateway.core.clock import SystemClock
    from gateway.core.errors import StoreError
    from gateway.core.ids import SystemIds
    from gateway.store.store import open_store

    async def work() -> T:
        clock = SystemClock()
        store = await open_store(config.store, clock)
        try:
            return await act(store, clock, SystemIds())
        finally:
            await store.close()

    own_store(config)
    config.gateway.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return asyncio.run(work())
    except StoreError as error:
        raise VerbFailed(f"the database cannot be used: {error}") from error
