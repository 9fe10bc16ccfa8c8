"""A segment of ours as the PDU that submits it: submit_sm, or data_sm where agreed.

Relies on `coding`, `address`, `tie` and `moment` for the fields; the message's own
carrier options win over the link's. `PermanentFailure` names what cannot be carried.

Spec: SMPP 3.4 4.4, 4.7; spec/smpp.md 7 to 9, 37 to 43, 58, 59
"""

from datetime import datetime
from functools import lru_cache
from typing import Final

from gateway.codec.address import Address
from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import UnencodableError
from gateway.codec.user_data import USER_DATA_OCTETS, UserData
from gateway.core.errors import PermanentFailure
from gateway.core.link import SmsUnit, attempt_number
from gateway.core.message import CarrierOptions
from smpp import pdu as p
from smpp.address import AddressError, WireAddress, to_wire
from smpp.coding import data_coding, encode_body
from smpp.config import BindConfig, LongText, Operation, ReceiptsFor, TonNpi
from smpp.moment import delivery_time, validity_period
from smpp.tie import is_last, tie

_UDHI: Final = 0x40
_RECEIPT: Final = 0x01
_RECEIPT_OF_FAILURE: Final = 0x02
_INTERMEDIATE: Final = 0x10
_HIGHEST_PRIORITY: Final = 3
_MOST_SEPTETS: Final = 160
_USUAL: Final = CarrierOptions()


def submission(
    unit: SmsUnit, config: BindConfig, now: datetime
) -> p.SubmitSm | p.DataSm:
    """What to send for a segment by the link's operation."""
    pdu = submit_sm(unit, config, now)
    if config.operation is Operation.SUBMIT_SM:
        return pdu
    return _as_data_sm(pdu, unit)


def submit_sm(unit: SmsUnit, config: BindConfig, now: datetime) -> p.SubmitSm:
    """What to send for a segment; `PermanentFailure` where the link cannot carry it."""
    options = unit.carrier or _USUAL
    source = source_of(unit.sender, config, options.source_kind)
    destination = destination_of(unit.destination, config, options.destination_kind)
    header, tlvs = tie(unit.body.header, config.long_text)
    try:
        octets = encode_body(unit.body, header, config.default_alphabet)
    except UnencodableError as error:
        raise PermanentFailure(f"not in the carrier's alphabet: {error}") from error
    in_payload = _goes_in_payload(unit.body, octets, config)
    if in_payload:
        tlvs = (*tlvs, p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=octets))
    quarters = config.utc_offset_quarters
    service_type = options.service_type
    return p.SubmitSm(
        service_type=config.service_type if service_type is None else service_type,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.text,
        dest_addr_ton=destination.ton,
        dest_addr_npi=destination.npi,
        destination_addr=destination.text,
        esm_class=_UDHI if header else 0,
        protocol_id=unit.protocol_id,
        priority_flag=(
            min(unit.priority, _HIGHEST_PRIORITY)
            if config.message_priority
            else config.priority
        ),
        schedule_delivery_time=_schedule(options, config, now),
        validity_period=validity_period(
            unit.validity, config.validity, now, offset_quarters=quarters
        ),
        registered_delivery=_registered(unit, config, options),
        replace_if_present_flag=int(options.replace_if_present),
        data_coding=data_coding(unit.body, unit.message_class, config.data_coding),
        short_message=b"" if in_payload else octets,
        tlvs=(*tlvs, *_parameters(unit, config, options)),
    )


def _goes_in_payload(body: UserData, octets: bytes, config: BindConfig) -> bool:
    """A whole message that is too long for one segment, or a segment of a long one."""
    if len(octets) > USER_DATA_OCTETS:
        is_gsm = body.alphabet is Alphabet.GSM7
        if body.length > (_MOST_SEPTETS if is_gsm else USER_DATA_OCTETS):
            return True
    return config.long_text is LongText.PAYLOAD and bool(body.header)


def source_of(
    sender: Address | None, config: BindConfig, kind: tuple[int, int] | None = None
) -> WireAddress:
    """The message's sender, else the link's; none at all is allowed."""
    if sender is None and config.source:
        sender = _parsed(config.source)
    if sender is None:
        return WireAddress()
    try:
        return to_wire(sender, config, _override(kind) or config.source_address)
    except AddressError as error:
        raise PermanentFailure(f"sender {error}") from error


