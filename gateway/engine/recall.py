"""Asking a carrier about what it has accepted: to drop it, or what became of it.

A message is taken back where each of its segments that has left is, by the carrier's
own word. Late ones are asked about once, when their report did not come in time; the
answer goes through the door like any report. What has no reference cannot be asked for.

Spec: SMPP 3.4 4.8, 4.9; spec/smpp.md 30, 57
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, NoReturn

from gateway.codec.address import Address
from gateway.core.clock import Clock
from gateway.core.errors import (
    Conflict,
    PermanentFailure,
    StoreError,
    SubmitFailure,
)
from gateway.core.ids import LinkId, MessageId
from gateway.core.link import Door, RecallLink, SentSegment
from gateway.core.message import (
    AttemptState,
    Direction,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.decision import CANCELLED
from gateway.engine.transition import settle

logger = logging.getLogger(__name__)

INQUIRE_EVERY_S: Final = 60.0
FIRST_LOOK_BACK: Final = timedelta(days=1)
_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _WithCarrier:
    """A message that a carrier has, and what to call its segments there."""

    message: Message
    sent: tuple[SentSegment, ...]


async def take_back(
    store: Store, links: LinkBoard, message_id: MessageId, now: datetime
) -> Message | None:
    """Have the carrier drop a sent message; None where there is nothing to ask for.

    `Conflict` when the carrier does not.
    """
    found = await store.read(lambda tx: _with_carrier(tx, message_id))
    if found is None or found.message.link is None:
        return None
    link = links.get(found.message.link) if links.knows(found.message.link) else None
    if not isinstance(link, RecallLink) or not link.recalls:
        return None
    for sent in found.sent:
        try:
            await link.recall(sent)
        except SubmitFailure as error:
            said = error.carrier_code or error.reason
            raise Conflict("too_late", f"the carrier keeps it: {said}") from error
    return await store.write(lambda tx: _cancelled(tx, message_id, now))


class Inquiry:
    """Asks once about each message whose report did not come in time."""

    def __init__(self, store: Store, clock: Clock, board: LinkBoard) -> None:
        self._store = store
        self._clock = clock
        self._board = board

    @property
    def is_wanted(self) -> bool:
        """Whether any link asks."""
        return bool(self._asking())

    def _asking(self) -> list[LinkId]:
        links = [self._board.get(status.link) for status in self._board.statuses()]
        return [
            link.id
            for link in links
            if isinstance(link, RecallLink) and link.inquire_after is not None
        ]

    async def run(self, door: Door) -> NoReturn:
        """Ask until cancelled."""
        while True:
            for link_id in self._asking():
                try:
                    await self.once(link_id, door)
                except StoreError as error:
                    logger.warning("link %s: inquiry put off: %s", link_id, error)
            await self._clock.sleep(INQUIRE_EVERY_S)

    async def once(self, link_id: LinkId, door: Door) -> None:
        """Ask one carrier about what has become late since the last time."""
        link = self._board.get(link_id)
        if not isinstance(link, RecallLink) or link.inquire_after is None:
            return
        if not self._board.available(link_id):
            return
        key = f"inquired:{link_id}"
        until = self._clock.now() - link.inquire_after
        told = await self._store.read(lambda tx: tx.facts.get(key))
        since = datetime.fromisoformat(told) if told else until - FIRST_LOOK_BACK
        if since < until and await self._ask(link, link_id, door, (since, until)):
            done = until.isoformat()
            await self._store.write(lambda tx: tx.facts.put(key, done))

    async def _ask(
        self,
        link: RecallLink,
        link_id: LinkId,
        door: Door,
        between: tuple[datetime, datetime],
    ) -> bool:
        """Whether all that there was to ask was asked."""
        since, until = between
        which = MessageFilter(
            direction=Direction.MT,
            states=frozenset({MessageState.SENT}),
            link=link_id,
            since=since,
            until=until,
        )
        before: str | None = None
        while True:
            page = Page(limit=_PAGE, before=before)
            found = await self._store.read(partial(_late, which=which, page=page))
            for one in found:
                for sent in one.sent:
                    try:
                        report = await link.inquire(sent)
                    except PermanentFailure as error:
                        logger.info("link %s: no news: %s", link_id, error)
                    except SubmitFailure:
                        return False
                    else:
                        await door.accept(report)
            if len(found) < _PAGE:
                return True
            before = found[-1].message.id


def _late(tx: Tx, *, which: MessageFilter, page: Page) -> list[_WithCarrier]:
    found = []
    for message in tx.outbox.listing(which, page):
        sent = tuple(_sent(tx, message, _open(tx, message.id)))
        wanted = sent if message.status_report else ()
        found.append(_WithCarrier(message=message, sent=wanted))
    return found


def _with_carrier(tx: Tx, message_id: MessageId) -> _WithCarrier | None:
    """None unless all that has left of it can be asked for."""
    message = tx.outbox.get(message_id)
    if message is None or message.state is not MessageState.SENT:
        return None
    segments = _open(tx, message_id)
    sent = tuple(_sent(tx, message, segments))
    if not sent or len(sent) != len(tx.outbox.segments(message_id)):
        return None
    return _WithCarrier(message=message, sent=sent)


def _open(tx: Tx, message_id: MessageId) -> list[Segment]:
    return [
        segment
        for segment in tx.outbox.segments(message_id)
        if segment.state is SegmentState.SENT
    ]


def _sent(
    tx: Tx, message: Message, segments: Sequence[Segment]
) -> Iterator[SentSegment]:
    spelled = {
        attempt.segment_id: attempt.reference
        for attempt in tx.outbox.attempts(message.id)
        if attempt.state is AttemptState.ACCEPTED
    }
    for segment in segments:
        name = spelled.get(segment.id)
        if name is not None and segment.reference is not None:
            yield SentSegment(
                spelled=name,
                reference=segment.reference,
                sender=Address.parse(message.own) if message.own else None,
                destination=Address.parse(message.peer),
                carrier=message.carrier,
            )


def _cancelled(tx: Tx, message_id: MessageId, now: datetime) -> Message:
    message = tx.outbox.get(message_id)
    if message is None:
        raise AssertionError(f"message {message_id} went away")
    for segment in _open(tx, message_id):
        tx.outbox.save_segment(
            replace(segment, state=SegmentState.CANCELLED, error=CANCELLED)
        )
    return settle(tx, message, now)
