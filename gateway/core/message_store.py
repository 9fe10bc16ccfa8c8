"""The seam for messages: outbox, inbox, and what they are asked by and answer with.

Protocols and values only; part of the seam that `store` describes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.codec.value import value
from gateway.core.ids import AttemptId, LaneId, LinkId, MessageId, SegmentId, ThreadId
from gateway.core.link import InboundReport, InboundUndecoded
from gateway.core.message import Attempt, Direction, Message, MessageState, Segment


@value(frozen=True, slots=True, kw_only=True)
class Page:
    """A cut of a listing: newest first, `before` is the last id of the page before."""

    limit: int = 50
    before: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """Which messages a listing shows; None means any."""

    direction: Direction | None = None
    states: frozenset[MessageState] | None = None
    peer: str | None = None
    thread_id: ThreadId | None = None
    link: LinkId | None = None
    reference: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@value(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits in one lane."""

    lane: LaneId
    state: MessageState
    count: int
    oldest_at: datetime


# A lane and whom a message in it prefers; None: any link of the lane.
Place = tuple[LaneId, LinkId | None]


@value(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that a link took, with what is needed to send it."""

    message: Message
    segments: tuple[Segment, ...]
    opted_out: bool  # its recipient did, since it was queued


class Outbox(Protocol):
    """MT messages, segments, attempts."""

    def insert_all(
        self, messages: Sequence[tuple[Message, Sequence[Segment]]]
    ) -> None: ...

    def save_message(self, message: Message) -> None:
        """Rewrite every column that can change."""
        ...

    def move(self, before: MessageState, message: Message) -> bool:
        """Write what a change of state changes: state, error, times, readiness.

        False, and nothing is written, when it is not in state `before`.
        """
        ...

    def save_segment(self, segment: Segment) -> None: ...

    def begin(self, begun: Sequence[tuple[Segment, Attempt]]) -> None:
        """Insert attempts and mark their segments as sending by their links."""
        ...

    def replace_segments(
        self, message_id: MessageId, segments: Sequence[Segment]
    ) -> None:
        """Put these in the place of the segments there are."""
        ...

    def accept_all(
        self, ends: Sequence[tuple[Attempt, str, Segment]], at: datetime
    ) -> None:
        """Write that the carrier took segments: attempts, its words for them, segments.

        The segments are as they are now. `StoreConflict` when an attempt had its
        result already.
        """
        ...

    def save_segments(self, segments: Sequence[Segment]) -> None: ...

    def move_all(self, moves: Sequence[tuple[MessageState, Message]]) -> None:
        """`move` for several; `StoreConflict` when one was not in its state."""
        ...

    def messages(self, message_ids: Sequence[MessageId]) -> list[Message]:
        """Those that there are, in any order."""
        ...

    def by_references(self, line: str, references: Sequence[str]) -> list[Segment]:
        """All segments the carrier called so on that line, in any order."""
        ...

    def insert_attempts(self, attempts: Sequence[Attempt]) -> None: ...

    def save_attempt(self, attempt: Attempt) -> None: ...

    def get(self, message_id: MessageId) -> Message | None:
        """Any direction."""
        ...

    def segments(self, message_id: MessageId) -> list[Segment]:
        """By number; any direction."""
        ...

    def segment(self, segment_id: SegmentId) -> Segment | None: ...

    def attempts(self, message_id: MessageId) -> list[Attempt]:
        """Oldest first."""
        ...

    def attempt(self, attempt_id: AttemptId) -> Attempt | None: ...

    def listing(self, which: MessageFilter, page: Page) -> list[Message]: ...

    def claim(
        self,
        *,
        link: LinkId,
        places: Sequence[Place],
        deferred_first: bool,
        limit: int,
        now: datetime,
    ) -> list[Claimed]:
        """Take the next ready messages this link may send, and mark them sending.

        A message is takeable when its lane with its preferred link is one of `places`,
        and no other message to its peer is being sent.
        Order: priority, then age; `deferred_first` begins with those that failed
        before (tries > 0), as fresh and deferred work alternate. Sets state and link.
        """
        ...

    def served(self, peers: Sequence[str]) -> list[str]:
        """To which of these addresses a message is being sent."""
        ...

    def is_waited_at(self, places: Sequence[Place]) -> bool:
        """Whether any of these places has a message that may be sent now."""
        ...

    def wake_due(self, now: datetime, limit: int) -> list[Message]:
        """Mark ready what has become due, scheduled ones as queued, and return it."""
        ...

    def next_due(self) -> datetime | None:
        """When the earliest waiting message becomes due."""
        ...

    def expired(self, now: datetime, limit: int) -> list[Message]:
        """Scheduled or queued messages whose `expires_at` has passed."""
        ...

    def in_flight(self) -> list[Message]:
        """Messages in state sending, whoever claimed them."""
        ...

    def by_reference(self, line: str, reference: str, limit: int) -> list[Segment]:
        """The newest segments the carrier called so on that line, newest first."""
        ...

    def unreferenced(self, line: str, tail: str) -> list[Attempt]:
        """Attempts submitting or unknown with no reference on that line.

        Only those to an address whose `tail_of` is `tail`.
        """
        ...

    def backlog(self) -> list[Backlog]: ...

    def places(self) -> set[Place]:
        """Every place in which something waits."""
        ...

    def waiting_at(
        self, place: Place, *, after: MessageId | None, limit: int
    ) -> list[Message]:
        """What waits in one place, by id, behind the message `after`."""
        ...


@value(frozen=True, slots=True, kw_only=True)
class Group:
    """The segments of one MO message that is (or was) incomplete."""

    message_id: MessageId
    line: str
    originator: str
    reference: int
    wide: bool
    total: int
    first_at: datetime
    deadline_at: datetime
    surfaced: bool  # its gap was shown
    complete: bool
    service_time: datetime | None


TAIL_DIGITS = 6


def tail_of(address: str) -> str:
    """The last digits of an address: what its national and other forms share."""
    return address.lstrip("+")[-TAIL_DIGITS:]


@value(frozen=True, slots=True, kw_only=True)
class ParkedReport:
    """A report whose segment is not known (yet)."""

    id: int
    report: InboundReport


@value(frozen=True, slots=True, kw_only=True)
class QuarantineItem:
    """Undecodable octets, kept."""

    id: int
    item: InboundUndecoded


class Inbox(Protocol):
    """MO messages (rows of the same tables), reports that wait, quarantine."""

    def remember_fingerprint(self, fingerprint: bytes, at: datetime) -> bool:
        """False when it was known: the item is a repeat."""
        ...

    def insert(self, message: Message, segments: Sequence[Segment]) -> None: ...

    def add_segment(self, segment: Segment) -> None: ...

    def insert_group(self, group: Group) -> None: ...

    def save_group(self, group: Group) -> None: ...

    def groups(
        self, *, line: str, originator: str, reference: int, wide: bool, total: int
    ) -> list[Group]:
        """Newest first, complete ones too."""
        ...

    def overdue_groups(self, now: datetime, limit: int) -> list[Group]:
        """Not complete, not surfaced, past their deadline."""
        ...

    def next_deadline(self) -> datetime | None: ...

    def has_parked(self, line: str) -> bool:
        """Whether any report waits on that line."""
        ...

    def park_report(self, report: InboundReport) -> None: ...

    def parked_reports(
        self, line: str, *, reference: str | None, tail: str, limit: int
    ) -> list[ParkedReport]:
        """Those of that reference, or about an address that ends in `tail`.

        The newest `limit`, oldest of them first. `tail` is as `tail_of` gives it.
        """
        ...

    def drop_parked(self, parked_id: int) -> None: ...

    def newest_raw(self, line: str, limit: int) -> list[bytes]:
        """The octets of what came by a line, of the newest `limit` segments of all."""
        ...

    def quarantine(self, item: InboundUndecoded) -> int: ...

    def quarantined(self, limit: int, before: int | None) -> list[QuarantineItem]: ...
