"""The seam between the rooms and a database: `Store`, and `Tx` with its repositories.

`fn` given to `Store.write` is an ordinary function: it may run twice, touches only its
`Tx` and cannot await, so a transaction never waits for a modem. All repositories are
synchronous; identities and times are made by the caller.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from gateway.core.account import (
    Answer,
    Delivery,
    DeliveryState,
    Token,
    Webhook,
)
from gateway.core.application_store import Applications
from gateway.core.contact import Contact, Thread
from gateway.core.event import Event, NewEvent
from gateway.core.ids import (
    AttemptId,
    ContactId,
    DeliveryId,
    LaneId,
    LinkId,
    MessageId,
    SegmentId,
    ThreadId,
    TokenId,
    WebhookId,
)
from gateway.core.link import InboundReport, InboundUndecoded
from gateway.core.message import Attempt, Direction, Message, MessageState, Segment

A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A cut of a listing: newest first, `before` is the last id of the page before."""

    limit: int = 50
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits in one lane."""

    lane: LaneId
    state: MessageState
    count: int
    oldest_at: datetime


# A lane and whom a message in it prefers; None: any link of the lane.
Place = tuple[LaneId, LinkId | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that a link took, with what is needed to send it."""

    message: Message
    segments: tuple[Segment, ...]
    opted_out: bool  # its recipient did, since it was queued


class Outbox(Protocol):
    """MT messages, segments, attempts."""

    def insert(self, message: Message, segments: Sequence[Segment]) -> None: ...

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

    def insert_attempt(self, attempt: Attempt) -> None: ...

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

        A message is takeable when its lane is in `lanes`, its preferred link is None,
        `link` or one of `covers`, and no other message to its peer is being sent.
        Order: priority, then age; `deferred_first` begins with those that failed
        before (tries > 0), as fresh and deferred work alternate. Sets state and link.
        """
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedReport:
    """A report whose segment is not known (yet)."""

    id: int
    report: InboundReport


@dataclass(frozen=True, slots=True, kw_only=True)
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


class Contacts(Protocol):
    """Contacts and threads."""

    def by_address(self, address: str) -> Contact | None: ...

    def by_addresses(self, addresses: Sequence[str]) -> list[Contact]:
        """Those that there are, in any order."""
        ...

    def threads_of(self, contact_ids: Sequence[ContactId]) -> list[Thread]:
        """In any order."""
        ...

    def insert_all(
        self, contacts: Sequence[Contact], threads: Sequence[Thread]
    ) -> None: ...

    def move_threads(self, threads: Sequence[Thread]) -> None:
        """Write their `updated_at`."""
        ...

    def get(self, contact_id: ContactId) -> Contact | None: ...

    def insert(self, contact: Contact) -> None: ...

    def save(self, contact: Contact) -> None: ...

    def thread(self, contact_id: ContactId, own: str) -> Thread | None: ...

    def threads(self, contact_id: ContactId) -> list[Thread]:
        """Most recently moved first."""
        ...

    def insert_thread(self, thread: Thread) -> None: ...

    def save_thread(self, thread: Thread) -> None:
        """Rewrite what can change: `own`, `updated_at`, `sticky_link`."""
        ...

    def drop_thread(self, thread_id: ThreadId) -> None:
        """Forget a thread in which nothing was said; a no-op for any other."""
        ...

    def opted_out(self, page: Page) -> list[Contact]: ...


class Events(Protocol):
    """The log."""

    def append(self, event: NewEvent) -> int:
        """The sequence number; strictly growing in commit order."""
        ...

    def append_all(self, events: Sequence[NewEvent]) -> None:
        """Several, in order."""
        ...

    def after(
        self, seq: int, limit: int, types: Sequence[str] | None = None
    ) -> list[Event]:
        """In order. `types`: exact names, or prefixes that end in `.*`."""
        ...

    def span(self, after: int, until: int, types: Sequence[str]) -> list[Event]:
        """Those of the exact `types` in (after, until], in order."""
        ...

    def get(self, seq: int) -> Event | None: ...

    def last_seq(self) -> int: ...

    def first_seq(self) -> int:
        """The oldest kept; 0 when the log is empty."""
        ...


class Accounts(Protocol):
    """Tokens and idempotency."""

    def insert_token(self, token: Token) -> None: ...

    def save_token(self, token: Token) -> None: ...

    def token(self, token_id: TokenId) -> Token | None: ...

    def token_by_digest(self, digest: bytes) -> Token | None: ...

    def tokens(self) -> list[Token]: ...

    def answer(self, token_id: TokenId, key: str) -> Answer | None: ...

    def keep_answer(
        self, token_id: TokenId, key: str, answer: Answer, at: datetime
    ) -> None:
        """Raises `StoreConflict` when the key is taken."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWish:
    """An event of a message whose sender wants to be told at `url`."""

    event: Event
    url: str
    token_id: TokenId | None


