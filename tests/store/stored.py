"""Messages and their like, made from few words, for tests of the store."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import cut_text
from gateway.core.contact import Contact, Thread
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import (
    AttemptId,
    ContactId,
    LaneId,
    LinkId,
    MessageId,
    SegmentId,
    ThreadId,
)
from gateway.core.message import (
    Attempt,
    AttemptState,
    Direction,
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.store import Tx
from tests.support.clock import START
from tests.support.ids import SeededIds

LANE = LaneId("lane")


@dataclass(kw_only=True)
class Maker:
    """Makes things with growing identities, and keeps them with their contacts."""

    ids: SeededIds = field(default_factory=SeededIds)
    now: datetime = START

    def contact(self, address: str) -> Contact:
        contact_id = ContactId(f"con_{address}")
        return Contact(id=contact_id, address=address, created_at=self.now)

    def thread(self, address: str) -> Thread:
        return Thread(
            id=ThreadId(f"thr_{address}"),
            contact_id=ContactId(f"con_{address}"),
            own="",
            created_at=self.now,
            updated_at=self.now,
        )

    def message(self, *, peer: str = "+79160000001", **other: Any) -> Message:
        mt = Message(
            id=MessageId(self.ids.new("msg")),
            direction=Direction.MT,
            state=MessageState.QUEUED,
            contact_id=ContactId(f"con_{peer}"),
            thread_id=ThreadId(f"thr_{peer}"),
            peer=peer,
            own="",
            text="Привет 👋",
            octets=None,
            alphabet=Alphabet.UCS2,
            segments=1,
            created_at=self.now,
            updated_at=self.now,
            lane=LANE,
            expires_at=self.now + timedelta(days=2),
        )
        return replace(mt, **other)

    def segments(self, message: Message, **other: Any) -> list[Segment]:
        bodies = cut_text(message.text or "", reference=7)
        return [
            replace(
                Segment(
                    id=SegmentId(self.ids.new("seg")),
                    message_id=message.id,
                    number=number,
                    total=len(bodies),
                    state=SegmentState.QUEUED,
                    body=body,
                ),
                **other,
            )
            for number, body in enumerate(bodies, 1)
        ]

    def attempt(self, segment: Segment, **other: Any) -> Attempt:
        attempt = Attempt(
            id=AttemptId(self.ids.new("att")),
            segment_id=segment.id,
            message_id=segment.message_id,
            link=LinkId("sim1"),
            line="line1",
            state=AttemptState.SUBMITTING,
            started_at=self.now,
        )
        return replace(attempt, **other)

    def event(self, text: str = "x") -> NewEvent:
        return NewEvent(type=EventType.MESSAGE_QUEUED, at=self.now, data={"text": text})

    def kept(
        self, message: Message, segments: list[Segment] | None = None
    ) -> Callable[[Tx], None]:
        """A write that keeps it."""
        return lambda tx: self.keep(tx, message, segments)

    def keep(
        self, tx: Tx, message: Message, segments: list[Segment] | None = None
    ) -> None:
        """Insert with the contact and the thread that it needs."""
        if tx.contacts.by_address(message.peer) is None:
            tx.contacts.insert(self.contact(message.peer))
            tx.contacts.insert_thread(self.thread(message.peer))
        kept = self.segments(message) if segments is None else segments
        tx.outbox.insert_all([(message, kept)])
