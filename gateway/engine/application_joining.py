"""What becomes of parts: joined to one message, sent alone, or known as repeats.

Works inside the caller's write. Relies on `application_parts` for which belong
together, on `application_carry` for the queueing.

Spec: spec/smpp.md 3.7, 68
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gateway.codec.reassemble import join_segments
from gateway.core.application import Account, SpokenAddress
from gateway.core.application_store import Part
from gateway.core.errors import RequestRefused, Unavailable
from gateway.core.message import Message, MessageState
from gateway.core.store import Tx
from gateway.engine.application_carry import (
    Answered,
    Batch,
    Errand,
    Queued,
    Refused,
    SpokenDraft,
    carried_by,
    first_refusal,
    next_decimal,
    queue_batches,
    taken_as,
)
from gateway.engine.application_notices import (
    owe_if_wished,
    receipt_of,
)
from gateway.engine.application_parts import find_twin, forget_joined, hold, owe_end
from gateway.engine.application_request import (
    joined_submission,
    request_of,
    text_of,
)
from gateway.engine.groups import storable
from gateway.engine.submit import Submit

logger = logging.getLogger(__name__)


def take_part(tx: Tx, submit: Submit, errand: Errand) -> Answered:
    """Hold a part; with the last one the whole is queued, or its refusal raised."""
    account = errand.account
    name = next_decimal(tx) if account.decimal_ids else errand.name
    held = hold(tx, account, errand.submission, name, errand.now)
    taken = taken_as(held.id, errand.refused)
    if not held.whole:
        return Answered(taken=taken)
    messages = _join(tx, submit, account, held.whole, errand.now)
    return Answered(taken=taken, messages=messages)


def give_up(tx: Tx, submit: Submit, now: datetime, limit: int) -> Sequence[Message]:
    """Queue parts whose others have not come, each alone; forget joined ones.

    Raises `Unavailable` or `StoreFull` when nothing can be queued now.
    """
    messages: list[Message] = []
    for part in tx.applications.overdue(now, limit):
        if not part.joined:
            messages += _send_alone(tx, submit, part, now)
        tx.applications.drop_part(part.id)
    return messages


def _join(
    tx: Tx, submit: Submit, account: Account, parts: Sequence[Part], now: datetime
) -> Sequence[Message]:
    """All parts are here: one message to each destination."""
    drafts = _joined_drafts(submit, account, parts, now)
    reference = parts[0].id if account.decimal_ids else None
    batch = Batch(account=account, drafts=drafts, reference=reference)
    [queued] = queue_batches(tx, submit, [batch])
    if not queued.messages:
        raise first_refusal(queued.refused)
    for part in parts:
        _settle(tx, account, part, queued, now)
    forget_joined(tx, parts, now)
    return queued.all()


def _joined_drafts(
    submit: Submit, account: Account, parts: Sequence[Part], now: datetime
) -> list[SpokenDraft]:
    submissions = [part.submission for part in parts]
    bodies = [submission.body for submission in submissions]
    joined = joined_submission(submissions, bodies)
    first = joined or submissions[0]
    drafts = []
    for spoken, recipient in zip(first.destinations, first.recipients, strict=True):
        request = request_of(account, first, recipient, now)
        if joined is None:
            # Coded differently: cut as the application cut it.
            whole = join_segments(dict(enumerate(bodies, start=1)), len(bodies))
            request = replace(
                request,
                text=storable(whole.text),
                octets=whole.octets,
                bodies=tuple(bodies),
            )
        drafts.append((spoken, submit.draft(request)))
    return drafts


def _send_alone(tx: Tx, submit: Submit, part: Part, now: datetime) -> Sequence[Message]:
    """A part whose others have not come: a repeat, or a message of its own."""
    twin = find_twin(tx, part)
    if twin is not None:
        _fold(tx, part, twin, now)
        return ()
    account = tx.applications.account(part.account_id)
    if account is None:
        raise AssertionError(f"part {part.id} of no account")
    alone = replace(part.submission, part=None)
    drafts: list[SpokenDraft] = []
    refused: list[Refused] = []
    for spoken, recipient in zip(alone.destinations, alone.recipients, strict=True):
        try:
            request = request_of(account, alone, recipient, now)
            drafts.append((spoken, submit.draft(request)))
        except Unavailable:
            raise
        except RequestRefused as error:
            refused.append((spoken, error))
    reference = part.id if account.decimal_ids else None
    batch = Batch(account=account, drafts=drafts, reference=reference)
    [queued] = queue_batches(tx, submit, [batch])
    queued.refused.extend(refused)
    _settle(tx, account, part, queued, now)
    logger.info("part %s was queued alone: its others have not come", part.id)
    return queued.all()


def _settle(
    tx: Tx, account: Account, part: Part, queued: Queued, now: datetime
) -> None:
    """What became of a part is remembered, or told at once where it is its end."""
    tx.applications.carry(
        carried_by(
            account,
            part.submission,
            part.id,
            queued,
            part.submitted_at,
            text_of(part.submission.body),
        )
    )
    for spoken, error in queued.refused:
        _owe_refusal(tx, account, part, spoken, error, now)


def _owe_refusal(
    tx: Tx,
    account: Account,
    part: Part,
    spoken: SpokenAddress,
    error: RequestRefused,
    now: datetime,
) -> None:
    """A destination that fell away after the part was answered."""
    logger.warning("part %s could not be queued: %s", part.id, error.detail)
    owe_end(tx, account, part, spoken, MessageState.FAILED, now)


def _fold(tx: Tx, part: Part, twin: Part, now: datetime) -> None:
    """A part that came again after its message was whole is told the same end."""
    for carried in tx.applications.carried(part.account_id, twin.id):
        again = replace(carried, id=part.id, reports=part.submission.reports)
        tx.applications.carry([again])
        message = tx.outbox.get(carried.message_id)
        receipt = None if message is None else receipt_of(message, now)
        if receipt is not None:
            owe_if_wished(tx, again, receipt)
