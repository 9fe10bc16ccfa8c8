"""The fields of each PDU in the order of the wire, and how long each may be.

Spec: SMPP 3.4 chapter 4 and 5.2
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from smpp import pdu as p

# Octets without the NUL at the end.
LIMITS: Final[Mapping[str, int]] = {
    "system_id": 15,
    "password": 64,  # 8 by the specification; longer ones are a choice of the bind's
    "system_type": 12,
    "address_range": 40,
    "service_type": 5,
    "source_addr": 20,
    "destination_addr": 20,
    "dl_name": 20,
    "esme_addr": 64,
    "schedule_delivery_time": 16,
    "validity_period": 16,
    "final_date": 16,
    "message_id": 64,
}


class Kind(Enum):
    """How a field is on the wire."""

    OCTET = auto()
    CSTRING = auto()
    SHORT_MESSAGE = auto()  # sm_length and so many octets
    DESTINATIONS = auto()  # number_of_dests and so many dest_address
    UNSUCCESSFUL = auto()  # no_unsuccess and so many unsuccess_sme


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One mandatory field of a PDU."""

    name: str
    kind: Kind


_KINDS: Final = {
    "short_message": Kind.SHORT_MESSAGE,
    "destinations": Kind.DESTINATIONS,
    "unsuccessful": Kind.UNSUCCESSFUL,
}


def _fields(names: str) -> tuple[Field, ...]:
    return tuple(Field(name=name, kind=_kind(name)) for name in names.split())


def _kind(name: str) -> Kind:
    if name in LIMITS:
        return Kind.CSTRING
    return _KINDS.get(name, Kind.OCTET)


_BIND = _fields(
    "system_id password system_type interface_version addr_ton addr_npi address_range"
)
_BIND_RESP = _fields("system_id")
_SOURCE = "source_addr_ton source_addr_npi source_addr"
_DESTINATION = "dest_addr_ton dest_addr_npi destination_addr"
_CONTENT = (
    "esm_class protocol_id priority_flag schedule_delivery_time validity_period "
    "registered_delivery replace_if_present_flag data_coding sm_default_msg_id "
    "short_message"
)
_SM = _fields(f"service_type {_SOURCE} {_DESTINATION} {_CONTENT}")
_SM_RESP = _fields("message_id")

LAYOUTS: Final[Mapping[type[p.Pdu], tuple[Field, ...]]] = {
    p.BindReceiver: _BIND,
    p.BindTransmitter: _BIND,
    p.BindTransceiver: _BIND,
    p.BindReceiverResp: _BIND_RESP,
    p.BindTransmitterResp: _BIND_RESP,
    p.BindTransceiverResp: _BIND_RESP,
    p.SubmitSm: _SM,
    p.DeliverSm: _SM,
    p.SubmitMulti: _fields(f"service_type {_SOURCE} destinations {_CONTENT}"),
    p.SubmitMultiResp: _fields("message_id unsuccessful"),
    p.SubmitSmResp: _SM_RESP,
    p.DeliverSmResp: _SM_RESP,
    p.DataSmResp: _SM_RESP,
    p.DataSm: _fields(
        f"service_type {_SOURCE} {_DESTINATION} esm_class registered_delivery "
        "data_coding"
    ),
    p.QuerySm: _fields(f"message_id {_SOURCE}"),
    p.QuerySmResp: _fields("message_id final_date message_state error_code"),
    p.CancelSm: _fields(f"service_type message_id {_SOURCE} {_DESTINATION}"),
    p.CancelSmResp: (),
    p.ReplaceSm: _fields(
        f"message_id {_SOURCE} schedule_delivery_time validity_period "
        "registered_delivery sm_default_msg_id short_message"
    ),
    p.ReplaceSmResp: (),
    p.Outbind: _fields("system_id password"),
    p.AlertNotification: _fields(f"{_SOURCE} esme_addr_ton esme_addr_npi esme_addr"),
    p.EnquireLink: (),
    p.EnquireLinkResp: (),
    p.Unbind: (),
    p.UnbindResp: (),
    p.GenericNack: (),
}
PDU_OF: Final[Mapping[int, type[p.Pdu]]] = {kind.command: kind for kind in LAYOUTS}
