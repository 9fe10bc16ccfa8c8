"""An open SQLite store in a folder of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.store.config import StoreConfig
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.clock import FakeClock
from tests.support.opened import open_quickly


@pytest.fixture
def config(tmp_path: Path) -> StoreConfig:
    return StoreConfig(path=tmp_path / "store.db", ballast_octets=0)


@pytest_asyncio.fixture
async def store(config: StoreConfig) -> AsyncIterator[SqlStore]:
    opened = await open_quickly(config, FakeClock())
    yield opened
    await opened.close()


@pytest.fixture
def make() -> Maker:
    return Maker()
