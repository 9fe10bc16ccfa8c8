"""The way in of one bind: items to the door, and thanks when they are kept.

Relies on `convert` for what a PDU is. Bounded: when too many wait for the store, the
connection is not read.

Spec: spec/smpp.md 2, 23, 50, 51
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from gateway.core.errors import StoreError
from gateway.core.link import Door, InboundItem, InboundReport
from smpp import pdu as p
from smpp.convert import Origin, alert, inbound, undecoded
from smpp.exchange import Arrived
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
_Request = tuple[Frame, p.DeliverSm | p.DataSm]


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
        arrived: Sequence[Arrived],
        *,
        door: Door,
        tasks: asyncio.TaskGroup,
        answer: Answer,
    ) -> None:
        """What the SMSC asked in one go; `answer` is called when it is settled."""
        reports: list[_Request] = []
        others: list[_Request] = []
        for one in arrived:
            pdu = one.pdu
            if isinstance(pdu, p.AlertNotification):
                self._parts.observer.reachable(self._parts.link, pdu.source_addr)
                self._begin()
                tasks.create_task(self._tell(alert(pdu, self._from_here(b"")), door))
            elif isinstance(pdu, p.DeliverSm | p.DataSm):
                self._begin()
                in_batch = len(arrived) > 1 and self._is_report(pdu)
                (reports if in_batch else others).append((one.frame, pdu))
        # A telephone has a message before somebody replies to it.
        for at in range(0, len(reports), MOST_TAKING):
            batch = reports[at : at + MOST_TAKING]
            tasks.create_task(self._take_reports(batch, door, answer))
        for frame, pdu in others:
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

    def _done(self, count: int = 1) -> None:
        self.taking -= count
        if self.is_full and self.taking < MOST_TAKING // 2:
            self.is_full = False
            self._release()

    async def _take_in(
        self, frame: Frame, pdu: p.DeliverSm | p.DataSm, door: Door, answer: Answer
    ) -> None:
        parts = self._parts
        error: StoreError | None = None
        try:
            if self._is_report(pdu):
                origin = self._from_here(frame.body)
            else:
                origin = await self._own_origin(frame)
            await door.accept(inbound(pdu, origin, parts.config, parts.book))
        except StoreError as reason:
            _log.warning("smpp %s: not kept: %s", parts.link, reason)
            error = reason
        finally:
            self._done()
        self._repeats.answered(frame, parts.clock.monotonic())
        answer(frame.sequence, _response(pdu, error))

    async def _take_reports(
        self, batch: Sequence[_Request], door: Door, answer: Answer
    ) -> None:
        """In one write, then all the thanks."""
        parts = self._parts
        errors: list[StoreError | None] = []
        reports: list[InboundReport] = []
        others: dict[int, InboundItem] = {}  # what looked like a report, by its place
        try:
            for place, (frame, pdu) in enumerate(batch):
                origin = self._from_here(frame.body)
                item = inbound(pdu, origin, parts.config, parts.book)
                if isinstance(item, InboundReport):
                    reports.append(item)
                else:
                    others[place] = item
            if reports:
                errors += await self._hand_in_all(reports, door)
            for place, other in others.items():
                errors.insert(place, await self._hand_in(other, door))
        finally:
            self._done(len(batch))
        for (frame, pdu), error in zip(batch, errors, strict=True):
            answer(frame.sequence, _response(pdu, error))

    async def _tell(self, item: InboundItem, door: Door) -> None:
        """Hand in what the SMSC wants no answer to."""
        try:
            await self._hand_in(item, door)
        finally:
            self._done()

    async def _hand_in(self, item: InboundItem, door: Door) -> StoreError | None:
        """Why it was not kept, if it was not."""
        try:
            await door.accept(item)
        except StoreError as error:
            _log.warning("smpp %s: not kept: %s", self._parts.link, error)
            return error
        return None

    async def _hand_in_all(
        self, reports: Sequence[InboundReport], door: Door
    ) -> Sequence[StoreError | None]:
        errors = await door.accept_all(reports)
        refused = [error for error in errors if error is not None]
        if refused:
            _log.warning(
                "smpp %s: %d of %d reports not kept: %s",
                self._parts.link,
                len(refused),
                len(errors),
                refused[0],
            )
        return errors

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


def _response(pdu: p.DeliverSm | p.DataSm, error: StoreError | None) -> p.Pdu:
    if isinstance(pdu, p.DeliverSm):
        return _THANKS if error is None else _NOT_KEPT
    return _DATA_THANKS if error is None else _DATA_NOT_KEPT
