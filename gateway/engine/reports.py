"""Reports meet the segments they are about, whichever of the two comes first.

A report is matched by line, reference and recipient in whatever format, the newest
unsettled segment first; without a known reference by the time the service centre gives,
when only one attempt can be meant. What has no match is parked and met later. Relies on
`transition`; works inside the caller's write.

Spec: spec/modem.md 9.28; spec/reliability.md 1.5, DG-12, DG-13
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final, assert_never

from gateway.codec.value import replace
from gateway.core.link import InboundReport, ReportKind, attempt_number
from gateway.core.message import (
    Attempt,
    AttemptState,
    Failure,
    Message,
    Segment,
    SegmentState,
)
from gateway.core.message_store import TAIL_DIGITS, tail_of
from gateway.core.store import Tx
from gateway.engine.transition import settle, tell_progress

NEWEST: Final = 32  # references wrap: older ones have had their report long ago
MET_AT_ONCE: Final = 200
CLOCK_SLACK: Final = timedelta(minutes=2)
LONGEST_SUBMISSION: Final = timedelta(minutes=10)
ZONE_STEP: Final = timedelta(minutes=30)
WIDEST_ZONE_ERROR: Final = timedelta(hours=14)

_UNSETTLED: Final = frozenset({SegmentState.SENT, SegmentState.UNKNOWN})
_REVISABLE: Final = frozenset(
    {
        SegmentState.QUEUED,
        SegmentState.UNDELIVERED,
        SegmentState.EXPIRED,
        SegmentState.FAILED,
    }
)
_NOT_KNOWN: Final = frozenset(
    {SegmentState.UNKNOWN, SegmentState.FAILED, SegmentState.QUEUED}
)
_FINAL: Final = {
    ReportKind.DELIVERED: SegmentState.DELIVERED,
    ReportKind.UNDELIVERED: SegmentState.UNDELIVERED,
    ReportKind.EXPIRED: SegmentState.EXPIRED,
}


class Placing(StrEnum):
    """What became of a report."""

    MATCHED = "matched"
    PARKED = "parked"
    STALE = "stale"  # it says what is known, or less


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubtful:
    """An attempt without reference, and what it was for."""

    attempt: Attempt
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """A segment of that reference, and its message."""

    segment: Segment
    message: Message


def place(tx: Tx, report: InboundReport, now: datetime) -> Placing:
    """Match a report that just came, or park it."""
    placing = _try(tx, report, now)
    if placing is Placing.PARKED:
        tx.inbox.park_report(report)
    return placing


def meet(tx: Tx, line: str, *, peer: str, reference: str | None, now: datetime) -> int:
    """Match what was parked with what is known by now; how many were.

    It is known what became of an attempt to `peer` on `line`: what waited for that, or
    has its reference, is looked at again, and nothing else.
    """
    met = 0
    parked_reports = tx.inbox.parked_reports(
        line, reference=reference, tail=tail_of(peer), limit=MET_AT_ONCE
    )
    for parked in parked_reports:
        if _try(tx, parked.report, now) is not Placing.PARKED:
            tx.inbox.drop_parked(parked.id)
            met += 1
    return met


def same_recipient(ours: str, theirs: str) -> int:
    """How well two spellings of a number agree, in digits; 0: they do not.

    Reports may name in national form whom we wrote to in international form.
    """
    one, other = ours.lstrip("+"), theirs.lstrip("+")
    if one == other:
        return len(one) + 1
    common = 0
    for left, right in zip(reversed(one), reversed(other), strict=False):
        if left != right:
            break
        common += 1
    return common if common >= TAIL_DIGITS else 0


def _try(tx: Tx, report: InboundReport, now: datetime) -> Placing:
    recipient = str(report.recipient)
    if report.unique:
        known = _by_reference(tx, report, recipient)
        if known and known[0].segment.state in _UNSETTLED:
            return _apply(tx, known[0], report, now)
    doubtful = [
        _Doubtful(attempt=attempt, message=message)
        for attempt in tx.outbox.unreferenced(
            report.line, tail_of(report.recipient.digits)
        )
        if (message := tx.outbox.get(attempt.message_id)) is not None
        and same_recipient(message.peer, recipient)
    ]
    if any(one.attempt.state is AttemptState.SUBMITTING for one in doubtful):
        # Its reference may be the one that is about to be told.
        return Placing.PARKED
    known = _by_reference(tx, report, recipient)
    unsettled = [one for one in known if one.segment.state in _UNSETTLED]
    if unsettled:
        return _apply(tx, unsettled[0], report, now)
    owner = next((one for one in known if _owns(one.segment, report)), None)
    if owner is not None:
        return _apply(tx, owner, report, now)
    doubt = _only_candidate(doubtful, report)
    if doubt is not None:
        if not tx.inbox.remember_fingerprint(_sending(report), now):
            # News of an attempt whose segment was sent again since: not of this one.
            return Placing.STALE
        return _apply_to_attempt(tx, doubt, report, now)
    return _apply(tx, known[0], report, now) if known else Placing.PARKED


def _sending(report: InboundReport) -> bytes:
    """What all reports about one sending have in common."""
    parts = (report.line, report.reference, report.recipient, report.service_time)
    return sha256(repr(parts).encode()).digest()


def _by_reference(tx: Tx, report: InboundReport, recipient: str) -> list[_Known]:
    """The best spelled first, among equals the newest."""
    ranked: list[tuple[int, _Known]] = []
    for segment in tx.outbox.by_reference(report.line, report.reference, NEWEST):
        message = tx.outbox.get(segment.message_id)
        if message is not None:
            likeness = same_recipient(message.peer, recipient)
            ranked.append((likeness, _Known(segment=segment, message=message)))
    ranked.sort(key=lambda pair: -pair[0])
    return [known for likeness, known in ranked if likeness]


def _owns(segment: Segment, report: InboundReport) -> bool:
    """Whether a settled segment has the report's reference at the report's time.

    Then it is more news of that one, and says nothing of an unknown attempt.
    """
    if report.service_time is None or segment.sent_at is None:
        return True
    earliest = segment.sent_at - LONGEST_SUBMISSION - CLOCK_SLACK
    latest = segment.sent_at + CLOCK_SLACK
    moments = _other_zones(report.service_time)
    return any(earliest <= moment <= latest for moment in moments)


def _only_candidate(
    doubtful: Sequence[_Doubtful], report: InboundReport
) -> _Doubtful | None:
    """The single unknown attempt that a report without known reference can mean."""
    if report.attempt_number is not None:
        # The carrier tells our own number of it again.
        number = report.attempt_number
        meant = [one for one in doubtful if attempt_number(one.attempt.id) == number]
        if len(meant) == 1:
            return meant[0]
    for moment in _moments(report):
        meant = [one for one in doubtful if _was_then(one.attempt, moment)]
        if meant:
            return meant[0] if len(meant) == 1 else None
    return None


def _moments(report: InboundReport) -> Iterator[datetime]:
    """When it was sent, as told; then as meant by a centre in a wrong time zone.

    Its error shows in the discharge time: a report is on its way for seconds only.
    """
    if report.service_time is None:
        return
    yield report.service_time
    if report.discharge_time is None:
        return
    error = report.received_at - report.discharge_time
    shift = ZONE_STEP * round(error / ZONE_STEP)
    if abs(error - shift) <= CLOCK_SLACK and abs(shift) <= WIDEST_ZONE_ERROR:
        yield report.service_time + shift


def _other_zones(moment: datetime) -> Iterator[datetime]:
    """The moment in all the zones that a service centre may have meant."""
    steps = WIDEST_ZONE_ERROR // ZONE_STEP
    return (moment + ZONE_STEP * step for step in range(-steps, steps + 1))


def _was_then(attempt: Attempt, moment: datetime) -> bool:
    # What was interrupted ends with the next start, maybe days later.
    latest = attempt.started_at + LONGEST_SUBMISSION
    end = min(attempt.finished_at or latest, latest)
    return attempt.started_at - CLOCK_SLACK <= moment <= end + CLOCK_SLACK


def _apply_to_attempt(
    tx: Tx, doubt: _Doubtful, report: InboundReport, now: datetime
) -> Placing:
    """A report is proof that an unknown attempt was taken."""
    attempt = doubt.attempt
    tx.outbox.save_attempt(
        replace(attempt, state=AttemptState.ACCEPTED, reference=report.reference)
    )
    segment = tx.outbox.segment(attempt.segment_id)
    if segment is None:
        raise AssertionError(f"attempt {attempt.id} is about nothing")
    if segment.state in _NOT_KNOWN:
        segment = replace(
            segment,
            link=attempt.link,
            line=attempt.line,
            reference=report.reference,
            sent_at=attempt.finished_at or attempt.started_at,
        )
    _apply(tx, _Known(segment=segment, message=doubt.message), report, now)
    return Placing.MATCHED


def _apply(tx: Tx, known: _Known, report: InboundReport, now: datetime) -> Placing:
    after = reported(known.segment, report)
    if after is None:
        return Placing.STALE
    tx.outbox.save_segment(after)
    if report.of_message and after.total > 1:
        for other in tx.outbox.segments(known.message.id):
            if (also := reported(other, report)) is not None:
                tx.outbox.save_segment(also)
    alone = [after] if after.total == 1 else None
    settled = settle(tx, known.message, now, segments=alone)
    tell_progress(tx, known.message, settled, now)
    return Placing.MATCHED


def reported(segment: Segment, report: InboundReport) -> Segment | None:
    """The segment after the report; None when the report brings nothing new."""
    state = _FINAL.get(report.kind, SegmentState.SENT)
    is_open = segment.state in _UNSETTLED or segment.state is SegmentState.QUEUED
    is_better = state is SegmentState.DELIVERED and segment.state in _REVISABLE
    was_given_up = segment.state is SegmentState.FAILED and state in _FINAL.values()
    if not (is_open or is_better or was_given_up):
        return None
    return replace(
        segment,
        state=state,
        error=_failure(report),
        report_status=report.status,
        reported_at=report.received_at,
    )


def _failure(report: InboundReport) -> Failure | None:
    match report.kind:
        case ReportKind.UNDELIVERED:
            code, reason = "undelivered", "the network could not deliver it"
        case ReportKind.EXPIRED:
            code, reason = "expired", "the network gave up within the validity period"
        case ReportKind.DELIVERED | ReportKind.TRYING:
            return None
        case _:
            assert_never(report.kind)
    return Failure(code=code, reason=reason, carrier_code=report.status)
