"""Who may call the API, what they said before, and who listens to events."""

from datetime import datetime
from enum import StrEnum

from gateway.codec.value import value
from gateway.core.ids import DeliveryId, MessageId, TokenId, WebhookId


class Role(StrEnum):
    """Scopes a token may hold."""

    MESSAGES_SEND = "messages:send"
    MESSAGES_READ = "messages:read"
    LINKS_READ = "links:read"
    LINKS_CONTROL = "links:control"
    EVENTS_READ = "events:read"
    WEBHOOKS = "webhooks"
    CONTACTS = "contacts"
    INBOX = "inbox"  # work as an agent
    SUPERVISE = "supervise"  # see and move everybody's work
    ADMIN = "admin"  # everything


@value(frozen=True, slots=True, kw_only=True)
class Token:
    """An API key; only its SHA-256 is kept."""

    id: TokenId
    name: str
    digest: bytes
    scopes: frozenset[Role]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    sources: tuple[str, ...] = ()  # CIDR; empty: anywhere the listener reaches
    report_secret: bytes = b""  # signs deliveries to its messages' report_url


@value(frozen=True, slots=True, kw_only=True)
class Answer:
    """The first answer to an idempotency key, to be given again."""

    body_digest: bytes
    status: int
    body: str


class WebhookState(StrEnum):
    """An endpoint takes deliveries, or was switched off."""

    ACTIVE = "active"
    DISABLED = "disabled"


@value(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A listener outside; two secrets while one is being rotated."""

    id: WebhookId
    url: str
    types: tuple[str, ...]  # event types or prefixes such as "message.*"; empty: all
    secrets: tuple[bytes, ...]  # newest first, at most two
    state: WebhookState
    created_at: datetime
    batch: int = 1  # events in one POST at most; 1: each is posted alone, as it is
    description: str = ""
    disabled_reason: str | None = None


class DeliveryState(StrEnum):
    """Where one event stands with one listener."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up after days; can be replayed


@value(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event owed to one listener (`webhook_id`) or to a message's `report_url`."""

    id: DeliveryId  # the `webhook-id` header: the same over all retries
    webhook_id: WebhookId | None
    url: str
    token_id: TokenId | None  # whose report_secret signs, for a report_url
    message_id: MessageId | None
    event_seq: int
    event_type: str
    body: str
    state: DeliveryState
    attempts: int
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None = None
    last_status: int | None = None
    last_error: str | None = None
