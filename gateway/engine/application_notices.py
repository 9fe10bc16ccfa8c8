"""What a change of a message is worth to applications: receipts and messages owed.

Pure on the transaction of the change, so that no end is without its receipt. Relies on
what each submission wished for, which the store compares. Does not tell anybody:
that is for the SMPP server, until it is acknowledged.

Spec: spec/smpp.md 3.7, 65-67; SMPP 3.4 5.2.17
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateway.core.application import MessageNotice, ReportWish
from gateway.core.application_store import Carried, Receipt
from gateway.core.event import EventType
from gateway.core.message import Direction, Message, MessageState
from gateway.core.store import Tx

ENDS: Final = frozenset(
    {
        MessageState.DELIVERED,
        MessageState.UNDELIVERED,
        MessageState.FAILED,
        MessageState.EXPIRED,
        MessageState.CANCELLED,
    }
)
_SETTLE_DOUBT: Final = ENDS | {MessageState.UNKNOWN}


def owe(tx: Tx, messages: Sequence[Message], kind: EventType, now: datetime) -> None:
    """Owe what applications are to be told of this event; mostly nothing."""
    submitted = [message for message in messages if message.account_id is not None]
    if submitted:
        _owe_receipts(tx, submitted, now)
    for message in messages:
        if message.direction is Direction.MO and _is_told(message, kind):
            _owe_message(tx, message, now)


def receipt_of(message: Message, now: datetime) -> Receipt | None:
    """What a message's state is worth telling; None on its way and before."""
    state = message.state
    if state is MessageState.SENT:
        return _receipt(message, ReportWish.NONE, now, is_intermediate=True)
    if state is MessageState.UNKNOWN:
        # Not an end: a report or a person may settle it while it is valid.
        due_at = max(message.expires_at or now, now)
        return _receipt(message, ReportWish.FAILURE, now, due_at=due_at)
    if state in ENDS:
        is_good = state is MessageState.DELIVERED
        wish = ReportWish.SUCCESS if is_good else ReportWish.FAILURE
        return _receipt(message, wish, now)
    return None


def _owe_receipts(tx: Tx, messages: Sequence[Message], now: datetime) -> None:
    doubted = [
        message.id
        for message in messages
        if message.state in _SETTLE_DOUBT or message.possible_duplicate
    ]
    if doubted:
        tx.applications.forgo_doubt(doubted, now)
    news = [
        (message.id, receipt)
        for message in messages
        if (receipt := receipt_of(message, now)) is not None
    ]
    if news:
        tx.applications.owe_receipts(news)


def _is_told(message: Message, kind: EventType) -> bool:
    """A message shown with a gap is told once more when the gap is closed."""
    is_closed = kind is EventType.MESSAGE_AMENDED and not message.missing
    return kind is EventType.MESSAGE_RECEIVED or is_closed


def _receipt(
    message: Message,
    wish: ReportWish,
    now: datetime,
    *,
    is_intermediate: bool = False,
    due_at: datetime | None = None,
) -> Receipt:
    return Receipt(
        state=message.state,
        is_intermediate=is_intermediate,
        wish=wish,
        carrier_code=message.error.carrier_code if message.error else None,
        delivered=int(message.state is MessageState.DELIVERED),
        done_at=now,
        due_at=due_at or now,
    )


def _owe_message(tx: Tx, message: Message, now: datetime) -> None:
    accounts = tx.applications.listeners(message.own)
    if accounts:
        content = MessageNotice(
            message_id=message.id,
            sender=message.peer,
            recipient=message.own,
            text=message.text,
            octets=message.octets,
            destination_port=message.destination_port,
            received_at=message.created_at,
        )
        tx.applications.owe_message(accounts, content, now)


def owe_if_wished(tx: Tx, carried: Carried, receipt: Receipt) -> None:
    """Owe one receipt, if its submission asked for this news."""
    if receipt.is_intermediate:
        is_wished = carried.intermediate
    else:
        is_wished = carried.reports in (ReportWish.EITHER, receipt.wish)
    if is_wished:
        tx.applications.owe_receipt(carried, receipt)


def ended_early(state: MessageState, now: datetime) -> Receipt:
    """For a submission that ends before it is a message."""
    return Receipt(
        state=state,
        is_intermediate=False,
        wish=ReportWish.FAILURE,
        carrier_code=None,
        delivered=0,
        done_at=now,
        due_at=now,
    )
