"""SMPP PDUs to octets and back, bounded, with struct.

The PDUs of the hot path are written out; the rest follow the layouts below. Every
decoder is total: any octets give a PDU, with what was tolerated named, or
`DecodeError`. The only module that knows smpplib, for its tables.

Spec: SMPP 3.4 chapter 3 to 5; spec/smpp.md 3.1
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from smpplib import command_codes, consts

from gateway.codec import DecodeError
from smpp import pdu as p
from smpp.layout import LAYOUTS, LIMITS, PDU_OF, Field, Kind

HEADER: Final = struct.Struct(">4I")
MAX_PDU_OCTETS: Final = 70_000
MAX_SHORT_MESSAGE_OCTETS: Final = 254
STATUS_TEXTS: Final[Mapping[int, str]] = consts.DESCRIPTIONS
STATUS_NAMES: Final[Mapping[int, str]] = {
    value: name.removeprefix("SMPP_")
    for name, value in vars(consts).items()
    if name.startswith("SMPP_ESME_")
}
COMMAND_NAMES: Final[Mapping[int, str]] = {
    code: name for name, code in command_codes.commands.items()
}
TAG_NAMES: Final[Mapping[int, str]] = {
    tag: name for name, tag in consts.OPTIONAL_PARAMS.items()
}
_TLV_HEAD: Final = struct.Struct(">HH")


class Flaw(StrEnum):
    """What a peer did wrong and was understood all the same."""

    UNTERMINATED = "unterminated_string"
    LENGTH = "sm_length"
    TLV_CUT = "tlv_past_the_end"
    TOO_LONG = "field_too_long"
    SURPLUS = "surplus_octets"


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
    elif isinstance(pdu, p.SmResp | p.BindResp | p.QuerySmResp):
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
    return _TLV_HEAD.pack(tlv.tag, len(tlv.value)) + tlv.value


def decode(frame: Frame) -> tuple[p.Pdu, tuple[Flaw, ...]]:
    """The PDU and what had to be tolerated; `DecodeError` when it is none."""
    kind = PDU_OF.get(frame.command)
    if kind is None:
        raise UnknownCommand(f"command_id {frame.command:#010x}", 0, frame.body)
    reader = _Reader(frame.body)
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


class _Reader:
    """Takes fields off a body, one after the other."""

    __slots__ = ("_body", "_offset", "flaws")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._offset = 0
        self.flaws: list[Flaw] = []

    def fields(self, layout: tuple[Field, ...]) -> dict[str, Any]:
        """The fields of a layout by name."""
        return {field.name: self._field(field) for field in layout}

    def sm(self) -> dict[str, Any]:
        """The fields of submit_sm and deliver_sm, written out for speed."""
        fields: dict[str, Any] = {"service_type": self.cstring("service_type")}
        fields["source_addr_ton"] = self.octet("source_addr_ton")
        fields["source_addr_npi"] = self.octet("source_addr_npi")
        fields["source_addr"] = self.cstring("source_addr")
        fields["dest_addr_ton"] = self.octet("dest_addr_ton")
        fields["dest_addr_npi"] = self.octet("dest_addr_npi")
        fields["destination_addr"] = self.cstring("destination_addr")
        fields["esm_class"] = self.octet("esm_class")
        fields["protocol_id"] = self.octet("protocol_id")
        fields["priority_flag"] = self.octet("priority_flag")
        fields["schedule_delivery_time"] = self.cstring("schedule_delivery_time")
        fields["validity_period"] = self.cstring("validity_period")
        fields["registered_delivery"] = self.octet("registered_delivery")
        fields["replace_if_present_flag"] = self.octet("replace_if_present_flag")
        fields["data_coding"] = self.octet("data_coding")
        fields["sm_default_msg_id"] = self.octet("sm_default_msg_id")
        fields["short_message"] = self._short_message()
        return fields

    def octet(self, what: str) -> int:
        """One octet."""
        if self._offset >= len(self._body):
            raise DecodeError(what, self._offset, self._body)
        octet = self._body[self._offset]
        self._offset += 1
        return octet

    def cstring(self, what: str) -> str:
        """Up to the NUL; to the end where there is none."""
        body, start = self._body, self._offset
        end = body.find(0, start)
        if end < 0:
            if start >= len(body):
                raise DecodeError(what, start, body)
            self.flaws.append(Flaw.UNTERMINATED)
            end = len(body)
        self._offset = end + 1
        if end - start > LIMITS[what]:
            self.flaws.append(Flaw.TOO_LONG)
        return body[start:end].decode("latin-1")

    def optional_cstring(self, what: str) -> str | None:
        """None where the body is empty or has parameters only."""
        if not self._body:
            return None
        # No identifier begins with a control character, but every known tag does.
        if len(self._body) > 1 and self._body[0] < 0x20 and _is_tlvs(self._body, 0):
            return None
        return self.cstring(what)

    def tlvs(self) -> tuple[p.Tlv, ...]:
        """All to the end; one that runs past it is cut there."""
        body, offset, found = self._body, self._offset, []
        end = len(body)
        while end - offset >= _TLV_HEAD.size:
            tag, length = _TLV_HEAD.unpack_from(body, offset)
            offset += _TLV_HEAD.size
            if offset + length > end:
                self.flaws.append(Flaw.TLV_CUT)
            found.append(p.Tlv(tag=tag, value=body[offset : offset + length]))
            offset += length
        if offset < end:
            self.flaws.append(Flaw.SURPLUS)
        return tuple(found)

    def _field(self, field: Field) -> Any:
        match field.kind:
            case Kind.OCTET:
                return self.octet(field.name)
            case Kind.CSTRING:
                return self.cstring(field.name)
            case Kind.SHORT_MESSAGE:
                return self._short_message()

    def _short_message(self) -> bytes:
        length_octets = self.octet("sm_length")
        start, body = self._offset, self._body
        end = start + length_octets
        if end < len(body) and not _is_tlvs(body, end):
            if _is_tlvs(body, end + 1):
                # One too short, or a NUL behind the text that is none of it.
                self.flaws.append(Flaw.LENGTH)
                self._offset = end + 1
                return body[start : end + (body[end] != 0)]
            if length_octets and _is_tlvs(body, end - 1):
                self.flaws.append(Flaw.LENGTH)
                end -= 1
        elif end > len(body):
            self.flaws.append(Flaw.LENGTH)
            end = len(body)
        self._offset = end
        return body[start:end]


def _is_tlvs(body: bytes, offset: int) -> bool:
    """Whether parameters fill the body from here exactly to its end."""
    end = len(body)
    while end - offset >= _TLV_HEAD.size:
        offset += _TLV_HEAD.size + int.from_bytes(body[offset + 2 : offset + 4])
    return offset == end
