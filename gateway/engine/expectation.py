"""References that a carrier has told and that are about to be on disk.

A report about one of them waits that moment: it then finds its segment, where else it
would have to be parked and met again. What is not on disk by the second look after it
was told is expected no more, whatever became of its lane: nobody waits for ever. Keeps
nothing across a restart.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from gateway.core.link import InboundReport, Reference

PATIENCE_S: Final = 0.25  # a lane's write may have to wait for another

_Key = tuple[str, str]
_Waiting = list[asyncio.Future[None]]


class Expectations:
    """Told by the lanes, asked by the way in; one timer for all."""

    def __init__(self, *, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._told: dict[_Key, _Waiting] = {}
        self._overdue: dict[_Key, _Waiting] = {}  # told before the last look
        self._looks = False

    def expect(self, reference: Reference) -> None:
        """It was told, and will be written."""
        self._told.setdefault((reference.line, reference.value), [])
        if not self._looks:
            self._look_later()

    def met(self, reference: Reference) -> None:
        """It is on disk."""
        key = reference.line, reference.value
        for known in (self._told, self._overdue):
            if waiting := known.pop(key, None):
                _wake(waiting)

    async def wait(self, reports: Sequence[InboundReport]) -> None:
        """Until the references of these are on disk, if that is about to be."""
        for report in reports:
            key = report.line, report.reference
            if key in self._told or key in self._overdue:
                await self._written(key)

    def _written(self, key: _Key) -> asyncio.Future[None]:
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        known = self._told if key in self._told else self._overdue
        known[key].append(written)
        return written

    def _look_later(self) -> None:
        self._looks = True
        asyncio.get_running_loop().call_later(self._patience_s, self._look)

    def _look(self) -> None:
        """Give up what was there at the last look, too."""
        overdue, self._overdue, self._told = self._overdue, self._told, {}
        for waiting in overdue.values():
            _wake(waiting)
        self._looks = False
        if self._overdue:
            self._look_later()


def _wake(waiting: _Waiting) -> None:
    for met in waiting:
        if not met.done():
            met.set_result(None)
