"""The store contract's engines: a second one joins by a line in `ENGINES`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.store.config import StoreConfig
from gateway.store.engine import Engine
from gateway.store.sqlite_engine import SqliteEngine
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.clock import FakeClock
from tests.support.opened import lay_schema


async def sqlite_engine(folder: Path) -> Engine:
    config = StoreConfig(path=folder / "store.db", ballast_octets=0)
    lay_schema(config)
    return await SqliteEngine.open(config, FakeClock())


ENGINES: dict[str, Callable[[Path], Awaitable[Engine]]] = {"sqlite": sqlite_engine}


@pytest_asyncio.fixture(params=ENGINES)
async def store(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[SqlStore]:
    opened = await SqlStore.over(await ENGINES[request.param](tmp_path))
    yield opened
    await opened.close()


@pytest.fixture
def make() -> Maker:
    return Maker()
