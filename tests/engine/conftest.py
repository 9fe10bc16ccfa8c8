"""Rooms for a test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.support.rooms import Rooms, open_rooms


@pytest_asyncio.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    async with open_rooms(tmp_path) as opened:
        yield opened
