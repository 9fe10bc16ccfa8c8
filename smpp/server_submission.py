"""What an application submits: submit_sm, submit_multi, data_sm and replace_sm, read.

Relies on `coding`, `address`, `moment` for the fields. Pure; everything that only the
PDU can show is refused here as `Unacceptable`, with the status that the specification
gives it. Rights, opt-out and routes are for the desk.

Spec: SMPP 3.4 4.4, 4.5, 4.7, 4.10, 5.2, 5.3.2; spec/smpp.md 38, 39, 42, 43, 63, 66, 68
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.codec import DecodeError
from gateway.codec.address import TypeOfNumber
from gateway.codec.dcs import Alphabet
from gateway.codec.number_plan import normalise
from gateway.codec.udh import (
    Concatenation,
    Element,
    Ports,
    decode_header,
    find_concatenation,
    find_ports,
    ports_element,
)
from gateway.codec.user_data import UserData
from gateway.core.application import ReportWish, SpokenAddress, Submission
from smpp import pdu as p
from smpp.address import from_wire
from smpp.coding import UCS2, decode_body, looks_like_ucs2, read_coding
from smpp.config import DefaultAlphabet
from smpp.layout import LIMITS
from smpp.moment import read_moment
from smpp.server_status import Fault, Unacceptable
from smpp.tie import CONCATENATIONS

Request = p.SubmitSm | p.SubmitMulti | p.DataSm

_UDHI: Final = 0x40
_TYPE_BITS: Final = 0x3C
_TYPES_OF_AN_ESME: Final = frozenset({0x00, 0x08, 0x10})  # plain, or acknowledging
_WISHES: Final = (
    ReportWish.NONE,
    ReportWish.EITHER,
    ReportWish.FAILURE,
    ReportWish.SUCCESS,
)
_RESERVED_REGISTRATION: Final = 0xE0
_INTERMEDIATE: Final = 0x10
_HIGHEST_TON: Final = 6
_PLANS: Final = frozenset({0, 1, 3, 4, 6, 8, 9, 10, 14, 18})
_RESERVED_CODINGS: Final = frozenset({0x0B, 0x0C, 0x0F} | set(range(0x80, 0xC0)))
_HIGHEST_PRIORITY: Final = 3
_LONGEST_IN_3_4: Final = 254
_SHORTEST_INTERNATIONAL: Final = 7
_SURELY_INTERNATIONAL: Final = 11
_ON_DISPLAY: Final = 1
_NUMBER: Final = re.compile(r"\+?[0-9*#]{1,20}", re.ASCII)
_FIFTH: Final = 0x50


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the PDUs of one connection are read."""

    region: str  # of numbers without country code
    alphabet: DefaultAlphabet = DefaultAlphabet.GSM
    max_text_octets: int = 39_015
    version: int = 0x34


def read_submission(
    pdu: Request, reading: Reading, now: datetime
) -> tuple[Submission, tuple[p.Unsuccessful, ...]]:
    """The submission, and those of its destinations that are none."""
    if isinstance(pdu, p.DataSm):
        pdu = _as_submit_sm(pdu)
    source = _read_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)
    destinations, refused = _read_destinations(pdu)
    if len(pdu.service_type) > LIMITS["service_type"]:
        raise Unacceptable(Fault.SERVICE_TYPE, "service_type: at most 5 characters")
    if pdu.priority_flag > _HIGHEST_PRIORITY:
        raise Unacceptable(Fault.PRIORITY, "priority_flag: from 0 to 3")
    if pdu.replace_if_present_flag > 1:
        raise Unacceptable(Fault.REPLACE_FLAG, "replace_if_present_flag: 0 or 1")
    wish, is_intermediate = _read_registration(pdu.registered_delivery)
    body, part = _read_body(pdu, reading)
    send_at, validity = _read_times(pdu, now)
    submission = Submission(
        source=source,
        sender=_canonical(source, reading.region) or None,
        destinations=destinations,
        recipients=tuple(_canonical(one, reading.region) for one in destinations),
        body=body,
        part=part,
        flash=_is_flash(pdu),
        protocol_id=pdu.protocol_id,
        service_type=pdu.service_type,
        priority=pdu.priority_flag or None,
        validity=validity,
        send_at=send_at,
        reports=wish,
        intermediate=is_intermediate,
        user_reference=_parameter(pdu, p.Tag.USER_MESSAGE_REFERENCE, 2),
        replace_if_present=pdu.replace_if_present_flag == 1,
    )
    return submission, refused


def read_replacement(pdu: p.ReplaceSm, reading: Reading, now: datetime) -> Submission:
    """A message's new text and times.

    The PDU does not say its coding: it is that of the message before, GSM or UCS-2.
    """
    source = _read_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)
    wish, is_intermediate = _read_registration(pdu.registered_delivery)
    send_at, validity = _read_times(pdu, now)
    octets = _read_text(pdu, reading)
    coding = UCS2 if looks_like_ucs2(octets) else 0
    return Submission(
        source=source,
        sender=_canonical(source, reading.region) or None,
        destinations=(),
        recipients=(),
        body=decode_body(octets, (), coding, reading.alphabet),
        validity=validity,
        send_at=send_at,
        reports=wish,
        intermediate=is_intermediate,
    )


