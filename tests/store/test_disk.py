"""Files around the database: locks, moves, ballast."""

from pathlib import Path

import pytest

from gateway.core.errors import StoreBusy
from gateway.store.disk import (
    Ballast,
    WriterLock,
    create_private,
    put_in_place,
    restore,
    set_aside,
)


def test_a_lock_is_held_by_one_and_free_after_release(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "db")
    with pytest.raises(StoreBusy):
        WriterLock(tmp_path / "db")
    lock.release()
    WriterLock(tmp_path / "db").release()


def test_a_database_is_set_aside_with_its_companions_and_never_over_another(
    tmp_path: Path,
) -> None:
    database = tmp_path / "store.db"
    for content in (b"first", b"second"):
        database.write_bytes(content)
        database.with_name("store.db-wal").write_bytes(content)
        set_aside(database)
    found = {entry.name: entry.read_bytes() for entry in tmp_path.iterdir()}
    assert found == {
        "store.db.aside-1": b"first",
        "store.db.aside-1-wal": b"first",
        "store.db.aside-2": b"second",
        "store.db.aside-2-wal": b"second",
    }


def test_a_restore_does_not_overwrite(tmp_path: Path) -> None:
    backup, database = tmp_path / "backup", tmp_path / "store.db"
    backup.write_bytes(b"old")
    database.with_name("store.db-wal").write_bytes(b"")
    with pytest.raises(StoreBusy):
        restore(backup, database)
    assert not database.exists()


def test_what_is_put_in_place_is_whole_and_private(tmp_path: Path) -> None:
    finished, target = tmp_path / "new", tmp_path / "target"
    target.write_bytes(b"before")
    create_private(finished)
    finished.write_bytes(b"after")
    put_in_place(finished, target)
    assert target.read_bytes() == b"after"
    assert target.stat().st_mode & 0o077 == 0
    assert not finished.exists()


def test_ballast_is_given_back_once(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "db", 4096)
    assert not ballast.drop()
    ballast.fill()
    ballast.fill()
    assert (tmp_path / "db.ballast").stat().st_size == 4096
    assert ballast.drop()
    assert not ballast.drop()


def test_no_ballast_is_an_option(tmp_path: Path) -> None:
    ballast = Ballast(tmp_path / "db", 0)
    ballast.fill()
    assert list(tmp_path.iterdir()) == []
    assert not ballast.drop()
