"""The order of the tests: the longest files begin, lest one is left at the end.

`make test` keeps it by `--no-loadscope-reorder`: xdist would begin with many tests.
"""

import asyncio.base_events
from collections.abc import Sequence

import pytest

from tests.support.password import CHEAPEST

# What debugging checks is checked, but nobody keeps the stack of where each future and
# callback was born: that was a sixth of the time. Who needs one takes this line away.
setattr(asyncio.base_events.BaseEventLoop, "get_debug", lambda _loop: False)  # noqa: B010

LONGEST_FIRST: Sequence[str] = (
    "test_kill.py",
    "test_kill_bind.py",
    "test_faults.py",
    "test_kill_application.py",
    "test_third_party.py",
    "test_smpp_faults.py",
    "test_kill_inbox.py",
    "test_kill_conversations.py",
    "test_agent_dialogs.py",
    "test_colleagues.py",
    "test_network.py",
    "test_attacks.py",
    "test_cases.py",
    "test_admin_pages.py",
    "test_frame.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stable: within a file nothing moves."""
    rank = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is hashed in this test costs nothing: how dear it is, is not its claim."""
    monkeypatch.setattr("gateway.engine.password.COST", CHEAPEST)
