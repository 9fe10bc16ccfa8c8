"""SMPP PDUs to octets and back, bounded, with struct.

The PDUs of the hot path are written out; the rest follow the layouts below. Every
decoder is total: any octets give a PDU, with what was tolerated named, or
`DecodeError`. The only module that knows smpplib, for its tables.

Spec: SMPP 3.4 chapter 3 to 5; spec/smpp.md 3.1
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from smpplib import consts

from gateway.codec import DecodeError
from smpp import pdu as p
from smpp.flawless import read_flawless
from smpp.layout import LAYOUTS, LIMITS, PDU_OF, Field, Kind
from smpp.reader import TLV_HEAD, DestFlag, Flaw, Reader

HEADER: Final = struct.Struct(">4I")
MAX_PDU_OCTETS: Final = 70_000
MAX_SHORT_MESSAGE_OCTETS: Final = 254
_MOST_DESTINATIONS: Final = 255
STATUS_TEXTS: Final[Mapping[int, str]] = consts.DESCRIPTIONS
STATUS_NAMES: Final[Mapping[int, str]] = {
    value: name.removeprefix("SMPP_")
    for name, value in vars(consts).items()
    if name.startswith("SMPP_ESME_")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One PDU as it came: its header, read, and its body, not yet."""

    command: int
    status: int
    sequence: int
    body: bytes

    @property
    def octets(self) -> bytes:
        """The whole PDU again."""
        length_octets = HEADER.size + len(self.body)
        return (
            HEADER.pack(length_octets, self.command, self.status, self.sequence)
            + self.body
        )


class UnknownCommand(DecodeError):
    """A well framed PDU of an operation that is in no table."""


