"""Applications that bind to us over SMPP: accounts, what they submit, what they get.

An application knows its submission by one message id, whatever became of it here: one
message, several (submit_multi), or a part of one that comes in several submissions. A
`Notice` is a receipt or an inbound message owed to an account until acknowledged.

Spec: spec/smpp.md 3.7
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from gateway.codec.segment import UserData
from gateway.codec.udh import Concatenation
from gateway.codec.value import value
from gateway.core.errors import GatewayError
from gateway.core.ids import AccountId, MessageId
from gateway.core.message import MessageState


@value(frozen=True, slots=True, kw_only=True)
class Account:
    """What an application may do; the password is kept as its scrypt hash only."""

    id: AccountId
    system_id: str  # at most 15 ASCII characters, unique
    password_hash: str
    created_at: datetime
    description: str = ""
    disabled_at: datetime | None = None
    sources: tuple[str, ...] = ()  # CIDR; empty: anywhere the listener reaches
    max_binds: int = 4
    rate_per_s: float | None = None  # submissions, over all its binds
    window: int = 100  # submissions without answer on one connection
    deliver_window: int = 10  # deliver_sm without answer, over all its binds
    senders: tuple[str, ...] = ()  # canonical, or a prefix with `*`; empty: any
    destinations: tuple[str, ...] = ()  # prefixes of canonical numbers; empty: any
    numbers: tuple[str, ...] = ()  # own numbers whose MO it gets; "*": every one
    queue: str | None = None  # the queue its messages are put in
    decimal_ids: bool = False  # message ids of ten digits
    long_dates: bool = False  # receipts with 12-digit dates
    receipt_tlvs: bool = True
    idempotent_s: int = 0  # the same user_reference and content within: one message


class AdmissionFault(StrEnum):
    """Why an application is not let in."""

    UNKNOWN_ACCOUNT = "unknown_account"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 -- a reason, not a secret
    SOURCE = "source_not_allowed"
    DISABLED = "disabled"
    TOO_MANY_FAILURES = "too_many_failures"  # come back later


class NotAdmitted(GatewayError):
    """An application is not let in."""

    def __init__(self, fault: AdmissionFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class ReportWish(StrEnum):
    """Of which end an application wants to hear (SMPP 3.4 5.2.17, bits 0-1)."""

    NONE = "none"
    EITHER = "either"
    FAILURE = "failure"
    SUCCESS = "success"


@value(frozen=True, slots=True, kw_only=True)
class SpokenAddress:
    """An address as the application spelled it: receipts and queries echo it."""

    ton: int = 0
    npi: int = 0
    text: str = ""


@value(frozen=True, slots=True, kw_only=True)
class Submission:
    """One submit_sm, submit_multi or data_sm, decoded.

    `body` has no concatenation element: `part` says which part it is of a message that
    comes in several submissions (UDH or SAR alike). Content in message_payload is
    whole, of any length.
    """

    source: SpokenAddress
    sender: str | None  # canonical; None: whatever the link sends from
    destinations: tuple[SpokenAddress, ...]
    recipients: tuple[str, ...]  # canonical, in the order of `destinations`
    body: UserData
    part: Concatenation | None = None
    flash: bool = False
    protocol_id: int = 0
    service_type: str = ""
    priority: int | None = None
    validity: timedelta | None = None
    send_at: datetime | None = None
    reports: ReportWish = ReportWish.NONE
    intermediate: bool = False
    user_reference: int | None = None  # user_message_reference, echoed in receipts
    replace_if_present: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A destination of a submission that was not taken: our code and the field."""

    destination: SpokenAddress
    code: str
    field: str | None


@value(frozen=True, slots=True, kw_only=True)
class Taken:
    """A submission on disk; `refused` only where there were several recipients."""

    message_id: str  # what the application calls it from now on
    refused: tuple[Refusal, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class Standing:
    """What query_sm tells."""

    message_id: str
    state: MessageState
    final_at: datetime | None
    carrier_code: str | None


class NoticeKind(StrEnum):
    """What is owed."""

    RECEIPT = "receipt"
    MESSAGE = "message"


@value(frozen=True, slots=True, kw_only=True)
class ReceiptNotice:
    """News of a submission: about its end, or on its way when `is_intermediate`."""

    message_id: str
    source: SpokenAddress  # as submitted: exchanged when told
    destination: SpokenAddress
    state: MessageState
    is_intermediate: bool
    carrier_code: str | None
    submitted: int  # `sub` and `dlvrd`, of the parts the application submitted
    delivered: int
    submitted_at: datetime
    done_at: datetime
    text: str  # its first 20 characters
    service_type: str
    user_reference: int | None


@value(frozen=True, slots=True, kw_only=True)
class MessageNotice:
    """A message from a person, whole."""

    message_id: MessageId
    sender: str  # canonical
    recipient: str  # our number, canonical
    text: str | None
    octets: bytes | None
    destination_port: int | None
    received_at: datetime


@value(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing owed to an account; `id` grows in the order in which they arose."""

    id: int
    account_id: AccountId
    tries: int
    content: ReceiptNotice | MessageNotice

    @property
    def kind(self) -> NoticeKind:
        is_receipt = isinstance(self.content, ReceiptNotice)
        return NoticeKind.RECEIPT if is_receipt else NoticeKind.MESSAGE


class NoticeEnd(StrEnum):
    """How a notice was settled."""

    ACKNOWLEDGED = "acknowledged"
    LATER = "later"  # refused for now: again after a back-off
    DROPPED = "dropped"  # refused for good: logged, counted


class ApplicationDesk(Protocol):
    """What the SMPP server asks of the rooms behind it."""

    async def admit(self, system_id: str, password: str, source_ip: str) -> Account:
        """Who it is; raises `NotAdmitted`. Takes tens of milliseconds on purpose."""
        ...

    async def submit(self, account: Account, submission: Submission) -> Taken:
        """Keep a submission; returns after commit.

        Raises `RequestRefused` (code, field) or `StoreError`: nothing was kept then.
        """
        ...

    async def query(
        self, account: Account, message_id: str, source: SpokenAddress
    ) -> Standing:
        """How a submission of this account stands; `NotFound`."""
        ...

    async def cancel(
        self,
        account: Account,
        *,
        message_id: str | None,
        source: SpokenAddress,
        destination: SpokenAddress | None,
        service_type: str,
    ) -> int:
        """Keep back what has not left, by id or by addresses; how many.

        `NotFound`, or `Conflict` when it is too late (SMPP 3.4 4.9).
        """
        ...

    async def replace(
        self, account: Account, message_id: str, submission: Submission
    ) -> None:
        """New text and times for a message that has not left (SMPP 3.4 4.10).

        `NotFound`, `Conflict`, or a refusal of the new content.
        """
        ...

    async def owed(self, account: Account, after: int, limit: int) -> Sequence[Notice]:
        """Notices due now with an id above `after`, oldest first."""
        ...

    async def settle(self, ends: Sequence[tuple[Notice, NoticeEnd]]) -> None:
        """Write down what became of notices; returns after commit."""
        ...

    async def wait_owed(self, account: Account, seen: int) -> int:
        """Wait until there may be something new or due again for this account.

        Pass 0 first, then what was returned. Safe to cancel.
        """
        ...