def destination_of(
    recipient: Address, config: BindConfig, kind: tuple[int, int] | None = None
) -> WireAddress:
    """Whom it is for."""
    override = _override(kind) or config.destination_address
    try:
        return to_wire(recipient, config, override)
    except AddressError as error:
        raise PermanentFailure(f"destination {error}") from error


@lru_cache(maxsize=64)
def _parsed(text: str) -> Address:
    """The sender of a link, asked for with each message."""
    return Address.parse(text)


def _override(kind: tuple[int, int] | None) -> TonNpi | None:
    return None if kind is None else TonNpi(ton=kind[0], npi=kind[1])


def _schedule(options: CarrierOptions, config: BindConfig, now: datetime) -> str:
    if options.deliver_at is None:
        return ""
    quarters = config.utc_offset_quarters
    try:
        return delivery_time(
            options.deliver_at, config.schedule, now, offset_quarters=quarters
        )
    except ValueError as error:
        raise PermanentFailure(str(error)) from error


def _registered(unit: SmsUnit, config: BindConfig, options: CarrierOptions) -> int:
    """Which receipts are wanted (SMPP 3.4 5.2.17)."""
    if not (unit.status_report and config.receipts):
        return 0
    if config.receipts_for is ReceiptsFor.LAST and not is_last(unit.body.header):
        return 0
    wanted = _RECEIPT_OF_FAILURE if options.failure_reports_only else _RECEIPT
    return wanted | (_INTERMEDIATE if options.intermediate_reports else 0)


def _parameters(
    unit: SmsUnit, config: BindConfig, options: CarrierOptions
) -> list[p.Tlv]:
    """Of the message, then of the link where the message says nothing else."""
    found: list[p.Tlv] = []
    if not config.takes_tlvs:
        if options.tlvs:
            raise PermanentFailure("tlvs: SMPP 3.3 knows none")
        return found
    said: set[int] = set()
    if options.tlvs:
        found += (p.Tlv(tag=tag, value=value) for tag, value in options.tlvs)
        said = {tlv.tag for tlv in found}
    if config.tlvs:
        usual = (vendor.tlv() for vendor in config.tlvs)
        found += (tlv for tlv in usual if tlv.tag not in said)
    if config.user_reference and p.Tag.USER_MESSAGE_REFERENCE not in said:
        number = attempt_number(unit.attempt_id).to_bytes(2)
        found.append(p.Tlv(tag=p.Tag.USER_MESSAGE_REFERENCE, value=number))
    if config.more_messages and p.Tag.MORE_MESSAGES_TO_SEND not in said:
        more = bytes((unit.more_follow,))
        found.append(p.Tlv(tag=p.Tag.MORE_MESSAGES_TO_SEND, value=more))
    return found


def _as_data_sm(pdu: p.SubmitSm, unit: SmsUnit) -> p.DataSm:
    """The same by data_sm, which has parameters for most of the fields."""
    if pdu.schedule_delivery_time:
        raise PermanentFailure("deliver_at: data_sm has no time of delivery")
    tlvs = pdu.tlvs
    if pdu.short_message:
        payload = p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=pdu.short_message)
        tlvs = (payload, *tlvs)
    if pdu.validity_period and unit.validity is not None:
        seconds = max(int(unit.validity.total_seconds()), 1)
        lifetime = p.Tlv(tag=p.Tag.QOS_TIME_TO_LIVE, value=seconds.to_bytes(4))
        tlvs = (*tlvs, lifetime)
    return p.DataSm(
        service_type=pdu.service_type,
        source_addr_ton=pdu.source_addr_ton,
        source_addr_npi=pdu.source_addr_npi,
        source_addr=pdu.source_addr,
        dest_addr_ton=pdu.dest_addr_ton,
        dest_addr_npi=pdu.dest_addr_npi,
        destination_addr=pdu.destination_addr,
        esm_class=pdu.esm_class,
        registered_delivery=pdu.registered_delivery,
        data_coding=pdu.data_coding,
        tlvs=tlvs,
    )
