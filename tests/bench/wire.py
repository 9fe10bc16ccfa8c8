"""The few SMPP 3.4 octets that the load harness speaks, written for speed.

Knows few commands and well-formed PDUs only: both sides are programs that were started
for the measurement. Shares nothing with the gateway on purpose: what measures must not
have the faults of what is measured. SMPP 3.4, sections 4 and 5.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

HEADER = struct.Struct(">IIII")

RESPONSE = 0x8000_0000  # added to a request's command
GENERIC_NACK = 0x8000_0000
BIND_RECEIVER = 0x01
BIND_TRANSMITTER = 0x02
SUBMIT_SM = 0x04
SUBMIT_SM_RESP = SUBMIT_SM | RESPONSE
DELIVER_SM = 0x05
DELIVER_SM_RESP = DELIVER_SM | RESPONSE
UNBIND = 0x06
BIND_TRANSCEIVER = 0x09
BIND_TRANSCEIVER_RESP = BIND_TRANSCEIVER | RESPONSE
ENQUIRE_LINK = 0x15
ENQUIRE_LINK_RESP = ENQUIRE_LINK | RESPONSE

THROTTLED = 0x58
RECEIPT_CLASS = 0x04  # esm_class of a delivery receipt

# service_type, then source TON and NPI: nothing, unknown.
_NO_SERVICE = b"\0"
# protocol_id, priority_flag, schedule_delivery_time, validity_period.
_PLAIN = bytes(4)


class Pdu(NamedTuple):
    """One frame: its header, and where in the buffer its body lies."""

    command: int
    status: int
    sequence: int
    start: int
    end: int


class Short(NamedTuple):
    """What matters of a submit_sm or a deliver_sm."""

    source: bytes
    destination: bytes
    esm_class: int
    wants_receipt: bool
    text: bytes


def frames(buffer: bytes) -> Iterator[Pdu]:
    """Every whole PDU at the head of the buffer."""
    at = 0
    while len(buffer) - at >= 16:
        length, command, status, sequence = HEADER.unpack_from(buffer, at)
        if length < 16:
            raise ValueError(f"command_length {length}")
        if len(buffer) - at < length:
            return
        yield Pdu(command, status, sequence, at + 16, at + length)
        at += length


def frame(command: int, sequence: int, body: bytes = b"", *, status: int = 0) -> bytes:
    """One PDU."""
    return HEADER.pack(16 + len(body), command, status, sequence) + body


def read_short(buffer: bytes, start: int) -> Short:
    """The body of a submit_sm or a deliver_sm: their mandatory part is the same."""
    source = buffer.index(0, start) + 3
    source_end = buffer.index(0, source)
    destination = source_end + 3
    destination_end = buffer.index(0, destination)
    schedule_end = buffer.index(0, destination_end + 4)
    validity_end = buffer.index(0, schedule_end + 1)
    text = validity_end + 6
    return Short(
        source=buffer[source:source_end],
        destination=buffer[destination:destination_end],
        esm_class=buffer[destination_end + 1],
        wants_receipt=buffer[validity_end + 1] & 3 == 1,
        text=buffer[text : text + buffer[text - 1]],
    )


def short_body(
    source: bytes, destination: bytes, text: bytes, *, esm_class: int, receipt: bool
) -> bytes:
    """The mandatory part of a submit_sm or a deliver_sm, international numbers."""
    return b"".join(
        (
            _NO_SERVICE + b"\x01\x01" + source + b"\0\x01\x01" + destination + b"\0",
            bytes((esm_class,)) + _PLAIN + bytes((receipt, 0, 0, 0, len(text))),
            text,
        )
    )


def tlv(tag: int, value: bytes) -> bytes:
    """An optional parameter."""
    return struct.pack(">HH", tag, len(value)) + value


def cstring(buffer: bytes, start: int) -> bytes:
    """Octets up to the NUL."""
    return buffer[start : buffer.index(0, start)]


def msisdn(number: int) -> str:
    """The telephone number, without a plus, that stands for message `number`."""
    return f"7903{number:07}"


def number_of(address: bytes) -> int:
    """The message that a telephone number stands for."""
    return int(address[-7:])
