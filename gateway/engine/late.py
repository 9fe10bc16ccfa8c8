"""An answer that comes after its attempt was given up.

Works inside the caller's write. Relies on `reports`, as a report may have waited for
the reference that comes only now.

Spec: spec/reliability.md DG-06, DG-12
"""

from gateway.codec.value import replace
from gateway.core.errors import PermanentFailure, SubmitFailure, TemporaryFailure
from gateway.core.ids import AttemptId
from gateway.core.link import Reference
from gateway.core.message import (
    AttemptState,
    Failure,
    Message,
    MessageState,
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
from gateway.engine.outcome import NOT_SENT
from gateway.engine.release import pinned
from gateway.engine.transition import close, keep, settle


def record_late(
    tx: Tx, attempt_id: AttemptId, outcome: Reference | SubmitFailure, terms: Terms
) -> Message | None:
    """An answer that came after its attempt was given up; None when it is old news."""
    attempt = tx.outbox.attempt(attempt_id)
    if attempt is None or attempt.state is not AttemptState.UNKNOWN:
        return None
    case = load(tx, attempt_id)
    is_open = case.segment.state in {
        SegmentState.UNKNOWN,
        SegmentState.QUEUED,
        SegmentState.FAILED,
    }
    match outcome:
        case Reference():
            spelled = outcome.spelled or outcome.value
            finish(tx, case, AttemptState.ACCEPTED, terms, reference=spelled)
            if is_open:
                tx.outbox.save_segment(sent(case.segment, case.attempt, outcome))
            reports.meet(
                tx,
                outcome.line,
                peer=case.message.peer,
                reference=outcome.value,
                now=terms.now,
            )
        case PermanentFailure():
            error = failure_of(outcome)
            finish(tx, case, AttemptState.PERMANENT, terms, error=error)
            if case.segment.state is SegmentState.UNKNOWN:
                save(tx, case.segment, SegmentState.FAILED, error)
                return close(tx, case.message, SegmentState.FAILED, NOT_SENT, terms.now)
        case TemporaryFailure():
            error = failure_of(outcome)
            finish(tx, case, AttemptState.TEMPORARY, terms, error=error)
            if case.segment.state is SegmentState.UNKNOWN:
                return _try_again(tx, case, error, terms)
        case _:
            return None
    fresh = tx.outbox.get(case.message.id) or case.message
    return settle(tx, fresh, terms.now)


def _try_again(tx: Tx, case: Case, error: Failure, terms: Terms) -> Message:
    """It is proven not to have left: it goes, unless the message ended otherwise."""
    message = case.message
    if message.state is MessageState.SENDING:
        save(tx, case.segment, SegmentState.QUEUED, error)
        return message
    if message.state not in {MessageState.UNKNOWN, MessageState.QUEUED}:
        save(tx, case.segment, SegmentState.FAILED, error)
        return settle(tx, message, terms.now)
    save(tx, case.segment, SegmentState.QUEUED, error)
    waiting = replace(
        pinned(message, tx.outbox.segments(message.id)),
        state=MessageState.QUEUED,
        ready=False,
        due_at=terms.now + terms.wait(message.tries + 1),
    )
    return keep(tx, message, waiting, terms.now)
