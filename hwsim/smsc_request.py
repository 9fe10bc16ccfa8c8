"""A submit_sm or data_sm read and judged: who to whom, and the segments it makes.

Relies on ``smsc_text``. It refuses with the status that names what is wrong.

Spec: SMPP 3.4 4.4.1, 4.7.1, 5.2.12, 5.3.2.22 to 5.3.2.24; smpp.md 3.4 (37, 40)
"""

from dataclasses import dataclass
from datetime import datetime

from hwsim.numbering import number_of
from hwsim.smsc_account import Account
from hwsim.smsc_record import SmppAddress
from hwsim.smsc_text import linked, read_payload, read_segment
from hwsim.smsc_time import read_time
from hwsim.wire import WireError
from hwsim.wire.smpp import Pdu, SmppRefusal, Status, Tag
from hwsim.wire.sms import Address, TypeOfNumber, UserData

_HAS_HEADER = 0x40
_MOST_TON = 7
_MOST_DIGITS = 20
_MOST_PRIORITY = 3
_SAR = (Tag.SAR_MSG_REF_NUM, Tag.SAR_TOTAL_SEGMENTS, Tag.SAR_SEGMENT_SEQNUM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``sender`` and ``recipient`` in the network's form, addresses as they came."""

    source: SmppAddress
    destination: SmppAddress
    sender: str
    recipient: str
    users: list[UserData]
    protocol_id: int
    expires_at: datetime | None
    scheduled_at: datetime | None
    reference: bytes | None


def read_request(pdu: Pdu, account: Account, number: int, now: datetime) -> Request:
    """``number`` gives the concatenation reference when the SMSC has to cut."""
    source, destination = read_address(pdu, "source"), read_address(pdu, "dest")
    if pdu.number("priority_flag") > _MOST_PRIORITY:
        raise SmppRefusal(Status.INVALID_PRIORITY, "priority_flag is above 3")
    expiry, schedule = pdu.text("validity_period"), pdu.text("schedule_delivery_time")
    return Request(
        source=source,
        destination=destination,
        sender=_sender(source, account),
        recipient=_recipient(destination),
        users=_users(pdu, account, number),
        protocol_id=pdu.number("protocol_id"),
        expires_at=read_time(expiry, now, Status.INVALID_EXPIRY),
        scheduled_at=read_time(schedule, now, Status.INVALID_SCHEDULE),
        reference=pdu.tlv(Tag.USER_MESSAGE_REFERENCE),
    )


def read_address(pdu: Pdu, prefix: str) -> SmppAddress:
    """``source`` or ``dest``."""
    name = "destination_addr" if prefix == "dest" else f"{prefix}_addr"
    return SmppAddress(
        ton=pdu.number(f"{prefix}_addr_ton"),
        npi=pdu.number(f"{prefix}_addr_npi"),
        text=pdu.text(name),
    )


def _users(pdu: Pdu, account: Account, number: int) -> list[UserData]:
    octets, coding = pdu.octets("short_message"), pdu.number("data_coding")
    has_header = bool(pdu.number("esm_class") & _HAS_HEADER)
    payload = pdu.tlv(Tag.MESSAGE_PAYLOAD)
    sar = [pdu.tlv_number(tag) for tag in _SAR]
    if payload is not None and octets:
        reason = "short_message and message_payload together"
        raise SmppRefusal(Status.INVALID_TLV_VALUE, reason)
    if any(value is not None for value in sar):
        if has_header:
            reason = "SAR parameters and a user data header together"
            raise SmppRefusal(Status.INVALID_ESM_CLASS, reason)
        reference, total, place = sar
        if reference is None or total is None or place is None:
            raise SmppRefusal(Status.MISSING_TLV, "SAR parameters are not complete")
        user = read_segment(payload or octets, coding, account, has_header=False)
        return [linked(user, reference, total, place)]
    if payload is not None and not has_header:
        return read_payload(payload, coding, account, number & 0xFF)
    return [read_segment(payload or octets, coding, account, has_header=has_header)]


def _sender(source: SmppAddress, account: Account) -> str:
    if not source.text:
        if account.short_codes:
            return account.short_codes[0]
        raise SmppRefusal(Status.INVALID_SOURCE, "no source, and no code to stand in")
    sender = _number(source, Status.INVALID_SOURCE, Status.INVALID_SOURCE_TON)
    if not account.may_send_as(sender):
        reason = f"{account.system_id} may not send as {sender!r}"
        raise SmppRefusal(Status.INVALID_SOURCE, reason)
    return sender


def _recipient(destination: SmppAddress) -> str:
    status = Status.INVALID_DESTINATION
    if destination.ton == TypeOfNumber.ALPHANUMERIC or not destination.text:
        raise SmppRefusal(status, "the destination is no number")
    return _number(destination, status, Status.INVALID_DESTINATION_TON)


def _number(own: SmppAddress, status: Status, ton_status: Status) -> str:
    if own.ton > _MOST_TON:
        raise SmppRefusal(ton_status, f"type of number {own.ton}")
    if own.ton == TypeOfNumber.ALPHANUMERIC:
        try:
            Address.of(own.text)
        except WireError as error:
            raise SmppRefusal(status, str(error)) from error
        return own.text
    digits = own.text.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > _MOST_DIGITS:
        raise SmppRefusal(status, f"{own.text!r} is no number")
    ton = TypeOfNumber(own.ton)
    if own.text.startswith("+"):
        # Many an ESME writes the plus and leaves the type unknown.
        ton = TypeOfNumber.INTERNATIONAL
    return number_of(Address(digits=digits, ton=ton))
