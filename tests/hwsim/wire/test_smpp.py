"""The SMPP codec. Vectors by hand from the specification's tables."""

import contextlib
import random

import pytest

from hwsim.wire.smpp import (
    MAX_PDU_OCTETS,
    RESPONSE,
    Command,
    Framer,
    FramingError,
    Pdu,
    SmppRefusal,
    Status,
    Tag,
    command_name,
    decode_pdu,
    encode_header,
    encode_pdu,
)
from hwsim.wire.smpp_tables import LAYOUTS, FieldKind

SUBMIT = bytes.fromhex(
    "0000003a000000040000000000000007"
    "00"  # service_type
    "0500" + b"Bank\0".hex() + "0101" + b"79991234567\0".hex() + "400000"  # esm_class
    "0000"  # schedule, validity
    "01000800"  # registered, replace, coding, default message
    "04041f0020"  # short_message
    "0204000210e1"
)


def test_a_submit_reads_as_its_fields() -> None:
    pdu = decode_pdu(SUBMIT)
    assert (pdu.command, pdu.sequence, pdu.status) == (Command.SUBMIT_SM, 7, 0)
    assert (pdu.text("source_addr"), pdu.number("source_addr_ton")) == ("Bank", 5)
    assert pdu.text("destination_addr") == "79991234567"
    assert (pdu.number("esm_class"), pdu.number("data_coding")) == (0x40, 8)
    assert pdu.octets("short_message") == b"\x04\x1f\0\x20"
    assert pdu.tlv_number(Tag.USER_MESSAGE_REFERENCE) == 0x10E1
    assert encode_pdu(pdu) == SUBMIT


@pytest.mark.parametrize("command", LAYOUTS)
def test_every_command_survives_the_round_trip(command: int) -> None:
    fields: dict[str, int | str | bytes] = {}
    for own in LAYOUTS[command]:
        match own.kind:
            case FieldKind.OCTET:
                fields[own.name] = 3
            case FieldKind.TEXT:
                fields[own.name] = "x" * (own.size_octets - 1)
            case FieldKind.MESSAGE:
                fields[own.name] = b"\0" * 254
            case FieldKind.DESTINATIONS:
                fields[own.name] = b"\3\1\1\1123\0\2friends\0\1\0\0\0"
            case FieldKind.FAILURES:
                fields[own.name] = b"\2\1\1123\0\0\0\0\x0b\0\0\0\0\0\0\1"
    pdu = Pdu(
        command=command,
        sequence=0x7FFFFFFF,
        fields=fields,
        tlvs=((0x1400, b"\0"), (0x1400, b""), (Tag.MESSAGE_PAYLOAD, b"x" * 999)),
    )
    assert decode_pdu(encode_pdu(pdu)) == pdu


def test_a_response_may_leave_out_its_body() -> None:
    octets = encode_header(16, Command.DELIVER_SM | RESPONSE, 0, 9)
    assert decode_pdu(octets).sequence == 9
    refused = Pdu(command=Command.SUBMIT_SM | RESPONSE, sequence=9, status=0x58)
    assert len(encode_pdu(refused)) == 16


def _with(octets: bytes, old: bytes, new: bytes) -> bytes:
    changed = octets.replace(old, new, 1)
    return len(changed).to_bytes(4, "big") + changed[4:]


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (_with(SUBMIT, b"Bank\0", b"B" * 21 + b"\0"), Status.INVALID_SOURCE),
        (
            _with(SUBMIT, b"79991234567\0", b"7" * 21 + b"\0"),
            Status.INVALID_DESTINATION,
        ),
        (_with(SUBMIT, SUBMIT[-6:], b""), Status.OK),
        (_with(SUBMIT, SUBMIT[-6:], b"\x02"), Status.INVALID_TLV_STREAM),
        (_with(SUBMIT, SUBMIT[-6:], b"\x14\0\0\x05ab"), Status.INVALID_TLV_STREAM),
        (_with(SUBMIT, SUBMIT[-6:], b"\x02\x04\0\x01\0"), Status.INVALID_TLV_LENGTH),
        (_with(SUBMIT, SUBMIT[-11:], b"\xff" * 256), Status.INVALID_MESSAGE_LENGTH),
        (_with(SUBMIT, SUBMIT[-11:], b"\x04ab"), Status.INVALID_COMMAND_LENGTH),
        (SUBMIT[:20], Status.INVALID_COMMAND_LENGTH),
        (encode_header(16, 0x777, 0, 1), Status.INVALID_COMMAND),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(octets: bytes, status: int) -> None:
    if status == Status.OK:
        assert decode_pdu(octets).tlvs == ()
        return
    with pytest.raises(SmppRefusal) as refusal:
        decode_pdu(octets)
    assert refusal.value.status == status


def test_a_text_too_long_for_its_field_is_not_sent() -> None:
    fields: dict[str, int | str | bytes] = {"system_id": "x" * 16}
    with pytest.raises(ValueError, match="system_id"):
        encode_pdu(Pdu(command=Command.BIND_RECEIVER, sequence=1, fields=fields))


def test_frames_come_whole_however_the_octets_arrive() -> None:
    stream = SUBMIT * 3
    framer = Framer()
    frames = [frame for octet in stream for frame in framer.feed(bytes((octet,)))]
    assert frames == [SUBMIT] * 3
    assert list(Framer().feed(stream + SUBMIT[:9])) == [SUBMIT] * 3


@pytest.mark.parametrize("length", [0, 4, 15, MAX_PDU_OCTETS + 1, 0xFFFFFFFF])
def test_a_length_that_cannot_be_ends_the_stream(length: int) -> None:
    with pytest.raises(FramingError, match=str(length)):
        list(Framer().feed(length.to_bytes(4, "big")))


def test_random_octets_raise_nothing_but_a_refusal() -> None:
    chance = random.Random(1)
    for _ in range(3000):
        octets = bytearray(SUBMIT)
        for _ in range(chance.randrange(1, 6)):
            octets[chance.randrange(16, len(octets))] = chance.randrange(256)
        with contextlib.suppress(SmppRefusal):
            decode_pdu(bytes(octets))


def test_commands_have_names() -> None:
    assert command_name(Command.SUBMIT_SM) == "submit_sm"
    assert command_name(Command.SUBMIT_SM | RESPONSE) == "submit_sm_resp"
    assert command_name(0x777) == "0x00000777"


def test_a_destination_that_is_neither_number_nor_list_is_refused() -> None:
    several = Pdu(
        command=Command.SUBMIT_MULTI, sequence=1, fields={"destinations": b"\1\3x\0"}
    )
    with pytest.raises(SmppRefusal) as refused:
        decode_pdu(encode_pdu(several))
    assert refused.value.status == Status.INVALID_DESTINATION_FLAG
