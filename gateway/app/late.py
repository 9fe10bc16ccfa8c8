"""Answers that came after their attempt had been given up, on their way to the store.

The driver meets them while it reads and cannot wait; a service keeps them.
"""

import asyncio
import logging
from typing import NoReturn

from gateway.core.errors import SubmitFailure
from gateway.core.ids import AttemptId
from gateway.core.link import Reference
from gateway.engine.intake import Intake

log = logging.getLogger(__name__)

BOUND = 1000


class LateResults:
    """Takes them at once, keeps them one by one."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._waiting: asyncio.Queue[tuple[AttemptId, Reference | SubmitFailure]] = (
            asyncio.Queue(BOUND)
        )

    def take(self, attempt_id: AttemptId, outcome: Reference | SubmitFailure) -> None:
        """Never waits."""
        try:
            self._waiting.put_nowait((attempt_id, outcome))
        except asyncio.QueueFull:
            # A report or a person can still settle what stays unknown.
            log.error("attempt %s was answered late; that is dropped", attempt_id)

    async def run(self) -> NoReturn:
        """Keep them until cancelled."""
        while True:
            attempt_id, outcome = await self._waiting.get()
            await self._intake.late_result(attempt_id, outcome)
