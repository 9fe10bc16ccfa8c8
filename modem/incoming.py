"""From a PDU as a modem shows it to what the door takes in.

Relies on `gateway.codec`; a PDU that cannot be read becomes an `InboundUndecoded`
with its octets, never an exception.

Spec: 3GPP TS 27.005 3.1, 23.040 9.2.2.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from gateway.codec import DecodeError
from gateway.codec.tpdu import (
    Deliver,
    StatusKind,
    StatusReport,
    decode_incoming,
    status_kind,
)
from gateway.core.ids import LinkId
from gateway.core.link import (
    InboundItem,
    InboundReport,
    InboundSegment,
    InboundUndecoded,
    ReportKind,
)
from modem.answers import octets_of

_TYPE_MASK = 0b11
_SUBMIT = 0b01
_VALIDITY_EXPIRED = 0x46  # 23.040 9.2.3.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Which SIM it came in on."""

    link: LinkId
    line: str
    msisdn: str | None


def is_outgoing(text: str) -> bool:
    """Is it a SUBMIT that lies in the store, none of ours to take?"""
    octets = octets_of(text)
    if octets is None or len(octets) < octets[0] + 2:
        return False
    return octets[octets[0] + 1] & _TYPE_MASK == _SUBMIT


def inbound_item(
    text: str, length_octets: int | None, where: Line, received_at: datetime
) -> InboundItem:
    """The PDU's digits as an item; `length_octets` is what the header stated."""
    octets = octets_of(text)
    if octets is None:
        return _undecoded(text.encode(), "not octets", where, received_at)
    tpdu = _tpdu_of(octets, length_octets)
    try:
        decoded = decode_incoming(tpdu)
    except DecodeError as problem:
        return _undecoded(octets, str(problem), where, received_at)
    match decoded:
        case Deliver():
            return _segment(decoded, tpdu, where, received_at)
        case StatusReport():
            return _report(decoded, tpdu, where, received_at)
        case _:
            assert_never(decoded)


def _tpdu_of(octets: bytes, length_octets: int | None) -> bytes:
    """What follows the SMSC address, without the padding some modems hang on it."""
    if length_octets == len(octets) and octets[0] + 1 > len(octets):
        return octets
    tpdu = octets[octets[0] + 1 :]
    if length_octets is not None and set(tpdu[length_octets:]) == {0xFF}:
        return tpdu[:length_octets]
    return tpdu


def _segment(
    deliver: Deliver, tpdu: bytes, where: Line, received_at: datetime
) -> InboundSegment:
    return InboundSegment(
        link=where.link,
        line=where.line,
        originator=deliver.originator,
        recipient=where.msisdn,
        body=deliver.user_data,
        coding=deliver.coding,
        protocol_id=deliver.protocol_id,
        service_time=deliver.service_time.moment,
        raw=tpdu,
        received_at=received_at,
    )


def _report(
    report: StatusReport, tpdu: bytes, where: Line, received_at: datetime
) -> InboundReport:
    return InboundReport(
        link=where.link,
        line=where.line,
        reference=str(report.reference),
        recipient=report.recipient,
        kind=_kind(report.status),
        status=f"0x{report.status:02x}",
        service_time=report.service_time.moment,
        discharge_time=report.discharge_time.moment,
        raw=tpdu,
        received_at=received_at,
    )


def _kind(status: int) -> ReportKind:
    if status == _VALIDITY_EXPIRED:
        return ReportKind.EXPIRED
    kind = status_kind(status)
    match kind:
        case StatusKind.DELIVERED:
            return ReportKind.DELIVERED
        case StatusKind.TRYING:
            return ReportKind.TRYING
        case StatusKind.FAILED_PERMANENT | StatusKind.FAILED_TEMPORARY:
            return ReportKind.UNDELIVERED
        case _:
            assert_never(kind)


def _undecoded(
    raw: bytes, reason: str, where: Line, received_at: datetime
) -> InboundUndecoded:
    return InboundUndecoded(
        link=where.link,
        line=where.line,
        raw=raw,
        reason=reason,
        received_at=received_at,
    )
