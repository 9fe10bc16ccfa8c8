"""What a link shows of its own work: window, rate, the form of ids, the last error.

Told at most once a second, however busy the link is, and not at all when it is idle.

Spec: spec/smpp.md 29, 48, 79
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, NoReturn

from gateway.core.board import StatusBoard
from gateway.core.clock import Clock

_TELL_EVERY_S: Final = 1.0


class Figures:
    """Reads the figures when they may have changed, and writes them on the board."""

    def __init__(
        self, board: StatusBoard, clock: Clock, read: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._board = board
        self._clock = clock
        self._read = read
        self._stirred = asyncio.Event()
        self._error: str | None = None
        self._error_at: datetime | None = None

    def stir(self) -> None:
        """Something happened that may be worth telling."""
        self._stirred.set()

    def failed(self, words: str) -> None:
        """A refusal or a loss, in the carrier's words."""
        self._error, self._error_at = words, self._clock.now()
        self._stirred.set()

    async def run(self) -> NoReturn:
        """Tell what changed, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            self.tell()
            await self._clock.sleep(_TELL_EVERY_S)

    def tell(self) -> None:
        """Tell it now."""
        self._board.learn(
            **self._read(), last_error=self._error, last_error_at=self._error_at
        )
