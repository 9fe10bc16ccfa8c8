"""SMPP PDUs to octets and back, and the octets of a stream to PDUs.

Relies on ``smpp_tables``. Strict, since the SMSC is the judge of what an ESME sends:
what does not fit is refused with the status that names it. Only responses, which
peers write in many ways, may leave out their body.

Spec: SMPP 3.4 3.2, 4, 5.3
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hwsim.wire.smpp_tables import (
    LAYOUTS,
    RESPONSE,
    TLV_SIZES,
    Command,
    FieldKind,
    FieldLayout,
    MessageState,
    Status,
    Tag,
)

__all__ = [
    "RESPONSE",
    "Command",
    "Framer",
    "FramingError",
    "MessageState",
    "Pdu",
    "SmppRefusal",
    "Status",
    "Tag",
    "command_name",
    "decode_pdu",
    "encode_header",
    "encode_pdu",
    "read_header",
]

HEADER_LENGTH_OCTETS = 16
MAX_PDU_OCTETS = 70_000
MAX_SHORT_MESSAGE_OCTETS = 254

_DESTINATION_FLAGS = (1, 2)
_LIST_FLAG = 2
_LISTED_NAME = FieldLayout(
    name="destination_addr",
    kind=FieldKind.TEXT,
    size_octets=21,
    status=Status.INVALID_DESTINATION,
)
_HEADER = struct.Struct(">IIII")
_TLV = struct.Struct(">HH")

Value = int | str | bytes


class SmppRefusal(Exception):
    """A request that gets another answer than ESME_ROK."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"status 0x{status:02X}: {reason}")
        self.status = status
        self.reason = reason


