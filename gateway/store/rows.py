"""Rows of messages, segments, attempts and groups to dataclasses and back, once.

The only place, with `side_rows`, that knows which column holds what.
"""

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import UserData
from gateway.codec.udh import decode_header, encode_header
from gateway.core.message import (
    Attempt,
    AttemptState,
    Direction,
    Failure,
    Message,
    MessageClass,
    MessageState,
    OnUnknown,
    Segment,
    SegmentState,
)
from gateway.core.message_store import Group
from gateway.store.carrier_column import from_carrier, to_carrier
from gateway.store.column import (
    from_moment,
    from_moment_or_none,
    from_numbers,
    to_moment,
    to_moment_or_none,
    to_numbers,
)
from gateway.store.engine import Row, Value

# An enumeration looks its members up at length.
_DIRECTIONS = {one.value: one for one in Direction}
_MESSAGE_STATES = {one.value: one for one in MessageState}
_CLASSES = {one.value: one for one in MessageClass}
_ON_UNKNOWN = {one.value: one for one in OnUnknown}
_ALPHABETS = {one.value: one for one in Alphabet}
_SEGMENT_STATES = {one.value: one for one in SegmentState}
_ATTEMPT_STATES = {one.value: one for one in AttemptState}


def failure_values(error: Failure | None) -> dict[str, Value]:
    if error is None:
        return {"error_code": None, "error_reason": None, "error_carrier": None}
    return {
        "error_code": error.code,
        "error_reason": error.reason,
        "error_carrier": error.carrier_code,
    }


def failure_of(row: Row) -> Failure | None:
    if row["error_code"] is None:
        return None
    return Failure(
        code=row["error_code"],
        reason=row["error_reason"],
        carrier_code=row["error_carrier"],
    )


def moving_message_values(message: Message) -> dict[str, Value]:
    """The columns that a change of state may change, and the key."""
    return {
        "id": message.id,
        "state": message.state.value,
        "updated_at": from_moment(message.updated_at),
        "due_at": from_moment_or_none(message.due_at),
        "ready": message.ready,
        **failure_values(message.error),
    }


def changing_message_values(message: Message) -> dict[str, Value]:
    """The columns that may change, and the key."""
    return {
        "id": message.id,
        "state": message.state.value,
        "thread_id": message.thread_id,
        "own": message.own,
        "text": message.text,
        "octets": message.octets,
        "alphabet": message.alphabet.value,
        "segments": message.segments,
        "updated_at": from_moment(message.updated_at),
        "link": message.link,
        "lane": message.lane,
        # NULL would not be found by equality: "any link" is the empty text.
        "preferred_link": message.preferred_link or "",
        "on_unknown": message.on_unknown.value,
        "priority": message.priority,
        "due_at": from_moment_or_none(message.due_at),
        "expires_at": from_moment_or_none(message.expires_at),
        "validity_s": message.validity_s,
        "tries": message.tries,
        "deferred": message.tries > 0,
        "ready": message.ready,
        "possible_duplicate": message.possible_duplicate,
        "service_time": from_moment_or_none(message.service_time),
        "missing": from_numbers(message.missing),
        "destination_port": message.destination_port,
        **failure_values(message.error),
    }


def message_values(message: Message) -> dict[str, Value]:
    return {
        "direction": message.direction.value,
        "contact_id": message.contact_id,
        "peer": message.peer,
        "created_at": from_moment(message.created_at),
        "reference": message.reference,
        "message_class": message.message_class.value,
        "flash": message.flash,
        "protocol_id": message.protocol_id,
        "carrier": from_carrier(message.carrier),
        "status_report": message.status_report,
        "queue": message.queue,
        "report_url": message.report_url,
        "token_id": message.token_id,
        "account_id": message.account_id,
        **changing_message_values(message),
    }


def message_of(row: Row) -> Message:
    return Message(
        id=row["id"],
        direction=_DIRECTIONS[row["direction"]],
        state=_MESSAGE_STATES[row["state"]],
        contact_id=row["contact_id"],
        thread_id=row["thread_id"],
        peer=row["peer"],
        own=row["own"],
        text=row["text"],
        octets=row["octets"],
        alphabet=_ALPHABETS[row["alphabet"]],
        segments=row["segments"],
        created_at=to_moment(row["created_at"]),
        updated_at=to_moment(row["updated_at"]),
        link=row["link"],
        error=failure_of(row),
        lane=row["lane"],
        preferred_link=row["preferred_link"] or None,
        reference=row["reference"],
        message_class=_CLASSES[row["message_class"]],
        on_unknown=_ON_UNKNOWN[row["on_unknown"]],
        flash=bool(row["flash"]),
        protocol_id=row["protocol_id"],
        carrier=to_carrier(row["carrier"]),
        status_report=bool(row["status_report"]),
        priority=row["priority"],
        queue=row["queue"],
        due_at=to_moment_or_none(row["due_at"]),
        expires_at=to_moment_or_none(row["expires_at"]),
        validity_s=row["validity_s"],
        tries=row["tries"],
        ready=bool(row["ready"]),
        possible_duplicate=bool(row["possible_duplicate"]),
        report_url=row["report_url"],
        token_id=row["token_id"],
        account_id=row["account_id"],
        service_time=to_moment_or_none(row["service_time"]),
        missing=to_numbers(row["missing"]),
        destination_port=row["destination_port"],
    )