def spoken_source(pdu: p.QuerySm | p.CancelSm) -> SpokenAddress:
    """Who says that a message is theirs."""
    return _read_source(pdu.source_addr_ton, pdu.source_addr_npi, pdu.source_addr)


def spoken_destination(pdu: p.CancelSm) -> SpokenAddress | None:
    """Whose messages to cancel, if that is said."""
    text = pdu.destination_addr
    ton, npi = pdu.dest_addr_ton, pdu.dest_addr_npi
    return SpokenAddress(ton=ton, npi=npi, text=text) if text else None


def _as_submit_sm(pdu: p.DataSm) -> p.SubmitSm:
    return p.SubmitSm(
        tlvs=pdu.tlvs,
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
    )


def _read_source(ton: int, npi: int, text: str) -> SpokenAddress:
    if ton > _HIGHEST_TON:
        raise Unacceptable(Fault.SOURCE_TON, f"source_addr_ton {ton}")
    if npi not in _PLANS:
        raise Unacceptable(Fault.SOURCE_NPI, f"source_addr_npi {npi}")
    if len(text) > LIMITS["source_addr"]:
        raise Unacceptable(Fault.SOURCE, "source_addr: at most 20 characters")
    return SpokenAddress(ton=ton, npi=npi, text=text)


def _read_destination(ton: int, npi: int, text: str) -> SpokenAddress:
    if ton > _HIGHEST_TON:
        raise Unacceptable(Fault.DESTINATION_TON, f"dest_addr_ton {ton}")
    if npi not in _PLANS:
        raise Unacceptable(Fault.DESTINATION_NPI, f"dest_addr_npi {npi}")
    if not _NUMBER.fullmatch(text):
        raise Unacceptable(Fault.DESTINATION, "destination_addr: 1 to 20 digits")
    return SpokenAddress(ton=ton, npi=npi, text=text)


def _read_destinations(
    pdu: p.SubmitSm | p.SubmitMulti,
) -> tuple[tuple[SpokenAddress, ...], tuple[p.Unsuccessful, ...]]:
    """Those that can be one; of several, a wrong one does not stop the others."""
    if isinstance(pdu, p.SubmitSm):
        ton, npi = pdu.dest_addr_ton, pdu.dest_addr_npi
        return (_read_destination(ton, npi, pdu.destination_addr),), ()
    if not pdu.destinations:
        raise Unacceptable(Fault.NUMBER_OF_DESTINATIONS, "number_of_dests is 0")
    good: list[SpokenAddress] = []
    bad: list[p.Unsuccessful] = []
    for one in pdu.destinations:
        if isinstance(one, p.ListName):
            # Nobody can have made one here.
            bad.append(p.Unsuccessful(text=one.name, error=Fault.LIST_NAME))
            continue
        try:
            good.append(_read_destination(one.ton, one.npi, one.text))
        except Unacceptable as error:
            bad.append(
                p.Unsuccessful(
                    ton=one.ton, npi=one.npi, text=one.text, error=error.fault
                )
            )
    return tuple(good), tuple(bad)


def _canonical(spoken: SpokenAddress, region: str) -> str:
    """The address as the gateway writes it; short codes have no plus."""
    address = from_wire(spoken.ton, spoken.npi, spoken.text)
    digits = address.digits
    if address.ton is TypeOfNumber.ALPHANUMERIC or not digits.isdecimal():
        return digits
    if address.ton is TypeOfNumber.INTERNATIONAL:
        return f"+{digits}" if len(digits) >= _SHORTEST_INTERNATIONAL else digits
    normal = normalise(digits, region)
    is_long = len(normal) >= _SURELY_INTERNATIONAL and not normal.startswith(("+", "0"))
    return f"+{normal}" if is_long else normal


def _read_registration(octet: int) -> tuple[ReportWish, bool]:
    """Which end, and whether news on the way; acknowledgements by people never come."""
    if octet & _RESERVED_REGISTRATION:
        raise Unacceptable(Fault.REGISTERED_DELIVERY, f"registered_delivery {octet}")
    return _WISHES[octet & 3], bool(octet & _INTERMEDIATE)


def _read_times(
    pdu: p.SubmitSm | p.SubmitMulti | p.ReplaceSm, now: datetime
) -> tuple[datetime | None, timedelta | None]:
    """When to send it, and how long it is good from now on (5.2.16)."""
    send_at = expires_at = None
    try:
        if pdu.schedule_delivery_time:
            send_at = read_moment(pdu.schedule_delivery_time, now)
    except (ValueError, OverflowError) as error:
        reason = f"schedule_delivery_time: {error}"
        raise Unacceptable(Fault.SCHEDULE, reason) from error
    try:
        if pdu.validity_period:
            expires_at = read_moment(pdu.validity_period, now)
    except (ValueError, OverflowError) as error:
        reason = f"validity_period: {error}"
        raise Unacceptable(Fault.VALIDITY, reason) from error
    if expires_at is None:
        return send_at, None
    if expires_at <= (send_at or now):
        raise Unacceptable(Fault.VALIDITY, "validity_period is over before it begins")
    return send_at, expires_at - now


