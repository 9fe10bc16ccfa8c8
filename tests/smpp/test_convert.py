"""Segments to PDUs and PDUs to items."""

from datetime import UTC, datetime

import pytest

from gateway.codec.address import TypeOfNumber
from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import encode_septets, pack
from gateway.codec.reassemble import decode_single, join_segments
from gateway.codec.segment import cut_text
from gateway.codec.udh import (
    Ports,
    find_concatenation,
    find_ports,
    ports_element,
)
from gateway.codec.user_data import UserData
from gateway.core.ids import LinkId
from gateway.core.link import (
    InboundItem,
    InboundReport,
    InboundSegment,
    InboundUndecoded,
    ReportKind,
    SmsUnit,
)
from smpp import pdu as p
from smpp.config import (
    BindConfig,
    DefaultAlphabet,
    LongText,
    ReceiptsFor,
)
from smpp.convert import Origin, alert, inbound
from smpp.receipt import IdBook, IdForm
from smpp.submission import submit_sm
from tests.smpp.units import config, unit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ORIGIN = Origin(
    link=LinkId("carrier"), line="seventy@carrier", raw=b"raw", received_at=NOW
)
LONG = "Съешь ещё этих мягких французских булок, да выпей чаю. " * 3


def sent(given: SmsUnit, **changes: object) -> p.SubmitSm:
    return submit_sm(given, config(**changes), NOW)


def came(pdu: p.DeliverSm | p.DataSm, link: BindConfig | None = None) -> InboundItem:
    return inbound(pdu, ORIGIN, link or config(), IdBook(IdForm.SAME))


def segment(pdu: p.DeliverSm | p.DataSm, link: BindConfig | None = None) -> UserData:
    item = came(pdu, link)
    assert isinstance(item, InboundSegment)
    return item.body


@pytest.mark.parametrize(
    ("alphabet", "octets"),
    [
        (DefaultAlphabet.GSM_PACKED, pack(b"caf\x05")),
        (DefaultAlphabet.LATIN1, "café".encode("latin-1")),
        (DefaultAlphabet.UTF8, "café".encode()),
    ],
)
def test_the_default_alphabet_is_the_carriers(
    alphabet: DefaultAlphabet, octets: bytes
) -> None:
    pdu = sent(unit("café"), default_alphabet=alphabet)
    assert pdu.short_message == octets
    back = p.DeliverSm(source_addr="79161234567", short_message=octets)
    body = segment(back, config(default_alphabet=alphabet))
    assert decode_single(body).text == "café"


def test_a_wap_push_keeps_its_ports_untouched() -> None:
    ports = ports_element(Ports(destination=2948, source=9200))
    body = UserData(alphabet=Alphabet.OCTETS, header=(ports,), units=b"\x01\x06\xff")
    pdu = sent(unit(body), long_text=LongText.SAR)
    assert (pdu.data_coding, pdu.esm_class) == (4, 0x40)
    back = segment(
        p.DeliverSm(esm_class=0x40, data_coding=4, short_message=pdu.short_message)
    )
    assert back == body
    assert find_ports(back.header) == Ports(destination=2948, source=9200)


@pytest.mark.parametrize("text", ["hello", "Привет", "😀"])
@pytest.mark.parametrize("form", list(LongText))
def test_a_long_message_comes_in_as_it_went_out(text: str, form: LongText) -> None:
    whole = text * 60
    bodies: dict[int, UserData] = {}
    total = 0
    for cut in cut_text(whole, reference=300, wide=True):
        pdu = sent(unit(cut), long_text=form)
        body = segment(
            p.DeliverSm(
                esm_class=pdu.esm_class,
                data_coding=pdu.data_coding,
                short_message=pdu.short_message,
                tlvs=pdu.tlvs,
            )
        )
        place = find_concatenation(body.header)
        assert place is not None
        assert place.reference == (300 & 0xFF if form is LongText.UDH else 300)
        bodies[place.number], total = body, place.total
    assert join_segments(bodies, total).text == whole


def test_a_payload_is_a_text_of_any_length() -> None:
    payload = p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=b"x" * 900)
    body = segment(p.DataSm(source_addr="1", tlvs=(payload,)))
    assert decode_single(body).text == "x" * 900


@pytest.mark.parametrize(
    ("coding", "octets", "text"),
    [
        (1, b"plain", "plain"),
        (3, b"caf\xe9", "café"),
        (6, "привет".encode("iso8859_5"), "привет"),
        (7, "שלום".encode("iso8859_8"), "שלום"),
        (8, b"\xfe\xff" + "Ж".encode("utf-16-be"), "Ж"),
        (8, b"\xff\xfe" + "Ж😀".encode("utf-16-le"), "Ж😀"),
        (8, b"\xfe\xff", ""),
        (0x0A, "日本".encode("iso2022_jp"), "日本"),
        (0x0E, "한국".encode("euc_kr"), "한국"),
        (0xF0, b"flash", "flash"),
        (0x18, "Ж".encode("utf-16-be"), "Ж"),
        (0xC8, b"waiting", "waiting"),
    ],
)
def test_known_codings_are_read(coding: int, octets: bytes, text: str) -> None:
    body = segment(p.DeliverSm(data_coding=coding, short_message=octets))
    assert decode_single(body).text == text


