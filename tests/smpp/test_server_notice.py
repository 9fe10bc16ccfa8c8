"""Receipts and messages as the deliver_sm that applications read."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.codec.reassemble import decode_single
from gateway.codec.udh import decode_header, find_concatenation, find_ports
from gateway.core.application import (
    MessageNotice,
    Notice,
    ReceiptNotice,
    SpokenAddress,
)
from gateway.core.ids import AccountId
from gateway.core.message import MessageState
from smpp import pdu as p
from smpp.coding import decode_body
from smpp.config import DefaultAlphabet, LongText
from smpp.receipt import read_receipt
from smpp.server_config import SmppServerConfig
from smpp.server_notice import Style, deliveries, error_number, message_state
from tests.smpp.desk import receipt, written

STYLE = Style(config=SmppServerConfig())
LONG = "Съешь ещё этих мягких французских булок 😀 " * 4


def told(
    content: ReceiptNotice | MessageNotice, style: Style = STYLE
) -> tuple[p.DeliverSm, ...]:
    owner = AccountId("acc_1")
    return deliveries(Notice(id=300, account_id=owner, tries=0, content=content), style)


def text_of(content: ReceiptNotice, style: Style = STYLE) -> str:
    [pdu] = told(content, style)
    return pdu.short_message.decode("ascii")


def config(**changes: Any) -> Style:
    return replace(STYLE, config=SmppServerConfig(**changes))


def test_a_receipt_is_spelled_as_everybody_spells_it() -> None:
    assert text_of(receipt()) == (
        "id:msg_1 sub:001 dlvrd:001 submit date:2611220800 done date:2611220801 "
        "stat:DELIVRD err:000 text:hello"
    )


def test_dates_have_seconds_for_accounts_that_want_them() -> None:
    text = text_of(receipt(), replace(STYLE, long_dates=True))
    assert "submit date:261122080000 done date:261122080130 stat:" in text


def test_source_and_destination_are_exchanged_as_they_were_spelled() -> None:
    [pdu] = told(receipt(service_type="CMT"))
    assert pdu.esm_class == 0x04
    assert (pdu.source_addr_ton, pdu.source_addr_npi) == (1, 1)
    assert pdu.source_addr == "79161234567"
    assert (pdu.dest_addr_ton, pdu.dest_addr_npi) == (5, 0)
    assert pdu.destination_addr == "Shop"
    assert (pdu.service_type, pdu.data_coding, pdu.registered_delivery) == ("CMT", 0, 0)


@pytest.mark.parametrize(
    ("state", "word", "number"),
    [
        (MessageState.DELIVERED, "DELIVRD", 2),
        (MessageState.EXPIRED, "EXPIRED", 3),
        (MessageState.CANCELLED, "DELETED", 4),
        (MessageState.UNDELIVERED, "UNDELIV", 5),
        (MessageState.SENT, "ACCEPTD", 6),
        (MessageState.UNKNOWN, "UNKNOWN", 7),
        (MessageState.FAILED, "REJECTD", 8),
    ],
)
def test_every_end_has_its_word_and_its_number(
    state: MessageState, word: str, number: int
) -> None:
    [pdu] = told(receipt(state=state))
    assert f"stat:{word} ".encode() in pdu.short_message
    assert pdu.find(p.Tag.MESSAGE_STATE) == bytes((number,))


def test_news_on_the_way_are_no_receipt() -> None:
    [pdu] = told(receipt(state=MessageState.SENT, is_intermediate=True))
    assert pdu.esm_class == 0x20
    assert b"stat:ENROUTE " in pdu.short_message


def test_parameters_say_the_same() -> None:
    failed = receipt(
        state=MessageState.UNDELIVERED,
        carrier_code="UNDELIV err:034",
        user_reference=0x0102,
    )
    [pdu] = told(failed)
    assert pdu.find(p.Tag.RECEIPTED_MESSAGE_ID) == b"msg_1\0"
    assert pdu.find(p.Tag.NETWORK_ERROR_CODE) == b"\x03\x00\x22"
    assert pdu.find(p.Tag.USER_MESSAGE_REFERENCE) == b"\x01\x02"
    assert b"err:034 " in pdu.short_message


@pytest.mark.parametrize("switch", ["receipt_tlvs", "takes_tlvs"])
def test_parameters_are_left_out_for_who_cannot_read_them(switch: str) -> None:
    off: dict[str, Any] = {switch: False}
    [pdu] = told(receipt(user_reference=1), replace(STYLE, **off))
    assert pdu.tlvs == ()


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (None, 0),
        ("DELIVRD err:000", 0),
        ("UNDELIV err:034", 34),
        ("UNDELIV err:3/34", 34),
        ("0x0000000b ESME_RINVDSTADR", 0x0B),
        ("CMS ERROR 500", 500),
        ("0x45", 0x45),
        ("no number", 0),
        ("0xFFFFFFFF", 0xFFFF),
    ],
)
def test_the_error_is_the_carriers_number(code: str | None, number: int) -> None:
    assert error_number(code) == number


def test_the_text_has_twenty_characters_and_shifts_nothing() -> None:
    said = text_of(receipt(text="Привет,\nworld and more than that"))
    assert said.endswith(" text:??????,?world and mo")


def test_our_own_reader_understands_it() -> None:
    [pdu] = told(receipt(message_id="0123456789", carrier_code="err:099"))
    for one in (pdu, replace(pdu, tlvs=())):
        found = read_receipt(one)
        assert found.message_id == "0123456789"
        assert found.state == 2
        assert found.done_at == datetime(2026, 11, 22, 8, 1, tzinfo=UTC)


def test_counts_stay_three_digits() -> None:
    assert "sub:999 dlvrd:002 " in text_of(receipt(submitted=1200, delivered=2))


def test_a_message_is_from_a_number_and_in_its_own_alphabet() -> None:
    [pdu] = told(written("hello @ €"))
    assert (pdu.source_addr_ton, pdu.source_addr_npi) == (1, 1)
    assert pdu.source_addr == "79161234567"
    assert (pdu.dest_addr_ton, pdu.destination_addr) == (3, "2345")
    assert (pdu.esm_class, pdu.data_coding) == (0, 0)
    assert pdu.short_message == b"hello \0 \x1be"
    [pdu] = told(written("да"))
    assert (pdu.data_coding, pdu.short_message) == (8, "да".encode("utf-16-be"))


@pytest.mark.parametrize(
    ("sender", "ton", "text"),
    [
        ("Bank-24", 5, "Bank-24"),
        ("Кафе", 5, "????"),
        ("123", 3, "123"),
        ("123456789012", 0, "123456789012"),
        ("", 0, ""),
    ],
)
def test_every_sender_can_be_told(sender: str, ton: int, text: str) -> None:
    [pdu] = told(written(sender=sender))
    assert (pdu.source_addr_ton, pdu.source_addr) == (ton, text)


def joined(pdus: tuple[p.DeliverSm, ...]) -> str:
    """As a reader of headers or of SAR parameters puts it together."""
    text = ""
    places: list[tuple[int, ...]] = []
    for pdu in pdus:
        octets = pdu.short_message or pdu.find(p.Tag.MESSAGE_PAYLOAD) or b""
        if pdu.esm_class & 0x40:
            place = find_concatenation(decode_header(octets))
            assert place is not None
            places.append((place.reference, place.total, place.number))
            octets = octets[1 + octets[0] :]
        elif pdu.find(p.Tag.SAR_MSG_REF_NUM):
            places.append(
                tuple(
                    int.from_bytes(pdu.find(tag) or b"")
                    for tag in (
                        p.Tag.SAR_MSG_REF_NUM,
                        p.Tag.SAR_TOTAL_SEGMENTS,
                        p.Tag.SAR_SEGMENT_SEQNUM,
                    )
                )
            )
        body = decode_body(octets, (), pdu.data_coding, DefaultAlphabet.GSM)
        text += decode_single(body).text or ""
    for one, other in itertools.pairwise(places):
        assert (one[0], one[1], one[2] + 1) == other
    return text


@pytest.mark.parametrize("form", list(LongText))
@pytest.mark.parametrize("text", [LONG, "long {text} " * 40])
def test_a_long_text_is_whole_in_every_form(form: LongText, text: str) -> None:
    pdus = told(written(text), config(long_text=form))
    assert (len(pdus) == 1) is (form is LongText.PAYLOAD)
    assert joined(pdus) == text
    assert pdus == told(written(text), config(long_text=form))


def test_a_3_3_peer_gets_headers_whatever_is_configured() -> None:
    style = replace(config(long_text=LongText.PAYLOAD), takes_tlvs=False)
    pdus = told(written(LONG), style)
    assert all(pdu.tlvs == () and pdu.esm_class == 0x40 for pdu in pdus)


def test_octets_keep_their_port() -> None:
    [pdu] = told(written(None, octets=b"\0\1\2", destination_port=2948))
    assert (pdu.data_coding, pdu.esm_class) == (4, 0x40)
    ports = find_ports(decode_header(pdu.short_message))
    assert ports is not None
    assert ports.destination == 2948
    assert pdu.short_message[-3:] == b"\0\1\2"
    [plain] = told(written(None, octets=b"\0\1\2"))
    assert (plain.esm_class, plain.short_message) == (0, b"\0\1\2")


def test_what_the_default_alphabet_lacks_goes_as_ucs2() -> None:
    latin = config(default_alphabet=DefaultAlphabet.LATIN1)
    [pdu] = told(written("caffè"), latin)
    assert (pdu.data_coding, pdu.short_message) == (0, "caffè".encode("latin-1"))
    [pdu] = told(written("ΔΩ"), latin)
    assert (pdu.data_coding, pdu.short_message) == (8, "ΔΩ".encode("utf-16-be"))


def test_a_spoken_address_is_not_interpreted() -> None:
    odd = SpokenAddress(ton=0, npi=0, text="0079161234567")
    [pdu] = told(receipt(destination=odd))
    assert pdu.source_addr == "0079161234567"


def test_scheduled_is_a_state_of_its_own_in_5_0_only() -> None:
    scheduled = MessageState.SCHEDULED
    assert message_state(scheduled, is_scheduled_known=True) == 0
    assert message_state(scheduled) == 1
    assert message_state(MessageState.SENT, is_final=False) == 1


def test_what_cannot_be_cut_goes_whole() -> None:
    endless = written("слово " * 3000)
    [pdu] = told(endless)
    assert joined((pdu,)) == endless.text
    with pytest.raises(ValueError, match="at most 255"):
        told(endless, replace(STYLE, takes_tlvs=False))
