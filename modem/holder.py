"""Who else has a port open, read from /proc; needs no privilege for one's own."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A process with the port open."""

    pid: int
    name: str


def holders_of(place: str, proc_root: Path = Path("/proc")) -> tuple[Holder, ...]:
    """Every other process that has the device behind `place` open."""
    device = os.path.realpath(place)
    found = []
    for folder in proc_root.glob("[0-9]*"):
        if int(folder.name) != os.getpid() and _has_open(folder, device):
            found.append(Holder(pid=int(folder.name), name=_name_of(folder)))
    return tuple(sorted(found, key=lambda holder: holder.pid))


def _has_open(folder: Path, device: str) -> bool:
    try:
        entries = list((folder / "fd").iterdir())
    except OSError:
        return False
    return any(_target(entry) == device for entry in entries)


def _target(entry: Path) -> str | None:
    try:
        return str(entry.readlink())
    except OSError:
        return None


def _name_of(folder: Path) -> str:
    try:
        return (folder / "comm").read_text().strip()
    except OSError:
        return "?"
