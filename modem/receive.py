"""Receiving: read, keep durably, only then release.

One worker per modem takes direct deliveries, announced slots and listings in turn, so
storages are never worked on twice at once. Relies on `Storage` and the `Door`; what
cannot be decoded goes through the door as well, and then from the SIM.

Spec: 3GPP TS 27.005 3.4; spec/modem.md 9.9 to 9.13, 9.15.
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from gateway.core.clock import Clock
from gateway.core.errors import StoreError
from gateway.core.link import Door, InboundReport, InboundUndecoded
from modem import answers, commands
from modem.answers import StoredPdu
from modem.at import Answer, Final
from modem.channel import Channel, Urgency
from modem.incoming import Line, inbound_item, is_outgoing
from modem.notice import FULL, Notice
from modem.observer import ModemObserver
from modem.storage import Storage
from modem.timing import Timing

_log = logging.getLogger(__name__)

_KEPT_LIMIT = 512
_WAITING_LIMIT = 256  # beyond it a listing finds more than notices would
_MESSAGE_NOTICES = frozenset({"+CMT", "+CDS", "+CMTI", "+CDSI"}) | FULL


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledging:
    """Which direct deliveries the modem expects +CNMA for."""

    messages: bool
    reports: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Direct:
    notice: Notice
    arrived: float


class Receiver:
    """The worker that empties one modem."""

    def __init__(
        self,
        *,
        channel: Channel,
        storage: Storage,
        door: Door,
        where: Line,
        clock: Clock,
        timing: Timing,
        observer: ModemObserver,
        on_doubt: Callable[[], None],
    ) -> None:
        self._channel = channel
        self._storage = storage
        self._door = door
        self._where = where
        self._clock = clock
        self._timing = timing
        self._observer = observer
        self._on_doubt = on_doubt
        self.acknowledging = Acknowledging(messages=False, reports=False)
        self._numbered_thanks = False
        self.sweep_period_s = 60.0
        self._direct: deque[_Direct] = deque(maxlen=_WAITING_LIMIT)
        self._announced: deque[Notice] = deque()
        self._looks: list[float] = []
        self._kept: OrderedDict[tuple[str | None, int | None, str], None]
        self._kept = OrderedDict()
        self._wake = asyncio.Event()

    def take(self, notice: Notice) -> bool:
        """Is the notification about a message? Then it is seen to."""
        if notice.name not in _MESSAGE_NOTICES:
            return False
        if notice.name in FULL or len(self._announced) >= _WAITING_LIMIT:
            self.look_again(0.0)
        elif notice.name in ("+CMT", "+CDS"):
            arrived = self._clock.monotonic()
            self._direct.append(_Direct(notice=notice, arrived=arrived))
        else:
            self._announced.append(notice)
        self._wake.set()
        return True

    def look_again(self, *delays_s: float) -> None:
        """List the storages once more, that many seconds from now."""
        now = self._clock.monotonic()
        self._looks = sorted({*self._looks, *(now + delay for delay in delays_s)})[:8]
        self._wake.set()

    async def work(self) -> NoReturn:
        """Empty the modem for ever."""
        while True:
            try:
                await self._work_once()
            except StoreError as problem:
                _log.warning("what came could not be kept: %s", problem)
                self.look_again(self._timing.store_retry_s)
                await self._clock.sleep(self._timing.store_retry_s)

    async def sweep(self) -> int:
        """Import whatever lies in any storage; how many were taken in."""
        count = 0
        for storage in self._storage.readable:
            for slot in await self._storage.listing(storage):
                count += await self._empty(storage, slot)
        if count:
            self._observer.sweep_imported(self._where.link, count)
        return count

    async def _work_once(self) -> None:
        if self._direct:
            await self._take_direct(self._direct.popleft())
        elif self._announced:
            await self._take_announced(self._announced.popleft())
        elif self._looks and self._looks[0] <= self._clock.monotonic():
            now = self._clock.monotonic()
            self._looks = [due for due in self._looks if due > now]
            await self.sweep()
        else:
            await self._wait()

    async def _wait(self) -> None:
        self._wake.clear()
        if not self._looks:
            self.look_again(self.sweep_period_s)
            self._wake.clear()
        wait_s = max(0.0, self._looks[0] - self._clock.monotonic())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wake.wait()

    async def _take_direct(self, direct: _Direct) -> None:
        notice = direct.notice
        if notice.body is None:
            self._on_doubt()
            return
        item = inbound_item(
            notice.body, notice.length_octets, self._where, self._clock.now()
        )
        if isinstance(item, InboundUndecoded):
            self._observer.undecoded(self._where.link)
        await self._door.accept(item)
        asks = self.acknowledging
        if asks.reports if notice.name == "+CDS" else asks.messages:
            await self._acknowledge(direct.arrived)

    async def _acknowledge(self, arrived: float) -> None:
        """Thank the network while it still waits; later it asks again by itself."""
        elapsed_s = self._clock.monotonic() - arrived
        left_s = max(0.0, self._timing.acknowledge_s - elapsed_s)
        try:
            async with asyncio.timeout(left_s):
                answer = await self._say_thanks()
        except TimeoutError:
            _log.warning("a delivery was acknowledged too late, it will come again")
            self._on_doubt()
            return
        if answer.final is Final.ERROR and not self._numbered_thanks:
            self._numbered_thanks = True
            answer = await self._say_thanks()
        if not answer.ok:
            _log.info("+CNMA was refused: %s", answer.text or answer.final)
            self._on_doubt()

    async def _say_thanks(self) -> Answer:
        return await self._channel.run(
            commands.acknowledge(numbered=self._numbered_thanks),
            urgency=Urgency.ACKNOWLEDGE,
        )

    async def _take_announced(self, notice: Notice) -> None:
        where = answers.slot(notice.head)
        known = where.storage in self._storage.readable
        if where.index is None or where.storage is None or not known:
            self.look_again(0.0, *self._timing.second_looks_s)
            return
        slot = await self._storage.read(where.storage, where.index)
        if slot is None:
            self.look_again(*self._timing.second_looks_s)
            return
        is_report = isinstance(self._item(slot), InboundReport)
        if notice.name == "+CDSI" and not is_report:
            # The index belongs to another storage; a listing finds the report.
            self.look_again(0.0)
            return
        await self._empty(where.storage, slot)

    def _item(self, slot: StoredPdu) -> object:
        return inbound_item(
            slot.text, slot.length_octets, self._where, self._clock.now()
        )

    async def _empty(self, storage: str | None, slot: StoredPdu) -> bool:
        """Keep and release one slot; True when it was new."""
        if slot.index is None or is_outgoing(slot.text):
            return False
        key = (storage, slot.index, slot.text)
        fresh = key not in self._kept
        if fresh:
            item = inbound_item(
                slot.text, slot.length_octets, self._where, self._clock.now()
            )
            if isinstance(item, InboundUndecoded):
                self._observer.undecoded(self._where.link)
            await self._door.accept(item)
            self._kept[key] = None
            while len(self._kept) > _KEPT_LIMIT:
                self._kept.popitem(last=False)
        if await self._storage.release(storage, slot.index, slot.text):
            self._kept.pop(key, None)
        else:
            # Something else lies there by now, or it cannot be deleted yet.
            self.look_again(*self._timing.second_looks_s[-1:])
        return fresh