class FramingError(ValueError):
    """A command_length that cannot be: the stream is out of step from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdu:
    """Fields by the specification's names; optional parameters in their order."""

    command: int
    sequence: int
    status: int = 0
    fields: Mapping[str, Value] = field(default_factory=dict)
    tlvs: tuple[tuple[int, bytes], ...] = ()

    def text(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    def number(self, name: str) -> int:
        value = self.fields.get(name, 0)
        return value if isinstance(value, int) else 0

    def octets(self, name: str) -> bytes:
        value = self.fields.get(name, b"")
        return value if isinstance(value, bytes) else b""

    def tlv(self, tag: int) -> bytes | None:
        """The first of that tag."""
        return next((value for own, value in self.tlvs if own == tag), None)

    def tlv_number(self, tag: int) -> int | None:
        value = self.tlv(tag)
        return None if value is None else int.from_bytes(value, "big")


def command_name(command: int) -> str:
    """``submit_sm``, ``submit_sm_resp``; hex for one that is not known."""
    names = {int(known): known.name.lower() for known in Command}
    if command in names:
        return names[command]
    base = names.get(command & ~RESPONSE)
    return f"{base}_resp" if base else f"0x{command:08X}"


def encode_pdu(pdu: Pdu) -> bytes:
    """A response of another status than 0 goes without its body."""
    body = b""
    if not (pdu.command & RESPONSE and pdu.status):
        body = b"".join(_encode_field(pdu, own) for own in LAYOUTS[pdu.command])
    for tag, value in pdu.tlvs:
        body += _TLV.pack(tag, len(value)) + value
    length = HEADER_LENGTH_OCTETS + len(body)
    return encode_header(length, pdu.command, pdu.status, pdu.sequence) + body


def encode_header(length: int, command: int, status: int, sequence: int) -> bytes:
    return _HEADER.pack(length, command, status, sequence)


def read_header(frame: bytes) -> tuple[int, int, int]:
    """Command, status and sequence number."""
    _, command, status, sequence = _HEADER.unpack_from(frame)
    return command, status, sequence


def decode_pdu(frame: bytes) -> Pdu:
    """One whole frame; SmppRefusal says how a request should be answered."""
    command, status, sequence = read_header(frame)
    layout = LAYOUTS.get(command)
    if layout is None:
        reason = f"command {command_name(command)} is not known"
        raise SmppRefusal(Status.INVALID_COMMAND, reason)
    reader = _Reader(frame)
    fields: dict[str, Value] = {}
    if not (command & RESPONSE and reader.at_end):
        fields = {own.name: reader.field(own) for own in layout}
    return Pdu(
        command=command,
        status=status,
        sequence=sequence,
        fields=fields,
        tlvs=tuple(reader.tlvs()),
    )


class _Reader:
    """Walks over the body of one frame."""

    def __init__(self, frame: bytes) -> None:
        self._frame = frame
        self._offset = HEADER_LENGTH_OCTETS

    @property
    def at_end(self) -> bool:
        return self._offset >= len(self._frame)

    def field(self, layout: FieldLayout) -> Value:
        if layout.kind is FieldKind.TEXT:
            return self._text(layout)
        if layout.kind in (FieldKind.DESTINATIONS, FieldKind.FAILURES):
            return self._listed(layout.kind)
        length = self._take(1, layout.name)[0]
        if layout.kind is FieldKind.OCTET:
            return length
        if length > MAX_SHORT_MESSAGE_OCTETS:
            raise SmppRefusal(Status.INVALID_MESSAGE_LENGTH, f"sm_length {length}")
        return self._take(length, layout.name)

    def tlvs(self) -> Iterator[tuple[int, bytes]]:
        """Each with its tag; one that the specification sizes has that size."""
        while not self.at_end:
            if len(self._frame) - self._offset < _TLV.size:
                reason = f"{len(self._frame) - self._offset} octets behind the last TLV"
                raise SmppRefusal(Status.INVALID_TLV_STREAM, reason)
            tag, length = _TLV.unpack_from(self._frame, self._offset)
            self._offset += _TLV.size
            end = self._offset + length
            if end > len(self._frame):
                reason = f"TLV 0x{tag:04X} of {length} octets runs past the PDU"
                raise SmppRefusal(Status.INVALID_TLV_STREAM, reason)
            if length != TLV_SIZES.get(tag, length):
                reason = f"TLV 0x{tag:04X} of {length} octets"
                raise SmppRefusal(Status.INVALID_TLV_LENGTH, reason)
            yield tag, self._frame[self._offset : end]
            self._offset = end

    def _listed(self, kind: FieldKind) -> bytes:
        """A count and so many entries, as they are."""
        start = self._offset
        for _ in range(self._take(1, kind)[0]):
            is_list = False
            if kind is FieldKind.DESTINATIONS:
                flag = self._take(1, "dest_flag")[0]
                if flag not in _DESTINATION_FLAGS:
                    reason = f"dest_flag {flag}"
                    raise SmppRefusal(Status.INVALID_DESTINATION_FLAG, reason)
                is_list = flag == _LIST_FLAG
            if not is_list:
                self._take(2, "dest_addr_ton")
            self._text(_LISTED_NAME)
            if kind is FieldKind.FAILURES:
                self._take(4, "error_status_code")
        return self._frame[start : self._offset]

    def _take(self, count: int, name: str) -> bytes:
        end = self._offset + count
        if end > len(self._frame):
            reason = f"the PDU ends in {name}"
            raise SmppRefusal(Status.INVALID_COMMAND_LENGTH, reason)
        octets = self._frame[self._offset : end]
        self._offset = end
        return octets

    def _text(self, layout: FieldLayout) -> str:
        end = self._frame.find(b"\0", self._offset)
        if end < 0:
            reason = f"{layout.name} has no closing NUL"
            raise SmppRefusal(Status.INVALID_COMMAND_LENGTH, reason)
        if end - self._offset >= layout.size_octets:
            reason = f"{layout.name} is longer than {layout.size_octets - 1} octets"
            raise SmppRefusal(layout.status, reason)
        octets = self._frame[self._offset : end]
        self._offset = end + 1
        return octets.decode("latin-1")


def _encode_field(pdu: Pdu, layout: FieldLayout) -> bytes:
    match layout.kind:
        case FieldKind.OCTET:
            return bytes((pdu.number(layout.name),))
        case FieldKind.TEXT:
            octets = pdu.text(layout.name).encode("latin-1")
            if len(octets) >= layout.size_octets or b"\0" in octets:
                raise ValueError(f"{layout.name} cannot hold {octets!r}")
            return octets + b"\0"
        case FieldKind.MESSAGE:
            octets = pdu.octets(layout.name)
            if len(octets) > MAX_SHORT_MESSAGE_OCTETS:
                raise ValueError(f"{len(octets)} octets of short_message")
            return bytes((len(octets),)) + octets
        case FieldKind.DESTINATIONS | FieldKind.FAILURES:
            return pdu.octets(layout.name) or b"\0"


class Framer:
    """Cuts a stream into frames; keeps what is not whole yet."""

    def __init__(self, max_octets: int = MAX_PDU_OCTETS) -> None:
        self._max_octets = max_octets
        self._buffer = bytearray()

    def feed(self, octets: bytes) -> Iterator[bytes]:
        """Whole frames; FramingError at a length that cannot be."""
        self._buffer += octets
        while len(self._buffer) >= 4:
            length = int.from_bytes(self._buffer[:4], "big")
            if not HEADER_LENGTH_OCTETS <= length <= self._max_octets:
                raise FramingError(f"command_length {length}")
            if len(self._buffer) < length:
                return
            frame = bytes(self._buffer[:length])
            del self._buffer[:length]
            yield frame
