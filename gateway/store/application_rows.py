"""Rows of accounts, submissions, parts and notices to dataclasses and back.

What is only kept and told again, never searched, is one JSON text: msgspec reads and
writes it by the dataclass itself.
"""

from dataclasses import asdict, replace
from typing import Final

import msgspec

from gateway.core.application import (
    Account,
    MessageNotice,
    Notice,
    NoticeKind,
    ReceiptNotice,
    ReportWish,
    Submission,
)
from gateway.core.application_store import Carried, Part, Receipt, Spoken
from gateway.core.ids import AccountId, MessageId
from gateway.core.message import MessageState
from gateway.store.column import (
    from_moment,
    from_moment_or_none,
    to_moment,
    to_moment_or_none,
)
from gateway.store.engine import Row, Value

_ENCODER: Final = msgspec.json.Encoder()
_SPOKEN: Final = msgspec.json.Decoder(Spoken)
_SUBMISSION: Final = msgspec.json.Decoder(Submission)
_MESSAGE: Final = msgspec.json.Decoder(MessageNotice)
_IN_COLUMNS: Final = frozenset(
    {"id", "system_id", "password_hash", "created_at", "disabled_at"}
)


def changing_account_values(account: Account) -> dict[str, Value]:
    """The columns that may change, and the key."""
    rules = {
        name: value
        for name, value in asdict(account).items()
        if name not in _IN_COLUMNS
    }
    return {
        "id": account.id,
        "password_hash": account.password_hash,
        "disabled_at": from_moment_or_none(account.disabled_at),
        "rules": _text(rules),
    }


def account_values(account: Account) -> dict[str, Value]:
    return {
        "system_id": account.system_id,
        "created_at": from_moment(account.created_at),
        **changing_account_values(account),
    }


def account_of(row: Row) -> Account:
    known = {
        "id": row["id"],
        "system_id": row["system_id"],
        "password_hash": row["password_hash"],
        "created_at": to_moment(row["created_at"]),
    }
    account = msgspec.convert(msgspec.json.decode(row["rules"]) | known, Account)
    return replace(account, disabled_at=to_moment_or_none(row["disabled_at"]))


def carried_values(carried: Carried) -> dict[str, Value]:
    return {
        "message_id": carried.message_id,
        "id": carried.id,
        "account_id": carried.account_id,
        "reports": carried.reports.value,
        "intermediate": carried.intermediate,
        "spoken": _text(carried.spoken),
        "repeat_key": carried.repeat_key,
    }


def carried_of(row: Row) -> Carried:
    return Carried(
        account_id=row["account_id"],
        id=row["id"],
        message_id=row["message_id"],
        reports=ReportWish(row["reports"]),
        intermediate=bool(row["intermediate"]),
        spoken=_SPOKEN.decode(row["spoken"]),
        repeat_key=row["repeat_key"],
    )


def part_values(part: Part) -> dict[str, Value]:
    return {
        "id": part.id,
        "account_id": part.account_id,
        "key": part.key,
        "group_id": part.group,
        "number": part.number,
        "digest": part.digest,
        "submission": _text(part.submission),
        "submitted_at": from_moment(part.submitted_at),
        "until": from_moment(part.until),
    }


def part_of(row: Row) -> Part:
    return Part(
        id=row["id"],
        account_id=row["account_id"],
        key=row["key"],
        group=row["group_id"],
        number=row["number"],
        digest=row["digest"],
        submission=_SUBMISSION.decode(row["submission"]),
        submitted_at=to_moment(row["submitted_at"]),
        until=to_moment(row["until"]),
        joined=bool(row["joined"]),
    )


def receipt_values(receipt: Receipt) -> dict[str, Value]:
    return {
        "state": receipt.state.value,
        "is_intermediate": receipt.is_intermediate,
        "carrier_code": receipt.carrier_code,
        "delivered": receipt.delivered,
        "done_at": from_moment(receipt.done_at),
        "created_at": from_moment(receipt.done_at),
        "due_at": from_moment(receipt.due_at),
        "put_off": receipt.due_at > receipt.done_at,
    }


def news_values(message_id: MessageId, receipt: Receipt) -> dict[str, Value]:
    return {
        "message_id": message_id,
        "wish": receipt.wish.value,
        **receipt_values(receipt),
    }


def owed_receipt_values(carried: Carried, receipt: Receipt) -> dict[str, Value]:
    return {
        "account_id": carried.account_id,
        "kind": NoticeKind.RECEIPT.value,
        "message_id": carried.message_id,
        "submission_id": carried.id,
        "content": _text(carried.spoken),
        **receipt_values(receipt),
    }


def owed_message_values(
    account_id: AccountId, content: MessageNotice, at: int
) -> dict[str, Value]:
    return {
        "account_id": account_id,
        "kind": NoticeKind.MESSAGE.value,
        "message_id": content.message_id,
        "submission_id": None,
        "state": None,
        "is_intermediate": None,
        "carrier_code": None,
        "delivered": None,
        "done_at": None,
        "content": _text(content),
        "created_at": at,
        "due_at": at,
        "put_off": False,
    }


def notice_of(row: Row) -> Notice:
    is_receipt = row["kind"] == NoticeKind.RECEIPT.value
    return Notice(
        id=row["id"],
        account_id=row["account_id"],
        tries=row["tries"],
        content=_receipt_of(row) if is_receipt else _MESSAGE.decode(row["content"]),
    )


def _receipt_of(row: Row) -> ReceiptNotice:
    spoken = _SPOKEN.decode(row["content"])
    return ReceiptNotice(
        message_id=row["submission_id"],
        source=spoken.source,
        destination=spoken.destination,
        state=MessageState(row["state"]),
        is_intermediate=bool(row["is_intermediate"]),
        carrier_code=row["carrier_code"],
        submitted=1,
        delivered=row["delivered"],
        submitted_at=spoken.submitted_at,
        done_at=to_moment(row["done_at"]),
        text=spoken.text,
        service_type=spoken.service_type,
        user_reference=spoken.user_reference,
    )


def _text(value: object) -> str:
    return _ENCODER.encode(value).decode()
