"""The seam between the rooms and a database: `Store`, and `Tx` with its repositories.

`fn` given to `Store.write` is an ordinary function: it may run twice, touches only its
`Tx` and cannot await, so a transaction never waits for a modem. All repositories are
synchronous; identities and times are made by the caller.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from gateway.core.account import (
    Answer,
    Delivery,
    DeliveryState,
    Token,
    Webhook,
)
from gateway.core.agent_store import Agents, Audit, Logins
from gateway.core.application_store import Applications
from gateway.core.canned_store import CannedPhrases
from gateway.core.card_store import Cards, Tombstones
from gateway.core.contact import Contact, Thread
from gateway.core.conversation_store import Conversations
from gateway.core.erasure_store import Erasing
from gateway.core.event import Appended, Event, NewEvent
from gateway.core.ids import (
    ContactId,
    DeliveryId,
    ThreadId,
    TokenId,
    WebhookId,
)
from gateway.core.message_store import Inbox, Outbox, Page
from gateway.core.reply_store import Drafts, Notes, Overview, ReadMarks, Replies
from gateway.core.search_store import Search
from gateway.core.timeline_store import Timeline

A = TypeVar("A")
T = TypeVar("T")


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

    def get_thread(self, thread_id: ThreadId) -> Thread | None: ...

    def threads_among(self, thread_ids: Sequence[ThreadId]) -> list[Thread]:
        """Those that there are, in any order."""
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
    def agents(self) -> Agents: ...

    @property
    def logins(self) -> Logins: ...

    @property
    def audit(self) -> Audit: ...

    @property
    def canned(self) -> CannedPhrases: ...

    @property
    def cards(self) -> Cards: ...

    @property
    def erasing(self) -> Erasing: ...

    @property
    def tombstones(self) -> Tombstones: ...

    @property
    def search(self) -> Search: ...

    @property
    def replies(self) -> Replies: ...

    @property
    def notes(self) -> Notes: ...

    @property
    def drafts(self) -> Drafts: ...

    @property
    def read_marks(self) -> ReadMarks: ...

    @property
    def overview(self) -> Overview: ...

    @property
    def conversations(self) -> Conversations: ...

    @property
    def timeline(self) -> Timeline: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def keeping(self) -> Keeping: ...


class Companion(Protocol):
    """Writes beside every write that appends events, in its transaction."""

    def write(self, tx: Tx, appended: Sequence[Appended], /) -> Any:
        """As `fn` of `Store.write`, at its end; what it appends itself is not told."""
        ...

    def told(self, result: Any, /) -> None:
        """In the loop, after commit: what `write` gave."""
        ...

    def fell(self, error: Exception, /) -> None:
        """In the loop: `write` raised, was taken back, and is not called any more."""
        ...


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
        self,
        fn: Callable[[Tx, Sequence[A]], Sequence[T | Exception]],
        item: A,
        /,
        told: Callable[[T | None], None] | None = None,
    ) -> T:
        """As `write`, in one go with all who wait with an equal `fn`.

        `fn` gets all their items and gives a result, or an error to raise, for each.
        Where it raises itself, it is run again for each item alone. To be given a
        function that lasts, such as a method: one is remembered for ever.

        `told` is called once, in the loop, with the result, or None when there is none:
        even when who waits has been cancelled, and before it goes on.
        """
        ...

    def accompany(self, companion: Companion | None) -> None:
        """From the next commit on; one at a time."""
        ...

    async def wait_commit(self, seq: int, kinds: Iterable[str] | None = None) -> int:
        """Wait until the event log has moved past `seq`; its last sequence.

        With `kinds` until it has by an event of one of these types, since opening.
        """
        ...
