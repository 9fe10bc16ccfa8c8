"""References that a carrier has told and that are about to be written.

A report about one of them presses its lane, and waits until the lane's write stands in
the queue: its own comes behind that, and finds the segment, where else it would have to
be parked and met again. What is not written by the second look after it was told is
expected no more, whatever became of its lane: nobody waits for ever. Keeps nothing
across a restart.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.core.link import InboundReport, Reference

PATIENCE_S: Final = 0.25  # a lane's write may have to wait for another

_Key = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class _Expected:
    """A reference that was told, and the reports that wait for it."""

    press: Callable[[], None]
    waiting: list[asyncio.Future[None]] = field(default_factory=list)

    def wake(self) -> None:
        for met in self.waiting:
            if not met.done():
                met.set_result(None)


class Expectations:
    """Told by the lanes, asked by the way in; one timer for all."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._told: dict[_Key, _Expected] = {}
        self._overdue: dict[_Key, _Expected] = {}  # told before the last look
        self._looks = False

    def expect(self, reference: Reference, press: Callable[[], None]) -> None:
        """It was told, and will be written: soon, or at once after `press`."""
        key = reference.line, reference.value
        self._told.setdefault(key, _Expected(press=press))
        if not self._looks:
            self._look_later()

    def met(self, reference: Reference) -> None:
        """It is written before all that is handed to the store from now on."""
        key = reference.line, reference.value
        for known in (self._told, self._overdue):
            if expected := known.pop(key, None):
                expected.wake()

    async def wait(self, reports: Sequence[InboundReport]) -> None:
        """Until the references of these are written, if that is about to be."""
        for report in reports:
            key = report.line, report.reference
            if key in self._told or key in self._overdue:
                await self._written(key)

    def _written(self, key: _Key) -> asyncio.Future[None]:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        known = self._told if key in self._told else self._overdue
        known[key].waiting.append(written)
        known[key].press()
        return written

    def _look_later(self) -> None:
        self._looks = True
        asyncio.get_running_loop().call_later(self._patience_s, self._look)

    def _look(self) -> None:
        """Give up what was there at the last look, too."""
        overdue, self._overdue, self._told = self._overdue, self._told, {}
        for expected in overdue.values():
            expected.wake()
        self._looks = False
        if self._overdue:
            self._look_later()
