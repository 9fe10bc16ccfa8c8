"""Fixtures of the HTTP face."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.web.world import World, open_world
from web.config import HttpConfig


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    config = HttpConfig(webhook_hosts=("127.0.0.1", "hooks.example.org"))
    async with open_world(tmp_path, config=config) as made:
        yield made