@pytest.mark.parametrize("coding", [0, 1, 2, 4, 0x0A, 0xF5])
def test_what_is_no_text_is_kept_as_octets(coding: int) -> None:
    body = segment(p.DeliverSm(data_coding=coding, short_message=b"\xff\xfe\x80"))
    assert (body.alphabet, body.units) == (Alphabet.OCTETS, b"\xff\xfe\x80")


def test_a_broken_header_goes_to_quarantine() -> None:
    item = came(p.DeliverSm(esm_class=0x40, short_message=b"\x09\x00"))
    assert isinstance(item, InboundUndecoded)


@pytest.mark.parametrize(
    ("ton", "text", "canonical"),
    [
        (1, "79161234567", "+79161234567"),
        (1, "+79161234567", "+79161234567"),
        (0, "+79161234567", "+79161234567"),
        (3, "1234", "1234"),
        (5, "Bank", "Bank"),
        (0, "Bank", "Bank"),
        (99, "1234", "1234"),
    ],
)
def test_only_an_international_number_gets_a_plus(
    ton: int, text: str, canonical: str
) -> None:
    item = came(p.DeliverSm(source_addr_ton=ton, source_addr=text))
    assert isinstance(item, InboundSegment)
    assert str(item.originator) == canonical


def test_a_receipt_is_a_report_of_its_recipient() -> None:
    item = came(
        p.DeliverSm(
            esm_class=4,
            data_coding=8,
            source_addr_ton=1,
            source_addr="79161234567",
            destination_addr="1234",
            short_message=b"id:0AF done date:2611220759 stat:UNDELIV err:27",
        )
    )
    assert isinstance(item, InboundReport)
    assert (item.reference, item.kind) == ("af", ReportKind.UNDELIVERED)
    assert item.status == "UNDELIV err:27"
    assert item.recipient.ton is TypeOfNumber.INTERNATIONAL
    assert item.discharge_time == datetime(2026, 11, 22, 7, 59, tzinfo=UTC)


def test_a_receipt_without_an_id_goes_to_quarantine() -> None:
    item = came(p.DeliverSm(esm_class=4, short_message=b"stat:DELIVRD"))
    assert isinstance(item, InboundUndecoded)


@pytest.mark.parametrize("text", ["Привет, мир", "שלום עולם", "Ж", "你好，世界"])
def test_ucs2_that_says_it_is_the_default_alphabet_is_found_out(text: str) -> None:
    pdu = p.DeliverSm(source_addr="1", short_message=text.encode("utf-16-be"))
    item = came(pdu, config(detect_ucs2=True))
    assert isinstance(item, InboundSegment)
    assert item.coding.alphabet is Alphabet.UCS2
    assert decode_single(item.body).text == text


@pytest.mark.parametrize("text", ["hello you", "Δοκιμή", "a@b.c $5", "ok", "No"])
def test_gsm_text_is_not_taken_for_ucs2(text: str) -> None:
    octets = encode_septets(text) if text != "Δοκιμή" else encode_septets("ΔΦΓΛ ok")
    body = segment(
        p.DeliverSm(source_addr="1", short_message=octets), config(detect_ucs2=True)
    )
    assert body.units == octets


def test_a_receipt_tells_our_number_again() -> None:
    tlv = p.Tlv(tag=p.Tag.USER_MESSAGE_REFERENCE, value=b"\x12\x34")
    pdu = p.DeliverSm(esm_class=4, short_message=b"id:1 stat:DELIVRD", tlvs=(tlv,))
    item = came(pdu, config(receipts_for=ReceiptsFor.LAST))
    assert isinstance(item, InboundReport)
    assert (item.attempt_number, item.of_message) == (0x1234, True)


def test_a_receipt_is_read_in_a_payload_too() -> None:
    payload = p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=b"id:1 stat:DELIVRD")
    for pdu in (
        p.DeliverSm(esm_class=4, tlvs=(payload,)),
        p.DataSm(esm_class=4, tlvs=(payload,)),
    ):
        item = came(pdu)
        assert isinstance(item, InboundReport)
        assert item.kind is ReportKind.DELIVERED


def test_what_came_beside_a_message_is_handed_up() -> None:
    tlvs = (
        p.Tlv(tag=0x0501, value=b"\x11"),
        p.Tlv(tag=0x1383, value=b"\0\7"),
        p.Tlv(tag=0x0501, value=b"\x12"),
        p.Tlv(tag=p.Tag.SAR_TOTAL_SEGMENTS, value=b"\1"),
        p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=b"*100#"),
    )
    item = came(p.DeliverSm(source_addr="1", service_type="USSD", tlvs=tlvs))
    assert isinstance(item, InboundSegment)
    assert item.carrier is not None
    assert item.carrier.service_type == "USSD"
    assert item.carrier.tlvs == (
        (0x0501, b"\x11"),
        (0x1383, b"\0\7"),
        (0x0501, b"\x12"),
    )
    plain = came(p.DeliverSm(source_addr="1", short_message=b"hello"))
    assert isinstance(plain, InboundSegment)
    assert plain.carrier is None


def test_an_alert_says_who_can_be_reached() -> None:
    pdu = p.AlertNotification(source_addr_ton=1, source_addr="79161234567")
    item = alert(pdu, ORIGIN)
    assert str(item.subscriber) == "+79161234567"
