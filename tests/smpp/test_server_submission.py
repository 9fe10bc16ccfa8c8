"""What applications submit, field by field, and what each wrong field is called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.codec.dcs import Alphabet
from gateway.codec.segment import cut_octets, cut_text
from gateway.codec.udh import (
    Concatenation,
    Element,
    Ports,
    encode_header,
    find_ports,
    ports_element,
)
from gateway.core.application import ReportWish, SpokenAddress, Submission
from smpp import pdu as p
from smpp.config import DefaultAlphabet
from smpp.server_status import Fault, Unacceptable
from smpp.server_submission import Reading, read_replacement, read_submission

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
READING = Reading(region="RU")
UDHI = 0x40


def sm(**changes: Any) -> p.SubmitSm:
    usual: dict[str, Any] = {
        "source_addr": "2345",
        "dest_addr_ton": 1,
        "dest_addr_npi": 1,
        "destination_addr": "79161234567",
        "short_message": b"hello",
    }
    return p.SubmitSm(**usual | changes)


def read(pdu: Any, reading: Reading = READING) -> Submission:
    submission, refused = read_submission(pdu, reading, NOW)
    assert refused == ()
    return submission


def fault_of(pdu: Any, reading: Reading = READING) -> Fault:
    with pytest.raises(Unacceptable) as raised:
        read_submission(pdu, reading, NOW)
    return raised.value.fault


def tlv(tag: int, value: bytes) -> p.Tlv:
    return p.Tlv(tag=tag, value=value)


def sar(reference: int, total: int, number: int) -> tuple[p.Tlv, ...]:
    return (
        tlv(p.Tag.SAR_MSG_REF_NUM, reference.to_bytes(2)),
        tlv(p.Tag.SAR_TOTAL_SEGMENTS, bytes((total,))),
        tlv(p.Tag.SAR_SEGMENT_SEQNUM, bytes((number,))),
    )


def test_a_plain_submission_says_little() -> None:
    submission = read(sm())
    assert submission.recipients == ("+79161234567",)
    assert submission.destinations == (SpokenAddress(ton=1, npi=1, text="79161234567"),)
    assert (submission.sender, submission.source.text) == ("2345", "2345")
    assert submission.body.alphabet is Alphabet.GSM7
    assert submission.body.units == b"hello"
    assert submission.reports is ReportWish.NONE
    assert (submission.part, submission.priority, submission.validity) == (None,) * 3
    assert not submission.flash


@pytest.mark.parametrize(
    ("ton", "npi", "text", "canonical"),
    [
        (1, 1, "79161234567", "+79161234567"),
        (1, 1, "+79161234567", "+79161234567"),
        (0, 1, "79161234567", "+79161234567"),
        (0, 0, "89161234567", "+79161234567"),
        (2, 1, "9161234567", "+79161234567"),
        (0, 1, "4915112345678", "+4915112345678"),
        (0, 0, "+4915112345678", "+4915112345678"),
        (0, 0, "1234", "1234"),
        (1, 1, "1234", "1234"),
        (3, 0, "1234", "1234"),
        (0, 1, "*100#", "*100#"),
    ],
)
def test_a_number_is_what_it_is_however_it_is_called(
    ton: int, npi: int, text: str, canonical: str
) -> None:
    spoken = {"dest_addr_ton": ton, "dest_addr_npi": npi, "destination_addr": text}
    assert read(sm(**spoken)).recipients == (canonical,)


def test_a_name_and_no_name_may_be_the_source() -> None:
    named = read(sm(source_addr_ton=5, source_addr="Romashka"))
    assert named.sender == "Romashka"
    assert read(sm(source_addr="")).sender is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"source_addr_ton": 7}, 0x48),
        ({"source_addr_npi": 2}, 0x49),
        ({"dest_addr_ton": 9}, 0x50),
        ({"dest_addr_npi": 99}, 0x51),
        ({"source_addr": "1" * 21}, 0x0A),
        ({"destination_addr": ""}, 0x0B),
        ({"destination_addr": "1" * 21}, 0x0B),
        ({"destination_addr": "somebody"}, 0x0B),
        ({"destination_addr": "7916 123"}, 0x0B),
        ({"service_type": "SIXLTR"}, 0x15),
        ({"priority_flag": 4}, 0x06),
        ({"replace_if_present_flag": 2}, 0x54),
        ({"registered_delivery": 0x20}, 0x07),
        ({"registered_delivery": 0xFF}, 0x07),
        ({"esm_class": 0x04}, 0x43),
        ({"esm_class": 0x20}, 0x43),
        ({"esm_class": UDHI, "short_message": b"\x09\x00\x03"}, 0x43),
        ({"esm_class": UDHI, "short_message": b""}, 0x43),
        ({"short_message": b"x" * 255}, 0x01),
        ({"schedule_delivery_time": "2611220900"}, 0x61),
        ({"schedule_delivery_time": "261322080000000+"}, 0x61),
        ({"schedule_delivery_time": "26112209000000+"}, 0x61),
        ({"validity_period": "000001000000000X"}, 0x62),
        ({"validity_period": "261122080000049+"}, 0x62),
        ({"validity_period": "260101000000000+"}, 0x62),
        ({"validity_period": "000000000000000R"}, 0x62),
        ({"short_message": b"", "sm_default_msg_id": 3}, 0x63),
        ({"tlvs": (tlv(p.Tag.MESSAGE_PAYLOAD, b"too"),)}, 0x01),
        ({"tlvs": sar(1, 2, 1)[:2]}, 0xC3),
        ({"tlvs": sar(1, 2, 3)}, 0xC4),
        ({"tlvs": sar(1, 2, 0)}, 0xC4),
        ({"tlvs": (tlv(p.Tag.USER_MESSAGE_REFERENCE, b"\1"),)}, 0xC2),
        ({"tlvs": (tlv(p.Tag.SAR_MSG_REF_NUM, b"\1"),)}, 0xC2),
    ],
)
def test_a_wrong_field_has_its_own_status(changes: dict[str, Any], fault: int) -> None:
    assert fault_of(sm(**changes)) == fault


def test_a_short_message_of_255_octets_is_for_5_0_only() -> None:
    long = sm(short_message=b"x" * 255)
    assert read(long, replace(READING, version=0x50)).body.units == b"x" * 255


def test_too_much_text_is_refused_wherever_it_is() -> None:
    little = replace(READING, max_text_octets=200)
    payload = (tlv(p.Tag.MESSAGE_PAYLOAD, b"x" * 201),)
    assert fault_of(sm(short_message=b"x" * 201), little) == 0x01
    assert fault_of(sm(short_message=b"", tlvs=payload), little) == 0x01


def test_unknown_parameters_are_no_hindrance() -> None:
    tlvs = (tlv(0x1400, b"entity"), tlv(0x3FFF, b""), tlv(0x0001, b"x" * 300))
    assert read(sm(tlvs=tlvs)).body.units == b"hello"


def test_a_whole_long_text_comes_in_message_payload() -> None:
    text = "Съешь ещё 😀 " * 60
    octets = text.encode("utf-16-be")
    payload = (tlv(p.Tag.MESSAGE_PAYLOAD, octets),)
    submission = read(sm(short_message=b"", data_coding=8, tlvs=payload))
    assert submission.body.alphabet is Alphabet.UCS2
    assert submission.body.units == octets
    assert submission.part is None


@pytest.mark.parametrize("wide", [False, True])
def test_segments_by_header_keep_their_place_beside_the_body(wide: bool) -> None:
    segments = cut_text("Привет, мир! " * 12, reference=7, wide=wide)
    for number, segment in enumerate(segments, start=1):
        octets = encode_header(segment.header) + segment.units
        pdu = sm(esm_class=UDHI, data_coding=8, short_message=octets)
        submission = read(pdu)
        assert submission.part == Concatenation(
            reference=7, total=len(segments), number=number, wide=wide
        )
        assert submission.body == replace(segment, header=())


def test_segments_by_sar_are_the_same_thing() -> None:
    submission = read(sm(tlvs=sar(0x1234, 3, 2)))
    assert submission.part == Concatenation(
        reference=0x1234, total=3, number=2, wide=True
    )
    assert read(sm(tlvs=sar(1, 1, 1))).part is None


def test_other_elements_of_a_header_stay() -> None:
    push = (ports_element(Ports(destination=2948, source=9200)),)
    [first, _] = cut_octets(bytes(200), reference=3, elements=push)
    octets = encode_header(first.header) + first.units
    submission = read(sm(esm_class=UDHI, data_coding=4, short_message=octets))
    assert submission.body.alphabet is Alphabet.OCTETS
    assert submission.body.header == push
    assert submission.part is not None


def test_ports_in_parameters_become_a_header() -> None:
    tlvs = (
        tlv(p.Tag.DESTINATION_PORT, (2948).to_bytes(2)),
        tlv(p.Tag.SOURCE_PORT, (9200).to_bytes(2)),
    )
    body = read(sm(data_coding=4, short_message=b"\0\1", tlvs=tlvs)).body
    assert find_ports(body.header) == Ports(destination=2948, source=9200)


def test_a_national_table_stays_in_force() -> None:
    turkish = Element(id=0x24, data=b"\1")
    octets = encode_header([turkish]) + b"\x1b\x67"
    body = read(sm(esm_class=UDHI, short_message=octets)).body
    assert (body.header, body.units) == ((turkish,), b"\x1b\x67")


@pytest.mark.parametrize(
    ("coding", "octets", "alphabet", "units"),
    [
        (0, b"hi", Alphabet.GSM7, b"hi"),
        (0xF1, b"hi", Alphabet.GSM7, b"hi"),
        (8, b"\4\x1f", Alphabet.UCS2, b"\4\x1f"),
        (4, b"\0\xff", Alphabet.OCTETS, b"\0\xff"),
        (2, b"\0\xff", Alphabet.OCTETS, b"\0\xff"),
        (3, "caffè".encode("latin-1"), Alphabet.GSM7, b"caff\x04"),
        (3, "ç".encode("latin-1"), Alphabet.UCS2, b"\0\xe7"),
        (6, "Да".encode("iso8859_5"), Alphabet.UCS2, "Да".encode("utf-16-be")),
        (0, b"\xff\xfe", Alphabet.OCTETS, b"\xff\xfe"),
        (0x0B, b"\x01\x02", Alphabet.OCTETS, b"\x01\x02"),
        (0x9C, b"\x01\x02", Alphabet.OCTETS, b"\x01\x02"),
    ],
)
def test_text_keeps_its_alphabet_and_unknown_codings_are_octets(
    coding: int, octets: bytes, alphabet: Alphabet, units: bytes
) -> None:
    body = read(sm(data_coding=coding, short_message=octets)).body
    assert (body.alphabet, body.units) == (alphabet, units)


def test_the_default_alphabet_is_as_configured() -> None:
    latin = replace(READING, alphabet=DefaultAlphabet.LATIN1)
    assert read(sm(short_message=b"caff\xe8"), latin).body.units == b"caff\x04"


@pytest.mark.parametrize("coding", [0x10, 0x18, 0xF0, 0xF4])
def test_class_0_is_flash(coding: int) -> None:
    assert read(sm(data_coding=coding, short_message=b"\0a")).flash


def test_a_message_for_the_display_is_flash() -> None:
    assert read(sm(tlvs=(tlv(p.Tag.DEST_ADDR_SUBUNIT, b"\1"),))).flash
    assert not read(sm(tlvs=(tlv(p.Tag.DEST_ADDR_SUBUNIT, b"\2"),))).flash


@pytest.mark.parametrize(
    ("octet", "wish", "intermediate"),
    [
        (0, ReportWish.NONE, False),
        (1, ReportWish.EITHER, False),
        (2, ReportWish.FAILURE, False),
        (3, ReportWish.SUCCESS, False),
        (0x11, ReportWish.EITHER, True),
        (0x0D, ReportWish.EITHER, False),
    ],
)
def test_receipts_are_as_registered_and_people_acknowledge_nothing(
    octet: int, wish: ReportWish, intermediate: bool
) -> None:
    submission = read(sm(registered_delivery=octet))
    assert (submission.reports, submission.intermediate) == (wish, intermediate)


def test_times_are_absolute_or_relative() -> None:
    submission = read(
        sm(
            schedule_delivery_time="261122120000012+",  # 09:00 in UTC
            validity_period="000001000000000R",
        )
    )
    assert submission.send_at == NOW + timedelta(hours=1)
    assert submission.validity == timedelta(days=1)
    west = read(sm(validity_period="261122080000004-"))
    assert west.validity == timedelta(hours=1)
    soon = read(sm(schedule_delivery_time="000000000500000R"))
    assert soon.send_at == NOW + timedelta(minutes=5)


def test_the_rest_is_handed_on() -> None:
    submission = read(
        sm(
            service_type="WAP",
            protocol_id=0x41,
            priority_flag=3,
            replace_if_present_flag=1,
            tlvs=(tlv(p.Tag.USER_MESSAGE_REFERENCE, b"\x01\x02"),),
        )
    )
    assert submission.service_type == "WAP"
    assert submission.protocol_id == 0x41
    assert submission.priority == 3
    assert submission.replace_if_present
    assert submission.user_reference == 0x0102


def test_data_sm_is_a_submission_too() -> None:
    pdu = p.DataSm(
        source_addr="2345",
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr="79161234567",
        registered_delivery=2,
        data_coding=8,
        tlvs=(tlv(p.Tag.MESSAGE_PAYLOAD, b"\4\x1f"),),
    )
    submission = read(pdu)
    assert submission.recipients == ("+79161234567",)
    assert submission.body.units == b"\4\x1f"
    assert submission.reports is ReportWish.FAILURE


def test_of_several_destinations_a_wrong_one_stops_nothing() -> None:
    pdu = p.SubmitMulti(
        destinations=(
            p.Destination(ton=1, npi=1, text="79161234567"),
            p.Destination(ton=8, npi=1, text="79161234568"),
            p.ListName(name="friends"),
            p.Destination(ton=1, npi=1, text="79161234569"),
            p.Destination(ton=1, npi=1, text="nobody"),
        ),
        short_message=b"all",
    )
    submission, refused = read_submission(pdu, READING, NOW)
    assert submission.recipients == ("+79161234567", "+79161234569")
    assert [(one.text, one.error) for one in refused] == [
        ("79161234568", 0x50),
        ("friends", 0x34),
        ("nobody", 0x0B),
    ]


def test_no_destination_at_all_is_refused() -> None:
    assert fault_of(p.SubmitMulti(short_message=b"nobody")) == 0x33


def test_a_replacement_brings_text_and_times() -> None:
    pdu = p.ReplaceSm(
        message_id="msg_1",
        source_addr="2345",
        validity_period="000001000000000R",
        registered_delivery=1,
        short_message=b"new",
    )
    submission = read_replacement(pdu, READING, NOW)
    assert submission.body.units == b"new"
    assert submission.validity == timedelta(days=1)
    assert submission.reports is ReportWish.EITHER
    russian = replace(pdu, short_message="Новый текст".encode("utf-16-be"))
    assert read_replacement(russian, READING, NOW).body.alphabet is Alphabet.UCS2
