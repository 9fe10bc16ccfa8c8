"""Small parts of the composition root: log lines, the hold, keys, opening."""

import logging
import stat
from pathlib import Path

import pytest

from gateway.app.hold import Hold
from gateway.app.journal import Line, mask
from gateway.app.key import keep_local_key
from gateway.app.opening import open_or_recover
from gateway.core.account import Role
from gateway.core.clock import SystemClock
from gateway.core.errors import StoreBusy
from gateway.core.ids import SystemIds
from gateway.engine.auth import Tokens
from gateway.store.config import StoreConfig
from gateway.store.sqlite import copy
from gateway.store.store import open_store


def record(level: int, text: str, *values: object) -> logging.LogRecord:
    return logging.LogRecord("room", level, "room.py", 1, text, values, None)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("to +79161234567.", "to +7916…67."),
        ("IMEI 354000010000026", "IMEI 3540…26"),
        ("msg_01m811fej9jggbx4rv4ct7q4py", "msg_01m811fej9jggbx4rv4ct7q4py"),
        ("at 127.0.0.1:46867", "at 127.0.0.1:46867"),
        ("in 12 s", "in 12 s"),
    ],
)
def test_a_number_in_the_log_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_line_for_the_journal_starts_with_its_priority() -> None:
    line = Line(journal=True).format(record(logging.ERROR, "lost %s", "+79161234567"))
    assert line == "<3>room: lost +7916…67"


def test_a_line_for_a_terminal_starts_with_its_time() -> None:
    line = Line(journal=False).format(record(logging.INFO, "up"))
    stamp, level, text = line.split(maxsplit=2)
    assert stamp.endswith("Z")
    assert (level, text) == ("info", "room: up")


def test_a_held_queue_says_why_until_it_is_released(tmp_path: Path) -> None:
    hold = Hold(tmp_path)
    assert hold.reason() is None
    hold.set("restored")
    assert Hold(tmp_path).reason() == "restored"
    assert hold.release() == "restored"
    assert hold.release() is None


@pytest.fixture
def config(tmp_path: Path) -> StoreConfig:
    return StoreConfig(path=tmp_path / "seventy.db", ballast_octets=0)


async def test_the_local_key_is_kept_while_it_is_good(
    config: StoreConfig, tmp_path: Path
) -> None:
    store = await open_store(config, SystemClock())
    tokens = Tokens(store, SystemClock(), SystemIds())
    file = tmp_path / "cli.token"
    await keep_local_key(tokens, tmp_path)
    first = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    await keep_local_key(tokens, tmp_path)
    assert file.read_text().strip() == first
    token = await tokens.check(first, "127.0.0.1")
    assert token is not None
    assert token.scopes == {Role.ADMIN}
    await tokens.revoke(token.id)
    await keep_local_key(tokens, tmp_path)
    assert file.read_text().strip() != first
    await store.close()


def spoil(database: Path) -> None:
    """As a card does that wore out, with the log still there."""
    whole = database.read_bytes()
    database.write_bytes(whole[:100] + b"\xff" * 4000 + whole[4100:])
    database.with_name(database.name + "-wal").touch()


async def test_a_damaged_database_gives_way_to_the_newest_good_backup(
    config: StoreConfig, tmp_path: Path
) -> None:
    store = await open_store(config, SystemClock())
    await store.write(lambda tx: tx.facts.put("kept", "yes"))
    shelf = tmp_path / "backups"
    shelf.mkdir()
    await store.close()
    copy(config, shelf / "seventy-20260101T000000Z.db")
    (shelf / "seventy-20260102T000000Z.db").write_bytes(b"worn out" * 100)
    spoil(config.path)
    hold = Hold(tmp_path)
    store = await open_or_recover(config, SystemClock(), hold)
    assert await store.read(lambda tx: tx.facts.get("kept")) == "yes"
    await store.close()
    assert "seventy-20260101T000000Z.db took its place" in str(hold.reason())
    assert (tmp_path / "seventy.db.aside-1").exists()


async def test_without_a_backup_an_empty_database_receives(
    config: StoreConfig, tmp_path: Path
) -> None:
    await (await open_store(config, SystemClock())).close()
    spoil(config.path)
    hold = Hold(tmp_path)
    store = await open_or_recover(config, SystemClock(), hold)
    await store.close()
    assert "no backup" in str(hold.reason())


async def test_a_database_in_use_is_not_damaged(
    config: StoreConfig, tmp_path: Path
) -> None:
    store = await open_store(config, SystemClock())
    with pytest.raises(StoreBusy):
        await open_or_recover(config, SystemClock(), Hold(tmp_path))
    await store.close()
