"""The PDUs of the hot path, read at once where there is nothing to tolerate.

What is not exactly as it should be is left to the patient reader in `wire`.

Spec: SMPP 3.4 4.4.2, 4.6.1; spec/smpp.md 77
"""

import re
import struct
from typing import Final

from smpp import pdu as p

# All fields but the text, each no longer than it may be.
_SM: Final = re.compile(
    rb"([^\0]{0,5})\0(..)([^\0]{0,20})\0(..)([^\0]{0,20})\0(...)"
    rb"([^\0]{0,16})\0([^\0]{0,16})\0(.....)",
    re.DOTALL,
)
_MESSAGE_ID: Final = re.compile(rb"([0-9A-Za-z]{1,64})\0\Z")
_TLV_HEAD: Final = struct.Struct(">HH")


def read_flawless(kind: type[p.Pdu], status: int, body: bytes) -> p.Pdu | None:
    """The PDU; None when it is of another kind, or has anything to tolerate."""
    if kind is p.SubmitSmResp:
        told = _MESSAGE_ID.match(body)
        if told is None:
            return None
        return p.SubmitSmResp(status=status, message_id=told[1].decode("ascii"))
    if kind is p.DeliverSm:
        return _read_sm(p.DeliverSm, status, body)
    return _read_sm(p.SubmitSm, status, body) if kind is p.SubmitSm else None


def _read_sm(kind: type[p.Sm], status: int, body: bytes) -> p.Sm | None:
    found = _SM.match(body)
    if found is None:
        return None
    service, source_kind, source, dest_kind, dest, flags, schedule, validity, rest = (
        found.groups()
    )
    start = found.end()
    end = start + rest[4]
    tlvs = _tlvs(body, end)
    if tlvs is None:
        return None
    return kind(
        status=status,
        tlvs=tlvs,
        service_type=service.decode("latin-1"),
        source_addr_ton=source_kind[0],
        source_addr_npi=source_kind[1],
        source_addr=source.decode("latin-1"),
        dest_addr_ton=dest_kind[0],
        dest_addr_npi=dest_kind[1],
        destination_addr=dest.decode("latin-1"),
        esm_class=flags[0],
        protocol_id=flags[1],
        priority_flag=flags[2],
        schedule_delivery_time=schedule.decode("latin-1"),
        validity_period=validity.decode("latin-1"),
        registered_delivery=rest[0],
        replace_if_present_flag=rest[1],
        data_coding=rest[2],
        sm_default_msg_id=rest[3],
        short_message=body[start:end],
    )


def _tlvs(body: bytes, offset: int) -> tuple[p.Tlv, ...] | None:
    """Those that fill the body from here exactly to its end; None when none do."""
    end = len(body)
    if offset == end:
        return ()
    found = []
    while offset + _TLV_HEAD.size <= end:
        tag, length = _TLV_HEAD.unpack_from(body, offset)
        offset += _TLV_HEAD.size + length
        found.append(p.Tlv(tag=tag, value=body[offset - length : offset]))
    return tuple(found) if offset == end else None
