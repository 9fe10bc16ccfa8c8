"""The files around a database: one writer's lock, ballast, free space, safe moves.

Relies on POSIX locks and renames. Never opens the database itself.
Spec: reliability DG-31, DG-35, DG-36, DG-40
"""

import fcntl
import logging
import os
import shutil
from itertools import count
from pathlib import Path
from typing import Final

from gateway.core.errors import StoreBusy

_LOG = logging.getLogger(__name__)
_PRIVATE: Final = 0o600
COMPANIONS: Final = ("", "-wal", "-shm")  # of one SQLite database


class WriterLock:
    """Held by the one process that writes; the kernel lets go when it dies."""

    def __init__(self, database: Path) -> None:
        path = database.with_name(database.name + ".lock")
        self._descriptor = os.open(
            path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _PRIVATE
        )
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise StoreBusy(f"another process writes to {database}") from error

    def release(self) -> None:
        os.close(self._descriptor)


class Ballast:
    """Space held back, so that a full disk can still take what the network hands us."""

    def __init__(self, database: Path, length_octets: int) -> None:
        self._path = database.with_name(database.name + ".ballast")
        self._length_octets = length_octets

    def fill(self) -> None:
        """Take the space, unless it is taken; not having it is no fault."""
        if not self._length_octets or self._is_full():
            return
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT, _PRIVATE)
        try:
            os.posix_fallocate(descriptor, 0, self._length_octets)
        except OSError as error:
            _LOG.warning("no space for ballast: %s", error)
            self._path.unlink()
        finally:
            os.close(descriptor)

    def drop(self) -> bool:
        """Give the space back; False when there was none."""
        if not self._is_full():
            return False
        self._path.unlink()
        _LOG.warning("the disk is full: ballast given back")
        return True

    def _is_full(self) -> bool:
        return (
            self._path.exists() and self._path.stat().st_size >= self._length_octets > 0
        )


def free_octets(path: Path) -> int:
    """What the file system has left for us."""
    figures = os.statvfs(path)
    return figures.f_bavail * figures.f_frsize


def total_octets(path: Path) -> int:
    """The size of the file system."""
    figures = os.statvfs(path)
    return figures.f_blocks * figures.f_frsize


def create_private(path: Path) -> None:
    """An empty file that only its owner reads; one that exists is left alone."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, _PRIVATE))


def sync_file(path: Path) -> None:
    """Have the disk hold a file or the names in a directory."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def put_in_place(finished: Path, target: Path) -> None:
    """Give a finished file its name: there is the whole one, or the one before."""
    sync_file(finished)
    finished.replace(target)
    sync_file(target.parent)


def set_aside(database: Path) -> list[Path]:
    """Move a damaged database away with its companions; their new places."""
    suffix = next(
        suffix
        for suffix in (f".aside-{number}" for number in count(1))
        if not any(_moved(database, name, suffix).exists() for name in COMPANIONS)
    )
    moved = []
    for name in COMPANIONS:
        part = database.with_name(database.name + name)
        if part.exists():
            moved.append(part.rename(_moved(database, name, suffix)))
    sync_file(database.parent)
    return moved


def restore(backup: Path, database: Path) -> None:
    """Put a copy of `backup` where no database is; verify it first."""
    if any(database.with_name(database.name + name).exists() for name in COMPANIONS):
        raise StoreBusy(f"{database} exists: set it aside first")
    lock = WriterLock(database)
    try:
        copy = database.with_name(database.name + ".restoring")
        create_private(copy)
        shutil.copyfile(backup, copy)
        put_in_place(copy, database)
    finally:
        lock.release()


def _moved(database: Path, name: str, suffix: str) -> Path:
    # The suffix stays in front of "-wal", so that what was moved still opens.
    return database.with_name(database.name + suffix + name)
