"""Which command_status an application gets for each refusal of its request.

Spec: SMPP 3.4 5.1.3; spec/smpp.md 62, 63
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from gateway.core.application import AdmissionFault
from gateway.core.errors import (
    Conflict,
    GatewayError,
    NotFound,
    RequestRefused,
    StoreBusy,
    StoreFull,
    TooMany,
    Unavailable,
)
from smpp import pdu as p


class Fault(IntEnum):
    """What is wrong with a request. Spec: SMPP 3.4 table 5-2"""

    MESSAGE_LENGTH = 0x01
    PRIORITY = 0x06
    REGISTERED_DELIVERY = 0x07
    SYSTEM = 0x08
    SOURCE = 0x0A
    DESTINATION = 0x0B
    MESSAGE_ID = 0x0C
    BIND_FAILED = 0x0D
    PASSWORD = 0x0E
    SYSTEM_ID = 0x0F
    CANCEL_FAILED = 0x11
    REPLACE_FAILED = 0x13
    QUEUE_FULL = 0x14
    SERVICE_TYPE = 0x15
    NUMBER_OF_DESTINATIONS = 0x33
    LIST_NAME = 0x34
    ESM_CLASS = 0x43
    SUBMIT_FAILED = 0x45
    SOURCE_TON = 0x48
    SOURCE_NPI = 0x49
    DESTINATION_TON = 0x50
    DESTINATION_NPI = 0x51
    REPLACE_FLAG = 0x54
    THROTTLED = 0x58
    SCHEDULE = 0x61
    VALIDITY = 0x62
    PREDEFINED_MESSAGE = 0x63
    QUERY_FAILED = 0x67
    PARAMETER_LENGTH = 0xC2
    PARAMETER_MISSING = 0xC3
    PARAMETER_VALUE = 0xC4


class Unacceptable(GatewayError):
    """A request that is refused before anybody is asked; with its status."""

    def __init__(self, fault: Fault, reason: str) -> None:
        super().__init__(reason)
        self.fault = fault


_BY_CODE: Final[Mapping[str, Fault]] = {
    "too_long": Fault.MESSAGE_LENGTH,
    "empty": Fault.MESSAGE_LENGTH,
    "invalid_recipient": Fault.DESTINATION,
    "service_code": Fault.DESTINATION,
    "destination_not_allowed": Fault.DESTINATION,
    "no_route": Fault.DESTINATION,
    "opted_out": Fault.DESTINATION,
    "too_many_recipients": Fault.NUMBER_OF_DESTINATIONS,
    "invalid_sender": Fault.SOURCE,
    "sender_not_allowed": Fault.SOURCE,
    "queue_full": Fault.QUEUE_FULL,
}
_BY_FIELD: Final[Mapping[str, Fault]] = {
    "to": Fault.DESTINATION,
    "sender": Fault.SOURCE,
    "from": Fault.SOURCE,
    "text": Fault.MESSAGE_LENGTH,
    "octets": Fault.MESSAGE_LENGTH,
    "validity_s": Fault.VALIDITY,
    "send_at": Fault.SCHEDULE,
    "priority": Fault.PRIORITY,
}
_LATER: Final = (StoreBusy, StoreFull, TooMany, Unavailable)
_FAILED: Final[Mapping[int, Fault]] = {
    p.Command.QUERY_SM: Fault.QUERY_FAILED,
    p.Command.CANCEL_SM: Fault.CANCEL_FAILED,
    p.Command.REPLACE_SM: Fault.REPLACE_FAILED,
}


def status_of_code(code: str, field: str | None) -> Fault:
    """What a refusal by the rooms behind us is in SMPP."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    return _BY_FIELD.get((field or "").partition("[")[0], Fault.SUBMIT_FAILED)


def status_of(error: GatewayError, command: int, *, by_id: bool = True) -> Fault:
    """The answer to a request that failed; `by_id`: it named its message."""
    if isinstance(error, Unacceptable):
        return error.fault
    if isinstance(error, _LATER):
        return Fault.QUEUE_FULL
    if isinstance(error, NotFound) and by_id:
        return Fault.MESSAGE_ID
    if isinstance(error, NotFound | Conflict):
        return _FAILED.get(command, Fault.SUBMIT_FAILED)
    if isinstance(error, RequestRefused):
        return status_of_code(error.code, error.field)
    return Fault.SYSTEM


_OF_A_BIND: Final[Mapping[AdmissionFault, Fault]] = {
    AdmissionFault.UNKNOWN_ACCOUNT: Fault.SYSTEM_ID,
    AdmissionFault.WRONG_PASSWORD: Fault.PASSWORD,
}


def status_of_admission(fault: AdmissionFault, *, distinct: bool) -> Fault:
    """The answer to a bind; unless `distinct`, it does not say what was wrong."""
    return _OF_A_BIND.get(fault, Fault.BIND_FAILED) if distinct else Fault.BIND_FAILED
