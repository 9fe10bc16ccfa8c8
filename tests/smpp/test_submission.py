"""Segments of ours as the PDUs that submit them."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.codec.address import Address
from gateway.codec.udh import encode_header
from gateway.codec.user_data import UserData
from gateway.core.errors import PermanentFailure
from gateway.core.link import SmsUnit, attempt_number
from gateway.core.message import CarrierOptions
from smpp import pdu as p
from smpp.config import (
    AddressCharset,
    DefaultAlphabet,
    LongText,
    Operation,
    ReceiptsFor,
    TonNpi,
    Validity,
    VendorTlv,
)
from smpp.submission import submission, submit_sm
from smpp.wire import FieldError, encode
from tests.smpp.units import config, segments_of, unit

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LONG = "Съешь ещё этих мягких французских булок, да выпей чаю. " * 3


def sent(given: SmsUnit, **changes: object) -> p.SubmitSm:
    return submit_sm(given, config(**{"user_reference": False} | changes), NOW)


def test_a_gsm_text_goes_unpacked_by_default() -> None:
    pdu = sent(unit("a@b€"))
    assert (pdu.data_coding, pdu.esm_class) == (0, 0)
    assert pdu.short_message == b"a\x00b\x1be"


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


def test_vendor_parameters_go_with_every_segment() -> None:
    pdu = sent(unit(), tlvs=(VendorTlv(tag=0x1400, value="1001"),))
    assert pdu.tlvs == (p.Tlv(tag=0x1400, value=b"1001"),)


def with_options(**options: object) -> SmsUnit:
    return unit(carrier=CarrierOptions(**options))  # type: ignore[arg-type]


def test_a_message_may_say_otherwise_than_its_link() -> None:
    pdu = sent(
        with_options(
            service_type="WAP",
            source_kind=(5, 9),
            destination_kind=(2, 8),
            replace_if_present=True,
            tlvs=((0x1400, b"own"), (0x0302, b"\x01"), (0x020B, b"\0\1")),
        ),
        service_type="CMT",
        source="1234",
        tlvs=(VendorTlv(tag=0x1400, value="usual"), VendorTlv(tag=0x1401, value=7)),
    )
    assert pdu.service_type == "WAP"
    assert (pdu.source_addr_ton, pdu.source_addr_npi) == (5, 9)
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi) == (2, 8)
    assert pdu.replace_if_present_flag == 1
    assert pdu.tlvs == (
        p.Tlv(tag=0x1400, value=b"own"),
        p.Tlv(tag=0x0302, value=b"\x01"),
        p.Tlv(tag=0x020B, value=b"\0\1"),
        p.Tlv(tag=0x1401, value=b"\0\0\0\7"),
    )


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"failure_reports_only": True}, 0x02),
        ({"intermediate_reports": True}, 0x11),
        ({"failure_reports_only": True, "intermediate_reports": True}, 0x12),
    ],
)
def test_only_the_wanted_receipts_are_asked_for(
    options: dict[str, object], wanted: int
) -> None:
    assert sent(with_options(**options)).registered_delivery == wanted


def test_the_carrier_holds_a_message_until_its_time() -> None:
    later = with_options(deliver_at=NOW + timedelta(days=1, hours=2))
    assert sent(later).schedule_delivery_time == "261123100000000+"
    local = sent(later, utc_offset_quarters=-14, validity=Validity.ABSOLUTE)
    assert local.schedule_delivery_time == "261123063000014-"
    relative = sent(later, schedule=Validity.RELATIVE)
    assert relative.schedule_delivery_time == "000001020000000R"
    past = with_options(deliver_at=NOW)
    assert sent(past).schedule_delivery_time == ""


@pytest.mark.parametrize(
    ("given", "changes", "field"),
    [
        ({"deliver_at": NOW + timedelta(1)}, {"schedule": Validity.NONE}, "deliver_at"),
        (
            {"deliver_at": NOW + timedelta(40)},
            {"schedule": Validity.RELATIVE},
            "deliver_at",
        ),
        ({"tlvs": ((0x1400, b"x"),)}, {"version": "3.3"}, "tlvs"),
    ],
)
def test_what_a_link_cannot_carry_is_refused_by_name(
    given: dict[str, object], changes: dict[str, object], field: str
) -> None:
    with pytest.raises(PermanentFailure, match=field):
        sent(with_options(**given), **changes)


def test_an_over_long_field_is_refused_by_name_and_never_cut() -> None:
    with pytest.raises(FieldError, match="service_type"):
        encode(sent(with_options(service_type="TOOLONG")), 1)


def test_the_priority_is_the_links_or_the_messages() -> None:
    assert sent(unit(priority=3)).priority_flag == 0
    assert sent(unit(priority=3), priority=1).priority_flag == 1
    assert sent(unit(priority=3), message_priority=True).priority_flag == 3


def test_a_protocol_id_passes_untouched() -> None:
    assert sent(unit(protocol_id=0x41)).protocol_id == 0x41


def test_our_number_goes_with_each_attempt_where_the_peer_knows_parameters() -> None:
    given = unit()
    pdu = submit_sm(given, config(), NOW)
    number = pdu.find(p.Tag.USER_MESSAGE_REFERENCE)
    assert number == attempt_number(given.attempt_id).to_bytes(2)
    assert submit_sm(given, config(version="3.3"), NOW).tlvs == ()
    own = with_options(tlvs=((p.Tag.USER_MESSAGE_REFERENCE, b"\0\7"),))
    assert [tlv.value for tlv in submit_sm(own, config(), NOW).tlvs] == [b"\0\7"]


def test_more_to_come_is_told_where_the_carrier_wants_it() -> None:
    for more in (True, False):
        pdu = sent(unit(more_follow=more), more_messages=True)
        assert pdu.find(p.Tag.MORE_MESSAGES_TO_SEND) == bytes((more,))


def test_a_receipt_for_the_last_segment_may_do() -> None:
    wanted = [
        sent(unit(cut), receipts_for=ReceiptsFor.LAST).registered_delivery
        for cut in (*segments_of(LONG), *segments_of("short"))
    ]
    assert wanted == [0, 0, 1, 1]


def test_data_sm_carries_the_same_in_parameters() -> None:
    given = unit("hello", validity=timedelta(hours=1))
    link = config(operation=Operation.DATA_SM, user_reference=False)
    pdu = submission(given, link, NOW)
    assert isinstance(pdu, p.DataSm)
    assert pdu.find(p.Tag.MESSAGE_PAYLOAD) == b"hello"
    assert pdu.find(p.Tag.QOS_TIME_TO_LIVE) == (3600).to_bytes(4)
    assert (pdu.destination_addr, pdu.registered_delivery) == ("79161234567", 1)
    later = with_options(deliver_at=NOW + timedelta(1))
    with pytest.raises(PermanentFailure, match="deliver_at"):
        submission(later, link, NOW)


@pytest.mark.parametrize("text", ["long words " * 40, "Длинный текст 😀 " * 20])
def test_a_whole_long_text_goes_in_one_payload_without_header(text: str) -> None:
    cut = segments_of(text)
    units = b"".join(one.units for one in cut)
    whole = UserData(alphabet=cut[0].alphabet, units=units)
    pdu = sent(unit(whole), long_text=LongText.PAYLOAD)
    assert (pdu.short_message, pdu.esm_class) == (b"", 0)
    assert pdu.find(p.Tag.MESSAGE_PAYLOAD) == units


def test_a_text_of_one_segment_stays_in_the_short_message() -> None:
    for text in ("x" * 160, "Ж" * 70):
        pdu = sent(unit(text), long_text=LongText.PAYLOAD)
        assert pdu.tlvs == ()
        assert len(pdu.short_message) in (160, 140)
