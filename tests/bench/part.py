"""One process of the measurement: started with arguments, asked over its stdin.

`converse` is the process's side, `Part` the starter's. A question and its answer are
lines of JSON; a part ends when its standard input closes, so none outlives the run.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

_LINE_OCTETS = 1 << 28
READY_S = 20.0
END_S = 10.0

Answer = Callable[[Mapping[str, Any]], Awaitable[object]]


async def converse(ready: Mapping[str, object], answer: Answer) -> None:
    """Say that we are ready, then answer every question until the input closes."""
    reader = asyncio.StreamReader(limit=_LINE_OCTETS)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    _say(ready)
    while line := await reader.readline():
        _say(await answer(json.loads(line)))


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


class Part:
    """A running process of ours."""

    def __init__(self, process: asyncio.subprocess.Process, ready: Any) -> None:
        self._process = process
        self.ready = ready

    @property
    def pid(self) -> int:
        """Whose CPU is counted."""
        return self._process.pid

    async def ask(self, do: str, **values: object) -> Any:
        """Put a question; its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **values}).encode() + b"\n")
        await self._process.stdin.drain()
        return await _read(self._process)


async def _read(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError(f"a part of the measurement ended: {await process.wait()}")
    return json.loads(line)


@asynccontextmanager
async def part(module: str, arguments: Sequence[str] = ()) -> AsyncIterator[Part]:
    """Run `tests.bench.<module>` while the block lasts."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"tests.bench.{module}", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_OCTETS,
    )
    try:
        async with asyncio.timeout(READY_S):
            ready = await _read(process)
        yield Part(process, ready)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
