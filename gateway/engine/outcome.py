"""What an attempt came to, written down: segment, attempt and message in one write.

Relies on `transition` for states and `reports` for reports that came before their
reference. Knows no link and no time but what it is given.

Spec: spec/reliability.md 1.3, DG-09, DG-11, DG-26
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from gateway.codec.value import replace
from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
    Scope,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import AttemptId
from gateway.core.link import Reference
from gateway.core.message import (
    Attempt,
    AttemptState,
    Failure,
    Message,
    MessageState,
    OnUnknown,
    Segment,
    SegmentState,
)
from gateway.core.store import Tx
from gateway.engine import reports
from gateway.engine.case import (
    Case,
    Terms,
    failure_of,
    finish,
    load,
    save,
    sent,
)
from gateway.engine.release import release
from gateway.engine.route import link_lane
from gateway.engine.transition import (
    close,
    doubtful_segments,
    settle,
    tell_progress,
)

POISON_AFTER: Final = 3
LINK_FAULTS_BEFORE_YIELDING: Final = 3
NOT_SENT: Final = Failure(
    code="not_sent", reason="another segment of the message failed"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unexpected:
    """An error nobody foresaw, before anything left us."""

    reason: str


Outcome = Reference | SubmitFailure | Unexpected


def record(tx: Tx, attempt_id: AttemptId, outcome: Outcome, terms: Terms) -> Message:
    """Write an outcome down.

    The message as it is then: still `sending` when its other segments may go on.
    """
    case = load(tx, attempt_id)
    if case.attempt.state is not AttemptState.SUBMITTING:
        return case.message
    message = _rule(tx, case, outcome, terms)
    reference = outcome if isinstance(outcome, Reference) else None
    return _meet(tx, case, reference, terms) or message


def _rule(tx: Tx, case: Case, outcome: Outcome, terms: Terms) -> Message:
    match outcome:
        case Reference():
            return _accept(tx, case, outcome, terms)
        case OutcomeUnknown():
            return _doubt(tx, case, failure_of(outcome), terms)
        case PermanentFailure():
            return _refuse(tx, case, failure_of(outcome), terms)
        case TemporaryFailure(scope=Scope.LINK):
            return _return(tx, case, failure_of(outcome), terms)
        case TemporaryFailure(retry_after=retry_after):
            return _defer(tx, case, failure_of(outcome), terms, retry_after)
        case SubmitFailure():
            # A bare failure says nothing of what left: the careful reading.
            return _doubt(tx, case, failure_of(outcome), terms)
        case Unexpected():
            return _stumble(tx, case, outcome, terms)
        case _:
            assert_never(outcome)


def abandon(tx: Tx, message: Message, terms: Terms) -> Message:
    """A message in sending that nobody sends any more: after a restart of its lane.

    An attempt that was submitting may have left; the rest goes back to wait.
    """
    reason = Failure(
        code="interrupted", reason="the gateway stopped before the answer came"
    )
    for attempt in tx.outbox.attempts(message.id):
        if attempt.state is AttemptState.SUBMITTING:
            case = load(tx, attempt.id)
            message = _doubt(tx, case, reason, terms)
            message = _meet(tx, case, None, terms) or message
    if message.state is not MessageState.SENDING:
        return message
    return release(tx, message, terms)


def _accept(tx: Tx, case: Case, reference: Reference, terms: Terms) -> Message:
    spelled = reference.spelled or reference.value
    finish(tx, case, AttemptState.ACCEPTED, terms, reference=spelled)
    tx.outbox.save_segment(sent(case.segment, case.attempt, reference))
    settled = settle(tx, case.message, terms.now)
    tell_progress(tx, case.message, settled, terms.now)
    return settled


def _meet(
    tx: Tx, case: Case, reference: Reference | None, terms: Terms
) -> Message | None:
    """Reports may have waited for this end; the message as they left it, if so."""
    line = reference.line if reference is not None else case.attempt.line
    if line is None:
        return None
    met = reports.meet(
        tx,
        line,
        peer=case.message.peer,
        reference=reference.value if reference is not None else None,
        now=terms.now,
    )
    return tx.outbox.get(case.message.id) if met else None


def _doubt(tx: Tx, case: Case, error: Failure, terms: Terms) -> Message:
    """It may have left: the class decides (spec/reliability.md 1.3)."""
    finish(tx, case, AttemptState.UNKNOWN, terms, error=error)
    message, now = case.message, terms.now
    match message.on_unknown:
        case OnUnknown.HOLD:
            save(tx, case.segment, SegmentState.UNKNOWN, error)
        case OnUnknown.FAIL:
            save(tx, case.segment, SegmentState.FAILED, error)
            close(tx, message, SegmentState.FAILED, NOT_SENT, now)
        case OnUnknown.RESEND:
            attempts = tx.outbox.attempts(message.id)
            if _count(attempts, case.segment, AttemptState.UNKNOWN) > 1:
                save(tx, case.segment, SegmentState.UNKNOWN, error)
            else:
                # The wait gives a report time to make the second sending needless.
                # What may have left by one link never goes by another.
                save(tx, case.segment, SegmentState.QUEUED, error)
                link = case.attempt.link
                marked = replace(
                    message,
                    possible_duplicate=True,
                    error=error,
                    lane=link_lane(link),
                    preferred_link=link,
                )
                tx.outbox.save_message(marked)
                release(tx, marked, terms, due_at=now + terms.wait(1))
        case _:
            assert_never(message.on_unknown)
    fresh = tx.outbox.get(message.id) or message
    return settle(tx, fresh, now)


def _refuse(tx: Tx, case: Case, error: Failure, terms: Terms) -> Message:
    finish(tx, case, AttemptState.PERMANENT, terms, error=error)
    return _end(tx, case, error, terms)


def _end(tx: Tx, case: Case, error: Failure, terms: Terms) -> Message:
    # That this try was refused says nothing of one before whose end nobody knows.
    doubtful = doubtful_segments(tx.outbox.attempts(case.message.id))
    was_doubtful = case.segment.id in doubtful
    ending = SegmentState.UNKNOWN if was_doubtful else SegmentState.FAILED
    save(tx, case.segment, ending, error)
    return close(tx, case.message, SegmentState.FAILED, NOT_SENT, terms.now)


def _return(tx: Tx, case: Case, error: Failure, terms: Terms) -> Message:
    """The link's own trouble costs the message no try.

    One that meets it again and again steps aside for the others all the same, lest
    a fault that is really its own holds up the lane.
    """
    finish(tx, case, AttemptState.TEMPORARY, terms, error=error)
    save(tx, case.segment, SegmentState.QUEUED, error)
    attempts = tx.outbox.attempts(case.message.id)
    faults = sum(1 for attempt in attempts if attempt.state is AttemptState.TEMPORARY)
    excess = faults - case.message.tries - LINK_FAULTS_BEFORE_YIELDING
    due_at = terms.now + terms.wait(excess + 1) if excess >= 0 else None
    return release(tx, replace(case.message, error=error), terms, due_at=due_at)


def _defer(
    tx: Tx,
    case: Case,
    error: Failure,
    terms: Terms,
    retry_after: timedelta | None,
) -> Message:
    finish(tx, case, AttemptState.TEMPORARY, terms, error=error)
    tries = case.message.tries + 1
    if tries >= terms.policy.max_tries:
        return _end(tx, case, error, terms)
    save(tx, case.segment, SegmentState.QUEUED, error)
    wait = max(terms.wait(tries), retry_after or timedelta())
    tried = replace(case.message, tries=tries, error=error)
    return release(tx, tried, terms, due_at=terms.now + wait)


def _stumble(tx: Tx, case: Case, outcome: Unexpected, terms: Terms) -> Message:
    attempts = tx.outbox.attempts(case.message.id)
    before = [
        attempt
        for attempt in attempts
        if attempt.segment_id == case.segment.id
        and attempt.error is not None
        and attempt.error.code == "unexpected"
    ]
    if len(before) + 1 < POISON_AFTER:
        error = Failure(code="unexpected", reason=outcome.reason)
        return _defer(tx, case, error, terms, None)
    error = Failure(code="poison", reason=outcome.reason)
    return _refuse(tx, case, error, terms)


def _count(attempts: Sequence[Attempt], segment: Segment, state: AttemptState) -> int:
    return sum(
        1
        for attempt in attempts
        if attempt.segment_id == segment.id and attempt.state is state
    )
