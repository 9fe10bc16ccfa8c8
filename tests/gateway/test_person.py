"""`seventy export` and `seventy erase`, against a daemon's face."""

import asyncio
import json
import stat
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.cli import main
from gateway.cli.client import TOKEN_FILE
from gateway.core.account import Role
from tests.support.builders import CUSTOMER
from tests.web.inbox_world import InboxWorld, inbox_of
from tests.web.world import open_world

Captured = pytest.CaptureFixture[str]


@pytest_asyncio.fixture
async def box(tmp_path: Path) -> AsyncIterator[tuple[InboxWorld, Path]]:
    """A face with one customer, and the configuration that finds it."""
    async with open_world(tmp_path) as world, inbox_of(world) as inbox:
        await inbox.hears("Это Ирина")
        config = tmp_path / "seventy.toml"
        config.write_text(
            f'[gateway]\ndata_dir = "{tmp_path}"\n'
            f'[http]\nlisten = "127.0.0.1:{world.port}"\n'
        )
        (tmp_path / TOKEN_FILE).write_text(world.secrets[Role.ADMIN])
        yield inbox, config


async def seventy(*arguments: str) -> int:
    """The verb, beside the daemon's loop."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, partial(main, list(arguments)))


async def test_an_erasure_counts_first_and_wants_the_number_again(
    box: tuple[InboxWorld, Path], capsys: Captured
) -> None:
    _, config = box
    erase = ("erase", CUSTOMER, "-c", str(config), "--json")
    assert await seventy(*erase, "--dry-run") == 0
    counted = json.loads(capsys.readouterr().out)
    assert (counted["messages"], counted["erased"]) == (1, False)
    assert await seventy(*erase) == 1
    assert "--confirm" in capsys.readouterr().err
    assert await seventy(*erase, "--confirm", "+79990000000") == 1
    assert "confirm_mismatch" in capsys.readouterr().err
    assert await seventy(*erase, "--confirm", CUSTOMER) == 0
    assert json.loads(capsys.readouterr().out) == counted | {"erased": True}
    assert await seventy(*erase, "--dry-run") == 1
    assert "contact_not_found" in capsys.readouterr().err


async def test_an_export_is_a_private_file_that_is_never_written_over(
    box: tuple[InboxWorld, Path], capsys: Captured, tmp_path: Path
) -> None:
    _, config = box
    target = tmp_path / "irina.json"
    export = ("export", CUSTOMER, "-c", str(config), "--output", str(target))
    assert await seventy(*export) == 0
    whole = json.loads(target.read_text())
    assert whole["messages"][0]["text"] == "Это Ирина"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert await seventy(*export) == 1
    assert "cannot write" in capsys.readouterr().err
