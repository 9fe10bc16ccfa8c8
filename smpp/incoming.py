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
from gateway.core.link import Door
from smpp import pdu as p
from smpp.convert import Origin, inbound, undecoded
from smpp.parts import Parts
from smpp.receipt import is_receipt
from smpp.repeats import Repeats
from smpp.wire import Frame

_log = logging.getLogger(__name__)

MOST_TAKING: Final = 100
_LONGEST_LOGGED: Final = 512

Answer = Callable[[int, p.Pdu], None]


class Incoming:
    """What is being handed in on one bind."""

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
            tasks.create_task(self._keep_garbled(frame, reason, door))

    def connection_ended(self) -> None:
        """What was not thanked for will come again."""
        self._repeats.connection_ended(self._parts.clock.monotonic())

    def _begin(self) -> None:
        self.taking += 1
        if self.taking >= MOST_TAKING:
            self._hold()

    def _done(self) -> None:
        self.taking -= 1
        if self.taking < MOST_TAKING // 2:
            self._release()

    async def _take_in(
        self, frame: Frame, pdu: p.DeliverSm | p.DataSm, door: Door, answer: Answer
    ) -> None:
        parts, status = self._parts, p.Status.OK
        try:
            item = inbound(pdu, self._origin(frame, pdu), parts.config, parts.book)
            await door.accept(item)
        except StoreError as error:
            _log.warning("smpp %s: not kept: %s", parts.link, error)
            status = p.Status.TEMPORARY_APP_ERROR
        finally:
            self._done()
        self._repeats.answered(frame, parts.clock.monotonic())
        response = p.DeliverSmResp if isinstance(pdu, p.DeliverSm) else p.DataSmResp
        answer(frame.sequence, response(status=status, message_id=""))

    async def _keep_garbled(self, frame: Frame, reason: str, door: Door) -> None:
        try:
            await door.accept(undecoded(self._from_here(frame.body), reason))
        except StoreError as error:
            _log.warning("smpp %s: not kept: %s", self._parts.link, error)
        finally:
            self._done()

    def _origin(self, frame: Frame, pdu: p.DeliverSm | p.DataSm) -> Origin:
        """A receipt says the same however often it comes; a message may be two."""
        config, now = self._parts.config, self._parts.clock.now()
        named = pdu.find(p.Tag.RECEIPTED_MESSAGE_ID) is not None
        if named or is_receipt(pdu, by_content=config.receipts_by_content):
            return self._from_here(frame.body)
        stamp = round(now.timestamp() * 1_000_000).to_bytes(8)
        monotonic = self._parts.clock.monotonic()
        return self._from_here(self._repeats.raw_of(frame, stamp, monotonic))

    def _from_here(self, raw: bytes) -> Origin:
        return Origin(
            link=self._parts.link,
            line=self._parts.config.line,
            raw=raw,
            received_at=self._parts.clock.now(),
        )
