"""A message, its segments and the attempts to send them; states and pure transitions.

A message's state is a fold of its segments' states (`fold`); only `scheduled` and
`cancelled` are the message's own. Tables here are what `docs/states.md` is drawn from.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import UserData
from gateway.codec.value import value
from gateway.core.ids import (
    AccountId,
    AttemptId,
    ContactId,
    LaneId,
    LinkId,
    MessageId,
    SegmentId,
    ThreadId,
    TokenId,
)


class Direction(StrEnum):
    """Seen from the mobile: MO comes to us, MT leaves us."""

    MO = "mo"
    MT = "mt"


class MessageState(StrEnum):
    """Where a message stands; every one but the first four of MT is an end."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    PARTIAL = "partial"  # MO: segments are missing
    RECEIVED = "received"  # MO: whole


class SegmentState(StrEnum):
    """Where one segment stands."""

    QUEUED = "queued"
    SENDING = "sending"  # an attempt is on disk; its octets may be on the wire
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    RECEIVED = "received"


class AttemptState(StrEnum):
    """What one try came to; `submitting` after a restart means unknown."""

    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


class MessageClass(StrEnum):
    """What a message is for: decides what happens when its outcome is unknown."""

    NORMAL = "normal"
    OTP = "otp"
    ALERT = "alert"
    BULK = "bulk"


class OnUnknown(StrEnum):
    """Policy for a segment that may have left (spec/reliability.md 1.3)."""

    RESEND = "resend"  # one more attempt, marked possible_duplicate
    HOLD = "hold"  # wait for a report or a person
    FAIL = "fail"


MESSAGE_MOVES: dict[MessageState, frozenset[MessageState]] = {
    MessageState.SCHEDULED: frozenset(
        {MessageState.QUEUED, MessageState.CANCELLED, MessageState.EXPIRED}
        | {MessageState.FAILED}
    ),
    MessageState.QUEUED: frozenset(
        {
            MessageState.SENDING,
            MessageState.CANCELLED,
            MessageState.EXPIRED,
            MessageState.FAILED,
            # It waits to go out once more, and news of the first time comes in.
            MessageState.SENT,
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
            MessageState.UNKNOWN,
        }
    ),
    MessageState.SENDING: frozenset(
        {
            MessageState.QUEUED,
            MessageState.SENT,
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
            MessageState.FAILED,
            MessageState.EXPIRED,
            MessageState.UNKNOWN,
            MessageState.CANCELLED,
        }
    ),
    MessageState.SENT: frozenset(
        {
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
            MessageState.EXPIRED,
            MessageState.UNKNOWN,
            MessageState.CANCELLED,  # the carrier dropped it on our word
        }
    ),
    MessageState.UNKNOWN: frozenset(
        {
            MessageState.QUEUED,  # a person, or the class, decided to send again
            MessageState.SENDING,
            MessageState.SENT,
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
            MessageState.EXPIRED,
            MessageState.FAILED,
            MessageState.CANCELLED,
        }
    ),
    # A late report is news from the network and beats what we concluded without it.
    MessageState.EXPIRED: frozenset(
        {MessageState.DELIVERED, MessageState.UNDELIVERED, MessageState.QUEUED}
    ),
    MessageState.FAILED: frozenset(
        {
            MessageState.QUEUED,
            MessageState.SENT,  # failed by policy as its outcome was not known
            MessageState.DELIVERED,
            MessageState.UNDELIVERED,
            MessageState.EXPIRED,
        }
    ),
    MessageState.UNDELIVERED: frozenset({MessageState.DELIVERED}),
    MessageState.DELIVERED: frozenset(),
    MessageState.CANCELLED: frozenset({MessageState.DELIVERED}),
    MessageState.PARTIAL: frozenset({MessageState.RECEIVED}),
    MessageState.RECEIVED: frozenset(),
}

TERMINAL = frozenset(
    {
        MessageState.DELIVERED,
        MessageState.UNDELIVERED,
        MessageState.FAILED,
        MessageState.EXPIRED,
        MessageState.CANCELLED,
        MessageState.RECEIVED,
    }
)


