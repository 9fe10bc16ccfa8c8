"""SMPP protocol data units as frozen values; what each means is for others.

A C-string is a `str` of Latin-1 code points, so that any octet survives. Relies on
nothing; octets are made and read by `smpp.wire`.

Spec: SMPP 3.4 chapter 4, SMPP 5.0 chapter 4
"""

from dataclasses import field
from enum import IntEnum
from typing import ClassVar, Final

from gateway.codec.value import value

RESPONSE_BIT: Final = 0x80000000


class Command(IntEnum):
    """The command_id of every operation that we read or write."""

    BIND_RECEIVER = 0x01
    BIND_TRANSMITTER = 0x02
    QUERY_SM = 0x03
    SUBMIT_SM = 0x04
    DELIVER_SM = 0x05
    UNBIND = 0x06
    REPLACE_SM = 0x07
    CANCEL_SM = 0x08
    BIND_TRANSCEIVER = 0x09
    OUTBIND = 0x0B
    ENQUIRE_LINK = 0x15
    SUBMIT_MULTI = 0x21
    ALERT_NOTIFICATION = 0x102
    DATA_SM = 0x103
    GENERIC_NACK = 0x80000000
    BIND_RECEIVER_RESP = 0x80000001
    BIND_TRANSMITTER_RESP = 0x80000002
    QUERY_SM_RESP = 0x80000003
    SUBMIT_SM_RESP = 0x80000004
    DELIVER_SM_RESP = 0x80000005
    UNBIND_RESP = 0x80000006
    REPLACE_SM_RESP = 0x80000007
    CANCEL_SM_RESP = 0x80000008
    BIND_TRANSCEIVER_RESP = 0x80000009
    ENQUIRE_LINK_RESP = 0x80000015
    SUBMIT_MULTI_RESP = 0x80000021
    DATA_SM_RESP = 0x80000103


class Status(IntEnum):
    """The command_status values that we send, or act upon by themselves."""

    OK = 0x00
    INVALID_COMMAND_LENGTH = 0x02
    INVALID_COMMAND_ID = 0x03
    INVALID_BIND_STATE = 0x04
    ALREADY_BOUND = 0x05
    SYSTEM_ERROR = 0x08
    QUEUE_FULL = 0x14
    THROTTLED = 0x58
    TEMPORARY_APP_ERROR = 0x64


class Tag(IntEnum):
    """The optional parameters whose meaning we use."""

    DEST_ADDR_SUBUNIT = 0x0005
    QOS_TIME_TO_LIVE = 0x0017
    ADDITIONAL_STATUS_INFO_TEXT = 0x001D
    RECEIPTED_MESSAGE_ID = 0x001E
    USER_MESSAGE_REFERENCE = 0x0204
    SOURCE_PORT = 0x020A
    DESTINATION_PORT = 0x020B
    SAR_MSG_REF_NUM = 0x020C
    SAR_TOTAL_SEGMENTS = 0x020E
    SAR_SEGMENT_SEQNUM = 0x020F
    SC_INTERFACE_VERSION = 0x0210
    NETWORK_ERROR_CODE = 0x0423
    MESSAGE_PAYLOAD = 0x0424
    MORE_MESSAGES_TO_SEND = 0x0426
    MESSAGE_STATE = 0x0427
    CONGESTION_STATE = 0x0428


@value(frozen=True, slots=True, kw_only=True)
class Tlv:
    """One optional parameter as it is on the wire; order and repeats are kept."""

    tag: int
    value: bytes


@value(frozen=True, slots=True, kw_only=True)
class Pdu:
    """What every PDU has beside its header; `status` is 0 in requests."""

    command: ClassVar[Command]

    status: int = 0
    tlvs: tuple[Tlv, ...] = ()

    def find(self, tag: int) -> bytes | None:
        """The value of the first parameter with that tag."""
        for tlv in self.tlvs:
            if tlv.tag == tag:
                return tlv.value
        return None


@value(frozen=True, slots=True, kw_only=True)
class Bind(Pdu):
    """What the three ways to bind have in common."""

    system_id: str
    password: str = field(repr=False)
    system_type: str = ""
    interface_version: int = 0x34
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""


@value(frozen=True, slots=True, kw_only=True)
class BindReceiver(Bind):
    command: ClassVar[Command] = Command.BIND_RECEIVER


@value(frozen=True, slots=True, kw_only=True)
class BindTransmitter(Bind):
    command: ClassVar[Command] = Command.BIND_TRANSMITTER


@value(frozen=True, slots=True, kw_only=True)
class BindTransceiver(Bind):
    command: ClassVar[Command] = Command.BIND_TRANSCEIVER


@value(frozen=True, slots=True, kw_only=True)
class BindResp(Pdu):
    """The answer to a bind; `system_id` None: it came without a body."""

    system_id: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class BindReceiverResp(BindResp):
    command: ClassVar[Command] = Command.BIND_RECEIVER_RESP


