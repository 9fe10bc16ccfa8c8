"""A way between two TCP peers that can stop, go slowly, and remember what passed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Proxy:
    """`there` is what clients said and `back` what was answered, per connection."""

    target: tuple[str, int]
    port: int = 0
    octet_by_octet: bool = False
    connections: int = 0
    there: list[bytearray] = field(default_factory=list)
    back: list[bytearray] = field(default_factory=list)
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def stop(self) -> None:
        """Half-open from now on: whatever comes is swallowed, nothing is closed."""
        self._open.clear()

    def go(self) -> None:
        self._open.set()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Proxy"]:
        self.go()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        there, back = bytearray(), bytearray()
        self.there.append(there)
        self.back.append(back)
        writers = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection(*self.target)
            writers.append(far_writer)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(reader, far_writer, there))
                ways.create_task(self._carry(far_reader, writer, back))
        except* (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            for one in writers:
                one.close()
                with suppress(OSError):
                    await one.wait_closed()
            self._tasks.discard(task)

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, log: bytearray
    ) -> None:
        size = 1 if self.octet_by_octet else 65536
        while octets := await source.read(size):
            if not self._open.is_set():
                continue
            log += octets
            sink.write(octets)
            await sink.drain()
            if self.octet_by_octet:
                # Its own segment for each octet: the loop has to see it alone.
                await asyncio.sleep(0)
        raise ConnectionAbortedError("one end has closed")
