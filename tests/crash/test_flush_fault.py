"""A disk that fails, and a kill, in the middle of a write: promises stay kept.

Faults are put into system calls of the real store by strace (FT-02, FT-07, FT-09).
"""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from gateway.store.config import StoreConfig
from gateway.store.sqlite import open_writer
from tests.crash.promise import broken_promises

pytestmark = pytest.mark.slow


def run_with(fault: str, folder: Path) -> subprocess.CompletedProcess[str]:
    call = fault.partition(":")[0]
    strace = ["strace", "-f", "-qq", "-o", str(folder / "strace.log")]
    options = ["-e", f"trace={call}", "-e", f"inject={fault}"]
    workload = [sys.executable, "-m", "tests.crash.store_workload"]
    return subprocess.run(
        [*strace, *options, *workload, str(folder / "store.db"), "full", "6"],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("when", [5, 9, 13, 17])
@pytest.mark.parametrize(
    ("call", "effect", "said"),
    [
        ("fdatasync", "error=EIO", "StoreBroken"),
        ("pwrite64", "error=ENOSPC", "StoreFull"),
        ("fdatasync", "signal=SIGKILL", ""),
    ],
)
def test_what_was_promised_before_a_fault_is_kept(
    tmp_path: Path, call: str, effect: str, said: str, when: int
) -> None:
    config = StoreConfig(path=tmp_path / "store.db")
    open_writer(config).close()  # the schema stands: the fault meets the writer
    # Counted in each thread; a commit takes one flush and some dozen writes.
    moment = when if call == "fdatasync" else when * 24
    ended = run_with(f"{call}:{effect}:when={moment}", tmp_path)
    # A fault while check-pointing takes nothing back: the log still has it all.
    assert said in ended.stderr or ended.returncode == 0
    promises = ended.stdout.splitlines()
    assert promises
    with closing(open_writer(config)) as session:
        assert session.check(thorough=True) == []
        assert broken_promises(session, tmp_path, promises) == []
