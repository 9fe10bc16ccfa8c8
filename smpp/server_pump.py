"""Hands one account what it is owed, over all its binds that receive.

Oldest first, at most so many without answer, each until acknowledged: what was under
way on a bind that is lost goes again on another, in its order. What an answer means is
decided here; what is owed and when again is the desk's.

Spec: SMPP 3.4 4.6.2, 5.1.3; spec/smpp.md 67
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import Final, NoReturn, Protocol

from gateway.core.application import (
    Account,
    ApplicationDesk,
    Notice,
    NoticeEnd,
)
from gateway.core.clock import Clock
from gateway.core.errors import StoreError
from smpp import pdu as p
from smpp import status as codes
from smpp.server_config import SmppServerConfig
from smpp.server_notice import Style, deliveries

_log = logging.getLogger(__name__)

_BATCH: Final = 100
_MOST_HELD: Final = 1000  # handed out, and not yet written down as settled
_SLOWER_S: Final = 1.0
_AGAIN_S: Final = 1.0


class Silence(Enum):
    """Why there is no answer to a deliver_sm."""

    TIMED_OUT = auto()  # it may still come
    LOST = auto()  # the connection is gone


Told = Callable[[int | Silence], None]


class Receiver(Protocol):
    """A bind that messages may be sent to."""

    @property
    def room(self) -> int:
        """How many more it may be sent now."""
        ...

    @property
    def takes_tlvs(self) -> bool:
        """Whether it knows optional parameters."""
        ...

    def deliver(self, pdu: p.DeliverSm, told: Told) -> None:
        """Send it; `told` gets the answer's status, or why there is none."""
        ...


@dataclass(slots=True, kw_only=True)
class _Flight:
    """A notice under way."""

    notice: Notice
    segments: int
    left: int  # of them without answer, sent or not
    ends: set[NoticeEnd] = field(default_factory=set)
    is_lost: bool = False


