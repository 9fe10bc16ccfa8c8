"""Frames of agents' streams: made once from the log, and handed to every page.

Whoever comes first when something was committed makes the frames; the others wait for
these. The latest stretches are kept, so that a page which is a moment behind costs no
reading; one that is far behind reads for itself. Spec: WHATWG HTML 9.2
"""

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import Final

import msgspec

from gateway.core.clock import Clock
from gateway.core.store import Store
from gateway.engine.inbox_news import Told, read_stretch

KEPT: Final = 64  # stretches
PACE_S: Final = 0.02  # between two readings of the log: under load they grow instead


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Frames with their places, of what stands in the log in (after, until]."""

    after: int
    until: int
    frames: tuple[tuple[int, bytes], ...]

    def behind(self, seq: int) -> bytes:
        """The frames a page has to be sent that has seen all up to `seq`."""
        return b"".join(octets for at, octets in self.frames if at > seq)


class FrameMaker:
    """Makes frames for all streams."""

    def __init__(self, store: Store, clock: Clock, *, kept: int = KEPT) -> None:
        self._store = store
        self._clock = clock
        self._turn = asyncio.Lock()
        self._kept: deque[Stretch] = deque(maxlen=kept)
        self._read_at = float("-inf")

    async def after(self, seq: int) -> Stretch:
        """A stretch with what stands next behind `seq`; empty at the end of the log."""
        async with self._turn:
            first = self._kept[0].after if self._kept else seq
            last = self._kept[-1].until if self._kept else seq
            if first <= seq < last:
                return next(one for one in self._kept if seq < one.until)
            if seq < first:
                return await self._read(seq)
            if seq > last:
                self._kept.clear()
            await self._keep_pace()
            made = await self._read(seq)
            if made.until > seq:
                self._kept.append(made)
            return made

    async def _keep_pace(self) -> None:
        wait_s = self._read_at + PACE_S - self._clock.monotonic()
        if wait_s > 0:
            await self._clock.sleep(wait_s)
        self._read_at = self._clock.monotonic()

    async def _read(self, seq: int) -> Stretch:
        read = await self._store.read(lambda tx: read_stretch(tx, seq))
        frames = tuple((one.seq, frame(one)) for one in read.told)
        return Stretch(after=seq, until=read.until, frames=frames)


def frame(told: Told) -> bytes:
    """One from the log, with its place if it has one."""
    if not told.has_place:
        return passing(told.subject.value, told.content)
    name = told.subject.value.encode()
    data = msgspec.json.encode(told.content)
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (told.seq, name, data)


def passing(name: str, data: object) -> bytes:
    """One that is in no log."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))
