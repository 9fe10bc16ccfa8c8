"""Keep-alive connections to listeners: lent for an exchange, taken back, ended in time.

Relies on `web.dial` for new ones. Bounded in connections that wait; how many are in
use is its caller's business.
"""

import asyncio
import ssl
from collections import OrderedDict
from functools import cached_property, partial
from itertools import chain

from yarl import URL

from web.config import IN_FLIGHT_MAX
from web.connection import Connection, Head, NoAnswer
from web.dial import dial
from web.egress import Egress

_IDLE_S = 15.0
_IDLE_OF_ONE = IN_FLIGHT_MAX
_ORIGINS = 64
_LOOK_S = 1.0


class Pool:
    """One exchange at a time on each connection, each within `timeout_s`."""

    def __init__(self, egress: Egress, timeout_s: float) -> None:
        self._egress = egress
        self._timeout_s = timeout_s
        self._idle: OrderedDict[URL, list[Connection]] = OrderedDict()
        self._busy: set[Connection] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def origins(self) -> int:
        """How many origins have a connection that waits."""
        return len(self._idle)

    def close(self) -> None:
        """End every connection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for connection in list(chain(self._busy, *self._idle.values())):
            connection.close()
        self._busy.clear()
        self._idle.clear()

    async def exchange(self, origin: URL, request: bytes) -> Head:
        """Send a request, wait for the head of its answer.

        Raises `TimeoutError`, or `OSError` when there was none. A connection that had
        waited may have been closed meanwhile by the other side, as is its right: then
        the request goes out once more, on a new one.
        """
        started_s = asyncio.get_running_loop().time()
        waiting = self._take(origin)
        if waiting is not None:
            try:
                return await self._use(waiting, request, started_s)
            except NoAnswer as error:
                if error.heard:
                    raise
        async with asyncio.timeout_at(started_s + self._timeout_s):
            made = partial(Connection, partial(self._ended, origin))
            connection = await dial(self._egress, origin, self._tls, made)
        return await self._use(connection, request, started_s)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    async def _use(
        self, connection: Connection, request: bytes, started_s: float
    ) -> Head:
        self._busy.add(connection)
        self._look_later()
        return await connection.exchange(request, until_s=started_s + self._timeout_s)

    def _take(self, origin: URL) -> Connection | None:
        """One that waits, the warmest first."""
        waiting = self._idle.get(origin)
        return waiting.pop() if waiting else None

    def _ended(self, origin: URL, connection: Connection) -> None:
        self._busy.discard(connection)
        waiting = self._idle.get(origin)
        if not connection.is_idle:
            if waiting is not None and connection in waiting:
                waiting.remove(connection)
            return
        if waiting is None:
            waiting = self._idle[origin] = []
            self._bound()
        if len(waiting) < _IDLE_OF_ONE:
            connection.until_s = asyncio.get_running_loop().time() + _IDLE_S
            waiting.append(connection)
        else:
            connection.close()

    def _bound(self) -> None:
        while len(self._idle) > _ORIGINS:
            _, oldest = self._idle.popitem(last=False)
            for connection in oldest:
                connection.close()

    def _look_later(self) -> None:
        if self._timer is None:
            every_s = min(_LOOK_S, self._timeout_s / 4)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(every_s, self._look)

    def _look(self) -> None:
        """One timer for all: one for each exchange would cost more than its parsing."""
        self._timer = None
        now_s = asyncio.get_running_loop().time()
        for connection in list(chain(self._busy, *self._idle.values())):
            if connection.until_s <= now_s:
                connection.give_up()
        for origin in [origin for origin, waiting in self._idle.items() if not waiting]:
            del self._idle[origin]
        if self._busy or self._idle:
            self._look_later()
