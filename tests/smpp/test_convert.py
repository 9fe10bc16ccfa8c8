"""Segments to PDUs and PDUs to items."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.codec.address import Address, TypeOfNumber
from gateway.codec.dcs import Alphabet
from gateway.codec.gsm7 import pack
from gateway.codec.reassemble import decode_single, join_segments
from gateway.codec.segment import cut_text
from gateway.codec.udh import (
    Ports,
    encode_header,
    find_concatenation,
    find_ports,
    ports_element,
)
from gateway.codec.user_data import UserData
from gateway.core.errors import PermanentFailure
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
    AddressCharset,
    BindConfig,
    DefaultAlphabet,
    LongText,
    TonNpi,
    Validity,
    VendorTlv,
)
from smpp.convert import Origin, inbound, submit_sm, validity_period
from smpp.receipt import IdBook, IdForm
from tests.smpp.units import config, segments_of, unit

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


def test_a_gsm_text_goes_unpacked_by_default() -> None:
    pdu = sent(unit("a@b€"))
    assert (pdu.data_coding, pdu.esm_class) == (0, 0)
    assert pdu.short_message == b"a\x00b\x1be"


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


def test_what_the_carriers_alphabet_lacks_is_refused() -> None:
    with pytest.raises(PermanentFailure):
        sent(unit("café"), default_alphabet=DefaultAlphabet.ASCII)


def test_ucs2_goes_as_utf16_with_surrogates() -> None:
    pdu = sent(unit("Ж😀"))
    assert (pdu.data_coding, pdu.short_message) == (8, "Ж😀".encode("utf-16-be"))


def test_a_flash_message_has_its_class() -> None:
    assert sent(unit("hi", message_class=0)).data_coding == 0x10
    assert sent(unit("Ж", message_class=0)).data_coding == 0x18


def test_the_coding_for_gsm_text_is_the_carriers_wish() -> None:
    assert sent(unit("hi"), data_coding=1).data_coding == 1


def test_a_long_text_by_header() -> None:
    first, *_ = segments_of(LONG)
    pdu = sent(unit(first))
    assert pdu.esm_class == 0x40
    assert pdu.short_message.startswith(b"\x05\x00\x03\x07\x03\x01")
    assert pdu.tlvs == ()


def test_a_long_text_by_sar_has_no_header() -> None:
    _, second, *_ = segments_of(LONG)
    pdu = sent(unit(second), long_text=LongText.SAR)
    assert pdu.esm_class == 0
    assert pdu.short_message == second.units
    assert [tlv.value for tlv in pdu.tlvs] == [b"\x00\x07", b"\x03", b"\x02"]


def test_a_long_text_by_payload_leaves_the_short_message_empty() -> None:
    first, *_ = segments_of(LONG)
    pdu = sent(unit(first), long_text=LongText.PAYLOAD)
    assert pdu.short_message == b""
    payload = pdu.find(p.Tag.MESSAGE_PAYLOAD)
    assert payload == encode_header(first.header) + first.units
    assert pdu.esm_class == 0x40


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


@pytest.mark.parametrize(
    ("to", "ton", "npi", "text"),
    [
        ("+79161234567", 1, 1, "79161234567"),
        ("89161234567", 0, 1, "89161234567"),
        ("112", 3, 0, "112"),
        ("12345678", 3, 0, "12345678"),
        ("My-Bank", 5, 0, "My-Bank"),
        ("*100#", 5, 0, "*100#"),
    ],
)
def test_the_type_of_number_follows_from_the_address(
    to: str, ton: int, npi: int, text: str
) -> None:
    pdu = sent(unit(to=to))
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi) == (ton, npi)
    assert pdu.destination_addr == text


def test_the_type_of_number_may_be_the_links() -> None:
    pdu = sent(unit(), destination_address=TonNpi(ton=2, npi=8))
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi) == (2, 8)


def test_the_sender_is_the_messages_then_the_links_then_none() -> None:
    named = unit(sender=Address.parse("Shop"))
    assert sent(named, source="1234").source_addr == "Shop"
    assert sent(named, source="1234").source_addr_ton == 5
    assert sent(unit(), source="1234").source_addr == "1234"
    assert sent(unit()).source_addr == ""


def test_a_sender_outside_the_charset_is_refused_and_never_cut() -> None:
    with pytest.raises(PermanentFailure):
        sent(unit(sender=Address.parse("Café")))
    pdu = sent(
        unit(sender=Address.parse("Café")), address_charset=AddressCharset.LATIN1
    )
    assert pdu.source_addr == "Café"


def test_receipts_are_asked_for_when_the_message_and_the_link_want_them() -> None:
    assert sent(unit()).registered_delivery == 1
    assert sent(unit(status_report=False)).registered_delivery == 0
    assert sent(unit(), receipts=False).registered_delivery == 0


@pytest.mark.parametrize(
    ("period", "form", "text"),
    [
        (timedelta(days=2, hours=3), Validity.RELATIVE, "000002030000000R"),
        (timedelta(minutes=5, seconds=9), Validity.RELATIVE, "000000000509000R"),
        (timedelta(0), Validity.RELATIVE, "000000000001000R"),
        (timedelta(days=400), Validity.RELATIVE, "000031000000000R"),
        (timedelta(days=2), Validity.ABSOLUTE, "261124080000000+"),
        (timedelta(days=2), Validity.NONE, ""),
        (None, Validity.RELATIVE, ""),
    ],
)
def test_a_validity_has_sixteen_characters_or_none(
    period: timedelta | None, form: Validity, text: str
) -> None:
    assert validity_period(period, form, NOW) == text
    assert len(text) in (0, 16)


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
        assert place.reference == 300
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


def test_vendor_parameters_go_with_every_segment() -> None:
    pdu = sent(unit(), tlvs=(VendorTlv(tag=0x1400, value="1001"),))
    assert pdu.tlvs == (p.Tlv(tag=0x1400, value=b"1001"),)
