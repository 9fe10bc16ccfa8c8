"""What is owed to an application as deliver_sm: receipts, and what people write.

Relies on `coding`, `address`, `tie` for the fields. Pure. A receipt's text is read by
programs that look for its keys in ASCII, whatever its coding says: letters outside of
it become question marks, so that nothing after them shifts.

Spec: SMPP 3.4 4.6, 5.2.12, 5.3.2.12, appendix B; spec/smpp.md 37, 40, 65
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never

from gateway.codec.address import Address, TypeOfNumber
from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import UnencodableError, decode_septets
from gateway.codec.segment import cut_octets, cut_text
from gateway.codec.udh import Element, Ports, ports_element
from gateway.codec.user_data import UserData
from gateway.core.application import Account, MessageNotice, Notice, ReceiptNotice
from gateway.core.message import MessageState as State
from smpp import pdu as p
from smpp.address import AddressError, WireAddress, to_wire
from smpp.coding import data_coding, encode_body, text_body
from smpp.config import DefaultAlphabet, LongText
from smpp.server_config import SmppServerConfig
from smpp.status import MessageState
from smpp.tie import tie

_UDHI: Final = 0x40
_RECEIPT: Final = 0x04
_INTERMEDIATE: Final = 0x20
_TEXT_CHARACTERS: Final = 20
_MOST_COUNTED: Final = 999
_GSM_NETWORK: Final = 3
_GSM_CODING: Final = 0
_MOST_SHORT: Final = 254
_LONGEST_ADDRESS: Final = 20
_ERROR: Final = re.compile(
    r"\berr:(?:\d{1,3}/)?(\d{1,5})\b|\b0x([0-9a-fA-F]{1,8})\b|\b(\d{1,3})\b"
)
_STATES: Final = {
    State.DELIVERED: MessageState.DELIVERED,
    State.EXPIRED: MessageState.EXPIRED,
    State.CANCELLED: MessageState.DELETED,
    State.UNDELIVERED: MessageState.UNDELIVERABLE,
    State.FAILED: MessageState.REJECTED,
    State.UNKNOWN: MessageState.UNKNOWN,
}
_WORDS: Final = {
    MessageState.ENROUTE: "ENROUTE",
    MessageState.DELIVERED: "DELIVRD",
    MessageState.EXPIRED: "EXPIRED",
    MessageState.DELETED: "DELETED",
    MessageState.UNDELIVERABLE: "UNDELIV",
    MessageState.ACCEPTED: "ACCEPTD",
    MessageState.UNKNOWN: "UNKNOWN",
    MessageState.REJECTED: "REJECTD",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How the PDUs for one account on one connection are written."""

    config: SmppServerConfig
    long_dates: bool = False
    receipt_tlvs: bool = True
    takes_tlvs: bool = True  # SMPP 3.3 knows none

    @classmethod
    def of(
        cls, config: SmppServerConfig, account: Account, *, takes_tlvs: bool
    ) -> "Style":
        """As the account wants it, and the peer can read it."""
        return cls(
            config=config,
            long_dates=account.long_dates,
            receipt_tlvs=account.receipt_tlvs,
            takes_tlvs=takes_tlvs,
        )


def deliveries(notice: Notice, style: Style) -> tuple[p.DeliverSm, ...]:
    """What to send for a notice; several for a long message."""
    match notice.content:
        case ReceiptNotice() as receipt:
            return (_receipt(receipt, style),)
        case MessageNotice() as message:
            return tuple(_messages(message, style, reference=notice.id))
        case other:
            assert_never(other)


def message_state(
    state: State, *, is_final: bool = True, is_scheduled_known: bool = False
) -> MessageState:
    """What SMPP calls it; sent and nothing more to come is ACCEPTED."""
    if state is State.SENT and is_final:
        return MessageState.ACCEPTED
    if state is State.SCHEDULED and is_scheduled_known:
        return MessageState.SCHEDULED
    return _STATES.get(state, MessageState.ENROUTE)


def error_number(carrier_code: str | None) -> int:
    """The carrier's number for what went wrong, of the many it may have written."""
    found = _ERROR.search(carrier_code or "")
    if found is None:
        return 0
    receipt, status, plain = found.groups()
    return (int(status, 16) if status else int(receipt or plain)) & 0xFFFF


def date(moment: datetime, *, is_long: bool) -> str:
    """In UTC, with seconds when long."""
    return moment.astimezone(UTC).strftime("%y%m%d%H%M%S" if is_long else "%y%m%d%H%M")


def _receipt(receipt: ReceiptNotice, style: Style) -> p.DeliverSm:
    state = message_state(receipt.state, is_final=not receipt.is_intermediate)
    source, destination = receipt.destination, receipt.source
    tlvs = _receipt_tlvs(receipt, state)
    return p.DeliverSm(
        service_type=receipt.service_type,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.text,
        dest_addr_ton=destination.ton,
        dest_addr_npi=destination.npi,
        destination_addr=destination.text,
        esm_class=_INTERMEDIATE if receipt.is_intermediate else _RECEIPT,
        short_message=_receipt_text(receipt, state, is_long=style.long_dates),
        tlvs=tlvs if style.receipt_tlvs and style.takes_tlvs else (),
    )


