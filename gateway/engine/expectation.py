"""References that a carrier has told and that are about to be on disk.

A report about one of them waits that moment: it then finds its segment, where else it
would have to be parked and met again. Keeps nothing across a restart.
"""

import asyncio
import contextlib
from typing import Final

from gateway.core.link import InboundReport, Reference

PATIENCE_S: Final = 1.0


class Expectations:
    """Told by the lanes, asked by the way in."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], asyncio.Event] = {}

    def expect(self, reference: Reference) -> None:
        """It was told, and will be written."""
        self._told[reference.line, reference.value] = asyncio.Event()

    def met(self, reference: Reference) -> None:
        """It is on disk."""
        event = self._told.pop((reference.line, reference.value), None)
        if event is not None:
            event.set()

    async def wait(self, report: InboundReport) -> None:
        """Until the reference of a report is on disk, if that is about to be."""
        event = self._told.get((report.line, report.reference))
        if event is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE_S):
                    await event.wait()
