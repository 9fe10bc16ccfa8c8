"""The transfer PDUs of the short message service, both directions.

Relies on the other modules of this folder and gives their names too, so that a user
needs this one. Strict: a TPDU with octets missing or left over is refused, since the
service centre is the judge of what a driver sends.

Spec: 3GPP TS 23.040 9.2.2
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hwsim.wire import WireError
from hwsim.wire.address import (
    Address,
    TypeOfNumber,
    decode_address,
    decode_smsc,
    encode_address,
    encode_smsc,
)
from hwsim.wire.text import segment_octets, segment_text, text_of
from hwsim.wire.timestamp import (
    TIME_LENGTH_OCTETS,
    decode_enhanced_validity,
    decode_relative_validity,
    decode_time,
    encode_relative_validity,
    encode_time,
)
from hwsim.wire.user_data import (
    Alphabet,
    Concatenation,
    UserData,
    alphabet_of,
    read_user_data,
)

__all__ = [
    "Address",
    "Alphabet",
    "Concatenation",
    "DeliverTpdu",
    "StatusReportTpdu",
    "SubmitTpdu",
    "TypeOfNumber",
    "UserData",
    "WireError",
    "alphabet_of",
    "decode_deliver",
    "decode_smsc",
    "decode_status_report",
    "decode_submit",
    "decode_time",
    "encode_deliver",
    "encode_smsc",
    "encode_status_report",
    "encode_submit",
    "encode_time",
    "is_status_report",
    "segment_octets",
    "segment_text",
    "text_of",
]

_DELIVER, _SUBMIT, _STATUS_REPORT = 0, 1, 2
_NO_MORE = 0x04
_REJECT_DUPLICATES = 0x04
_REPORT = 0x20
_HAS_HEADER = 0x40
_REPLY_PATH = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTpdu:
    """A message from a mobile to the centre. Spec: 9.2.2.2"""

    reference: int
    destination: Address
    user: UserData
    protocol_id: int = 0
    validity: timedelta | datetime | None = None
    status_report: bool = False
    reject_duplicates: bool = False
    reply_path: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverTpdu:
    """A message from the centre to a mobile; its time is raw octets. Spec: 9.2.2.1"""

    originator: Address
    user: UserData
    service_time: bytes
    protocol_id: int = 0
    more_to_send: bool = False
    status_report_indication: bool = False
    reply_path: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReportTpdu:
    """What became of a submitted message; times are raw octets. Spec: 9.2.2.3"""

    reference: int
    recipient: Address
    service_time: bytes
    discharge_time: bytes
    status: int
    more_to_send: bool = False


def decode_submit(tpdu: bytes) -> SubmitTpdu:
    first, reference = _octet(tpdu, 0), _octet(tpdu, 1)
    if first & 3 != _SUBMIT:
        raise WireError(f"message type {first & 3} is not SMS-SUBMIT")
    destination, offset = decode_address(tpdu, 2)
    protocol_id, dcs = _octet(tpdu, offset), _octet(tpdu, offset + 1)
    validity, offset = _read_validity(tpdu, offset + 2, first >> 3 & 3)
    return SubmitTpdu(
        reference=reference,
        destination=destination,
        protocol_id=protocol_id,
        validity=validity,
        user=_read_user(tpdu, offset, dcs, first),
        status_report=bool(first & _REPORT),
        reject_duplicates=bool(first & _REJECT_DUPLICATES),
        reply_path=bool(first & _REPLY_PATH),
    )


def encode_submit(submit: SubmitTpdu) -> bytes:
    first = _SUBMIT | _flags(submit.user, reply_path=submit.reply_path)
    first |= _REJECT_DUPLICATES if submit.reject_duplicates else 0
    first |= _REPORT if submit.status_report else 0
    validity = b""
    if isinstance(submit.validity, timedelta):
        first |= 0x10
        validity = bytes((encode_relative_validity(submit.validity),))
    elif isinstance(submit.validity, datetime):
        first |= 0x18
        validity = encode_time(submit.validity, offset_quarters=0)
    return (
        bytes((first, submit.reference))
        + encode_address(submit.destination)
        + bytes((submit.protocol_id, submit.user.dcs))
        + validity
        + bytes((submit.user.length,))
        + submit.user.octets
    )


def decode_deliver(tpdu: bytes) -> DeliverTpdu:
    first = _octet(tpdu, 0)
    if first & 3 != _DELIVER:
        raise WireError(f"message type {first & 3} is not SMS-DELIVER")
    originator, offset = decode_address(tpdu, 1)
    protocol_id, dcs = _octet(tpdu, offset), _octet(tpdu, offset + 1)
    time_end = offset + 2 + TIME_LENGTH_OCTETS
    return DeliverTpdu(
        originator=originator,
        protocol_id=protocol_id,
        service_time=tpdu[offset + 2 : time_end],
        user=_read_user(tpdu, time_end, dcs, first),
        more_to_send=not first & _NO_MORE,
        status_report_indication=bool(first & _REPORT),
        reply_path=bool(first & _REPLY_PATH),
    )


def encode_deliver(deliver: DeliverTpdu) -> bytes:
    first = _DELIVER | _flags(deliver.user, reply_path=deliver.reply_path)
    first |= 0 if deliver.more_to_send else _NO_MORE
    first |= _REPORT if deliver.status_report_indication else 0
    return (
        bytes((first,))
        + encode_address(deliver.originator)
        + bytes((deliver.protocol_id, deliver.user.dcs))
        + deliver.service_time
        + bytes((deliver.user.length,))
        + deliver.user.octets
    )


def decode_status_report(tpdu: bytes) -> StatusReportTpdu:
    """The mandatory part; optional parameters behind it are not read."""
    first, reference = _octet(tpdu, 0), _octet(tpdu, 1)
    if first & 3 != _STATUS_REPORT:
        raise WireError(f"message type {first & 3} is not SMS-STATUS-REPORT")
    recipient, offset = decode_address(tpdu, 2)
    discharge = offset + TIME_LENGTH_OCTETS
    end = discharge + TIME_LENGTH_OCTETS
    return StatusReportTpdu(
        reference=reference,
        recipient=recipient,
        service_time=tpdu[offset:discharge],
        discharge_time=tpdu[discharge:end],
        status=_octet(tpdu, end),
        more_to_send=not first & _NO_MORE,
    )


def encode_status_report(report: StatusReportTpdu) -> bytes:
    first = _STATUS_REPORT | (0 if report.more_to_send else _NO_MORE)
    return (
        bytes((first, report.reference))
        + encode_address(report.recipient)
        + report.service_time
        + report.discharge_time
        + bytes((report.status,))
    )


def is_status_report(tpdu: bytes) -> bool:
    """Which of the two that a mobile receives this is."""
    return _octet(tpdu, 0) & 3 == _STATUS_REPORT


def _octet(tpdu: bytes, offset: int) -> int:
    if offset >= len(tpdu):
        raise WireError(f"the TPDU ends before octet {offset}")
    return tpdu[offset]


def _flags(user: UserData, *, reply_path: bool) -> int:
    return (_HAS_HEADER if user.header else 0) | (_REPLY_PATH if reply_path else 0)


def _read_user(tpdu: bytes, offset: int, dcs: int, first: int) -> UserData:
    return read_user_data(
        tpdu[offset + 1 :],
        dcs=dcs,
        length=_octet(tpdu, offset),
        has_header=bool(first & _HAS_HEADER),
    )


def _read_validity(
    tpdu: bytes, offset: int, form: int
) -> tuple[timedelta | datetime | None, int]:
    if form == 0:
        return None, offset
    if form == 2:
        return decode_relative_validity(_octet(tpdu, offset)), offset + 1
    end = offset + TIME_LENGTH_OCTETS
    _octet(tpdu, end - 1)
    octets = tpdu[offset:end]
    if form == 1:
        return decode_enhanced_validity(octets), end
    return decode_time(octets), end
