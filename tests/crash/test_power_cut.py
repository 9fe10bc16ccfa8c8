"""Power cuts at every moment that matters: what was promised is on the disk (FT-03).

The store's own system calls are recorded, every legal state of the disk is made from
them, opened as the daemon opens it, and compared with what had been promised.
"""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.core.errors import StoreError
from gateway.store.config import StoreConfig, Synchronous
from gateway.store.sqlite import open_writer
from tests.crash.disk_states import DiskState, power_cuts
from tests.crash.promise import broken_promises
from tests.crash.trace import record

pytestmark = pytest.mark.slow
SEED = 7
MEMORY_DISK = Path("/dev/shm")  # noqa: S108  # a thousand opens are quick there


@dataclass(kw_only=True)
class Tally:
    """What became of the states."""

    states: int = 0
    damaged: int = 0
    lost: int = 0
    example: str = ""


@pytest.fixture
def scratch() -> Iterator[Path]:
    home = MEMORY_DISK if MEMORY_DISK.is_dir() else None
    with tempfile.TemporaryDirectory(dir=home) as name:
        yield Path(name)


def explore(scratch: Path, synchronous: Synchronous, rounds: int) -> Tally:
    folder = scratch / "run"
    folder.mkdir()
    workload = [sys.executable, "-m", "tests.crash.store_workload"]
    command = [*workload, str(folder / "store.db"), synchronous.value, str(rounds)]
    steps = record(command, folder, scratch / "strace.log")
    tally = Tally()
    for state in power_cuts(steps, SEED):
        judge(state, scratch / "image", tally)
    return tally


def judge(state: DiskState, folder: Path, tally: Tally) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, octets in state.files.items():
        (folder / name).write_bytes(octets)
    tally.states += 1
    config = StoreConfig(path=folder / "store.db")
    try:
        session = open_writer(config)
    except StoreError as error:
        tally.damaged += 1
        tally.example = repr(error)
        return
    try:
        problems = session.check(thorough=True)
        broken = broken_promises(session, folder, state.promises)
    finally:
        session.close()
    tally.damaged += bool(problems)
    tally.lost += bool(broken)
    tally.example = " ".join(problems + broken) or tally.example


def test_no_legal_state_of_the_disk_loses_what_was_promised(scratch: Path) -> None:
    tally = explore(scratch, Synchronous.FULL, rounds=12)
    assert (tally.lost, tally.damaged) == (0, 0), (SEED, tally)
    assert tally.states > 500, tally


def test_the_explorer_sees_the_loss_that_is_named_for_normal(scratch: Path) -> None:
    tally = explore(scratch, Synchronous.NORMAL, rounds=3)
    assert tally.damaged == 0, (SEED, tally)
    assert tally.lost > 0, tally
