"""SQLite without the locks that nobody needs here.

By default SQLite locks every call, so that threads may share a connection, and every
piece of memory, so that it can be counted. No connection of ours is used by two threads
at once, and nobody asks for the count. Python offers no way to say so, the library does
where it is a library. Decision: docs/decisions/0017-sqlite-without-spare-locks.md
"""

import ctypes
from importlib.util import find_spec
from typing import Final

_OK: Final = 0
_MULTITHREAD: Final = 2  # SQLITE_CONFIG_MULTITHREAD
_COUNT_MEMORY: Final = 9  # SQLITE_CONFIG_MEMSTATUS


def spare_locks() -> bool:
    """For this process, before its first connection; False where it is not possible."""
    try:
        library = ctypes.CDLL(_origin())
        # Importing sqlite3 has started it: what is started takes no settings.
        library.sqlite3_shutdown()
        told = (
            library.sqlite3_config(_MULTITHREAD),
            library.sqlite3_config(_COUNT_MEMORY, 0),
        )
        return library.sqlite3_initialize() == _OK and set(told) == {_OK}
    except (OSError, AttributeError):
        return False


def _origin() -> str:
    """The module that is linked to the very library Python uses."""
    spec = find_spec("_sqlite3")
    if spec is None or spec.origin is None:
        raise OSError("Python has no SQLite as a library")
    return spec.origin