def _read_text(
    pdu: p.SubmitSm | p.SubmitMulti | p.ReplaceSm, reading: Reading
) -> bytes:
    """The octets of the message, wherever they are, but in one place only."""
    short = pdu.short_message
    payload = pdu.find(p.Tag.MESSAGE_PAYLOAD)
    if short and payload:
        reason = "short_message and message_payload exclude one another"
        raise Unacceptable(Fault.MESSAGE_LENGTH, reason)
    if len(short) > _LONGEST_IN_3_4 and reading.version < _FIFTH:
        raise Unacceptable(Fault.MESSAGE_LENGTH, "short_message: at most 254 octets")
    octets = short or payload or b""
    if len(octets) > reading.max_text_octets:
        reason = f"{len(octets)} octets, at most {reading.max_text_octets}"
        raise Unacceptable(Fault.MESSAGE_LENGTH, reason)
    if not octets and pdu.sm_default_msg_id:
        reason = f"sm_default_msg_id {pdu.sm_default_msg_id}: there is none"
        raise Unacceptable(Fault.PREDEFINED_MESSAGE, reason)
    return octets


def _read_body(
    pdu: p.SubmitSm | p.SubmitMulti, reading: Reading
) -> tuple[UserData, Concatenation | None]:
    """The user data without its place in a long message, and that place."""
    if pdu.esm_class & _TYPE_BITS not in _TYPES_OF_AN_ESME:
        reason = f"esm_class {pdu.esm_class:#04x}: no message of an application's"
        raise Unacceptable(Fault.ESM_CLASS, reason)
    octets = _read_text(pdu, reading)
    header: tuple[Element, ...] = ()
    if pdu.esm_class & _UDHI:
        try:
            header = decode_header(octets)
        except DecodeError as error:
            raise Unacceptable(Fault.ESM_CLASS, f"no header: {error}") from error
        octets = octets[1 + octets[0] :]
    part = find_concatenation(header) or _read_sar(pdu)
    rest = tuple(element for element in header if element.id not in CONCATENATIONS)
    if pdu.tlvs and find_ports(rest) is None:
        rest = (*_read_ports(pdu), *rest)
    if pdu.data_coding in _RESERVED_CODINGS:
        body = UserData(alphabet=Alphabet.OCTETS, header=rest, units=octets)
    else:
        body = decode_body(octets, rest, pdu.data_coding, reading.alphabet)
    return body, part if part is not None and part.total > 1 else None


def _read_sar(pdu: p.Pdu) -> Concatenation | None:
    """Spec: SMPP 3.4 5.3.2.22 to 5.3.2.24"""
    if not pdu.tlvs:
        return None
    reference = _parameter(pdu, p.Tag.SAR_MSG_REF_NUM, 2)
    total = _parameter(pdu, p.Tag.SAR_TOTAL_SEGMENTS, 1)
    number = _parameter(pdu, p.Tag.SAR_SEGMENT_SEQNUM, 1)
    if reference is None and total is None and number is None:
        return None
    if reference is None or total is None or number is None:
        raise Unacceptable(Fault.PARAMETER_MISSING, "the three SAR parameters together")
    if not 1 <= number <= total:
        raise Unacceptable(Fault.PARAMETER_VALUE, f"SAR: segment {number} of {total}")
    return Concatenation(reference=reference, total=total, number=number, wide=True)


def _read_ports(pdu: p.Pdu) -> tuple[Element, ...]:
    """Application ports told in parameters. Spec: SMPP 3.4 5.3.2.20, 5.3.2.21"""
    destination = _parameter(pdu, p.Tag.DESTINATION_PORT, 2)
    if destination is None:
        return ()
    source = _parameter(pdu, p.Tag.SOURCE_PORT, 2) or 0
    return (ports_element(Ports(destination=destination, source=source)),)


def _is_flash(pdu: p.SubmitSm | p.SubmitMulti) -> bool:
    """Class 0, by the coding or by the part of the handset it is for."""
    if read_coding(pdu.data_coding).message_class == 0:
        return True
    return _parameter(pdu, p.Tag.DEST_ADDR_SUBUNIT, 1) == _ON_DISPLAY


def _parameter(pdu: p.Pdu, tag: p.Tag, length_octets: int) -> int | None:
    value = pdu.find(tag)
    if value is None:
        return None
    if len(value) != length_octets:
        reason = f"{tag.name.lower()}: {length_octets} octets"
        raise Unacceptable(Fault.PARAMETER_LENGTH, reason)
    return int.from_bytes(value)
