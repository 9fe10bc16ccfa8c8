"""SMS-STATUS-REPORT and the meaning of its status.

Relies on the modules of the fields. Octets behind the last field are not looked at.

Spec: 3GPP TS 23.040 9.2.2.3, 9.2.3.15 and 9.2.3.27
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gateway.codec import DecodeError
from gateway.codec.address import Address, encode_address, take_address
from gateway.codec.cursor import Cursor
from gateway.codec.dcs import Alphabet, DataCoding, decode_dcs, encode_dcs
from gateway.codec.first_octet import (
    HEADER_INDICATION,
    MTI_MASK,
    MTI_STATUS_REPORT,
    NO_MORE_MESSAGES,
    STATUS_REPORT_OF_COMMAND,
    flags,
)
from gateway.codec.timestamp import ServiceTime, take_time
from gateway.codec.user_data import UserData, encode_user_data, take_user_data

_PI_PROTOCOL: Final = 0x01
_PI_CODING: Final = 0x02
_PI_USER_DATA: Final = 0x04
_PI_EXTENSION: Final = 0x80

_DEFAULT_CODING: Final = decode_dcs(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What became of a segment: `reference` is its TP-MR, `status` TP-ST as it came."""

    reference: int
    recipient: Address
    service_time: ServiceTime
    discharge_time: ServiceTime
    status: int
    user_data: UserData | None = None
    coding: DataCoding | None = None
    protocol_id: int | None = None
    more_to_send: bool = False
    of_command: bool = False


class StatusKind(StrEnum):
    """What a TP-Status means for the segment."""

    DELIVERED = "delivered"
    TRYING = "trying"
    FAILED_PERMANENT = "failed_permanent"
    FAILED_TEMPORARY = "failed_temporary"


def status_kind(tp_status: int) -> StatusKind:
    """The class of a TP-Status; all but TRYING are final.

    Reserved values count as "service rejected", a temporary error after which the SMSC
    does not try again. Spec: 3GPP TS 23.040 9.2.3.15
    """
    if 0x00 <= tp_status <= 0x02 or 0x10 <= tp_status <= 0x1F:
        return StatusKind.DELIVERED
    if 0x20 <= tp_status <= 0x25 or 0x30 <= tp_status <= 0x3F:
        return StatusKind.TRYING
    if 0x40 <= tp_status <= 0x49 or 0x50 <= tp_status <= 0x5F:
        return StatusKind.FAILED_PERMANENT
    return StatusKind.FAILED_TEMPORARY


def encode_status_report(report: StatusReport) -> bytes:
    """ValueError when a field does not fit."""
    has_header = report.user_data is not None and bool(report.user_data.header)
    first = MTI_STATUS_REPORT | flags(
        (NO_MORE_MESSAGES, not report.more_to_send),
        (STATUS_REPORT_OF_COMMAND, report.of_command),
        (HEADER_INDICATION, has_header),
    )
    return (
        bytes([first, report.reference])
        + encode_address(report.recipient)
        + report.service_time.raw
        + report.discharge_time.raw
        + bytes([report.status])
        + _encode_optional(report)
    )


def decode_status_report(tpdu: bytes) -> StatusReport:
    """Damaged optional fields behind the status are left out, not an error."""
    cursor = Cursor(tpdu)
    first = cursor.octet("first octet")
    if first & MTI_MASK != MTI_STATUS_REPORT:
        raise DecodeError("SMS-STATUS-REPORT", 0, tpdu)
    reference = cursor.octet("message reference")
    recipient = take_address(cursor)
    service_time = take_time(cursor)
    discharge_time = take_time(cursor)
    status = cursor.octet("status")
    try:
        protocol_id, coding, user_data = _take_optional(cursor, first)
    except DecodeError:
        # Padding of ones and cut parameter fields are common; the news stands before.
        protocol_id, coding, user_data = None, None, None
    return StatusReport(
        reference=reference,
        recipient=recipient,
        service_time=service_time,
        discharge_time=discharge_time,
        status=status,
        user_data=user_data,
        coding=coding,
        protocol_id=protocol_id,
        more_to_send=not first & NO_MORE_MESSAGES,
        of_command=bool(first & STATUS_REPORT_OF_COMMAND),
    )


def decode_status_report_leniently(tpdu: bytes) -> StatusReport:
    """As `decode_status_report`, but forgives an octet between TP-MR and the address.

    ZTE modems put it there. It shows by an address that cannot be or a time that is
    none, while all is well when the octet is passed over.
    """
    try:
        report = decode_status_report(tpdu)
    except DecodeError:
        shifted = _decode_shifted(tpdu)
        if shifted is None:
            raise
        return shifted
    if _is_plausible(report, tpdu):
        return report
    return _decode_shifted(tpdu) or report


def _decode_shifted(tpdu: bytes) -> StatusReport | None:
    without = tpdu[:2] + tpdu[3:]
    try:
        report = decode_status_report(without)
    except DecodeError:
        return None
    return report if _is_plausible(report, without) else None


def _is_plausible(report: StatusReport, tpdu: bytes) -> bool:
    # 23.040 9.1.2.5: the highest bit of a type of address is always set.
    type_of_address = tpdu[3]
    return report.service_time.moment is not None and type_of_address >= 0x80


def _encode_optional(report: StatusReport) -> bytes:
    coding = report.coding
    user_data = report.user_data
    if (
        coding is None
        and user_data is not None
        and user_data.alphabet is not Alphabet.GSM7
    ):
        coding = decode_dcs(encode_dcs(user_data.alphabet))
    indicator = flags(
        (_PI_PROTOCOL, report.protocol_id is not None),
        (_PI_CODING, coding is not None),
        (_PI_USER_DATA, user_data is not None),
    )
    if not indicator:
        return b""
    octets = bytes([indicator])
    if report.protocol_id is not None:
        octets += bytes([report.protocol_id])
    if coding is not None:
        octets += bytes([coding.octet])
    if user_data is not None:
        octets += encode_user_data(user_data, coding or _DEFAULT_CODING)
    return octets


def _take_optional(
    cursor: Cursor, first: int
) -> tuple[int | None, DataCoding | None, UserData | None]:
    if not cursor.remaining:
        return None, None, None
    indicator = extension = cursor.octet("parameter indicator")
    while extension & _PI_EXTENSION:
        extension = cursor.octet("parameter indicator extension")
    protocol_id = coding = user_data = None
    if indicator & _PI_PROTOCOL:
        protocol_id = cursor.octet("protocol identifier")
    if indicator & _PI_CODING:
        coding = decode_dcs(cursor.octet("data coding scheme"))
    if indicator & _PI_USER_DATA:
        user_data = take_user_data(
            cursor,
            coding or _DEFAULT_CODING,
            has_header=bool(first & HEADER_INDICATION),
        )
    return protocol_id, coding, user_data