def _receipt_text(
    receipt: ReceiptNotice, state: MessageState, *, is_long: bool
) -> bytes:
    submitted, delivered = (
        min(count, _MOST_COUNTED) for count in (receipt.submitted, receipt.delivered)
    )
    text = _plain(receipt.text[:_TEXT_CHARACTERS])
    error = error_number(receipt.carrier_code) % 1000
    return (
        f"id:{receipt.message_id} sub:{submitted:03} dlvrd:{delivered:03} "
        f"submit date:{date(receipt.submitted_at, is_long=is_long)} "
        f"done date:{date(receipt.done_at, is_long=is_long)} "
        f"stat:{_WORDS[state]} err:{error:03} text:{text}"
    ).encode("ascii", "replace")


def _receipt_tlvs(receipt: ReceiptNotice, state: MessageState) -> tuple[p.Tlv, ...]:
    named = receipt.message_id.encode("ascii", "replace") + b"\0"
    tlvs = [
        p.Tlv(tag=p.Tag.RECEIPTED_MESSAGE_ID, value=named),
        p.Tlv(tag=p.Tag.MESSAGE_STATE, value=bytes((state,))),
    ]
    if error := error_number(receipt.carrier_code):
        value = bytes((_GSM_NETWORK,)) + error.to_bytes(2)
        tlvs.append(p.Tlv(tag=p.Tag.NETWORK_ERROR_CODE, value=value))
    if receipt.user_reference is not None:
        value = receipt.user_reference.to_bytes(2)
        tlvs.append(p.Tlv(tag=p.Tag.USER_MESSAGE_REFERENCE, value=value))
    return tuple(tlvs)


def _messages(
    message: MessageNotice, style: Style, *, reference: int
) -> Sequence[p.DeliverSm]:
    config = style.config
    source = _spelled(message.sender, config)
    destination = _spelled(message.recipient, config)
    form = config.long_text
    if form in (LongText.SAR, LongText.PAYLOAD) and not style.takes_tlvs:
        form = LongText.UDH
    try:
        segments = _segments(message, form, reference)
    except ValueError:
        # Cut anew it may be more than 255.
        if not style.takes_tlvs:
            raise
        form, segments = LongText.PAYLOAD, (_whole(message, _ports(message)),)
    return [_message_pdu(body, source, destination, form, config) for body in segments]


def _segments(
    message: MessageNotice, form: LongText, reference: int
) -> tuple[UserData, ...]:
    """The same each time it is sent: the reference is the notice's own."""
    ports = _ports(message)
    if form is LongText.PAYLOAD:
        return (_whole(message, ports),)
    wide = form in (LongText.SAR, LongText.UDH16)
    reference %= 65536 if wide else 256
    if message.octets is not None:
        return cut_octets(
            message.octets, reference=reference, wide=wide, elements=ports
        )
    return cut_text(
        message.text or "", reference=reference, wide=wide, languages=frozenset()
    )


def _whole(message: MessageNotice, ports: tuple[Element, ...]) -> UserData:
    if message.octets is not None:
        return UserData(alphabet=Alphabet.OCTETS, header=ports, units=message.octets)
    return text_body(message.text or "")


def _ports(message: MessageNotice) -> tuple[Element, ...]:
    port = message.destination_port
    return () if port is None else (ports_element(Ports(destination=port, source=0)),)


def _message_pdu(
    body: UserData,
    source: WireAddress,
    destination: WireAddress,
    form: LongText,
    config: SmppServerConfig,
) -> p.DeliverSm:
    header, tlvs = tie(body.header, form)
    body, octets = _coded(body, header, config.default_alphabet)
    if len(octets) > _MOST_SHORT:
        tlvs = (*tlvs, p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=octets))
        octets = b""
    return p.DeliverSm(
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.text,
        dest_addr_ton=destination.ton,
        dest_addr_npi=destination.npi,
        destination_addr=destination.text,
        esm_class=_UDHI if header else 0,
        data_coding=data_coding(body, None, _GSM_CODING),
        short_message=octets,
        tlvs=tlvs,
    )


def _coded(
    body: UserData, header: tuple[Element, ...], alphabet: DefaultAlphabet
) -> tuple[UserData, bytes]:
    """What the application's default alphabet cannot carry goes as UCS-2."""
    try:
        return body, encode_body(body, header, alphabet)
    except UnencodableError:
        text = decode_septets(body.units)
        wide = UserData(
            alphabet=Alphabet.UCS2, header=body.header, units=text.encode("utf-16-be")
        )
        return wide, encode_body(wide, header, alphabet)


def _spelled(address: str, config: SmppServerConfig) -> WireAddress:
    """As numbers are told on a link; a name with foreign letters loses those."""
    if not address:
        return WireAddress()
    try:
        return to_wire(Address.parse(address), config, None)
    except (AddressError, ValueError):
        text = _plain(address[:_LONGEST_ADDRESS])
        return WireAddress(ton=TypeOfNumber.ALPHANUMERIC, text=text)


def _plain(text: str) -> str:
    """What is not printable ASCII as question marks, of the same length."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in text)
