"""Named steps at which a test may end the process, as a power cut would.

The names are those of spec/reliability.md 1.4. Reading the environment is the
composition root's business; without a plan a crash point does nothing.
"""

import os
import signal
from collections.abc import Callable
from typing import Final

from gateway.core.errors import ConfigError

CrashPoint = Callable[[str], None]

POINTS: Final = frozenset(
    {"C0", "C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "I1", "I2", "I3"}
    # Of applications: a submission read, kept, something written to one, what is owed
    # read, the thanks for it come, settled.
    | {"A1", "A2", "A3", "A4", "A5", "A6"}
)


def no_crash(_name: str) -> None:
    """A crash point in production."""


def crash_point(plan: str | None) -> CrashPoint:
    """From a plan such as `C3:2`: the process ends at the second hit of C3."""
    if not plan:
        return no_crash
    point, _, count = plan.partition(":")
    if point not in POINTS or not (count or "1").isdecimal():
        raise ConfigError("SEVENTY_CRASH", f"expected POINT:HITS, not {plan!r}")
    remaining = int(count or "1")

    def hit(name: str) -> None:
        nonlocal remaining
        if name != point:
            return
        remaining -= 1
        if remaining == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return hit
