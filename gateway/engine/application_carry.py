"""Drafts of applications become messages, and get the names applications know.

Works inside the caller's write, for many submissions in one go. A submission that is
refused has left nothing in the store. Relies on `submit` for the queueing.

Spec: spec/smpp.md 3.7, 64
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gateway.codec.value import replace, value
from gateway.core.application import Account, SpokenAddress, Submission, Taken
from gateway.core.application_store import Carried
from gateway.core.errors import Invalid, RequestRefused
from gateway.core.message import Message
from gateway.core.store import Tx
from gateway.engine.application_request import carried_of, refusal_of
from gateway.engine.route import SENDER_NOT_POSSIBLE
from gateway.engine.submit import Draft, Submit

DECIMAL_COUNTER: Final = "submission:decimal"
FIRST_DECIMAL: Final = 10**9  # always ten digits, none of them a leading zero
DECIMALS: Final = 9 * 10**9
PREFIX: Final = "msg_"

SpokenDraft = tuple[SpokenAddress, Draft]
Refused = tuple[SpokenAddress, RequestRefused]


@value(frozen=True, slots=True, kw_only=True)
class Errand:
    """A submission, checked as far as that goes without the store."""

    account: Account
    submission: Submission
    name: str  # what a part is called
    now: datetime
    drafts: tuple[SpokenDraft, ...]
    refused: tuple[Refused, ...]


@dataclass(slots=True, kw_only=True)
class Queued:
    """What came of the destinations of one submission."""

    messages: list[tuple[SpokenAddress, Message]] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def all(self) -> list[Message]:
        return [message for _, message in self.messages]


@value(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the application is told, and what was queued for it."""

    taken: Taken
    messages: Sequence[Message] = ()


@value(frozen=True, slots=True, kw_only=True)
class Batch:
    """The drafts of one submission, and what its messages are to refer to."""

    account: Account
    drafts: Sequence[SpokenDraft]
    reference: str | None


def queue_batches(tx: Tx, submit: Submit, batches: Sequence[Batch]) -> list[Queued]:
    """Queue the drafts of several submissions.

    Nearly every application names some source. Where no link can show it, and the
    account does not bind itself to its senders, the link's own number is shown.
    """
    drafts = [
        draft if batch.reference is None else _referred(draft, batch.reference)
        for batch in batches
        for _, draft in batch.drafts
    ]
    results = submit.queue_all(tx, drafts)
    bound = [bool(batch.account.senders) for batch in batches for _ in batch.drafts]
    again = [
        index
        for index, result in enumerate(results)
        if isinstance(result, RequestRefused)
        and result.code == SENDER_NOT_POSSIBLE
        and not bound[index]
    ]
    if again:
        unnamed = [_unnamed(drafts[index]) for index in again]
        for index, result in zip(again, submit.queue_all(tx, unnamed), strict=True):
            results[index] = result
    each = iter(results)
    return [_sorted(batch.drafts, each) for batch in batches]


def take_whole(
    tx: Tx, submit: Submit, errands: Sequence[Errand]
) -> list[Answered | RequestRefused]:
    """Submissions that are whole: queued, and known by what they are called."""
    decimals = [
        next_decimal(tx) if errand.account.decimal_ids else None for errand in errands
    ]
    batches = [
        Batch(account=errand.account, drafts=errand.drafts, reference=decimal)
        for errand, decimal in zip(errands, decimals, strict=True)
    ]
    answers: list[Answered | RequestRefused] = []
    kept: list[Carried] = []
    for errand, decimal, queued in zip(
        errands, decimals, queue_batches(tx, submit, batches), strict=True
    ):
        refused = (*errand.refused, *queued.refused)
        messages = queued.all()
        if not messages:
            answers.append(first_refusal(refused))
            continue
        name = decimal or name_of(messages[0].id)
        text = messages[0].text or ""
        kept += carried_by(
            errand.account, errand.submission, name, queued, errand.now, text
        )
        answers.append(Answered(taken=taken_as(name, refused), messages=messages))
    tx.applications.carry(kept)
    return answers


def carried_by(
    account: Account,
    submission: Submission,
    name: str,
    queued: Queued,
    submitted_at: datetime,
    text: str,
) -> list[Carried]:
    """What is remembered of each destination that was queued."""
    return [
        carried_of(account, submission, name, message.id, spoken, submitted_at, text)
        for spoken, message in queued.messages
    ]


def name_of(message_id: str) -> str:
    """What an application calls a message: letters and digits only.

    The underscore is another character in the GSM alphabet, and receipts are text.
    """
    return message_id.removeprefix(PREFIX)


def next_decimal(tx: Tx) -> str:
    """The next name of ten digits."""
    return str(FIRST_DECIMAL + tx.facts.count_up(DECIMAL_COUNTER, DECIMALS))


def first_refusal(refused: Sequence[Refused]) -> RequestRefused:
    """Why nothing was taken."""
    if not refused:
        return Invalid("missing", "say whom to send it to", field="to")
    return refused[0][1]


def taken_as(name: str, refused: Sequence[Refused]) -> Taken:
    """The name, and who was refused beside those who were not."""
    return Taken(
        message_id=name,
        refused=tuple(refusal_of(spoken, error) for spoken, error in refused),
    )


def _unnamed(draft: Draft) -> Draft:
    return replace(draft, request=replace(draft.request, sender=None))


def _referred(draft: Draft, reference: str) -> Draft:
    return replace(draft, request=replace(draft.request, reference=reference))


def _sorted(
    spoken_drafts: Sequence[SpokenDraft],
    results: Iterator[tuple[Message, ...] | RequestRefused],
) -> Queued:
    """The next results, one for each draft."""
    queued = Queued()
    for spoken, _ in spoken_drafts:
        result = next(results)
        if isinstance(result, RequestRefused):
            queued.refused.append((spoken, result))
        else:
            queued.messages.extend((spoken, message) for message in result)
    return queued