def changing_segment_values(segment: Segment) -> dict[str, Value]:
    """The columns that may change, and the keys."""
    return {
        "id": segment.id,
        "message_id": segment.message_id,
        "number": segment.number,
        "state": segment.state.value,
        "link": segment.link,
        "line": segment.line,
        "reference": segment.reference,
        "sent_at": from_moment_or_none(segment.sent_at),
        "reported_at": from_moment_or_none(segment.reported_at),
        "report_status": segment.report_status,
        **failure_values(segment.error),
    }


def segment_values(segment: Segment) -> dict[str, Value]:
    return {
        "total": segment.total,
        "alphabet": segment.body.alphabet.value,
        "header": encode_header(segment.body.header),
        "units": segment.body.units,
        "raw": segment.raw,
        **changing_segment_values(segment),
    }


def segment_of(row: Row) -> Segment:
    header: bytes = row["header"]
    return Segment(
        id=row["id"],
        message_id=row["message_id"],
        number=row["number"],
        total=row["total"],
        state=_SEGMENT_STATES[row["state"]],
        body=UserData(
            alphabet=_ALPHABETS[row["alphabet"]],
            header=decode_header(header) if header else (),
            units=row["units"],
        ),
        link=row["link"],
        line=row["line"],
        reference=row["reference"],
        sent_at=to_moment_or_none(row["sent_at"]),
        reported_at=to_moment_or_none(row["reported_at"]),
        report_status=row["report_status"],
        error=failure_of(row),
        raw=row["raw"],
    )


def changing_attempt_values(attempt: Attempt) -> dict[str, Value]:
    """The columns that may change, and the keys."""
    return {
        "id": attempt.id,
        "message_id": attempt.message_id,
        "line": attempt.line,
        "state": attempt.state.value,
        "finished_at": from_moment_or_none(attempt.finished_at),
        "reference": attempt.reference,
        "possible_duplicate": attempt.possible_duplicate,
        **failure_values(attempt.error),
    }


def attempt_values(attempt: Attempt) -> dict[str, Value]:
    return {
        "segment_id": attempt.segment_id,
        "link": attempt.link,
        "started_at": from_moment(attempt.started_at),
        "tail": attempt.tail,
        **changing_attempt_values(attempt),
    }


def attempt_of(row: Row) -> Attempt:
    return Attempt(
        id=row["id"],
        segment_id=row["segment_id"],
        message_id=row["message_id"],
        link=row["link"],
        line=row["line"],
        state=_ATTEMPT_STATES[row["state"]],
        started_at=to_moment(row["started_at"]),
        finished_at=to_moment_or_none(row["finished_at"]),
        reference=row["reference"],
        error=failure_of(row),
        possible_duplicate=bool(row["possible_duplicate"]),
        tail=row["tail"],
    )


def changing_group_values(group: Group) -> dict[str, Value]:
    """The columns that may change, and the key."""
    return {
        "message_id": group.message_id,
        "deadline_at": from_moment(group.deadline_at),
        "surfaced": group.surfaced,
        "complete": group.complete,
        "service_time": from_moment_or_none(group.service_time),
    }


def group_values(group: Group) -> dict[str, Value]:
    return {
        "line": group.line,
        "originator": group.originator,
        "reference": group.reference,
        "wide": group.wide,
        "total": group.total,
        "first_at": from_moment(group.first_at),
        **changing_group_values(group),
    }


def group_of(row: Row) -> Group:
    return Group(
        message_id=row["message_id"],
        line=row["line"],
        originator=row["originator"],
        reference=row["reference"],
        wide=bool(row["wide"]),
        total=row["total"],
        first_at=to_moment(row["first_at"]),
        deadline_at=to_moment(row["deadline_at"]),
        surfaced=bool(row["surfaced"]),
        complete=bool(row["complete"]),
        service_time=to_moment_or_none(row["service_time"]),
    )
