"""A segment of ours to submit_sm; a deliver_sm or data_sm to an inbound item.

Relies on `coding` and `address` for what the octets mean, on `receipt` for reports.
Whatever a peer sends becomes an item: without sense it is kept as `InboundUndecoded`.

Spec: SMPP 3.4 4.4, 4.6, 5.2; spec/smpp.md 33, 37 to 42, 44, 46
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from gateway.codec import DecodeError
from gateway.codec.address import Address
from gateway.codec.gsm7 import UnencodableError
from gateway.codec.udh import (
    Concatenation,
    Element,
    ElementId,
    concatenation_element,
    decode_header,
    find_concatenation,
)
from gateway.core.errors import PermanentFailure
from gateway.core.ids import LinkId
from gateway.core.link import (
    InboundReport,
    InboundSegment,
    InboundUndecoded,
    SmsUnit,
)
from smpp import pdu as p
from smpp.address import AddressError, WireAddress, from_wire, to_wire
from smpp.coding import data_coding, decode_body, encode_body, read_coding
from smpp.config import BindConfig, DefaultAlphabet, LongText, ReceiptFrom, Validity
from smpp.receipt import IdBook, is_receipt, read_receipt, text_of
from smpp.status import kind_of

_UDHI: Final = 0x40
_RECEIPT_WANTED: Final = 0x01
_LONGEST_RELATIVE: Final = timedelta(days=31)
_CONCATENATIONS: Final = frozenset(
    {ElementId.CONCATENATION, ElementId.CONCATENATION_WIDE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and when a PDU came in."""

    link: LinkId
    line: str
    raw: bytes
    received_at: datetime


def submit_sm(unit: SmsUnit, config: BindConfig, now: datetime) -> p.SubmitSm:
    """What to send for a segment; `PermanentFailure` where the link cannot carry it."""
    source = _source(unit, config)
    try:
        destination = to_wire(unit.destination, config, config.destination_address)
    except AddressError as error:
        raise PermanentFailure(f"destination {error}") from error
    header, tlvs = _tie(unit, config)
    octets = _octets(unit, header, config.default_alphabet)
    in_payload = config.long_text is LongText.PAYLOAD and unit.body.header
    if in_payload:
        tlvs = (*tlvs, p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=octets))
    return p.SubmitSm(
        service_type=config.service_type,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.text,
        dest_addr_ton=destination.ton,
        dest_addr_npi=destination.npi,
        destination_addr=destination.text,
        esm_class=_UDHI if header else 0,
        protocol_id=unit.protocol_id,
        priority_flag=config.priority,
        validity_period=validity_period(unit.validity, config.validity, now),
        registered_delivery=(
            _RECEIPT_WANTED if unit.status_report and config.receipts else 0
        ),
        data_coding=data_coding(unit.body, unit.message_class, config.data_coding),
        short_message=b"" if in_payload else octets,
        tlvs=(*tlvs, *(vendor.tlv() for vendor in config.tlvs)),
    )


def validity_period(period: timedelta | None, form: Validity, now: datetime) -> str:
    """Sixteen characters, or none."""
    if period is None or form is Validity.NONE:
        return ""
    period = max(period, timedelta(seconds=1))
    if form is Validity.ABSOLUTE:
        return (now.astimezone(UTC) + period).strftime("%y%m%d%H%M%S") + "000+"
    period = min(period, _LONGEST_RELATIVE)
    hours, seconds = divmod(period.seconds, 3600)
    return f"0000{period.days:02}{hours:02}{seconds // 60:02}{seconds % 60:02}000R"


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


def undecoded(origin: Origin, reason: str) -> InboundUndecoded:
    """For quarantine."""
    return InboundUndecoded(
        link=origin.link,
        line=origin.line,
        raw=origin.raw,
        reason=reason,
        received_at=origin.received_at,
    )


def _source(unit: SmsUnit, config: BindConfig) -> WireAddress:
    """The message's sender, else the link's; none at all is allowed."""
    address = unit.sender
    if address is None and config.source:
        address = Address.parse(config.source)
    if address is None:
        return WireAddress()
    try:
        return to_wire(address, config, config.source_address)
    except AddressError as error:
        raise PermanentFailure(f"sender {error}") from error


def _tie(
    unit: SmsUnit, config: BindConfig
) -> tuple[tuple[Element, ...], tuple[p.Tlv, ...]]:
    """The header to send, and what says the same in parameters instead."""
    header = unit.body.header
    place = find_concatenation(header)
    if config.long_text is not LongText.SAR or place is None:
        return header, ()
    rest = tuple(element for element in header if element.id not in _CONCATENATIONS)
    if rest:
        # SAR and a header never together: the header says it all.
        return header, ()
    return (), (
        p.Tlv(tag=p.Tag.SAR_MSG_REF_NUM, value=place.reference.to_bytes(2)),
        p.Tlv(tag=p.Tag.SAR_TOTAL_SEGMENTS, value=bytes((place.total,))),
        p.Tlv(tag=p.Tag.SAR_SEGMENT_SEQNUM, value=bytes((place.number,))),
    )


def _octets(
    unit: SmsUnit, header: tuple[Element, ...], alphabet: DefaultAlphabet
) -> bytes:
    try:
        return encode_body(unit.body, header, alphabet)
    except UnencodableError as error:
        raise PermanentFailure(f"not in the carrier's alphabet: {error}") from error


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
    )


def _segment(
    pdu: p.DeliverSm | p.DataSm, origin: Origin, config: BindConfig
) -> InboundSegment:
    octets = text_of(pdu)
    header: tuple[Element, ...] = ()
    if pdu.esm_class & _UDHI and octets:
        header = decode_header(octets)
        octets = octets[1 + octets[0] :]
    body = decode_body(octets, header, pdu.data_coding, config.default_alphabet)
    recipient = from_wire(pdu.dest_addr_ton, pdu.dest_addr_npi, pdu.destination_addr)
    return InboundSegment(
        link=origin.link,
        line=origin.line,
        originator=_sender(pdu),
        recipient=config.msisdn or str(recipient) or None,
        body=replace(body, header=(*body.header, *_sar(pdu))),
        coding=read_coding(pdu.data_coding),
        protocol_id=pdu.protocol_id if isinstance(pdu, p.DeliverSm) else 0,
        service_time=None,
        raw=origin.raw,
        received_at=origin.received_at,
    )


def _sender(pdu: p.DeliverSm | p.DataSm) -> Address:
    return from_wire(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)


def _sar(pdu: p.Pdu) -> Iterator[Element]:
    """The place in a long message that SAR parameters give, as a header gives it."""
    tags = (p.Tag.SAR_MSG_REF_NUM, p.Tag.SAR_TOTAL_SEGMENTS, p.Tag.SAR_SEGMENT_SEQNUM)
    reference, total, number = (
        int.from_bytes(pdu.find(tag) or b"") & 0xFFFF for tag in tags
    )
    if 1 < total <= 255 and 1 <= number <= total:
        yield concatenation_element(
            Concatenation(reference=reference, total=total, number=number, wide=True)
        )
