"""A look at the box itself: what the gateway needs of it, and the fix where it lacks.

Spec: spec/reliability.md PKG-03
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from aiohttp import http_parser

from gateway.core.clock import SystemClock
from gateway.store.sqlite import library

LOW_SPACE_OCTETS = 200 * 1024 * 1024
SLOW_FLUSH_S = 0.1
FIRST_TRUSTED_YEAR = 2026
DRIVERS = ("usbserial", "cdc_acm")


class Grade(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One look at the box."""

    name: str
    grade: Grade
    found: str
    fix: str = ""


def look_at_box() -> Iterator[Check]:
    """Everything but the modems and the disk."""
    version, is_sound = library()
    yield Check(
        name="SQLite",
        grade=Grade.OK if is_sound else Grade.WARNING,
        found=version,
        fix="" if is_sound else "safe with one writer, as here; newer is better",
    )
    year = SystemClock().now().year
    is_set = year >= FIRST_TRUSTED_YEAR
    yield Check(
        name="clock",
        grade=Grade.OK if is_set else Grade.FAULT,
        found=SystemClock().now().isoformat(timespec="seconds"),
        fix="" if is_set else "set the clock: timedatectl set-ntp true",
    )
    yield _parser()
    yield _modem_manager()
    for driver in DRIVERS:
        loaded = Path("/sys/module", driver).is_dir()
        yield Check(
            name=f"driver {driver}",
            grade=Grade.OK if loaded else Grade.WARNING,
            found="loaded" if loaded else "not loaded",
            fix="" if loaded else f"modprobe {driver} (the unit does it)",
        )
    yield from _power()


def _parser() -> Check:
    fast = http_parser.HttpRequestParser is not http_parser.HttpRequestParserPy
    return Check(
        name="HTTP parser",
        grade=Grade.OK if fast else Grade.FAULT,
        found="C" if fast else "Python",
        fix="" if fast else "install aiohttp's binary wheel",
    )


def _modem_manager() -> Check:
    running = any(
        (process / "comm").read_text(errors="replace").strip() == "ModemManager"
        for process in Path("/proc").glob("[0-9]*")
        if (process / "comm").is_file()
    )
    return Check(
        name="ModemManager",
        grade=Grade.WARNING if running else Grade.OK,
        found="running" if running else "not running",
        fix="install 77-seventy-modems.rules, which keeps it away" if running else "",
    )


def _power() -> Iterator[Check]:
    """Boards that know it tell when their supply was too weak; modems draw much."""
    tool = shutil.which("vcgencmd")
    if tool is None:
        return
    done = subprocess.run(  # noqa: S603 - a fixed command
        [tool, "get_throttled"], capture_output=True, text=True, timeout=5, check=False
    )
    flags = int(done.stdout.partition("=")[2].strip() or "0", 16)
    weak = bool(flags & 0x50005)
    yield Check(
        name="power",
        grade=Grade.FAULT if weak else Grade.OK,
        found=f"throttled {flags:#x}",
        fix="use a stronger supply or a powered hub" if weak else "",
    )


def look_at_storage(data_dir: Path) -> Iterator[Check]:
    """Room, and how long a commit takes."""
    if not data_dir.is_dir():
        yield Check(
            name="data directory",
            grade=Grade.FAULT,
            found=f"{data_dir} is not there",
            fix="seventy init, or start the service once",
        )
        return
    free = shutil.disk_usage(data_dir).free
    low = free < LOW_SPACE_OCTETS
    yield Check(
        name="free space",
        grade=Grade.FAULT if low else Grade.OK,
        found=f"{free // 1024**2} MiB",
        fix="make room: new messages are refused" if low else "",
    )
    yield _flush(data_dir)


def _flush(data_dir: Path) -> Check:
    """How long the disk takes to make a few octets safe: each commit costs that."""
    clock = SystemClock()
    file = data_dir / ".doctor"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        return Check(
            name="disk",
            grade=Grade.FAULT,
            found=f"cannot write to {data_dir}: {error.strerror}",
            fix="run this as the daemon's user or as root",
        )
    try:
        took = []
        for _ in range(5):
            os.write(descriptor, b"\0" * 4096)
            started = clock.monotonic()
            os.fsync(descriptor)
            took.append(clock.monotonic() - started)
    finally:
        os.close(descriptor)
        file.unlink()
    median_s = sorted(took)[len(took) // 2]
    slow = median_s > SLOW_FLUSH_S
    return Check(
        name="disk flush",
        grade=Grade.WARNING if slow else Grade.OK,
        found=f"{median_s * 1000:.1f} ms",
        fix="a faster card or an SSD accepts more messages a second" if slow else "",
    )
