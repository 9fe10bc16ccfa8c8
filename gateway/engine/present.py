"""The one JSON shape of each thing, used by events, webhooks and the API alike.

Pure. Absent values are null, times RFC 3339 in UTC, octets base64. Does not decide
who may see what.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from gateway.core.contact import Contact
from gateway.core.event import Event
from gateway.core.link import InboundCall, InboundUndecoded, LinkStatus
from gateway.core.message import (
    Attempt,
    CarrierOptions,
    Direction,
    Failure,
    Message,
    MessageState,
    Segment,
)

JsonObject = dict[str, object]


@lru_cache(maxsize=512)  # each event of a message spells the same three again
def time_text(moment: datetime | None) -> str | None:
    """`2026-01-31T12:00:00.000Z`."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def failure_json(failure: Failure | None) -> JsonObject | None:
    if failure is None:
        return None
    return {
        "code": failure.code,
        "reason": failure.reason,
        "carrier_code": failure.carrier_code,
    }


def message_json(message: Message) -> JsonObject:
    """What everybody is told of a message."""
    is_out = message.direction is Direction.MT
    return {
        "id": message.id,
        "direction": message.direction.value,
        "state": message.state.value,
        "to" if is_out else "from": message.peer,
        "own": message.own,
        "text": message.text,
        "octets": None if message.octets is None else _base64(message.octets),
        "alphabet": message.alphabet.value,
        "segments": message.segments,
        "destination_port": message.destination_port,
        "link": message.link or message.preferred_link,
        "error": failure_json(message.error),
        "carrier": None if message.carrier is None else carrier_json(message.carrier),
        "thread_id": message.thread_id,
        "contact_id": message.contact_id,
        "created_at": time_text(message.created_at),
        "updated_at": time_text(message.updated_at),
        **(_out_json(message) if is_out else _in_json(message)),
    }


def _out_json(message: Message) -> JsonObject:
    is_scheduled = message.state is MessageState.SCHEDULED
    return {
        "account": message.account_id,
        "lane": message.lane,
        "reference": message.reference,
        "class": message.message_class.value,
        "flash": message.flash,
        "priority": message.priority,
        "queue": message.queue,
        "send_at": time_text(message.due_at if is_scheduled else None),
        "retry_at": time_text(None if is_scheduled else message.due_at),
        "expires_at": time_text(message.expires_at),
        "possible_duplicate": message.possible_duplicate,
    }


def carrier_json(options: CarrierOptions) -> JsonObject:
    """What only carriers understand; TLVs in hex."""
    return {
        "service_type": options.service_type,
        "source_kind": _pair(options.source_kind),
        "destination_kind": _pair(options.destination_kind),
        "tlvs": [
            {"tag": tag, "value": f"0x{value.hex()}"} for tag, value in options.tlvs
        ],
        "deliver_at": time_text(options.deliver_at),
        "replace_if_present": options.replace_if_present,
        "failure_reports_only": options.failure_reports_only,
        "intermediate_reports": options.intermediate_reports,
    }


def _pair(kind: tuple[int, int] | None) -> list[int] | None:
    return None if kind is None else list(kind)


def _in_json(message: Message) -> JsonObject:
    return {
        "complete": not message.missing,
        "missing": list(message.missing),
        "service_time": time_text(message.service_time),
    }


def segment_json(segment: Segment) -> JsonObject:
    return {
        "number": segment.number,
        "total": segment.total,
        "state": segment.state.value,
        "reference": segment.reference,
        "link": segment.link,
        "sent_at": time_text(segment.sent_at),
        "reported_at": time_text(segment.reported_at),
        "report_status": segment.report_status,
        "error": failure_json(segment.error),
        "length": segment.body.length,
    }


def attempt_json(attempt: Attempt, number: int | None) -> JsonObject:
    """`number` is that of the segment."""
    return {
        "segment": number,
        "link": attempt.link,
        "state": attempt.state.value,
        "started_at": time_text(attempt.started_at),
        "finished_at": time_text(attempt.finished_at),
        "reference": attempt.reference,
        "error": failure_json(attempt.error),
        "possible_duplicate": attempt.possible_duplicate,
    }


def message_detail_json(
    message: Message, segments: Sequence[Segment], attempts: Sequence[Attempt]
) -> JsonObject:
    """A message with all that happened to it."""
    numbers = {segment.id: segment.number for segment in segments}
    return {
        **message_json(message),
        "segment_list": [segment_json(segment) for segment in segments],
        "attempts": [
            attempt_json(attempt, numbers.get(attempt.segment_id))
            for attempt in attempts
        ],
    }


def link_json(status: LinkStatus) -> JsonObject:
    return {
        "id": status.link,
        "kind": status.kind,
        "state": status.state.value,
        "since": time_text(status.since),
        "reason": status.reason,
        "detail": status.detail,
        "line": status.line,
        "msisdn": status.msisdn,
        "operator": status.operator,
        "registration": status.registration,
        "signal_dbm": status.signal_dbm,
        "imei": status.imei,
        "imsi": status.imsi,
        "model": status.model,
        "port": status.port,
        "smsc": status.smsc,
        "storage_used": status.storage_used,
        "storage_total": status.storage_total,
        "recoveries": status.recoveries,
        "window": status.window,
        "in_flight": status.in_flight,
        "rate_per_s": status.rate_per_s,
        "id_form": status.id_form,
        "last_error": status.last_error,
        "last_error_at": time_text(status.last_error_at),
    }


def event_json(event: Event) -> JsonObject:
    return {
        "seq": event.seq,
        "type": event.type.value,
        "at": time_text(event.at),
        "data": event.data,
    }


def contact_json(contact: Contact) -> JsonObject:
    return {
        "id": contact.id,
        "address": contact.address,
        "created_at": time_text(contact.created_at),
        "opted_out_at": time_text(contact.opted_out_at),
        "opt_out_source": contact.opt_out_source,
    }


def call_json(call: InboundCall) -> JsonObject:
    return {
        "link": call.link,
        "line": call.line,
        "from": None if call.caller is None else str(call.caller),
        "own": call.recipient,
        "at": time_text(call.received_at),
    }


def quarantine_json(item_id: int, item: InboundUndecoded) -> JsonObject:
    return {
        "id": item_id,
        "link": item.link,
        "line": item.line,
        "raw": item.raw.hex(),
        "reason": item.reason,
        "received_at": time_text(item.received_at),
    }


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")
