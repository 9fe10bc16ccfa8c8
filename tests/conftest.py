"""The order of the tests: the longest files begin, lest one is left at the end.

`make test` keeps it by `--no-loadscope-reorder`: xdist would begin with many tests.
"""

import asyncio.constants
from collections.abc import Sequence

import pytest

from tests.support.password import CHEAPEST

# Debugging asks for the stack of every callback: a few frames of it tell enough, and
# all of them were a tenth of the time.
vars(asyncio.constants)["DEBUG_STACK_DEPTH"] = 3

LONGEST_FIRST: Sequence[str] = (
    "test_kill.py",
    "test_kill_bind.py",
    "test_kill_application.py",
    "test_smpp_faults.py",
    "test_faults.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable: within a file nothing moves."""
    rank = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hashed in this test costs nothing: how dear it is, is not its claim."""
    monkeypatch.setattr("gateway.engine.password.COST", CHEAPEST)
