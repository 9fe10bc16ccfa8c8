"""The key of the command line: a file in the data directory, for its owner alone.

Made at the first start and kept while it is good, so that a verb works on the machine
without a login, and from nowhere else.
"""

from pathlib import Path

from gateway.core.account import Role
from gateway.engine.auth import Tokens
from gateway.store.disk import create_private, put_in_place

NAME = "cli.token"
SOURCES = ("127.0.0.0/8", "::1/128")


async def keep_local_key(tokens: Tokens, data_dir: Path) -> None:
    """Afterwards the file holds a key that opens everything, to this machine."""
    file = data_dir / NAME
    if file.exists():
        known = file.read_text(encoding="ascii", errors="replace").strip()
        if await tokens.check(known, "127.0.0.1") is not None:
            return
    _, plaintext = await tokens.create(NAME, frozenset({Role.ADMIN}), sources=SOURCES)
    fresh = file.with_name(file.name + ".new")
    create_private(fresh)
    fresh.write_text(plaintext + "\n", encoding="ascii")
    put_in_place(fresh, file)
