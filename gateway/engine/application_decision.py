"""What applications ask about what they submitted, and take back.

Works inside the caller's transaction, by the name the application knows. Relies on
`decision` for keeping a message back.

Spec: SMPP 3.4 4.8, 4.9
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.codec.address import normalise
from gateway.core.application import Account, SpokenAddress, Standing
from gateway.core.application_store import Carried, Part
from gateway.core.errors import Conflict, NotFound
from gateway.core.ids import AccountId, MessageId
from gateway.core.message import TERMINAL, Message, MessageState
from gateway.core.store import Tx
from gateway.engine.application_parts import owe_end
from gateway.engine.decision import cancel as keep_back

STILL_HERE: Final = frozenset({MessageState.SCHEDULED, MessageState.QUEUED})
# Of several messages under one name, the state that says most.
_WORST_FIRST: Final = (
    MessageState.SENDING,
    MessageState.QUEUED,
    MessageState.SCHEDULED,
    MessageState.SENT,
    MessageState.UNKNOWN,
    MessageState.FAILED,
    MessageState.UNDELIVERED,
    MessageState.EXPIRED,
    MessageState.CANCELLED,
    MessageState.DELIVERED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be kept back: one submission, or what goes between two addresses."""

    account: Account
    name: str | None
    source: SpokenAddress
    destination: SpokenAddress | None
    service_type: str
    region: str


def stand(tx: Tx, account: Account, message_id: str, source: SpokenAddress) -> Standing:
    """How a submission stands; `NotFound`."""
    part = _part(tx, account.id, message_id, source)
    if part is not None:
        return Standing(
            message_id=message_id,
            state=MessageState.QUEUED,
            final_at=None,
            carrier_code=None,
        )
    messages = [
        message
        for carried in _carried(tx, account.id, message_id, source)
        if (message := tx.outbox.get(carried.message_id)) is not None
    ]
    if not messages:
        raise _not_found(message_id)
    message = min(messages, key=lambda one: _WORST_FIRST.index(one.state))
    return Standing(
        message_id=message_id,
        state=message.state,
        final_at=message.updated_at if message.state in TERMINAL else None,
        carrier_code=message.error.carrier_code if message.error else None,
    )


def cancel(tx: Tx, asked: Asked, now: datetime) -> int:
    """Keep back what is still here; how many messages and parts."""
    if asked.name is None:
        return _cancel_between(tx, asked, now)
    part = _part(tx, asked.account.id, asked.name, asked.source)
    if part is not None:
        _cancel_part(tx, asked.account, part, now)
        return 1
    found = _carried(tx, asked.account.id, asked.name, asked.source)
    if not found:
        raise _not_found(asked.name)
    count = sum(1 for _ in _kept_back(tx, found, now))
    if not count:
        raise Conflict("too_late", "it has left, or is at its end")
    return count


def sent(tx: Tx, asked: Asked) -> list[MessageId]:
    """What of a submission is with a carrier."""
    if asked.name is None:
        return []
    found = _carried(tx, asked.account.id, asked.name, asked.source)
    messages = (tx.outbox.get(carried.message_id) for carried in found)
    return [
        message.id
        for message in messages
        if message is not None and message.state is MessageState.SENT
    ]


def only_message(
    tx: Tx, account: Account, message_id: str, source: SpokenAddress
) -> tuple[Carried, Message]:
    """The one message of a submission, where nothing of it has left.

    `NotFound`; `Conflict` when it is a part or went to several.
    """
    if _part(tx, account.id, message_id, source) is not None:
        raise Conflict("part", "a part of a long message cannot be replaced")
    found = _carried(tx, account.id, message_id, source)
    if not found:
        raise _not_found(message_id)
    message = tx.outbox.get(found[0].message_id)
    if message is None:
        raise _not_found(message_id)
    is_begun = message.state not in STILL_HERE or message.link is not None
    if len(found) > 1 or is_begun:
        raise Conflict("too_late", f"the message is {message.state.value}")
    return found[0], message


def _cancel_between(tx: Tx, asked: Asked, now: datetime) -> int:
    if asked.destination is None:
        raise NotFound("no_such_message", "say which, or between which addresses")
    digits = _digits(asked.destination)
    found = [
        carried
        for peer in _peers(digits, asked.region)
        for carried in tx.applications.waiting_for(asked.account.id, peer)
        if _digits(carried.spoken.destination) == digits
        and _is_meant(asked, carried.spoken.source, carried.spoken.service_type)
    ]
    parts = [
        part
        for part in tx.applications.waiting_parts(asked.account.id)
        if digits in map(_digits, part.submission.destinations)
        and _is_meant(asked, part.submission.source, part.submission.service_type)
    ]
    if not found and not parts:
        raise NotFound("no_such_message", "nothing waits between these addresses")
    for part in parts:
        _cancel_part(tx, asked.account, part, now)
    return len(parts) + sum(1 for _ in _kept_back(tx, found, now))


def _kept_back(tx: Tx, found: list[Carried], now: datetime) -> Iterator[MessageId]:
    for message_id in dict.fromkeys(carried.message_id for carried in found):
        message = tx.outbox.get(message_id)
        if message is not None and message.state in STILL_HERE:
            keep_back(tx, message_id, now)
            yield message_id


def _cancel_part(tx: Tx, account: Account, part: Part, now: datetime) -> None:
    tx.applications.drop_part(part.id)
    for spoken in part.submission.destinations:
        owe_end(tx, account, part, spoken, MessageState.CANCELLED, now)


def _part(
    tx: Tx, account_id: AccountId, name: str, source: SpokenAddress
) -> Part | None:
    """A part that waits for its others."""
    part = tx.applications.held(name)
    if part is None or part.joined or part.account_id != account_id:
        return None
    return part if _is_from(part.submission.source, source) else None


def _carried(
    tx: Tx, account_id: AccountId, name: str, source: SpokenAddress
) -> list[Carried]:
    return [
        carried
        for carried in tx.applications.carried(account_id, name)
        if _is_from(carried.spoken.source, source)
    ]


def _is_meant(asked: Asked, source: SpokenAddress, service_type: str) -> bool:
    is_same_source = source.text == asked.source.text
    return is_same_source and asked.service_type in ("", service_type)


def _is_from(submitted: SpokenAddress, asked: SpokenAddress) -> bool:
    """Whether a source is the one asked for; an empty one asks for none."""
    return asked.text in ("", submitted.text)


def _digits(address: SpokenAddress) -> str:
    return address.text.removeprefix("+")


def _peers(digits: str, region: str) -> Iterable[str]:
    """As messages to such a number may be filed."""
    return dict.fromkeys((normalise(digits, region), f"+{digits}", digits))


def _not_found(message_id: str) -> NotFound:
    return NotFound("no_such_message", f"there is no message {message_id!r}")
