"""The loop that the daemon runs on, and that our sockets work on it."""

import asyncio
import importlib.util
import sys
from pathlib import Path

import pytest

from gateway.app.serve import loop_factory
from tests.web.hooks import open_hooks
from tests.web.peer import NO_CONTENT, open_peer, saying
from tests.web.test_sender import DELIVERED, SENT, all_in
from tests.web.world import open_world


def test_uvloop_is_used_where_it_is_installed() -> None:
    assert (loop_factory() is None) == (importlib.util.find_spec("uvloop") is None)


def test_the_standard_loop_serves_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert loop_factory() is None


def test_requests_and_webhooks_work_on_it(tmp_path: Path) -> None:
    async def use() -> None:
        async with open_world(tmp_path) as world:
            answer = await world.call(
                "POST", "/api/v1/messages", {"to": "+79161234567", "text": "x"}
            )
            assert answer.status == 202
        async with open_hooks(tmp_path) as hooks, open_peer(saying(NO_CONTENT)) as peer:
            await hooks.listen(f"http://127.0.0.1:{peer.port}/hook")
            await hooks.happen(*[SENT] * 20)
            await hooks.until(all_in(DELIVERED, 20))

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(use())
