"""A deliver_sm or data_sm of a carrier to an inbound item.

Relies on `coding` and `address` for what the octets mean, on `receipt` for reports.
Whatever a peer sends becomes an item: without sense it is kept as `InboundUndecoded`.

Spec: SMPP 3.4 4.6, 4.7, 5.2; spec/smpp.md 30, 33, 38, 44, 46
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.codec import DecodeError
from gateway.codec.address import Address
from gateway.codec.udh import Element, decode_header
from gateway.codec.value import replace
from gateway.core.ids import LinkId
from gateway.core.link import (
    InboundAlert,
    InboundReport,
    InboundSegment,
    InboundUndecoded,
)
from gateway.core.message import CarrierOptions
from smpp import pdu as p
from smpp.address import from_wire
from smpp.coding import decode_body, looks_like_ucs2, read_coding
from smpp.config import BindConfig, ReceiptFrom, ReceiptsFor
from smpp.receipt import IdBook, is_receipt, read_receipt, text_of
from smpp.status import kind_of
from smpp.tie import untie

_UDHI: Final = 0x40
_DEFAULT_CODING: Final = 0
_READ_HERE: Final = frozenset(
    {
        p.Tag.MESSAGE_PAYLOAD,
        p.Tag.SAR_MSG_REF_NUM,
        p.Tag.SAR_TOTAL_SEGMENTS,
        p.Tag.SAR_SEGMENT_SEQNUM,
    }
)
_UCS2: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and when a PDU came in."""

    link: LinkId
    line: str
    raw: bytes
    received_at: datetime


def inbound(
    pdu: p.DeliverSm | p.DataSm, origin: Origin, config: BindConfig, ids: IdBook
) -> InboundSegment | InboundReport | InboundUndecoded:
    """What came in; never fails."""
    if is_receipt(pdu, by_content=config.receipts_by_content):
        return _report(pdu, origin, config, ids)
    try:
        return _segment(pdu, origin, config)
    except DecodeError as error:
        return undecoded(origin, str(error))


def alert(pdu: p.AlertNotification, origin: Origin) -> InboundAlert:
    """A handset that can be reached again."""
    return InboundAlert(
        link=origin.link,
        line=origin.line,
        subscriber=_sender(pdu),
        received_at=origin.received_at,
    )


def undecoded(origin: Origin, reason: str) -> InboundUndecoded:
    """For quarantine."""
    return InboundUndecoded(
        link=origin.link,
        line=origin.line,
        raw=origin.raw,
        reason=reason,
        received_at=origin.received_at,
    )


def _report(
    pdu: p.DeliverSm | p.DataSm, origin: Origin, config: BindConfig, ids: IdBook
) -> InboundReport | InboundUndecoded:
    receipt = read_receipt(pdu)
    if receipt.message_id is None or receipt.state is None:
        return undecoded(origin, "a receipt without message id or state")
    recipient = (
        _sender(pdu)
        if config.receipt_from is ReceiptFrom.SOURCE
        else from_wire(pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr)
    )
    return InboundReport(
        link=origin.link,
        line=origin.line,
        reference=ids.referred(receipt.message_id, recipient.digits),
        recipient=recipient,
        kind=kind_of(receipt.state),
        status=receipt.status,
        service_time=receipt.submitted_at,
        discharge_time=receipt.done_at,
        raw=origin.raw,
        received_at=origin.received_at,
        unique=True,
        attempt_number=_our_number(pdu),
        of_message=config.receipts_for is ReceiptsFor.LAST,
    )


def _our_number(pdu: p.Pdu) -> int | None:
    """What we called the attempt, where the carrier tells it again."""
    told = pdu.find(p.Tag.USER_MESSAGE_REFERENCE)
    return int.from_bytes(told) if told is not None and len(told) == 2 else None


def _segment(
    pdu: p.DeliverSm | p.DataSm, origin: Origin, config: BindConfig
) -> InboundSegment:
    octets = text_of(pdu)
    header: tuple[Element, ...] = ()
    if pdu.esm_class & _UDHI and octets:
        header = decode_header(octets)
        octets = octets[1 + octets[0] :]
    coding = pdu.data_coding
    if config.detect_ucs2 and coding == _DEFAULT_CODING and looks_like_ucs2(octets):
        coding = _UCS2
    body = decode_body(octets, header, coding, config.default_alphabet)
    recipient = from_wire(pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr)
    return InboundSegment(
        link=origin.link,
        line=origin.line,
        originator=_sender(pdu),
        recipient=config.msisdn or str(recipient) or None,
        body=replace(body, header=(*body.header, *untie(pdu))),
        coding=read_coding(coding),
        protocol_id=pdu.protocol_id if isinstance(pdu, p.DeliverSm) else 0,
        service_time=None,
        raw=origin.raw,
        received_at=origin.received_at,
        carrier=_beside(pdu),
    )


def _beside(pdu: p.DeliverSm | p.DataSm) -> CarrierOptions | None:
    """Service type and parameters that mean nothing here, for who asks for them."""
    if not pdu.service_type and not pdu.tlvs:
        return None
    tlvs = tuple((tlv.tag, tlv.value) for tlv in pdu.tlvs if tlv.tag not in _READ_HERE)
    if not pdu.service_type and not tlvs:
        return None
    return CarrierOptions(service_type=pdu.service_type or None, tlvs=tlvs)


def _sender(pdu: p.DeliverSm | p.DataSm | p.AlertNotification) -> Address:
    return from_wire(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)
