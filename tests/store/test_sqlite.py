"""SQLite: settings, strangers, damage, full disks, copies."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.errors import StoreBroken, StoreBusy, StoreConflict, StoreFull
from gateway.store.config import StoreConfig, Synchronous
from gateway.store.disk import restore, set_aside
from gateway.store.engine import StoreCorrupt, Value
from gateway.store.sqlite import (
    SqliteSession,
    copy,
    open_reader,
    open_writer,
    settings_in_force,
    translate,
    verify,
)


@pytest.fixture
def session(config: StoreConfig) -> Iterator[SqliteSession]:
    with closing(open_writer(config)) as opened:
        yield opened


def put(session: SqliteSession, key: str, value: str) -> None:
    session.run("facts.put", key=key, value=value)


def test_the_settings_are_those_that_make_a_commit_last(
    session: SqliteSession, config: StoreConfig
) -> None:
    settings = settings_in_force(session, config)
    assert settings["journal_mode"] == "wal"
    assert settings["synchronous"] == "2"
    assert settings["auto_vacuum"] == "2"
    assert settings["secure_delete"] == "1"
    assert settings["trusted_schema"] == "0"
    assert settings["mmap_size"] == "0"
    assert settings["foreign_keys"] == "1"


def test_normal_is_an_option(config: StoreConfig) -> None:
    relaxed = replace(config, synchronous=Synchronous.NORMAL)
    with closing(open_writer(relaxed)) as session:
        assert settings_in_force(session, relaxed)["synchronous"] == "1"


def test_only_the_owner_reads_the_files(
    session: SqliteSession, config: StoreConfig
) -> None:
    put(session, "a", "b")
    for entry in config.path.parent.iterdir():
        assert entry.stat().st_mode & 0o077 == 0, entry


def test_opening_again_writes_nothing(config: StoreConfig) -> None:
    open_writer(config).close()
    before = config.path.read_bytes()
    open_writer(config).close()
    assert config.path.read_bytes() == before


def test_the_database_of_another_program_is_left_alone(config: StoreConfig) -> None:
    with closing(sqlite3.connect(config.path)) as other:
        other.execute("CREATE TABLE theirs (a)")
    before = config.path.read_bytes()
    with pytest.raises(StoreBroken, match="another program"):
        open_writer(config)
    assert config.path.read_bytes() == before


def test_a_file_that_is_no_database_is_corrupt(config: StoreConfig) -> None:
    config.path.write_bytes(b"not a database " * 1000)
    with pytest.raises(StoreCorrupt):
        open_writer(config)
    assert verify(config.path) != []


def test_damage_is_found_after_an_unclean_stop_and_a_backup_takes_its_place(
    config: StoreConfig, tmp_path: Path
) -> None:
    with closing(open_writer(config)) as session:
        session.control("BEGIN")
        for number in range(2000):
            put(session, f"key{number}", "v" * 50)
        session.control("COMMIT")
    with closing(open_writer(config)):
        copy(config, tmp_path / "copy.db")
    octets = bytearray(config.path.read_bytes())
    pages = len(octets) // 4096
    octets[(pages - 3) * 4096 : (pages - 2) * 4096] = os.urandom(4096)
    config.path.write_bytes(octets)
    # The log that a clean stop would have removed.
    config.path.with_name("store.db-wal").write_bytes(b"")
    with pytest.raises(StoreCorrupt):
        open_writer(config)

    moved = set_aside(config.path)
    assert config.path not in moved
    assert not config.path.exists()
    assert bytes(octets) in [path.read_bytes() for path in moved]
    assert verify(tmp_path / "copy.db") == []
    restore(tmp_path / "copy.db", config.path)
    with closing(open_writer(config)) as session:
        assert session.only("facts.get", key="key1999")["value"] == "v" * 50


def test_a_copy_holds_one_moment_and_leaves_nothing_beside_it(
    session: SqliteSession,
    config: StoreConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    put(session, "a", "1")
    target = tmp_path_factory.mktemp("copy") / "copy.db"
    target.write_bytes(b"yesterday's")
    copy(config, target)
    put(session, "a", "2")
    assert [entry.name for entry in target.parent.iterdir()] == ["copy.db"]
    assert target.stat().st_mode & 0o077 == 0
    assert verify(target) == []
    with closing(open_writer(replace(config, path=target))) as copied:
        assert copied.only("facts.get", key="a")["value"] == "1"


def test_a_copy_that_cannot_be_made_leaves_the_one_before(
    session: SqliteSession, config: StoreConfig, tmp_path: Path
) -> None:
    put(session, "a", "1")
    target = tmp_path / "missing" / "copy.db"
    with pytest.raises(FileNotFoundError):
        copy(config, target)


def test_a_full_file_refuses_and_recovers(session: SqliteSession) -> None:
    pages = session.figure("page_count")
    session.pragma(f"max_page_count = {pages}")
    with pytest.raises(StoreFull):
        put(session, "big", "x" * 100_000)
    assert session.one("facts.get", key="big") is None
    session.pragma("max_page_count = 1000000")
    put(session, "big", "x" * 100_000)
    assert session.check(thorough=True) == []


def test_a_reader_sees_commits_and_cannot_write(
    session: SqliteSession, config: StoreConfig
) -> None:
    put(session, "a", "1")
    with closing(open_reader(config)) as reader:
        assert reader.only("facts.get", key="a")["value"] == "1"
        with pytest.raises(AssertionError):
            put(reader, "a", "2")


def test_a_foreign_lock_is_waited_for_and_then_busy(
    session: SqliteSession, config: StoreConfig
) -> None:
    session.pragma("busy_timeout = 20")
    with closing(sqlite3.connect(config.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy):
            put(session, "a", "1")
        other.execute("ROLLBACK")
    put(session, "a", "1")


def test_a_taken_key_is_a_conflict(session: SqliteSession) -> None:
    values: dict[str, Value] = {
        "id": "c",
        "created_at": 0,
        "opted_out_at": None,
        "opt_out_source": None,
    }
    session.run("contacts.insert", address="900", **values)
    with pytest.raises(StoreConflict):
        session.run("contacts.insert", address="900", **(values | {"id": "d"}))


def test_wrong_use_is_our_own_fault(session: SqliteSession) -> None:
    with pytest.raises(AssertionError):
        session.run("facts.get")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_IOERR_FSYNC, StoreBroken),
        (sqlite3.SQLITE_IOERR_SHMSIZE, StoreFull),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreBusy),
        (sqlite3.SQLITE_FULL, StoreFull),
        (sqlite3.SQLITE_CORRUPT_INDEX, StoreCorrupt),
        (sqlite3.SQLITE_READONLY_DBMOVED, StoreBroken),
        (sqlite3.SQLITE_CONSTRAINT_UNIQUE, StoreConflict),
        (sqlite3.SQLITE_MISUSE, AssertionError),
    ],
)
def test_extended_codes_are_told_apart(code: int, expected: type[Exception]) -> None:
    error = sqlite3.OperationalError("said")
    error.sqlite_errorcode = code
    error.sqlite_errorname = "NAME"
    assert type(translate(error, writes=True)) is expected