class FieldError(ValueError):
    """A field cannot be sent; named, never cut."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field


class FramingError(Exception):
    """The stream cannot be followed any more; `sequence` if it could be read."""

    def __init__(self, length_octets: int, sequence: int) -> None:
        super().__init__(f"command_length {length_octets}")
        self.sequence = sequence


class Framer:
    """Octets as they come into frames; holds one PDU at most."""

    def __init__(self, limit_octets: int = MAX_PDU_OCTETS) -> None:
        self._limit_octets = limit_octets
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """The frames complete by now; to be called again until there are none.

        Frames that came before a `FramingError` are given first.
        """
        self._held += data
        held, start = self._held, 0
        frames: list[Frame] = []
        while len(held) - start >= HEADER.size:
            length, command, status, sequence = HEADER.unpack_from(held, start)
            if not HEADER.size <= length <= self._limit_octets:
                if frames:
                    break
                raise FramingError(length, sequence)
            if len(held) - start < length:
                break
            body = bytes(held[start + HEADER.size : start + length])
            frames.append(
                Frame(command=command, status=status, sequence=sequence, body=body)
            )
            start += length
        del held[:start]
        return frames


def encode(pdu: p.Pdu, sequence: int) -> bytes:
    """The octets of a PDU; `FieldError` names what cannot be sent."""
    if isinstance(pdu, p.Sm):
        body = _encode_sm(pdu)
    elif isinstance(pdu, p.SmResp) and not pdu.message_id:
        body = b"" if pdu.message_id is None else b"\0"
    elif isinstance(pdu, p.SmResp | p.BindResp | p.QuerySmResp | p.SubmitMultiResp):
        body = _encode_answer(pdu)
    else:
        body = _encode_fields(pdu, LAYOUTS[type(pdu)])
    if pdu.tlvs:
        body += b"".join(map(encode_tlv, pdu.tlvs))
    length_octets = HEADER.size + len(body)
    if length_octets > MAX_PDU_OCTETS:
        raise FieldError("message_payload", f"a PDU of {length_octets} octets")
    return HEADER.pack(length_octets, pdu.command, pdu.status, sequence) + body


def encode_tlv(tlv: p.Tlv) -> bytes:
    """Tag, length, value."""
    if not 0 <= tlv.tag <= 0xFFFF or len(tlv.value) > 0xFFFF:
        raise FieldError(f"tlv {tlv.tag:#06x}", "must fit in 16 bits")
    return TLV_HEAD.pack(tlv.tag, len(tlv.value)) + tlv.value


def decode(frame: Frame) -> tuple[p.Pdu, tuple[Flaw, ...]]:
    """The PDU and what had to be tolerated; `DecodeError` when it is none."""
    kind = PDU_OF.get(frame.command)
    if kind is None:
        raise UnknownCommand(f"command_id {frame.command:#010x}", 0, frame.body)
    flawless = read_flawless(kind, frame.status, frame.body)
    if flawless is not None:
        return flawless, ()
    reader = Reader(frame.body)
    if issubclass(kind, p.SmResp | p.BindResp):
        [field] = LAYOUTS[kind]
        fields: dict[str, Any] = {field.name: reader.optional_cstring(field.name)}
    elif issubclass(kind, p.Sm):
        fields = reader.sm()
    elif not frame.body and frame.command & p.RESPONSE_BIT:
        fields = {}
    else:
        fields = reader.fields(LAYOUTS[kind])
    tlvs = reader.tlvs()
    return kind(status=frame.status, tlvs=tlvs, **fields), tuple(reader.flaws)


def _encode_sm(pdu: p.Sm) -> bytes:
    text = pdu.short_message
    if len(text) > MAX_SHORT_MESSAGE_OCTETS:
        raise FieldError("short_message", f"{len(text)} octets: at most 254")
    try:
        return b"".join(
            (
                _cstring("service_type", pdu.service_type),
                bytes((pdu.source_addr_ton, pdu.source_addr_npi)),
                _cstring("source_addr", pdu.source_addr),
                bytes((pdu.dest_addr_ton, pdu.dest_addr_npi)),
                _cstring("destination_addr", pdu.destination_addr),
                bytes((pdu.esm_class, pdu.protocol_id, pdu.priority_flag)),
                _cstring("schedule_delivery_time", pdu.schedule_delivery_time),
                _cstring("validity_period", pdu.validity_period),
                bytes(
                    (
                        pdu.registered_delivery,
                        pdu.replace_if_present_flag,
                        pdu.data_coding,
                        pdu.sm_default_msg_id,
                        len(text),
                    )
                ),
                text,
            )
        )
    except ValueError as error:
        if isinstance(error, FieldError):
            raise
        raise FieldError("integer", "must be from 0 to 255") from error


def _encode_answer(pdu: p.Pdu) -> bytes:
    layout = LAYOUTS[type(pdu)]
    # Without its first field the answer has no body at all: an error says no more.
    if getattr(pdu, layout[0].name) is None:
        return b""
    return _encode_fields(pdu, layout)


def _encode_fields(pdu: p.Pdu, layout: tuple[Field, ...]) -> bytes:
    return b"".join(_encode_field(f, getattr(pdu, f.name)) for f in layout)


def _encode_field(field: Field, value: Any) -> bytes:
    match field.kind:
        case Kind.OCTET:
            if not 0 <= value <= 255:
                raise FieldError(field.name, "must be from 0 to 255")
            return bytes((value,))
        case Kind.CSTRING:
            return _cstring(field.name, value)
        case Kind.SHORT_MESSAGE:
            text = bytes(value)
            if len(text) > MAX_SHORT_MESSAGE_OCTETS:
                raise FieldError(field.name, f"{len(text)} octets: at most 254")
            return bytes((len(text),)) + text
        case Kind.DESTINATIONS:
            return _count(field.name, value) + b"".join(map(_destination, value))
        case Kind.UNSUCCESSFUL:
            return _count(field.name, value) + b"".join(
                _address(sme) + struct.pack(">I", sme.error) for sme in value
            )


def _count(name: str, values: Sequence[object]) -> bytes:
    if len(values) > _MOST_DESTINATIONS:
        raise FieldError(name, f"{len(values)}: at most {_MOST_DESTINATIONS}")
    return bytes((len(values),))


def _destination(value: p.Destination | p.ListName) -> bytes:
    match value:
        case p.Destination():
            return bytes((DestFlag.ADDRESS,)) + _address(value)
        case p.ListName():
            return bytes((DestFlag.LIST,)) + _cstring("dl_name", value.name)


def _address(value: p.Destination | p.Unsuccessful) -> bytes:
    kind = Kind.OCTET
    ton = _encode_field(Field(name="dest_addr_ton", kind=kind), value.ton)
    npi = _encode_field(Field(name="dest_addr_npi", kind=kind), value.npi)
    return ton + npi + _cstring("destination_addr", value.text)


def _cstring(name: str, text: str) -> bytes:
    if not text:
        return b"\0"
    if len(text) > LIMITS[name]:
        raise FieldError(name, f"{len(text)} characters: at most {LIMITS[name]}")
    try:
        octets = text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise FieldError(name, "has a character that is no octet") from error
    if b"\0" in octets:
        raise FieldError(name, "has a NUL inside")
    return octets + b"\0"
