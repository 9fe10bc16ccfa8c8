"""What a way to a carrier is: the `Link` protocol, its units, what it hands in.

A `Link` carries messages; a `Door` takes what arrives and returns after commit.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NoReturn, Protocol, runtime_checkable
from zlib import crc32

from gateway.codec.address import Address
from gateway.codec.dcs import DataCoding
from gateway.codec.segment import UserData
from gateway.codec.value import value
from gateway.core.errors import StoreError, SubmitFailure
from gateway.core.ids import AttemptId, LinkId, MessageId, SegmentId
from gateway.core.message import CarrierOptions


class LinkState(StrEnum):
    """May it be given work, and if not, whose move it is."""

    STARTING = "starting"
    UP = "up"
    PAUSED = "paused"  # connected, but the network does not serve it now
    DOWN = "down"  # being recovered by itself
    BLOCKED = "blocked"  # a person has to act: PIN, PUK, SIM refused


class ReportStyle(StrEnum):
    """How news about delivery comes back on this link."""

    NONE = "none"
    STATUS_REPORT = "status-report"
    RECEIPT = "receipt"


@value(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a link can carry, and how fast."""

    window: int = 1
    rate_per_s: float | None = None
    reports: ReportStyle = ReportStyle.STATUS_REPORT
    national_languages: bool = True
    any_sender: bool = False  # True: the carrier lets the sender be chosen
    wide_references: bool = False  # True: segments are tied by 16-bit references
    whole_messages: bool = False  # True: a long message goes uncut, as one segment


