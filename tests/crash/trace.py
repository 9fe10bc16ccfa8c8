"""Runs a program under strace and gives what it asked of its disk, in order.

Only files under one folder count, and what was written to standard output, which is
where the program says what it has promised.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALLS = (
    "openat,pwrite64,write,fsync,fdatasync,ftruncate,unlink,unlinkat,"
    "rename,renameat,renameat2"
)
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"\((\d+)<([^>]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A line on standard output: a promise made."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    name: str
    offset: int
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Truncate:
    name: str
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    name: str  # "" is the folder itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlink:
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    name: str
    target: str


Step = Say | Create | Write | Truncate | Sync | Unlink | Rename


def record(command: Sequence[str], folder: Path, log: Path) -> list[Step]:
    """Run `command` to its end; what it did to the files of `folder`."""
    options = ["-f", "-y", "-xx", "-s", "1000000", "-e", f"trace={_CALLS}"]
    subprocess.run(
        ["strace", *options, "-o", str(log), *command],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return list(_Reader(folder).steps(_whole_calls(log.read_text())))


def _whole_calls(text: str) -> Iterator[str]:
    """Calls that another thread's cut in two, joined at the moment of their end.

    What is said counts from its beginning: it may have been heard at once.
    """
    begun: dict[str, str] = {}
    for line in text.splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith(_UNFINISHED):
            call = call.removesuffix(_UNFINISHED)
            if call.startswith("write(1<"):
                yield call + " = 0"
                call = "said("
            begun[thread] = call
        elif (resumed := _RESUMED.match(call)) is not None:
            yield begun.pop(thread) + resumed[1]
        else:
            yield call


class _Reader:
    def __init__(self, folder: Path) -> None:
        self._folder = str(folder.resolve())
        self._known: set[str] = set()

    def steps(self, calls: Iterator[str]) -> Iterator[Step]:
        for call in calls:
            failed = re.search(r" = -1 E", call) is not None
            step = None if failed else self._step(call)
            if step is not None:
                yield step

    def _step(self, call: str) -> Step | None:
        name, _, rest = call.partition("(")
        strings = [_octets(found) for found in _STRING.findall(rest)]
        if name == "write" and rest.startswith("1<"):
            return Say(text=strings[0].decode())
        if name in ("pwrite64", "fsync", "fdatasync", "ftruncate"):
            return self._on_descriptor(name, call, strings)
        paths = [self._inside(string.decode()) for string in strings]
        if not paths or paths[0] is None:
            return None
        if name == "openat" and "O_CREAT" in rest and paths[0] not in self._known:
            self._known.add(paths[0])
            return Create(name=paths[0])
        if name.startswith("unlink"):
            self._known.discard(paths[0])
            return Unlink(name=paths[0])
        if name.startswith("rename") and paths[1] is not None:
            self._known.discard(paths[0])
            self._known.add(paths[1])
            return Rename(name=paths[0], target=paths[1])
        return None

    def _on_descriptor(
        self, name: str, call: str, strings: Sequence[bytes]
    ) -> Step | None:
        found = _DESCRIPTOR.search(call)
        file = None if found is None else self._inside(_plain(found[2]))
        # The shared memory of the log is made anew after a crash.
        if file is None or file.endswith("-shm"):
            return None
        if name == "pwrite64":
            offset = int(call.rpartition(")")[0].rpartition(", ")[2])
            return Write(name=file, offset=offset, octets=strings[0])
        if name == "ftruncate":
            length = int(call.rpartition(")")[0].rpartition(", ")[2])
            return Truncate(name=file, length=length)
        return Sync(name=file)

    def _inside(self, path: str) -> str | None:
        if path == self._folder:
            return ""
        folder, _, name = path.rpartition("/")
        return name if folder == self._folder and not name.endswith("-shm") else None


def _octets(hexadecimal: str) -> bytes:
    return bytes.fromhex(hexadecimal.replace("\\x", ""))


def _plain(path: str) -> str:
    return _octets(path).decode() if path.startswith("\\x") else path
