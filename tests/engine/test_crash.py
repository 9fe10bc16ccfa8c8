"""Named steps at which a test may end the process."""

import signal
import subprocess
import sys

import pytest

from gateway.core.errors import ConfigError
from gateway.engine.crash import crash_point, no_crash

HITS = """
from gateway.engine.crash import crash_point
hit = crash_point("C3:2")
hit("C3"); hit("C4"); print("still here", flush=True)
hit("C3"); print("not reached", flush=True)
"""


def test_the_process_ends_at_the_named_hit() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", HITS], capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert ended.stdout == "still here\n"


def test_without_a_plan_nothing_happens() -> None:
    assert crash_point(None) is crash_point("") is no_crash
    no_crash("C0")


@pytest.mark.parametrize("plan", ["C9", "C3:x", "X", "C3:2:1"])
def test_a_plan_that_is_not_one_is_refused(plan: str) -> None:
    with pytest.raises(ConfigError):
        crash_point(plan)
