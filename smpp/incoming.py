"""The way in of one bind: items to the door, and thanks when they are kept.

Relies on `convert` for what a PDU is. Bounded: when too many wait for the store, the
connection is not read.

Spec: spec/smpp.md 2, 23, 50, 51
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from gateway.core.errors import StoreError
from gateway.core.link import Door, InboundItem
from smpp import pdu as p
from smpp.convert import Origin, alert, inbound, undecoded
from smpp.parts import Parts
from smpp.receipt import is_receipt
from smpp.repeats import Repeats
from smpp.wire import Frame

_log = logging.getLogger(__name__)

MOST_TAKING: Final = 100
ELSEWHERE_S: Final = 0.5
_LONGEST_LOGGED: Final = 512
_THANKS: Final = p.DeliverSmResp(message_id="")
_DATA_THANKS: Final = p.DataSmResp(message_id="")
_NOT_KEPT: Final = p.DeliverSmResp(status=p.Status.TEMPORARY_APP_ERROR, message_id="")
_DATA_NOT_KEPT: Final = p.DataSmResp(status=p.Status.TEMPORARY_APP_ERROR, message_id="")

Answer = Callable[[int, p.Pdu], None]


class Incoming:
    """What is being handed in on one bind; while it `is_full`, no more is read."""

    def __init__(
        self,
        parts: Parts,
        repeats: Repeats,
        *,
        hold: Callable[[], None],
        release: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._hold = hold
        self._release = release
        self._repeats = repeats
        self.is_full = False
        self.taking = 0

    def take(
        self,
        frame: Frame,
        pdu: p.Pdu,
        *,
        door: Door,
        tasks: asyncio.TaskGroup,
        answer: Answer,
    ) -> None:
        """A request of the SMSC; `answer` is called when it is settled."""
        if isinstance(pdu, p.AlertNotification):
            self._parts.observer.reachable(self._parts.link, pdu.source_addr)
            self._begin()
            tasks.create_task(self._tell(alert(pdu, self._from_here(b"")), door))
        elif isinstance(pdu, p.DeliverSm | p.DataSm):
            self._begin()
            tasks.create_task(self._take_in(frame, pdu, door, answer))

    def quarantine(
        self, frame: Frame, reason: str, *, door: Door, tasks: asyncio.TaskGroup
    ) -> None:
        """A message that could not be read, and was answered so."""
        parts = self._parts
        parts.observer.flaw(parts.link, "garbled")
        _log.warning("smpp %s: unreadable PDU: %s", parts.link, reason)
        # The octets may be somebody's words.
        _log.debug("smpp %s: %s", parts.link, frame.octets[:_LONGEST_LOGGED].hex())
        if frame.command in (p.Command.DELIVER_SM, p.Command.DATA_SM):
            self._begin()
            garbled = undecoded(self._from_here(frame.body), reason)
            tasks.create_task(self._tell(garbled, door))

    def connection_ended(self) -> None:
        """What was not thanked for will come again."""
        self._repeats.connection_ended(self._parts.clock.monotonic())

    def _begin(self) -> None:
        self.taking += 1
        if self.taking >= MOST_TAKING:
            self.is_full = True
            self._hold()

    def _done(self) -> None:
        self.taking -= 1
        if self.is_full and self.taking < MOST_TAKING // 2:
            self.is_full = False
            self._release()

    async def _take_in(
        self, frame: Frame, pdu: p.DeliverSm | p.DataSm, door: Door, answer: Answer
    ) -> None:
        parts = self._parts
        is_message = isinstance(pdu, p.DeliverSm)
        response: p.Pdu = _THANKS if is_message else _DATA_THANKS
        try:
            if self._is_report(pdu):
                origin = self._from_here(frame.body)
            else:
                origin = await self._own_origin(frame)
            item = inbound(pdu, origin, parts.config, parts.book)
            await door.accept(item)
        except StoreError as error:
            _log.warning("smpp %s: not kept: %s", parts.link, error)
            response = _NOT_KEPT if is_message else _DATA_NOT_KEPT
        finally:
            self._done()
        self._repeats.answered(frame, parts.clock.monotonic())
        answer(frame.sequence, response)

    async def _tell(self, item: InboundItem, door: Door) -> None:
        """Hand in what the SMSC wants no answer to."""
        try:
            await door.accept(item)
        except StoreError as error:
            _log.warning("smpp %s: not kept: %s", self._parts.link, error)
        finally:
            self._done()

    def _is_report(self, pdu: p.DeliverSm | p.DataSm) -> bool:
        by_content = self._parts.config.receipts_by_content
        return (
            is_receipt(pdu, by_content=by_content)
            or pdu.find(p.Tag.RECEIPTED_MESSAGE_ID) is not None
        )

    async def _own_origin(self, frame: Frame) -> Origin:
        """A receipt says the same however often it comes; a message may be two."""
        clock = self._parts.clock
        if self._repeats.is_elsewhere(frame, clock.monotonic()):
            # The SMSC may have seen the end of that connection before we did.
            await clock.sleep(ELSEWHERE_S)
        stamp = round(clock.now().timestamp() * 1_000_000)
        return self._from_here(self._repeats.raw_of(frame, stamp, clock.monotonic()))

    def _from_here(self, raw: bytes) -> Origin:
        return Origin(
            link=self._parts.link,
            line=self._parts.config.line,
            raw=raw,
            received_at=self._parts.clock.now(),
        )
