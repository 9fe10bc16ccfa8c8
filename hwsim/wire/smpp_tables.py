"""Commands, statuses, optional parameters and mandatory fields of SMPP.

Data only; ``smpp`` reads it. A text field's size counts its closing NUL.

Spec: SMPP 3.4 4, 5.1.2.1, 5.1.3, 5.3.2
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

RESPONSE = 0x80000000


class Command(IntEnum):
    BIND_RECEIVER = 0x00000001
    BIND_TRANSMITTER = 0x00000002
    QUERY_SM = 0x00000003
    SUBMIT_SM = 0x00000004
    DELIVER_SM = 0x00000005
    UNBIND = 0x00000006
    REPLACE_SM = 0x00000007
    CANCEL_SM = 0x00000008
    BIND_TRANSCEIVER = 0x00000009
    OUTBIND = 0x0000000B
    ENQUIRE_LINK = 0x00000015
    SUBMIT_MULTI = 0x00000021
    ALERT_NOTIFICATION = 0x00000102
    DATA_SM = 0x00000103
    GENERIC_NACK = 0x80000000


class Status(IntEnum):
    OK = 0x00
    INVALID_MESSAGE_LENGTH = 0x01
    INVALID_COMMAND_LENGTH = 0x02
    INVALID_COMMAND = 0x03
    INVALID_BIND_STATUS = 0x04
    ALREADY_BOUND = 0x05
    INVALID_PRIORITY = 0x06
    SYSTEM_ERROR = 0x08
    INVALID_SOURCE = 0x0A
    INVALID_DESTINATION = 0x0B
    INVALID_MESSAGE_ID = 0x0C
    BIND_FAILED = 0x0D
    INVALID_PASSWORD = 0x0E
    INVALID_SYSTEM_ID = 0x0F
    CANCEL_FAILED = 0x11
    REPLACE_FAILED = 0x13
    QUEUE_FULL = 0x14
    INVALID_DESTINATIONS = 0x33
    INVALID_LIST = 0x34
    INVALID_DESTINATION_FLAG = 0x40
    INVALID_SERVICE_TYPE = 0x15
    INVALID_ESM_CLASS = 0x43
    SUBMIT_FAILED = 0x45
    INVALID_SOURCE_TON = 0x48
    INVALID_DESTINATION_TON = 0x50
    INVALID_SYSTEM_TYPE = 0x53
    THROTTLED = 0x58
    INVALID_SCHEDULE = 0x61
    INVALID_EXPIRY = 0x62
    QUERY_FAILED = 0x67
    INVALID_TLV_STREAM = 0xC0
    INVALID_TLV_LENGTH = 0xC2
    MISSING_TLV = 0xC3
    INVALID_TLV_VALUE = 0xC4


class Tag(IntEnum):
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    SC_INTERFACE_VERSION = 0x0210
    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    SET_DPF = 0x0421
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MESSAGE_STATE = 0x0427


class MessageState(IntEnum):
    """Spec: SMPP 3.4 5.2.28; SCHEDULED is of 5.0"""

    SCHEDULED = 0
    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8


# Sizes the specification fixes, in octets; other parameters may have any.
TLV_SIZES: Mapping[int, int] = {
    Tag.SAR_MSG_REF_NUM: 2,
    Tag.SAR_TOTAL_SEGMENTS: 1,
    Tag.SAR_SEGMENT_SEQNUM: 1,
    Tag.SC_INTERFACE_VERSION: 1,
    Tag.USER_MESSAGE_REFERENCE: 2,
    Tag.SET_DPF: 1,
    Tag.NETWORK_ERROR_CODE: 3,
    Tag.MESSAGE_STATE: 1,
}


class FieldKind(StrEnum):
    OCTET = "octet"
    TEXT = "text"
    MESSAGE = "message"  # sm_length and short_message
    DESTINATIONS = "destinations"  # number_of_dests and so many, as octets
    FAILURES = "failures"  # no_unsuccess and so many, as octets


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLayout:
    """``status`` is the answer when a text is longer than ``size_octets``."""

    name: str
    kind: FieldKind
    size_octets: int = 1
    status: Status = Status.INVALID_COMMAND_LENGTH


_Layout = tuple[FieldLayout, ...]


def _text(name: str, size_octets: int, status: Status) -> FieldLayout:
    return FieldLayout(
        name=name, kind=FieldKind.TEXT, size_octets=size_octets, status=status
    )


def _octets(*names: str) -> _Layout:
    return tuple(FieldLayout(name=name, kind=FieldKind.OCTET) for name in names)


def _address(prefix: str, status: Status, size_octets: int = 21) -> _Layout:
    ton_npi = _octets(f"{prefix}_addr_ton", f"{prefix}_addr_npi")
    name = "destination_addr" if prefix == "dest" else f"{prefix}_addr"
    return (*ton_npi, _text(name, size_octets, status))


_SYSTEM_ID = _text("system_id", 16, Status.INVALID_SYSTEM_ID)
_SERVICE = _text("service_type", 6, Status.INVALID_SERVICE_TYPE)
_MESSAGE_ID = _text("message_id", 65, Status.INVALID_MESSAGE_ID)
_SCHEDULE = _text("schedule_delivery_time", 17, Status.INVALID_SCHEDULE)
_VALIDITY = _text("validity_period", 17, Status.INVALID_EXPIRY)
_MESSAGE = FieldLayout(name="short_message", kind=FieldKind.MESSAGE)

_BIND: _Layout = (
    _SYSTEM_ID,
    _text("password", 9, Status.INVALID_PASSWORD),
    _text("system_type", 13, Status.INVALID_SYSTEM_TYPE),
    *_octets("interface_version", "addr_ton", "addr_npi"),
    _text("address_range", 41, Status.BIND_FAILED),
)
_CONTENT: _Layout = (
    *_octets("esm_class", "protocol_id", "priority_flag"),
    _SCHEDULE,
    _VALIDITY,
    *_octets(
        "registered_delivery", "replace_if_present_flag", "data_coding",
        "sm_default_msg_id",
    ),
    _MESSAGE,
)  # fmt: skip
_SHORT: _Layout = (
    _SERVICE,
    *_address("source", Status.INVALID_SOURCE),
    *_address("dest", Status.INVALID_DESTINATION),
    *_CONTENT,
)
_MULTI: _Layout = (
    _SERVICE,
    *_address("source", Status.INVALID_SOURCE),
    FieldLayout(name="destinations", kind=FieldKind.DESTINATIONS),
    *_CONTENT,
)
_DATA: _Layout = (
    _SERVICE,
    *_address("source", Status.INVALID_SOURCE, 65),
    *_address("dest", Status.INVALID_DESTINATION, 65),
    *_octets("esm_class", "registered_delivery", "data_coding"),
)

LAYOUTS: Mapping[int, _Layout] = {
    Command.BIND_RECEIVER: _BIND,
    Command.BIND_TRANSMITTER: _BIND,
    Command.BIND_TRANSCEIVER: _BIND,
    Command.BIND_RECEIVER | RESPONSE: (_SYSTEM_ID,),
    Command.BIND_TRANSMITTER | RESPONSE: (_SYSTEM_ID,),
    Command.BIND_TRANSCEIVER | RESPONSE: (_SYSTEM_ID,),
    Command.OUTBIND: (
        _SYSTEM_ID,
        _text("password", 9, Status.INVALID_PASSWORD),
    ),
    Command.ALERT_NOTIFICATION: (
        *_address("source", Status.INVALID_SOURCE, 65),
        *_address("esme", Status.INVALID_DESTINATION, 65),
    ),
    Command.UNBIND: (),
    Command.UNBIND | RESPONSE: (),
    Command.ENQUIRE_LINK: (),
    Command.ENQUIRE_LINK | RESPONSE: (),
    Command.GENERIC_NACK: (),
    Command.SUBMIT_SM: _SHORT,
    Command.SUBMIT_SM | RESPONSE: (_MESSAGE_ID,),
    Command.SUBMIT_MULTI: _MULTI,
    Command.SUBMIT_MULTI | RESPONSE: (
        _MESSAGE_ID,
        FieldLayout(name="failures", kind=FieldKind.FAILURES),
    ),
    Command.DELIVER_SM: _SHORT,
    Command.DELIVER_SM | RESPONSE: (_MESSAGE_ID,),
    Command.DATA_SM: _DATA,
    Command.DATA_SM | RESPONSE: (_MESSAGE_ID,),
    Command.QUERY_SM: (_MESSAGE_ID, *_address("source", Status.INVALID_SOURCE)),
    Command.QUERY_SM | RESPONSE: (
        _MESSAGE_ID,
        _text("final_date", 17, Status.INVALID_COMMAND_LENGTH),
        *_octets("message_state", "error_code"),
    ),
    Command.CANCEL_SM: (
        _SERVICE,
        _MESSAGE_ID,
        *_address("source", Status.INVALID_SOURCE),
        *_address("dest", Status.INVALID_DESTINATION),
    ),
    Command.CANCEL_SM | RESPONSE: (),
    Command.REPLACE_SM: (
        _MESSAGE_ID,
        *_address("source", Status.INVALID_SOURCE),
        _SCHEDULE,
        _VALIDITY,
        *_octets("registered_delivery", "sm_default_msg_id"),
        _MESSAGE,
    ),
    Command.REPLACE_SM | RESPONSE: (),
}