@value(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """What is known of a link now; what is not known is None, never guessed."""

    link: LinkId
    kind: str  # "modem", later "smpp", "mm1", "mm7"
    state: LinkState
    since: datetime
    reason: str | None = None  # a stable code: "no_registration", "sim_pin", …
    detail: str | None = None  # plain words and the fix
    line: str | None = None  # identity of the SIM (ICCID, else IMSI) or account
    msisdn: str | None = None
    operator: str | None = None
    registration: str | None = None  # "home", "roaming", "searching", "denied", …
    signal_dbm: int | None = None
    imei: str | None = None
    imsi: str | None = None
    model: str | None = None
    port: str | None = None
    smsc: str | None = None
    storage_used: int | None = None
    storage_total: int | None = None
    recoveries: int = 0
    window: int | None = None  # requests that may wait for an answer
    in_flight: int | None = None
    rate_per_s: float | None = None  # in force now: configured or learned
    id_form: str | None = None  # how the carrier spells its message ids
    last_error: str | None = None  # the latest refusal or loss, in the carrier's words
    last_error_at: datetime | None = None


@value(frozen=True, slots=True, kw_only=True)
class SmsUnit:
    """One segment to submit.

    `more_follow` lets the link hold the radio channel open for the next segment.
    `reject_duplicates` asks for TP-RD with `reference_hint` as TP-MR (23.040 9.2.3.25).
    """

    message_id: MessageId
    segment_id: SegmentId
    attempt_id: AttemptId
    destination: Address
    body: UserData
    sender: Address | None = None
    message_class: int | None = None
    protocol_id: int = 0
    validity: timedelta | None = None
    status_report: bool = True
    more_follow: bool = False
    reject_duplicates: bool = False
    reference_hint: int | None = None
    priority: int = 1  # 0 bulk … 3 urgent
    carrier: CarrierOptions | None = None


Unit = SmsUnit


@value(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the carrier calls our segment on this line."""

    line: str
    value: str  # TP-MR in decimal, or the SMPP message_id, folded
    accepted_at: datetime
    spelled: str | None = None  # as the carrier wrote it, to ask it by


def attempt_number(attempt: AttemptId) -> int:
    """Sixteen bits that a carrier can be given with an attempt, and may tell again."""
    return crc32(attempt.encode()) & 0xFFFF


# A late answer: what became of an attempt that its link had given up as unknown.
LateResult = Callable[[AttemptId, Reference | SubmitFailure], None]


# The octets of the messages kept last from a line, as they were handed in.
RecentOctets = Callable[[str], Awaitable[Sequence[bytes]]]


class ReportKind(StrEnum):
    """What a report says of its segment."""

    DELIVERED = "delivered"
    TRYING = "trying"
    UNDELIVERED = "undelivered"
    EXPIRED = "expired"


@value(frozen=True, slots=True, kw_only=True)
class InboundSegment:
    """One mobile originated segment, decoded, with its raw octets."""

    link: LinkId
    line: str
    originator: Address
    recipient: str | None  # our own number on that line, when known
    body: UserData
    coding: DataCoding
    protocol_id: int
    service_time: datetime | None
    raw: bytes  # the whole TPDU (or SMPP PDU body): what the fingerprint is made of
    received_at: datetime
    carrier: CarrierOptions | None = None  # what came beside it and is not ours to read


@value(frozen=True, slots=True, kw_only=True)
class InboundReport:
    """One report about a segment that left on this line."""

    link: LinkId
    line: str
    reference: str
    recipient: Address
    kind: ReportKind
    status: str  # the carrier's own code, e.g. "0x00"
    service_time: datetime | None
    discharge_time: datetime | None
    raw: bytes
    received_at: datetime
    attempt_number: int | None = None  # `attempt_number` of what it is about, if told
    unique: bool = False  # the carrier calls no other segment so: it never wraps
    of_message: bool = False  # it stands for all segments of the message


@value(frozen=True, slots=True, kw_only=True)
class InboundCall:
    """Somebody rang the line; `caller` is None when the number is withheld."""

    link: LinkId
    line: str
    caller: Address | None
    recipient: str | None
    received_at: datetime


@value(frozen=True, slots=True, kw_only=True)
class InboundAlert:
    """A subscriber who could not be reached can be now."""

    link: LinkId
    line: str
    subscriber: Address
    received_at: datetime


@value(frozen=True, slots=True, kw_only=True)
class InboundUndecoded:
    """Octets that no decoder could read: kept in quarantine, counted."""

    link: LinkId
    line: str
    raw: bytes
    reason: str
    received_at: datetime


InboundItem = (
    InboundSegment | InboundReport | InboundCall | InboundAlert | InboundUndecoded
)


class Door(Protocol):
    """The way in."""

    async def accept(self, item: InboundItem) -> None:
        """Keep `item`; returns only after commit, and a repeat is a no-op.

        Raises `StoreError` when it could not be kept: do not thank the carrier.
        """
        ...

    async def accept_all(
        self, reports: Sequence[InboundReport]
    ) -> Sequence[StoreError | None]:
        """`accept` in one write, for reports whose references are `unique`.

        After commit: why each could not be kept, or None. One that cannot be spoils no
        other.
        """
        ...

    def status_changed(self, status: LinkStatus) -> None:
        """A link's status moved; cheap, never blocks."""
        ...


class Memory(Protocol):
    """Small durable facts of an adapter, e.g. that a PIN was tried on a SIM."""

    async def recall(self, key: str) -> str | None:
        """The value, or None."""
        ...

    async def remember(self, key: str, value: str) -> None:
        """Returns after commit."""
        ...


class Link(Protocol):
    """One way to a carrier."""

    @property
    def id(self) -> LinkId: ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def status(self) -> LinkStatus: ...

    async def run(self, door: Door) -> NoReturn:
        """Connect, serve and heal until cancelled; raises `LinkLost`."""
        ...

    async def submit(self, unit: Unit) -> Reference:
        """Send one segment, or raise a `SubmitFailure`.

        Cancelling after the octets left leaves the outcome unknown.
        """
        ...

    async def restart(self) -> None:
        """Operator's wish: begin anew from the first step of bring-up."""
        ...


@value(frozen=True, slots=True, kw_only=True)
class UssdAnswer:
    """What the network said; `more` when it waits for a reply in the session."""

    text: str
    more: bool = False
    details: Mapping[str, str] = field(default_factory=dict)


@value(frozen=True, slots=True, kw_only=True)
class SentSegment:
    """What a carrier has to be told to know which segment is meant."""

    spelled: str  # `Reference.spelled`
    reference: str
    sender: Address | None
    destination: Address
    carrier: CarrierOptions | None


@runtime_checkable
class RecallLink(Protocol):
    """A link whose carrier may be asked about what it has accepted."""

    @property
    def recalls(self) -> bool:
        """Whether the carrier cancels."""
        ...

    @property
    def inquire_after(self) -> timedelta | None:
        """How long to wait for a report before asking; None: never ask."""
        ...

    async def recall(self, sent: SentSegment) -> None:
        """Have the carrier drop a segment; raises `SubmitFailure` when it does not."""
        ...

    async def inquire(self, sent: SentSegment) -> InboundReport:
        """What the carrier says of a segment; raises `SubmitFailure`."""
        ...


@runtime_checkable
class UssdLink(Protocol):
    """A link that can run USSD."""

    async def ussd(self, code: str) -> UssdAnswer:
        """Run one USSD code; raises `SubmitFailure`."""
        ...
