"""The codec against itself, smpplib and octets that are wrong."""

import random
from typing import Any

import pytest
from smpplib import command_codes
from smpplib import smpp as oracle
from smpplib.client import SimpleSequenceGenerator

from gateway.codec import DecodeError
from smpp import pdu as p
from smpp.layout import LAYOUTS
from smpp.reader import Flaw
from smpp.wire import (
    HEADER,
    STATUS_NAMES,
    FieldError,
    Frame,
    Framer,
    FramingError,
    UnknownCommand,
    decode,
    encode,
)
from tests.smpp.samples import ALL, DELIVER, SUBMIT, VENDOR

NUMBERS = SimpleSequenceGenerator()


def frame_of(octets: bytes) -> Frame:
    [frame] = Framer().feed(octets)
    return frame


def read(octets: bytes) -> tuple[p.Pdu, tuple[Flaw, ...]]:
    return decode(frame_of(octets))


def body_of(command: p.Command, body: bytes) -> tuple[p.Pdu, tuple[Flaw, ...]]:
    return decode(Frame(command=command, status=0, sequence=1, body=body))


@pytest.mark.parametrize("pdu", ALL, ids=lambda pdu: type(pdu).__name__)
def test_every_pdu_survives_the_way_there_and_back(pdu: p.Pdu) -> None:
    octets = encode(pdu, 7)
    assert read(octets) == (pdu, ())
    assert frame_of(octets).sequence == 7
    assert frame_of(octets).octets == octets


def test_every_kind_of_pdu_is_among_the_samples() -> None:
    assert {type(pdu) for pdu in ALL} == set(LAYOUTS)


def test_the_command_ids_are_those_of_smpplib() -> None:
    theirs = set(command_codes.commands.values())
    assert {int(kind.command) for kind in LAYOUTS} <= theirs


def test_status_names_are_found_by_number() -> None:
    assert STATUS_NAMES[0x58] == "ESME_RTHROTTLED"


@pytest.mark.parametrize("pdu", [SUBMIT, DELIVER], ids=["submit_sm", "deliver_sm"])
def test_the_hot_codec_makes_what_smpplib_makes(pdu: p.Sm) -> None:
    fields: dict[str, Any] = {
        field.name: getattr(pdu, field.name) for field in LAYOUTS[type(pdu)]
    }
    theirs = oracle.make_pdu(
        command_codes.get_command_name(pdu.command), client=NUMBERS, **fields
    )
    theirs.sequence = 7
    theirs.sm_length = len(pdu.short_message)
    plain = type(pdu)(**fields)
    assert encode(plain, 7) == theirs.generate()


def test_smpplib_reads_what_we_write() -> None:
    theirs = oracle.parse_pdu(encode(DELIVER, 9), client=NUMBERS)
    assert theirs.short_message == DELIVER.short_message
    assert theirs.receipted_message_id == b"1"
    assert theirs.message_state == 2
    assert theirs.sequence == 9


def test_octets_may_come_one_by_one() -> None:
    octets = b"".join(encode(pdu, 1) for pdu in ALL)
    framer = Framer()
    frames = [f for octet in octets for f in framer.feed(bytes((octet,)))]
    assert [decode(frame)[0] for frame in frames] == list(ALL)


@pytest.mark.parametrize("length", [0, 4, 12, 15, 70_001, 0xFFFFFFFF])
def test_an_impossible_length_is_an_error_at_once(length: int) -> None:
    with pytest.raises(FramingError) as caught:
        Framer().feed(HEADER.pack(length, 4, 0, 33))
    assert caught.value.sequence == 33


def test_frames_before_an_impossible_length_are_not_lost() -> None:
    framer = Framer()
    assert framer.feed(encode(p.EnquireLink(), 1) + HEADER.pack(3, 4, 0, 2))
    with pytest.raises(FramingError):
        framer.feed(b"")


