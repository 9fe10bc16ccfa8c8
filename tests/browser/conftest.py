"""Fixtures of the browser tests: one house a module, windows that must stay silent.

Each module says `pytestmark = BROWSER` (tests/browser/marks.py): its tests share one
loop, because a browser and a site live in the loop that started them.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.browser.house import PEOPLE, House, open_house
from tests.support.npm import axe as axe_of_npm
from tests.web.world import World, open_world
from web.config import HttpConfig


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The accessibility checker."""
    return axe_of_npm(tmp_path_factory.mktemp("axe"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_house(
    tmp_path_factory: pytest.TempPathFactory, axe: str
) -> AsyncIterator[House]:
    """With everybody hired and one modem."""
    folder: Path = tmp_path_factory.mktemp("house")
    async with open_house(folder, axe, *PEOPLE) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(one_house: House) -> AsyncIterator[House]:
    """The module's house; the test ends with no window open and nothing to hear."""
    yield one_house
    assert await one_house.close_windows() == []


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The HTTP face alone, for what needs no daemon."""
    async with open_world(tmp_path, config=HttpConfig()) as made:
        yield made
