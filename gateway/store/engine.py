"""The seam below the repositories: all that may differ between databases.

SQL is written once in a common subset (`sql/`, `migrations/`) and reaches a database
only through a `Session`. Architecture: chapter 1.11.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, Protocol, TypeVar

from gateway.core.errors import StoreBroken
from gateway.core.event import Appended
from gateway.store.held import Held

A = TypeVar("A")
T = TypeVar("T")
Value = str | int | bytes | None


class StoreCorrupt(StoreBroken):
    """The file's content is damaged: set it aside and restore a backup."""


class StoreTooNew(StoreBroken):
    """A newer version made this file, and says that this one cannot work on it."""


class Row(Protocol):
    """One row of an answer, by column name; only `rows` looks inside."""

    def __getitem__(self, column: str, /) -> Any: ...


class Session(Protocol):
    """Named statements inside one transaction; raises the `StoreError` tree."""

    def all(self, name: str, /, **values: Value) -> list[Row]:
        """Every row."""
        ...

    def among(self, name: str, listed: Sequence[str], /, **values: Value) -> list[Row]:
        """As `all`, with `{listed}` in the statement standing for `listed`."""
        ...

    def one(self, name: str, /, **values: Value) -> Row | None:
        """The first row."""
        ...

    def only(self, name: str, /, **values: Value) -> Row:
        """The one row that this statement always gives."""
        ...

    def run(self, name: str, /, **values: Value) -> int:
        """How many rows were touched."""
        ...

    def many(self, name: str, rows: Sequence[Mapping[str, Value]], /) -> int:
        """One statement for each; how many rows were touched in all."""
        ...

    @property
    def held(self) -> Held:
        """Messages on their way that need not be read."""
        ...

    def announce(self, appended: Sequence[Appended]) -> None:
        """Tell listeners of these events when, and only if, they are committed."""
        ...

    def scrub(self) -> None:
        """Have what was deleted leave the log beside the file, too, before long."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineStatus:
    """Figures for metrics; counters since opening."""

    writes: int
    commits: int
    waiting: int  # writes in the queue
    last_commit_s: float
    log_octets: int  # write-ahead log on disk
    free_octets: int  # left on the file system
    low_space: bool  # refuse new outbound, keep receiving
    settings: Mapping[str, str]  # of the database, as it reports them


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """`core.store.Companion`, over a session."""

    write: Callable[[Session, Sequence[Appended]], Any]
    told: Callable[[Any], None]
    fell: Callable[[Exception], None]


class Engine(Protocol):
    """One database, open for one writing process."""

    async def write(self, fn: Callable[[Session], T], /) -> T:
        """Run in a write transaction; returns after commit; `fn` may run twice."""
        ...

    async def write_among(
        self,
        fn: Callable[[Session, Sequence[A]], Sequence[T | Exception]],
        item: A,
        /,
        told: Callable[[T | None], None] | None,
    ) -> T:
        """As `write`, in one go with all who wait with an equal `fn`.

        `told` is called once, in the loop, whatever becomes of it.
        """
        ...

    async def read(self, fn: Callable[[Session], T], /) -> T:
        """Run in a read snapshot that refuses to write."""
        ...

    def listen(self, heard: Callable[[Mapping[str, int]], None], /) -> None:
        """Call `heard` in the loop with the last announcement of each kind."""
        ...

    def accompany(self, beside: Beside | None, /) -> None:
        """At the end of each write that appends events."""
        ...

    async def backup(self, target: Path, /) -> None:
        """A verified copy, there whole or not at all."""
        ...

    async def integrity(self, *, thorough: bool) -> list[str]:
        """What is wrong with the data; empty when nothing is."""
        ...

    def status(self) -> EngineStatus: ...

    def low_space(self) -> bool:
        """Refuse new outbound, keep receiving; cheap to ask."""
        ...

    async def watch(self) -> NoReturn:
        """Raises `StoreBroken` once the database can no longer be trusted."""
        ...

    async def close(self) -> None:
        """Finish what waits, then let go of the file."""
        ...