class Pump:
    """One account's; `news` is to be called when a bind comes, goes or has room."""

    def __init__(
        self,
        account: Account,
        desk: ApplicationDesk,
        clock: Clock,
        config: SmppServerConfig,
    ) -> None:
        self.account = account
        self.receivers: list[Receiver] = []
        self._desk = desk
        self._clock = clock
        self._config = config
        self._in_flight = 0
        self._is_behind = False
        self._slower_until = clock.monotonic()
        self._held: set[int] = set()
        self._released: set[int] = set()
        self._ends: list[tuple[Notice, NoticeEnd]] = []
        self._owed = asyncio.Event()
        self._room = asyncio.Event()
        self._ended = asyncio.Event()

    def news(self) -> None:
        """Some bind may have room."""
        self._room.set()

    async def run(self) -> NoReturn:
        """Until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen())
                tasks.create_task(self._hand_out())
                tasks.create_task(self._settle())
        finally:
            if self._ends:
                with contextlib.suppress(StoreError):
                    await self._desk.settle(self._ends)
        raise AssertionError("none of them returns")

    async def _listen(self) -> NoReturn:
        seen = 0
        while True:
            try:
                seen = await self._desk.wait_owed(self.account, seen)
            except StoreError as error:
                await self._try_later(error)
                continue
            self._owed.set()

    async def _hand_out(self) -> NoReturn:
        while True:
            await self._owed.wait()
            self._owed.clear()
            try:
                await self._pass()
            except StoreError as error:
                await self._try_later(error)
                self._owed.set()

    async def _pass(self) -> None:
        """From the oldest on, until something older has to go again."""
        after = 0
        self._is_behind = False
        while True:
            await self._some_room()
            self._released.clear()
            notices = await self._desk.owed(self.account, after, _BATCH)
            for notice in notices:
                after = notice.id
                # What was settled since the reading began is in it all the same.
                if notice.id in self._held or notice.id in self._released:
                    continue
                receiver = await self._some_room()
                if self._is_behind:
                    return
                await self._send(notice, receiver)
            if len(notices) < _BATCH:
                return

    async def _send(self, notice: Notice, receiver: Receiver) -> None:
        style = Style.of(self._config, self.account, takes_tlvs=receiver.takes_tlvs)
        try:
            pdus = deliveries(notice, style)
        except ValueError as error:
            _log.error("smpp server: notice %d cannot be told: %s", notice.id, error)
            self._held.add(notice.id)
            self._finish(notice, NoticeEnd.DROPPED)
            return
        self._held.add(notice.id)
        flight = _Flight(notice=notice, segments=len(pdus), left=len(pdus))
        for number, pdu in enumerate(pdus):
            # All of one message go to one bind, with nothing in between.
            while receiver in self.receivers and not self._has_room(receiver):
                self._room.clear()
                await self._room.wait()
            flight.is_lost |= receiver not in self.receivers
            if flight.is_lost or NoticeEnd.DROPPED in flight.ends:
                flight.left -= len(pdus) - number
                self._landed(flight)
                return
            self._in_flight += 1
            receiver.deliver(pdu, partial(self._told, flight))

    async def _some_room(self) -> Receiver:
        """The bind with the most room; waits while there is none."""
        while True:
            wait_s = self._slower_until - self._clock.monotonic()
            if wait_s > 0:
                await self._clock.sleep(wait_s)
            best = max(self.receivers, key=lambda one: one.room, default=None)
            if best is not None and self._has_room(best):
                return best
            self._room.clear()
            await self._room.wait()

    def _has_room(self, receiver: Receiver) -> bool:
        return (
            receiver.room > 0
            and self._in_flight < self.account.deliver_window
            and len(self._held) < _MOST_HELD
        )

    def _told(self, flight: _Flight, answer: int | Silence) -> None:
        """An answer, or none; one that comes late counts all the same."""
        if flight.left == 0:
            if answer == p.Status.OK and flight.segments == 1:
                self._finish(flight.notice, NoticeEnd.ACKNOWLEDGED)
            return
        self._in_flight -= 1
        flight.left -= 1
        match answer:
            case Silence.LOST:
                flight.is_lost = True
            case Silence.TIMED_OUT:
                flight.ends.add(NoticeEnd.LATER)
            case status:
                flight.ends.add(self._end_of(status))
        self._landed(flight)
        self._room.set()

    def _end_of(self, status: int) -> NoticeEnd:
        """As for what we submit: what would be refused again is given up."""
        match codes.verdict(status):
            case codes.Verdict.ACCEPTED:
                return NoticeEnd.ACKNOWLEDGED
            case codes.Verdict.NEVER:
                return NoticeEnd.DROPPED
            case codes.Verdict.PACE:
                self._slower_until = self._clock.monotonic() + _SLOWER_S
                return NoticeEnd.LATER
            case _:
                return NoticeEnd.LATER

    def _landed(self, flight: _Flight) -> None:
        if flight.left > 0:
            return
        if NoticeEnd.DROPPED in flight.ends:
            self._finish(flight.notice, NoticeEnd.DROPPED)
        elif NoticeEnd.LATER in flight.ends:
            self._finish(flight.notice, NoticeEnd.LATER)
        elif flight.is_lost:
            self._held.discard(flight.notice.id)
            self._is_behind = True
            self._owed.set()
        else:
            self._finish(flight.notice, NoticeEnd.ACKNOWLEDGED)

    def _finish(self, notice: Notice, end: NoticeEnd) -> None:
        self._ends.append((notice, end))
        self._ended.set()

    async def _settle(self) -> NoReturn:
        """Write down what became of them, as many at once as there are."""
        while True:
            await self._ended.wait()
            self._ended.clear()
            ends = self._ends[:]
            try:
                await self._desk.settle(ends)
            except StoreError as error:
                await self._try_later(error)
                self._ended.set()
                continue
            del self._ends[: len(ends)]
            for notice, _ in ends:
                self._held.discard(notice.id)
                self._released.add(notice.id)
            self._room.set()

    async def _try_later(self, error: StoreError) -> None:
        _log.warning("smpp server: %s: notices: %s", self.account.system_id, error)
        await self._clock.sleep(_AGAIN_S)
