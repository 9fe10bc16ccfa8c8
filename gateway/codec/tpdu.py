"""SMS-SUBMIT and SMS-DELIVER, and whatever may come from an SMSC.

Relies on the other modules of this room for the fields; SMS-STATUS-REPORT is offered
here and lives in `status_report`. Octets behind the last field are not looked at.

Spec: 3GPP TS 23.040 9.2.2 and 9.2.3; 3GPP TS 27.005 3.1 for the SMSC in front
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from gateway.codec import DecodeError
from gateway.codec.address import Address, decode_smsc, encode_address, take_address
from gateway.codec.cursor import Cursor
from gateway.codec.dcs import DataCoding, decode_dcs, encode_dcs
from gateway.codec.first_octet import (
    HEADER_INDICATION,
    MTI_DELIVER,
    MTI_MASK,
    MTI_RESERVED,
    MTI_STATUS_REPORT,
    MTI_SUBMIT,
    NO_MORE_MESSAGES,
    REJECT_DUPLICATES,
    REPLY_PATH,
    STATUS_REPORT_INDICATION,
    STATUS_REPORT_REQUEST,
    VALIDITY_MASK,
    VALIDITY_SHIFT,
    flags,
)
from gateway.codec.status_report import (
    StatusKind,
    StatusReport,
    decode_status_report,
    decode_status_report_leniently,
    encode_status_report,
    status_kind,
)
from gateway.codec.timestamp import (
    TIME_OCTETS,
    ServiceTime,
    decode_validity_enhanced,
    decode_validity_relative,
    encode_validity,
    take_time,
)
from gateway.codec.user_data import UserData, encode_user_data, take_user_data

__all__ = [
    "Deliver",
    "StatusKind",
    "StatusReport",
    "Submit",
    "decode_deliver",
    "decode_incoming",
    "decode_pdu",
    "decode_status_report",
    "decode_submit",
    "encode_deliver",
    "encode_deliver_report",
    "encode_status_report",
    "encode_submit",
    "status_kind",
]

_UNSPECIFIED_ERROR: Final = 0xFF
_VALIDITY_ENHANCED: Final = 1
_VALIDITY_RELATIVE: Final = 2
_VALIDITY_ABSOLUTE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """A segment on its way to the SMSC.

    `dcs` overrides what alphabet and `message_class` would give. A `timedelta` becomes
    a relative validity period, a `ServiceTime` an absolute one.
    """

    destination: Address
    user_data: UserData
    reference: int = 0
    status_report: bool = True
    reject_duplicates: bool = False
    reply_path: bool = False
    message_class: int | None = None
    protocol_id: int = 0
    validity: timedelta | ServiceTime | None = None
    dcs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver:
    """A segment from the SMSC."""

    originator: Address
    user_data: UserData
    coding: DataCoding
    protocol_id: int = 0
    service_time: ServiceTime
    more_to_send: bool = False
    status_report_indication: bool = False
    reply_path: bool = False


def encode_submit(submit: Submit) -> bytes:
    """ValueError when a field does not fit."""
    validity_format, validity = _encode_validity(submit.validity)
    dcs = submit.dcs
    if dcs is None:
        dcs = encode_dcs(submit.user_data.alphabet, message_class=submit.message_class)
    first = MTI_SUBMIT | validity_format << VALIDITY_SHIFT
    first |= flags(
        (REJECT_DUPLICATES, submit.reject_duplicates),
        (STATUS_REPORT_REQUEST, submit.status_report),
        (HEADER_INDICATION, bool(submit.user_data.header)),
        (REPLY_PATH, submit.reply_path),
    )
    return (
        bytes([first, submit.reference])
        + encode_address(submit.destination)
        + bytes([submit.protocol_id, dcs])
        + validity
        + encode_user_data(submit.user_data, decode_dcs(dcs))
    )


def decode_submit(tpdu: bytes) -> Submit:
    cursor = Cursor(tpdu)
    first = cursor.octet("first octet")
    if first & MTI_MASK != MTI_SUBMIT:
        raise DecodeError("SMS-SUBMIT", 0, tpdu)
    reference = cursor.octet("message reference")
    destination = take_address(cursor)
    protocol_id = cursor.octet("protocol identifier")
    coding = decode_dcs(cursor.octet("data coding scheme"))
    validity = _take_validity(cursor, first >> VALIDITY_SHIFT & VALIDITY_MASK)
    return Submit(
        destination=destination,
        user_data=take_user_data(
            cursor, coding, has_header=bool(first & HEADER_INDICATION)
        ),
        reference=reference,
        status_report=bool(first & STATUS_REPORT_REQUEST),
        reject_duplicates=bool(first & REJECT_DUPLICATES),
        reply_path=bool(first & REPLY_PATH),
        message_class=coding.message_class,
        protocol_id=protocol_id,
        validity=validity,
        dcs=coding.octet,
    )


def encode_deliver(deliver: Deliver) -> bytes:
    """ValueError when a field does not fit."""
    first = MTI_DELIVER | flags(
        (NO_MORE_MESSAGES, not deliver.more_to_send),
        (STATUS_REPORT_INDICATION, deliver.status_report_indication),
        (HEADER_INDICATION, bool(deliver.user_data.header)),
        (REPLY_PATH, deliver.reply_path),
    )
    return (
        bytes([first])
        + encode_address(deliver.originator)
        + bytes([deliver.protocol_id, deliver.coding.octet])
        + deliver.service_time.raw
        + encode_user_data(deliver.user_data, deliver.coding)
    )


def decode_deliver(tpdu: bytes) -> Deliver:
    """A reserved message type is read as SMS-DELIVER. Spec: 3GPP TS 23.040 9.2.3.1"""
    cursor = Cursor(tpdu)
    first = cursor.octet("first octet")
    if first & MTI_MASK not in (MTI_DELIVER, MTI_RESERVED):
        raise DecodeError("SMS-DELIVER", 0, tpdu)
    originator = take_address(cursor)
    protocol_id = cursor.octet("protocol identifier")
    coding = decode_dcs(cursor.octet("data coding scheme"))
    service_time = take_time(cursor)
    return Deliver(
        originator=originator,
        user_data=take_user_data(
            cursor, coding, has_header=bool(first & HEADER_INDICATION)
        ),
        coding=coding,
        protocol_id=protocol_id,
        service_time=service_time,
        more_to_send=not first & NO_MORE_MESSAGES,
        status_report_indication=bool(first & STATUS_REPORT_INDICATION),
        reply_path=bool(first & REPLY_PATH),
    )


def decode_incoming(tpdu: bytes) -> Deliver | StatusReport:
    """What the SMSC sent, by its message type; `DecodeError` for anything else."""
    message_type = Cursor(tpdu).octet("first octet") & MTI_MASK
    if message_type in (MTI_DELIVER, MTI_RESERVED):
        return decode_deliver(tpdu)
    if message_type == MTI_STATUS_REPORT:
        return decode_status_report_leniently(tpdu)
    raise DecodeError("SMS-DELIVER or SMS-STATUS-REPORT", 0, tpdu)


def decode_pdu(octets: bytes) -> tuple[Address | None, Deliver | StatusReport]:
    """A TPDU with the SMSC address in front, as a modem hands it over."""
    smsc, offset = decode_smsc(octets, 0)
    return smsc, decode_incoming(octets[offset:])


def encode_deliver_report(*, ok: bool, failure_cause: int | None = None) -> bytes:
    """The acknowledgement of a DELIVER or STATUS-REPORT, for AT+CNMA.

    `failure_cause` is TP-FCS, by default an unspecified error; only when not `ok`.
    """
    if ok:
        return bytes([MTI_DELIVER, 0])
    cause = _UNSPECIFIED_ERROR if failure_cause is None else failure_cause
    return bytes([MTI_DELIVER, cause, 0])


def _encode_validity(validity: timedelta | ServiceTime | None) -> tuple[int, bytes]:
    match validity:
        case None:
            return 0, b""
        case timedelta():
            return _VALIDITY_RELATIVE, bytes([encode_validity(validity)])
        case ServiceTime():
            return _VALIDITY_ABSOLUTE, validity.raw
        case _:
            assert_never(validity)


def _take_validity(
    cursor: Cursor, validity_format: int
) -> timedelta | ServiceTime | None:
    if validity_format == _VALIDITY_ENHANCED:
        octets = cursor.take(TIME_OCTETS, "enhanced validity period")
        return decode_validity_enhanced(octets)
    if validity_format == _VALIDITY_RELATIVE:
        return decode_validity_relative(cursor.octet("validity period"))
    if validity_format == _VALIDITY_ABSOLUTE:
        return take_time(cursor)
    return None
