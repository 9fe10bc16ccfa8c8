"""Running a part of ourselves so that a wish to end is never mistaken for its error."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def contained(work: Coroutine[Any, Any, None]) -> None:
    """Await `work` in a task of its own; raises what it raises.

    A `TaskGroup` that is cancelled in the moment its child fails raises the child's
    error only (CPython before 3.13), and who handles that error would live on. Here
    the cancellation reaches the caller, after `work` was cancelled and has ended.
    """
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.exception()  # the cancellation is what the caller hears of
    task.result()
