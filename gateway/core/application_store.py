"""What is kept of applications: accounts, submissions, parts that wait, notices.

The repository beside those of `core.store`, in the same transactions.

Spec: spec/smpp.md 3.7
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.codec.value import value
from gateway.core.application import (
    Account,
    MessageNotice,
    Notice,
    ReportWish,
    SpokenAddress,
    Submission,
)
from gateway.core.ids import AccountId, MessageId
from gateway.core.message import MessageState


@value(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a receipt echoes of a submission."""

    source: SpokenAddress
    destination: SpokenAddress
    service_type: str
    user_reference: int | None
    submitted_at: datetime
    text: str  # its first 20 characters


@value(frozen=True, slots=True, kw_only=True)
class Carried:
    """One destination of a submission, and the message that carries it."""

    account_id: AccountId
    id: str  # what the application calls the submission
    message_id: MessageId
    reports: ReportWish
    intermediate: bool
    spoken: Spoken
    repeat_key: str | None = None  # what a repeat of the submission has in common


@value(frozen=True, slots=True, kw_only=True)
class Part:
    """One submission of a message that comes in several, and where its group stands.

    `until` is when the group is given up, or, once joined, forgotten.
    """

    account_id: AccountId
    id: str
    key: str  # what all parts of the message share
    group: str  # the id of the group's first part
    number: int
    digest: bytes  # of its content
    submission: Submission
    submitted_at: datetime
    until: datetime
    joined: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Receipt:
    """News of a message, before it is told to those who submitted it."""

    state: MessageState
    is_intermediate: bool
    wish: ReportWish  # who wants it, beside those who want either end
    carrier_code: str | None
    delivered: int  # of one submission
    done_at: datetime
    due_at: datetime


class Applications(Protocol):
    """Accounts of applications, what they submitted, what they are owed."""

    def insert_account(self, account: Account) -> None:
        """Raises `StoreConflict` when the system id is taken."""
        ...

    def save_account(self, account: Account) -> None: ...

    def account(self, account_id: AccountId) -> Account | None: ...

    def account_by_system_id(self, system_id: str) -> Account | None: ...

    def accounts(self) -> list[Account]:
        """In the order in which they were made."""
        ...

    def listeners(self, number: str) -> list[AccountId]:
        """Enabled accounts that get what is written to a number of ours."""
        ...

    def carry(self, carried: Sequence[Carried]) -> None: ...

    def save_carried(self, carried: Carried) -> None:
        """Rewrite the wish, and what a receipt echoes."""
        ...

    def carried(self, account_id: AccountId, submission_id: str) -> list[Carried]:
        """What became of a submission, a row for each destination."""
        ...

    def named(self, name: str) -> MessageId | None:
        """The message, or the first of several, that some account calls so.

        Where it is not the message's own name.
        """
        ...

    def waiting_for(self, account_id: AccountId, peer: str) -> list[Carried]:
        """What waits to be sent to an address, newest first."""
        ...

    def repeated(
        self, account_id: AccountId, repeat_key: str, since: datetime
    ) -> str | None:
        """What a submission with that key was called, if it came since then."""
        ...

    def hold(self, part: Part) -> None: ...

    def held(self, part_id: str) -> Part | None: ...

    def parts(self, account_id: AccountId, key: str) -> list[Part]:
        """Those that share a key, joined ones too, oldest first."""
        ...

    def mark_joined(self, part: Part, until: datetime) -> None:
        """The group of this part became a message; forget it at that time."""
        ...

    def drop_part(self, part_id: str) -> None: ...

    def overdue(self, now: datetime, limit: int) -> list[Part]:
        """Parts whose `until` has passed, oldest first."""
        ...

    def waiting_parts(self, account_id: AccountId) -> list[Part]:
        """Not joined, oldest first."""
        ...

    def owe_receipts(self, news: Sequence[tuple[MessageId, Receipt]]) -> None:
        """One for each submission that a message carries and that wished for it."""
        ...

    def owe_receipt(self, carried: Carried, receipt: Receipt) -> None:
        """One receipt, whatever was wished for."""
        ...

    def owe_message(
        self, accounts: Sequence[AccountId], content: MessageNotice, now: datetime
    ) -> None: ...

    def forgo_doubt(self, message_ids: Sequence[MessageId], now: datetime) -> None:
        """Take back what is to be told later: that nobody knows."""
        ...

    def owed(
        self, account_id: AccountId, after: int, now: datetime, limit: int
    ) -> list[Notice]:
        """Due, with an id above `after`, oldest first."""
        ...

    def settle(self, notice_ids: Sequence[int]) -> None:
        """They are owed no more."""
        ...

    def put_off(self, notice_id: int, due_at: datetime) -> None:
        """Due again at that time, with one more try."""
        ...

    def next_put_off(self, account_id: AccountId, now: datetime) -> datetime | None:
        """When the earliest notice that is not due yet becomes due."""
        ...

    def newest_notice(self) -> int: ...

    def owed_since(self, notice_id: int) -> Mapping[AccountId, bool]:
        """Accounts with notices above that id, and whether one is put off."""
        ...

    def aged(self, before: datetime, limit: int) -> list[Notice]:
        """The oldest notices, as far as they arose before then."""
        ...

    def waiting(self) -> Mapping[AccountId, int]:
        """How many notices wait for each account."""
        ...