@value(frozen=True, slots=True, kw_only=True)
class BindTransmitterResp(BindResp):
    command: ClassVar[Command] = Command.BIND_TRANSMITTER_RESP


@value(frozen=True, slots=True, kw_only=True)
class BindTransceiverResp(BindResp):
    command: ClassVar[Command] = Command.BIND_TRANSCEIVER_RESP


@value(frozen=True, slots=True, kw_only=True)
class Sm(Pdu):
    """The short message that submit_sm and deliver_sm carry."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


@value(frozen=True, slots=True, kw_only=True)
class SubmitSm(Sm):
    command: ClassVar[Command] = Command.SUBMIT_SM


@value(frozen=True, slots=True, kw_only=True)
class DeliverSm(Sm):
    command: ClassVar[Command] = Command.DELIVER_SM


@value(frozen=True, slots=True, kw_only=True)
class Destination:
    """One address of a submit_multi."""

    ton: int = 0
    npi: int = 0
    text: str = ""


@value(frozen=True, slots=True, kw_only=True)
class ListName:
    """A distribution list that the SMSC is thought to keep."""

    name: str


@value(frozen=True, slots=True, kw_only=True)
class SubmitMulti(Pdu):
    """One short message for several."""

    command: ClassVar[Command] = Command.SUBMIT_MULTI

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    destinations: tuple[Destination | ListName, ...] = ()
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


@value(frozen=True, slots=True, kw_only=True)
class Unsuccessful:
    """A destination that was not taken, and its command_status."""

    ton: int = 0
    npi: int = 0
    text: str = ""
    error: int


@value(frozen=True, slots=True, kw_only=True)
class DataSm(Pdu):
    """A message whose text is always in message_payload."""

    command: ClassVar[Command] = Command.DATA_SM

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    registered_delivery: int = 0
    data_coding: int = 0


@value(frozen=True, slots=True, kw_only=True)
class SmResp(Pdu):
    """An answer with a message_id; None: it came without a body."""

    message_id: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class SubmitSmResp(SmResp):
    command: ClassVar[Command] = Command.SUBMIT_SM_RESP


@value(frozen=True, slots=True, kw_only=True)
class DeliverSmResp(SmResp):
    command: ClassVar[Command] = Command.DELIVER_SM_RESP


@value(frozen=True, slots=True, kw_only=True)
class DataSmResp(SmResp):
    command: ClassVar[Command] = Command.DATA_SM_RESP


@value(frozen=True, slots=True, kw_only=True)
class SubmitMultiResp(Pdu):
    command: ClassVar[Command] = Command.SUBMIT_MULTI_RESP

    message_id: str | None = None
    unsuccessful: tuple[Unsuccessful, ...] = ()


@value(frozen=True, slots=True, kw_only=True)
class QuerySm(Pdu):
    command: ClassVar[Command] = Command.QUERY_SM

    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""


@value(frozen=True, slots=True, kw_only=True)
class QuerySmResp(Pdu):
    command: ClassVar[Command] = Command.QUERY_SM_RESP

    message_id: str | None = None
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0


@value(frozen=True, slots=True, kw_only=True)
class CancelSm(Pdu):
    command: ClassVar[Command] = Command.CANCEL_SM

    service_type: str = ""
    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""


@value(frozen=True, slots=True, kw_only=True)
class CancelSmResp(Pdu):
    command: ClassVar[Command] = Command.CANCEL_SM_RESP


@value(frozen=True, slots=True, kw_only=True)
class ReplaceSm(Pdu):
    command: ClassVar[Command] = Command.REPLACE_SM

    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


@value(frozen=True, slots=True, kw_only=True)
class ReplaceSmResp(Pdu):
    command: ClassVar[Command] = Command.REPLACE_SM_RESP


@value(frozen=True, slots=True, kw_only=True)
class Outbind(Pdu):
    command: ClassVar[Command] = Command.OUTBIND

    system_id: str = ""
    password: str = field(default="", repr=False)


@value(frozen=True, slots=True, kw_only=True)
class AlertNotification(Pdu):
    """A handset that was away can be reached again."""

    command: ClassVar[Command] = Command.ALERT_NOTIFICATION

    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    esme_addr_ton: int = 0
    esme_addr_npi: int = 0
    esme_addr: str = ""


@value(frozen=True, slots=True, kw_only=True)
class EnquireLink(Pdu):
    command: ClassVar[Command] = Command.ENQUIRE_LINK


@value(frozen=True, slots=True, kw_only=True)
class EnquireLinkResp(Pdu):
    command: ClassVar[Command] = Command.ENQUIRE_LINK_RESP


@value(frozen=True, slots=True, kw_only=True)
class Unbind(Pdu):
    command: ClassVar[Command] = Command.UNBIND


@value(frozen=True, slots=True, kw_only=True)
class UnbindResp(Pdu):
    command: ClassVar[Command] = Command.UNBIND_RESP


@value(frozen=True, slots=True, kw_only=True)
class GenericNack(Pdu):
    command: ClassVar[Command] = Command.GENERIC_NACK
