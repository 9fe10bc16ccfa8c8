"""What callers are told: one Struct for each answer, for the OpenAPI description.

The message, segment and attempt shapes are made by `gateway.engine.present`, which
events and webhooks share; tests hold them and these definitions together.
"""

from datetime import datetime
from typing import Any, Self

from msgspec import Struct, field

from gateway.core.account import Delivery, DeliveryState, Role, WebhookState
from gateway.core.message import (
    AttemptState,
    Direction,
    MessageClass,
    MessageState,
    SegmentState,
)


class FieldProblemShape(Struct):
    """One field that cannot be taken."""

    field: str
    code: str
    detail: str


class Problem(Struct, omit_defaults=True):
    """RFC 9457 `application/problem+json`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str
    field: str | None = None
    errors: list[FieldProblemShape] = []


class ErrorShape(Struct):
    """Why something did not work."""

    code: str
    reason: str
    carrier_code: str | None


class SegmentShape(Struct):
    """One piece on the air."""

    number: int
    total: int
    state: SegmentState
    reference: str | None
    link: str | None
    sent_at: datetime | None
    reported_at: datetime | None
    report_status: str | None
    error: ErrorShape | None
    length: int


class AttemptShape(Struct):
    """One try at one segment."""

    segment: int | None
    link: str
    state: AttemptState
    started_at: datetime
    finished_at: datetime | None
    reference: str | None
    error: ErrorShape | None
    possible_duplicate: bool


class CarrierTlvShape(Struct):
    """An optional parameter, in hex."""

    tag: int
    value: str


class CarrierShape(Struct):
    """What only an SMPP carrier understands."""

    service_type: str | None
    source_kind: list[int] | None
    destination_kind: list[int] | None
    tlvs: list[CarrierTlvShape]
    deliver_at: datetime | None
    replace_if_present: bool
    failure_reports_only: bool
    intermediate_reports: bool


class MessageShape(Struct):
    """A message; MT has `to`, MO has `from`."""

    id: str
    direction: Direction
    state: MessageState
    own: str
    text: str | None
    octets: str | None
    alphabet: str
    segments: int
    link: str | None
    created_at: datetime
    updated_at: datetime
    thread_id: str
    contact_id: str
    error: ErrorShape | None
    to: str | None = None
    sender: str | None = field(name="from", default=None)
    account: str | None = None
    lane: str | None = None
    reference: str | None = None
    message_class: MessageClass | None = field(name="class", default=None)
    flash: bool | None = None
    priority: int | None = None
    queue: str | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None
    retry_at: datetime | None = None
    possible_duplicate: bool | None = None
    complete: bool | None = None
    missing: list[int] | None = None
    service_time: datetime | None = None
    destination_port: int | None = None
    carrier: CarrierShape | None = None
    segment_list: list[SegmentShape] | None = None
    attempts: list[AttemptShape] | None = None


class Accepted(Struct):
    """A message that is on disk."""

    id: str
    state: MessageState
    alphabet: str
    segments: int
    link: str | None
    to: str


class AcceptedAll(Struct):
    """One for each recipient, in the order given."""

    messages: list[Accepted]


class MessagePage(Struct):
    """Newest first; `next` is the cursor of the following page."""

    items: list[MessageShape]
    next: str | None


class Preview(Struct):
    """What a text costs."""

    alphabet: str
    segments: int
    units: int
    units_per_segment: int
    units_left: int
    forcing: list[str]


class LinkShape(Struct):
    """What is known of a link now; not known is null."""

    id: str
    kind: str
    state: str
    since: datetime
    reason: str | None
    detail: str | None
    line: str | None
    msisdn: str | None
    operator: str | None
    registration: str | None
    signal_dbm: int | None
    imei: str | None
    imsi: str | None
    model: str | None
    port: str | None
    smsc: str | None
    storage_used: int | None
    storage_total: int | None
    recoveries: int
    window: int | None
    in_flight: int | None
    rate_per_s: float | None
    id_form: str | None
    last_error: str | None
    last_error_at: datetime | None
    dispatch: dict[str, Any] | None


class LinkList(Struct):
    """Every link."""

    items: list[LinkShape]


class Ussd(Struct):
    """What the network said; `more` when it waits for a reply."""

    text: str
    more: bool
    details: dict[str, str]


class EventShape(Struct):
    """A committed fact."""

    seq: int
    type: str
    at: datetime
    data: dict[str, Any]


class EventPage(Struct):
    """In order; ask again with `after` = `next`. `gap`: older ones were purged."""

    items: list[EventShape]
    next: int
    gap: bool


class WebhookShape(Struct, omit_defaults=True):
    """A listener; `secret` only in the answers that made one."""

    id: str
    url: str
    types: list[str]
    batch: int
    state: WebhookState
    description: str
    disabled_reason: str | None
    created_at: datetime
    secrets: int
    secret: str = ""


class WebhookList(Struct):
    """Every webhook."""

    items: list[WebhookShape]


class DeliveryShape(Struct):
    """One event owed to one listener."""

    id: str
    webhook_id: str | None
    url: str
    event_seq: int
    event_type: str
    message_id: str | None
    state: DeliveryState
    attempts: int
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None
    last_status: int | None
    last_error: str | None

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """The delivery, without its body."""
        return cls(
            id=delivery.id,
            webhook_id=delivery.webhook_id,
            url=delivery.url,
            event_seq=delivery.event_seq,
            event_type=delivery.event_type,
            message_id=delivery.message_id,
            state=delivery.state,
            attempts=delivery.attempts,
            due_at=delivery.due_at,
            created_at=delivery.created_at,
            finished_at=delivery.finished_at,
            last_status=delivery.last_status,
            last_error=delivery.last_error,
        )


class DeliveryPage(Struct):
    """Newest first."""

    items: list[DeliveryShape]
    next: str | None


class Replayed(Struct):
    """How many deliveries are due again; `next_since` when there is more."""

    count: int
    next_since: datetime | None


class TokenShape(Struct, omit_defaults=True):
    """A key; `token` and `report_secret` only in the answer that made it."""

    id: str
    name: str
    scopes: list[Role]
    sources: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None
    token: str = ""
    report_secret: str = ""


class TokenList(Struct):
    """Every key."""

    items: list[TokenShape]


class OptOutShape(Struct):
    """Does this number refuse messages."""

    msisdn: str
    opted_out: bool
    at: datetime | None
    source: str | None


class OptOutPage(Struct):
    """Newest first."""

    items: list[OptOutShape]
    next: str | None


class QuarantineShape(Struct):
    """Octets that no decoder could read."""

    id: int
    link: str
    line: str
    reason: str
    raw: str
    received_at: datetime


class QuarantinePage(Struct):
    """Newest first."""

    items: list[QuarantineShape]
    next: int | None


class BacklogShape(Struct):
    """What waits in one lane."""

    lane: str
    state: MessageState
    count: int
    oldest_at: datetime


class QueueShape(Struct):
    """All that waits or is in doubt."""

    items: list[BacklogShape]


class StatusShape(Struct):
    """The box at a glance."""

    version: str
    started_at: datetime
    uptime_s: int
    events: int
    webhooks_pending: int
    queue: list[BacklogShape]
    links: dict[str, str]


class HealthShape(Struct):
    """The health check draft's document."""

    status: str
    version: str
    checks: dict[str, list[dict[str, str | None]]] = {}
