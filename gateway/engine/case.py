"""One attempt with the rows it is about, and how they are written.

Works inside the caller's write; decides nothing.
"""

from datetime import datetime, timedelta

from gateway.codec.value import replace, value
from gateway.core.errors import (
    OutcomeUnknown,
    PermanentFailure,
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
    Segment,
    SegmentState,
)
from gateway.core.policy import Policy
from gateway.core.store import Tx


@value(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a ruling is made by: the policy, the moment and a piece of chance."""

    policy: Policy
    now: datetime
    jitter: float

    def wait(self, tries: int) -> timedelta:
        return self.policy.backoff.wait(tries, self.jitter)


@value(frozen=True, slots=True, kw_only=True)
class Case:
    """The rows an outcome is about."""

    message: Message
    segment: Segment
    attempt: Attempt


def load(tx: Tx, attempt_id: AttemptId) -> Case:
    """The rows of an attempt that is known to exist."""
    attempt = tx.outbox.attempt(attempt_id)
    if attempt is None:
        raise AssertionError(f"no attempt {attempt_id}")
    segment = tx.outbox.segment(attempt.segment_id)
    message = tx.outbox.get(attempt.message_id)
    if segment is None or message is None:
        raise AssertionError(f"attempt {attempt_id} is about nothing")
    return Case(message=message, segment=segment, attempt=attempt)


def finish(
    tx: Tx,
    case: Case,
    state: AttemptState,
    terms: Terms,
    *,
    reference: str | None = None,
    error: Failure | None = None,
) -> None:
    """Write what the attempt came to."""
    tx.outbox.save_attempt(
        replace(
            case.attempt,
            state=state,
            finished_at=terms.now,
            reference=reference,
            error=error,
        )
    )


def save(tx: Tx, segment: Segment, state: SegmentState, error: Failure | None) -> None:
    tx.outbox.save_segment(replace(segment, state=state, error=error))


def sent(segment: Segment, attempt: Attempt, reference: Reference) -> Segment:
    """A segment that the carrier took."""
    return replace(
        segment,
        state=SegmentState.SENT,
        link=attempt.link,
        line=reference.line,
        reference=reference.value,
        sent_at=reference.accepted_at,
        error=None,
    )


def failure_of(error: SubmitFailure) -> Failure:
    """The failure to show for what a link raised."""
    match error:
        case OutcomeUnknown():
            code = "outcome_unknown"
        case PermanentFailure():
            code = "rejected"
        case TemporaryFailure(scope=scope):
            code = f"temporary_{scope.value}"
        case _:
            code = "outcome_unknown"
    return Failure(code=code, reason=error.reason, carrier_code=error.carrier_code)