def test_an_unknown_command_is_named() -> None:
    with pytest.raises(UnknownCommand):
        decode(Frame(command=0x99, status=0, sequence=1, body=b""))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source_addr": "1" * 21}, "source_addr"),
        ({"destination_addr": "1" * 21}, "destination_addr"),
        ({"service_type": "toolong"}, "service_type"),
        ({"short_message": b"x" * 255}, "short_message"),
        ({"source_addr": "a\0b"}, "source_addr"),
        ({"source_addr": "Привет"}, "source_addr"),
        ({"data_coding": 256}, "integer"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(
    change: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldError) as caught:
        encode(p.SubmitSm(**change), 1)
    assert caught.value.field == field


def test_the_longest_short_message_has_254_octets() -> None:
    pdu = p.SubmitSm(short_message=b"x" * 254)
    assert read(encode(pdu, 1)) == (pdu, ())


def test_unknown_and_repeated_parameters_are_kept_in_order() -> None:
    pdu, _ = read(encode(p.SubmitSm(tlvs=(VENDOR, VENDOR)), 1))
    assert pdu.tlvs == (VENDOR, VENDOR)
    assert pdu.find(VENDOR.tag) == b"1001"


def test_a_parameter_past_the_end_is_cut_at_the_border() -> None:
    octets = encode(p.SubmitSm(), 1)[16:] + b"\x14\x00\x00\x09abc"
    pdu, flaws = body_of(p.Command.SUBMIT_SM, octets)
    assert pdu.tlvs == (p.Tlv(tag=0x1400, value=b"abc"),)
    assert flaws == (Flaw.TLV_CUT,)


SHORT = encode(p.SubmitSm(short_message=b"hello"), 1)[16:]
STATE = b"\x04\x27\x00\x01\x02"


@pytest.mark.parametrize("tail", [b"", STATE])
@pytest.mark.parametrize(
    ("length", "text"), [(4, b"hello"), (6, b"hello")], ids=["short", "long"]
)
def test_a_length_wrong_by_one_keeps_the_text(
    tail: bytes, length: int, text: bytes
) -> None:
    at = SHORT.index(b"\x05hello")
    body = SHORT[:at] + bytes((length,)) + b"hello" + tail
    pdu, flaws = body_of(p.Command.DELIVER_SM, body)
    assert isinstance(pdu, p.DeliverSm)
    assert pdu.short_message == text
    assert pdu.find(p.Tag.MESSAGE_STATE) == (b"\x02" if tail else None)
    assert flaws == (Flaw.LENGTH,)


@pytest.mark.parametrize("tail", [b"", STATE])
def test_a_surplus_nul_behind_the_text_is_skipped(tail: bytes) -> None:
    pdu, flaws = body_of(p.Command.DELIVER_SM, SHORT + b"\0" + tail)
    assert isinstance(pdu, p.DeliverSm)
    assert pdu.short_message == b"hello"
    assert len(pdu.tlvs) == bool(tail)
    assert flaws == (Flaw.LENGTH,)


def test_a_string_without_its_nul_at_the_end_is_whole() -> None:
    pdu, flaws = body_of(p.Command.SUBMIT_SM_RESP, b"abcdef")
    assert pdu == p.SubmitSmResp(message_id="abcdef")
    assert flaws == (Flaw.UNTERMINATED,)


@pytest.mark.parametrize(
    ("body", "message_id", "tlvs"),
    [
        (b"", None, 0),
        (b"\0", "", 0),
        (b"17\0", "17", 0),
        (b"\x04\x23\x00\x03\x03\x00\x01", None, 1),
        (b"17\0\x04\x23\x00\x03\x03\x00\x01", "17", 1),
    ],
)
def test_a_refusal_may_have_any_body(
    body: bytes, message_id: str | None, tlvs: int
) -> None:
    frame = Frame(command=p.Command.SUBMIT_SM_RESP, status=0x58, sequence=1, body=body)
    pdu, _ = decode(frame)
    assert isinstance(pdu, p.SubmitSmResp)
    assert (pdu.message_id, len(pdu.tlvs)) == (message_id, tlvs)


def test_a_cut_body_is_a_decode_error() -> None:
    with pytest.raises(DecodeError):
        body_of(p.Command.DELIVER_SM, SHORT[:10])


def test_mutated_pdus_are_read_or_refused_and_nothing_else() -> None:
    chance = random.Random(70)
    bodies = [(pdu.command, encode(pdu, 1)[16:]) for pdu in ALL]
    for _ in range(20_000):
        command, body = chance.choice(bodies)
        octets = bytearray(body)
        for _ in range(chance.randint(1, 4)):
            if octets:
                octets[chance.randrange(len(octets))] = chance.randrange(256)
        del octets[chance.randint(0, len(octets)) :: 1 + chance.randint(0, 99)]
        frame = Frame(command=command, status=0, sequence=1, body=bytes(octets))
        try:
            pdu, _ = decode(frame)
        except DecodeError:
            continue
        assert pdu.command == command
