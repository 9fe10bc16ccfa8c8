"""A store for a test, quickly: the schema is made once, and copied.

What the schema's steps do is for the tests of `migrate`; every other test begins with
their result.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.core.clock import Clock
from gateway.store.config import StoreConfig
from gateway.store.sqlite import open_writer
from gateway.store.store import SqlStore, open_store


async def open_quickly(config: StoreConfig, clock: Clock) -> SqlStore:
    """As `open_store`; a file that is there is opened as it is."""
    lay_schema(config)
    return await open_store(config, clock)


def lay_schema(config: StoreConfig) -> None:
    """A database with nothing in it, where there is none."""
    if not config.path.exists():
        config.path.touch(mode=0o600)
        config.path.write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        open_writer(StoreConfig(path=path, ballast_octets=0)).close()
        return path.read_bytes()