class Webhooks(Protocol):
    """Listeners and what is owed to them."""

    def insert(self, webhook: Webhook) -> None: ...

    def save(self, webhook: Webhook) -> None: ...

    def delete(self, webhook_id: WebhookId) -> bool: ...

    def get(self, webhook_id: WebhookId) -> Webhook | None: ...

    def listing(self) -> list[Webhook]: ...

    def owe(self, deliveries: Sequence[Delivery]) -> None: ...

    def reports(self, after: int, until: int) -> list[ReportWish]:
        """Events in (after, until] of messages with a `report_url`, in order."""
        ...

    def delivered(
        self, delivery_ids: Sequence[DeliveryId], *, status: int, at: datetime
    ) -> None:
        """One more try of each came to an end; those that are gone are passed over."""
        ...

    def save_delivery(self, delivery: Delivery) -> None: ...

    def delivery(self, delivery_id: DeliveryId) -> Delivery | None: ...

    def deliveries(
        self,
        webhook_id: WebhookId | None,
        state: DeliveryState | None,
        page: Page,
    ) -> list[Delivery]: ...

    def pending(self, url: str, limit: int) -> list[Delivery]:
        """What is owed there, first due first, though it be due later."""
        ...

    def agenda(self) -> list[tuple[str, datetime]]:
        """Every URL to which something is owed, and when the first of it is due."""
        ...

    def pending_count(self) -> int: ...


class Facts(Protocol):
    """Small durable facts: cursors, counters, adapters' memory, marks."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...

    def count_up(self, key: str, modulus: int) -> int:
        """The next value of a durable counter, 0 … modulus-1, wrapping."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionCut:
    """Older than these times may go; None keeps for ever."""

    messages_before: datetime | None = None  # ended messages with all that is theirs
    raw_before: datetime | None = None  # raw TPDUs of MO segments
    events_before: datetime | None = None
    fingerprints_before: datetime | None = None
    parked_before: datetime | None = None
    answers_before: datetime | None = None
    deliveries_before: datetime | None = None
    quarantine_before: datetime | None = None


class Keeping(Protocol):
    """Purges."""

    def purge(self, cut: RetentionCut, limit: int) -> int:
        """Delete at most `limit` rows per table; how many went (0: done).

        Never an event that a cursor (`cursor:*` fact) has not read, nor a message
        that is not at its end.
        """
        ...


class Tx(Protocol):
    """One transaction."""

    @property
    def outbox(self) -> Outbox: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def contacts(self) -> Contacts: ...

    @property
    def events(self) -> Events: ...

    @property
    def accounts(self) -> Accounts: ...

    @property
    def webhooks(self) -> Webhooks: ...

    @property
    def applications(self) -> Applications: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def keeping(self) -> Keeping: ...


class Store(Protocol):
    """Durable state."""

    @property
    def low_space(self) -> bool:
        """Too little is left on the disk to take on new work (DG-40)."""
        ...

    async def read(self, fn: Callable[[Tx], T], /) -> T:
        """Run in a read snapshot."""
        ...

    async def write(self, fn: Callable[[Tx], T], /) -> T:
        """Run in a write transaction; returns after commit, raises what `fn` raised."""
        ...

    async def write_among(
        self, fn: Callable[[Tx, Sequence[A]], Sequence[T | Exception]], item: A, /
    ) -> T:
        """As `write`, in one go with all who wait with an equal `fn`.

        `fn` gets all their items and gives a result, or an error to raise, for each.
        Where it raises itself, it is run again for each item alone. To be given a
        function that lasts, such as a method: one is remembered for ever.
        """
        ...

    async def wait_commit(self, seq: int) -> int:
        """Wait until the event log has moved past `seq`; its last sequence."""
        ...
