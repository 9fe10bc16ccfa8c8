"""From a submission to what is queued, and to what is remembered of it.

Pure. Relies on `request` for the fields' limits. What the application coded is sent as
it was coded: the text is for people and search.

Spec: spec/smpp.md 3.7, 68-69; SMPP 3.4 5.2.16
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gateway.codec.reassemble import decode_single
from gateway.codec.segment import UserData
from gateway.codec.udh import find_ports
from gateway.core.application import (
    Account,
    Refusal,
    ReportWish,
    SpokenAddress,
    Submission,
)
from gateway.core.application_store import Carried, Spoken
from gateway.core.errors import Forbidden, Invalid, RequestRefused
from gateway.core.ids import MessageId
from gateway.engine.groups import storable
from gateway.engine.request import (
    LONGEST_VALIDITY,
    SHORTEST_VALIDITY,
    SubmitRequest,
)

RECEIPT_TEXT: Final = 20  # characters, SMPP 3.4 appendix B
ANY: Final = "*"


def check_sender(account: Account, submission: Submission) -> None:
    """`Forbidden` for a sender that is not this application's; none claims nothing."""
    sender = submission.sender
    if sender is None or not account.senders:
        return
    if not any(_matches(sender, pattern) for pattern in account.senders):
        raise Forbidden(
            "sender_not_allowed",
            "this application may not send from there",
            field="sender",
        )


def check_recipient(account: Account, recipient: str) -> None:
    """`Forbidden` for a destination outside the application's prefixes."""
    if account.destinations and not recipient.startswith(account.destinations):
        raise Forbidden(
            "destination_not_allowed",
            "this application may not send there",
            field="to",
        )


def request_of(
    account: Account, submission: Submission, recipient: str, now: datetime
) -> SubmitRequest:
    """What is asked of the door out for one recipient."""
    body = submission.body
    whole = decode_single(body)
    ports = find_ports(body.header)
    return SubmitRequest(
        to=(recipient,),
        text=storable(whole.text),
        octets=whole.octets,
        bodies=(body,),
        destination_port=ports.destination if ports else None,
        sender=submission.sender,
        flash=submission.flash,
        protocol_id=submission.protocol_id,
        validity=_validity(submission, now),
        send_at=submission.send_at,
        priority=submission.priority,
        queue=account.queue,
        # Who wishes for one end only still needs both to be known here.
        status_report=submission.reports is not ReportWish.NONE,
        account_id=account.id,
    )


def carried_of(
    account: Account,
    submission: Submission,
    name: str,
    message_id: MessageId,
    destination: SpokenAddress,
    submitted_at: datetime,
    text: str,
) -> Carried:
    """What is remembered of one destination; receipts repeat a little of `text`."""
    return Carried(
        account_id=account.id,
        id=name,
        message_id=message_id,
        reports=submission.reports,
        intermediate=submission.intermediate,
        spoken=Spoken(
            source=submission.source,
            destination=destination,
            service_type=submission.service_type,
            user_reference=submission.user_reference,
            submitted_at=submitted_at,
            text=text[:RECEIPT_TEXT],
        ),
        repeat_key=repeat_key(account, submission),
    )


def repeat_key(account: Account, submission: Submission) -> str | None:
    """What the same submission, sent once more, has in common; None: nothing."""
    if not account.idempotent_s or submission.user_reference is None:
        return None
    return f"{submission.user_reference}:{digest_of(submission).hex()}"


def digest_of(submission: Submission) -> bytes:
    """Of whom it is from and to, and what it says."""
    body = submission.body
    said = (
        submission.source.text,
        submission.recipients,
        submission.service_type,
        body.alphabet.value,
        [(element.id, element.data) for element in body.header],
        body.units,
    )
    return hashlib.sha256(repr(said).encode()).digest()


def text_of(body: UserData) -> str:
    """What it says to a person; nothing where it is not text."""
    return storable(decode_single(body).text) or ""


def refusal_of(destination: SpokenAddress, error: RequestRefused) -> Refusal:
    return Refusal(destination=destination, code=error.code, field=error.field)


def joined_submission(
    parts: Sequence[Submission], bodies: Sequence[UserData]
) -> Submission | None:
    """The whole that parts amount to; None when they are not coded alike."""
    first = bodies[0]
    if any(
        body.alphabet is not first.alphabet or body.header != first.header
        for body in bodies
    ):
        return None
    units = b"".join(body.units for body in bodies)
    return replace(parts[0], body=replace(first, units=units), part=None)


def _matches(sender: str, pattern: str) -> bool:
    if pattern.endswith(ANY):
        return sender.startswith(pattern.removesuffix(ANY))
    return sender == pattern


def _validity(submission: Submission, now: datetime) -> timedelta | None:
    """From when it is to be sent: the application counts from now.

    Spec: SMPP 3.4 5.2.16
    """
    validity = submission.validity
    if validity is None:
        return None
    if submission.send_at is not None and submission.send_at > now:
        validity -= submission.send_at - now
    if validity <= timedelta(0):
        raise Invalid(
            "out_of_range", "it would end before it is sent", field="validity_s"
        )
    return min(max(validity, SHORTEST_VALIDITY), LONGEST_VALIDITY)