@value(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something did not work: our stable code, plain words, the carrier's code."""

    code: str
    reason: str
    carrier_code: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class Segment:
    """One piece on the air, with what the carrier called it."""

    id: SegmentId
    message_id: MessageId
    number: int  # from 1
    total: int
    state: SegmentState
    body: UserData
    link: LinkId | None = None
    line: str | None = None
    reference: str | None = None
    sent_at: datetime | None = None
    reported_at: datetime | None = None
    report_status: str | None = None  # the carrier's own code
    error: Failure | None = None
    raw: bytes | None = None  # MO: the TPDU as it came


@value(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try at one segment over one link; rows, never counters."""

    id: AttemptId
    segment_id: SegmentId
    message_id: MessageId
    link: LinkId
    line: str | None
    state: AttemptState
    started_at: datetime
    finished_at: datetime | None = None
    reference: str | None = None
    error: Failure | None = None
    possible_duplicate: bool = False
    tail: str = ""  # what the spellings of its recipient's number share


@value(frozen=True, slots=True, kw_only=True)
class CarrierOptions:
    """What only SMPP carriers understand; a modem ignores it.

    `source_kind` and `destination_kind` are type of number and numbering plan; `tlvs`
    are tags and values as they are sent.
    """

    service_type: str | None = None
    source_kind: tuple[int, int] | None = None
    destination_kind: tuple[int, int] | None = None
    tlvs: tuple[tuple[int, bytes], ...] = ()
    deliver_at: datetime | None = None  # the carrier holds it until then
    replace_if_present: bool = False
    failure_reports_only: bool = False
    intermediate_reports: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Message:
    """The whole, as a person wrote it."""

    id: MessageId
    direction: Direction
    state: MessageState
    contact_id: ContactId
    thread_id: ThreadId
    peer: str  # the other side's address in canonical text, "+7916…", "900", "BANK"
    own: str  # our number on the line, or the sender shown; "" when not known
    text: str | None
    octets: bytes | None  # 8-bit content instead of text
    alphabet: Alphabet
    segments: int
    created_at: datetime
    updated_at: datetime
    link: LinkId | None = None  # MT: the one that sends it; MO: the one it came by
    error: Failure | None = None
    # MT only
    lane: LaneId | None = None
    preferred_link: LinkId | None = None  # None: any link of the lane
    reference: str | None = None  # the caller's own
    message_class: MessageClass = MessageClass.NORMAL
    on_unknown: OnUnknown = OnUnknown.HOLD
    flash: bool = False
    protocol_id: int = 0
    carrier: CarrierOptions | None = None
    status_report: bool = True
    priority: int = 1  # 0 bulk … 3 urgent
    queue: str | None = None
    due_at: datetime | None = None
    expires_at: datetime | None = None
    validity_s: int | None = None
    tries: int = 0  # failed tries that cost the message's budget
    ready: bool = True  # False: waits for due_at
    possible_duplicate: bool = False
    report_url: str | None = None
    token_id: TokenId | None = None
    account_id: AccountId | None = None  # the application that submitted it
    # MO only
    service_time: datetime | None = None
    missing: tuple[int, ...] = ()  # numbers of segments that have not come
    destination_port: int | None = None


def fold(states: Iterable[SegmentState]) -> MessageState:
    """The message state that its MT segments' states amount to."""
    seen = set(states)
    if not seen:
        raise AssertionError("a message has at least one segment")
    if SegmentState.SENDING in seen:
        return MessageState.SENDING
    if SegmentState.QUEUED in seen:
        started = seen - {SegmentState.QUEUED, SegmentState.CANCELLED}
        return MessageState.SENDING if started else MessageState.QUEUED
    for worst in (
        SegmentState.FAILED,
        SegmentState.UNDELIVERED,
        SegmentState.EXPIRED,
        SegmentState.CANCELLED,
        SegmentState.UNKNOWN,
        SegmentState.SENT,
    ):
        if worst in seen:
            return MessageState(worst.value)
    return MessageState.DELIVERED
