"""What processes have used, from `/proc`: CPU, memory; and centiles of waits."""

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a process has used."""

    at_s: float
    cpu_s: float
    resident_mib: float

    @classmethod
    def of(cls, pid: int) -> "Usage":
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return cls(
            at_s=time.monotonic(),
            cpu_s=ticks / os.sysconf("SC_CLK_TCK"),
            resident_mib=pages * os.sysconf("SC_PAGE_SIZE") / 2**20,
        )

    def share_since(self, before: "Usage") -> float:
        """CPU seconds per second, 1.0 being one core."""
        return (self.cpu_s - before.cpu_s) / (self.at_s - before.at_s)


def family(pids: Iterable[int]) -> list[int]:
    """These processes and all their descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # ended meanwhile
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = list(pids)
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def cpu_s(pids: Iterable[int]) -> float:
    """CPU seconds of these processes and their descendants so far."""
    return sum(Usage.of(pid).cpu_s for pid in family(pids))


def peak_mib(pids: Iterable[int]) -> float:
    """The sum of the most that each has had resident."""
    return sum(_peak_mib(pid) for pid in family(pids))


def _peak_mib(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"process {pid} has no memory of its own")


def centile(values: Sequence[float], share: float) -> float:
    """The smallest value that so many are not above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
