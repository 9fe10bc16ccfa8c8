"""SQLite's own locks are switched off, and it works as before."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import asyncio, sqlite3, sys
from pathlib import Path
from gateway.core.clock import SystemClock
from gateway.store.config import StoreConfig
from gateway.store.spare_locks import spare_locks
from gateway.store.store import open_store


async def use(path):
    store = await open_store(StoreConfig(path=path, ballast_octets=0), SystemClock())
    writes = [
        store.write(lambda tx, n=n: tx.facts.put(f"k{n}", str(n))) for n in range(500)
    ]
    await asyncio.gather(*writes)
    reads = [store.read(lambda tx, n=n: tx.facts.get(f"k{n}")) for n in range(500)]
    found = await asyncio.gather(*reads)
    assert found == [str(n) for n in range(500)]
    assert await store.integrity(thorough=True) == []
    await store.close()


assert spare_locks()
asyncio.run(use(Path(sys.argv[1])))
"""


def test_a_store_works_without_them(tmp_path: Path) -> None:
    # In a process of its own: it is for the whole of one, before the first connection.
    command = [sys.executable, "-c", SCRIPT, f"{tmp_path}/store.db"]
    subprocess.run(command, check=True, timeout=60)


def test_where_there_is_no_library_nothing_happens() -> None:
    script = (
        "import importlib.util as u; u.find_spec = lambda name: None;"
        "from gateway.store.spare_locks import spare_locks; assert not spare_locks()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
