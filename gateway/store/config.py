"""Settings of the store; the file's place and the limits that keep it honest."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

MEBI = 1024 * 1024


class Synchronous(StrEnum):
    """What a commit waits for; NORMAL loses accepted messages at a power cut."""

    FULL = "full"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreConfig:
    """Where the database is, and its bounds."""

    path: Path
    synchronous: Synchronous = Synchronous.FULL
    group_size: int = 64  # writes that may share one commit
    queue_bound: int = 4096  # writes waiting; more are told to come later
    readers: int = 3
    busy_timeout_s: float = 5.0
    checkpoint_pages: int = 1000
    truncate_wal_octets: int = 16 * MEBI  # when idle
    idle_s: float = 1.0  # without a write: time for housekeeping
    max_octets: int | None = None  # of the file; None: as far as the disk goes
    free_octets: int = 16 * MEBI  # free pages worth giving back when idle
    low_space_octets: int = 200 * MEBI
    low_space_share: float = 0.05  # of the file system
    ballast_octets: int = 32 * MEBI  # given back to the file system when it is full
