"""After a crash: what was kept last and perhaps not thanked for may come again.

Relies on the link's memory to know whether it ended well, and on whoever kept the
messages to tell them. What the thanks are lost of in a broken connection alone is for
`repeats`.

Spec: spec/smpp.md 70
"""

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from gateway.core.errors import StoreError
from gateway.core.link import Memory, RecentOctets
from smpp.parts import Parts

_RUNNING: Final = "running"
_ENDED: Final = "ended"


@asynccontextmanager
async def mindful_of_crashes(
    parts: Parts, memory: Memory, recent: RecentOctets
) -> AsyncIterator[None]:
    """Around the life of a link."""
    key = f"{parts.config.line}:life"
    if await memory.recall(key) == _RUNNING:
        kept = await recent(parts.config.line)
        parts.doubts.add_after_crash(kept, parts.clock.monotonic())
    await memory.remember(key, _RUNNING)
    try:
        yield
    finally:
        # If that is not written, the next life doubts a little more than it needs.
        with contextlib.suppress(StoreError):
            await memory.remember(key, _ENDED)
