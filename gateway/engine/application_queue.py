"""Submissions of applications into the door out: whole, to several, or part by part.

Works inside the caller's write, so that the queued message, what the application calls
it and what it wished for are on disk together. Relies on `application_carry` for whole
submissions, `application_joining` for parts.

Spec: spec/smpp.md 3.7, 62-64, 68-69
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from gateway.codec.value import replace
from gateway.core.application import Account, Submission, Taken
from gateway.core.clock import Clock
from gateway.core.errors import Invalid, RequestRefused
from gateway.core.ids import IdSource
from gateway.core.message import Message
from gateway.core.store import Tx
from gateway.engine.application_carry import (
    Answered,
    Errand,
    Refused,
    SpokenDraft,
    first_refusal,
    name_of,
    take_whole,
)
from gateway.engine.application_decision import only_message
from gateway.engine.application_joining import take_part
from gateway.engine.application_request import (
    RECEIPT_TEXT,
    check_recipient,
    check_sender,
    repeat_key,
    request_of,
)
from gateway.engine.decision import cancel
from gateway.engine.search_reader import index
from gateway.engine.submit import Submit


class ApplicationQueue:
    """Queues what applications submit."""

    def __init__(self, clock: Clock, ids: IdSource, submit: Submit) -> None:
        self._clock = clock
        self._ids = ids
        self._submit = submit

    def check(self, account: Account, submission: Submission) -> Errand:
        """What can be said without the store; a refusal of everything is raised."""
        now = self._clock.now()
        check_sender(account, submission)
        part = submission.part
        if part is not None and part.total == 1:
            submission = replace(submission, part=None)
        drafts: list[SpokenDraft] = []
        refused: list[Refused] = []
        seen: set[str] = set()
        destinations = submission.destinations
        for spoken, recipient in zip(destinations, submission.recipients, strict=True):
            try:
                check_recipient(account, recipient)
                if recipient in seen:
                    raise Invalid("duplicate_recipient", "named twice", field="to")
                request = request_of(account, submission, recipient, now)
                drafts.append((spoken, self._submit.draft(request)))
                seen.add(recipient)
            except RequestRefused as error:
                refused.append((spoken, error))
        if not drafts:
            raise first_refusal(refused)
        return Errand(
            account=account,
            submission=submission,
            name=name_of(self._ids.new("msg")),
            now=now,
            drafts=tuple(drafts),
            refused=tuple(refused),
        )

    def take(
        self, tx: Tx, errands: Sequence[Errand]
    ) -> list[Answered | RequestRefused]:
        """Keep submissions: queued, or held as parts.

        May raise where one of them is refused after it has written something.
        """
        answers: list[Answered | RequestRefused] = []
        for is_plain, run in groupby(errands, key=_is_plain):
            if is_plain:
                answers += take_whole(tx, self._submit, list(run))
            else:
                answers += [self._take_alone(tx, errand) for errand in run]
        return answers

    def replace(
        self, tx: Tx, account: Account, name: str, submission: Submission
    ) -> Message:
        """New content under the old name; what is not said stays as it was."""
        now = self._clock.now()
        check_sender(account, submission)
        carried, message = only_message(tx, account, name, submission.source)
        draft = self._submit.draft(request_of(account, submission, message.peer, now))
        after = self._submit.rewrite(tx, message, draft)
        index(tx, [after.id])  # no event says that words were replaced
        tx.applications.save_carried(
            replace(
                carried,
                reports=submission.reports,
                spoken=replace(carried.spoken, text=(after.text or "")[:RECEIPT_TEXT]),
            )
        )
        return after

    def _take_alone(self, tx: Tx, errand: Errand) -> Answered:
        """One that looks at what was submitted before it."""
        if errand.submission.part is not None:
            return take_part(tx, self._submit, errand)
        key = repeat_key(errand.account, errand.submission)
        if key is not None:
            since = errand.now - timedelta(seconds=errand.account.idempotent_s)
            name = tx.applications.repeated(errand.account.id, key, since)
            if name is not None:
                return Answered(taken=Taken(message_id=name))
        if errand.submission.replace_if_present:
            _put_aside(tx, errand)
        [answer] = take_whole(tx, self._submit, [errand])
        if isinstance(answer, RequestRefused):
            raise answer
        return answer


def _is_plain(errand: Errand) -> bool:
    """Whether it is queued whatever was submitted before."""
    submission = errand.submission
    is_single = submission.part is None and not submission.replace_if_present
    return is_single and repeat_key(errand.account, submission) is None


def _put_aside(tx: Tx, errand: Errand) -> None:
    """Cancel what this submission replaces (SMPP 3.4 5.2.18)."""
    submission = errand.submission
    for _, draft in errand.drafts:
        for peer in draft.recipients:
            for old in tx.applications.waiting_for(errand.account.id, peer):
                if (
                    old.spoken.source.text == submission.source.text
                    and old.spoken.service_type == submission.service_type
                ):
                    cancel(tx, old.message_id, errand.now)
