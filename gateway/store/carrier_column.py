"""Carrier options as JSON text in one column: absent for nearly every message."""

import json
from typing import Any

from gateway.core.message import CarrierOptions
from gateway.store.column import from_json, from_moment, to_moment


def from_carrier(options: CarrierOptions | None) -> str | None:
    """Only what was given."""
    if options is None:
        return None
    said: dict[str, object] = {
        "service_type": options.service_type,
        "source_kind": options.source_kind,
        "destination_kind": options.destination_kind,
        "tlvs": [[tag, value.hex()] for tag, value in options.tlvs],
        "deliver_at": options.deliver_at and from_moment(options.deliver_at),
        "replace_if_present": options.replace_if_present,
        "failure_reports_only": options.failure_reports_only,
        "intermediate_reports": options.intermediate_reports,
    }
    return from_json({name: value for name, value in said.items() if value})


def to_carrier(text: str | None) -> CarrierOptions | None:
    """As it was."""
    if text is None:
        return None
    said: dict[str, Any] = json.loads(text)
    deliver_at = said.get("deliver_at")
    return CarrierOptions(
        service_type=said.get("service_type"),
        source_kind=_pair(said.get("source_kind")),
        destination_kind=_pair(said.get("destination_kind")),
        tlvs=tuple((tag, bytes.fromhex(value)) for tag, value in said.get("tlvs", ())),
        deliver_at=None if deliver_at is None else to_moment(deliver_at),
        replace_if_present=said.get("replace_if_present", False),
        failure_reports_only=said.get("failure_reports_only", False),
        intermediate_reports=said.get("intermediate_reports", False),
    )


def _pair(numbers: list[int] | None) -> tuple[int, int] | None:
    if numbers is None:
        return None
    ton, npi = numbers
    return ton, npi
