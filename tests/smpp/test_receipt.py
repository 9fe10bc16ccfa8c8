"""Receipts of the field, and the ids in them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smpp import pdu as p
from smpp.receipt import IdBook, IdForm, fold, is_receipt, read_receipt

USUAL = (
    b"id:0123456789 sub:001 dlvrd:001 submit date:2611220801 done date:2611220802 "
    b"stat:DELIVRD err:000 text:id:99 stat:EXPIRED"
)

UUID = "550e8400-e29b-41d4-a716"


def deliver(text: bytes, *tlvs: p.Tlv, esm_class: int = 4) -> p.DeliverSm:
    return p.DeliverSm(esm_class=esm_class, short_message=text, tlvs=tlvs)


def test_the_customary_text_is_read_whole() -> None:
    receipt = read_receipt(deliver(USUAL))
    assert receipt.message_id == "0123456789"
    assert (receipt.state, receipt.word, receipt.error) == (2, "DELIVRD", "000")
    assert receipt.submitted_at == datetime(2026, 11, 22, 8, 1, tzinfo=UTC)
    assert receipt.done_at == datetime(2026, 11, 22, 8, 2, tzinfo=UTC)
    assert receipt.status == "DELIVRD err:000"


@pytest.mark.parametrize(
    ("text", "message_id", "word", "error"),
    [
        (b"ID:a1 STAT:delivrd ERR:0", "a1", "DELIVRD", "0"),
        (b"stat:UNDELIV id:a1", "a1", "UNDELIV", None),
        (b"id:a1 sub:1 dlvrd:0 EXPIRED err:ABC12", "a1", "EXPIRED", "ABC12"),
        (b"id: a1 stat: REJECTD err: 69 Text: hello", "a1", "REJECTD", "69"),
        (b"id:a1 submit_date:261122080100 stat:ACCEPTD", "a1", "ACCEPTD", None),
        (b"id:550e8400-e29b-41d4-a716 stat:FAILED", UUID, "FAILED", None),
    ],
)
def test_texts_of_the_field_are_read(
    text: bytes, message_id: str, word: str, error: str | None
) -> None:
    receipt = read_receipt(deliver(text))
    assert (receipt.message_id, receipt.word) == (message_id, word)
    assert receipt.error == error
    assert receipt.state is not None


@pytest.mark.parametrize(
    ("digits", "moment"),
    [
        (b"2611220801", datetime(2026, 11, 22, 8, 1, tzinfo=UTC)),
        (b"261122080159", datetime(2026, 11, 22, 8, 1, 59, tzinfo=UTC)),
        (b"20261122080159", datetime(2026, 11, 22, 8, 1, 59, tzinfo=UTC)),
        (b"9999999999", None),
        (b"26", None),
    ],
)
def test_dates_have_ten_to_fourteen_digits(
    digits: bytes, moment: datetime | None
) -> None:
    receipt = read_receipt(deliver(b"id:1 done date:" + digits + b" stat:DELIVRD"))
    assert receipt.done_at == moment


def test_parameters_win_over_the_text() -> None:
    receipt = read_receipt(
        deliver(
            USUAL,
            p.Tlv(tag=p.Tag.RECEIPTED_MESSAGE_ID, value=b"abc\0"),
            p.Tlv(tag=p.Tag.MESSAGE_STATE, value=b"\x03"),
            p.Tlv(tag=p.Tag.NETWORK_ERROR_CODE, value=b"\x03\x00\x1b"),
        )
    )
    assert (receipt.message_id, receipt.state) == ("abc", 3)
    assert receipt.status == "EXPIRED err:3/27"


def test_a_parameter_without_its_nul_is_whole() -> None:
    tlv = p.Tlv(tag=p.Tag.RECEIPTED_MESSAGE_ID, value=b"abcd")
    assert read_receipt(deliver(b"", tlv)).message_id == "abcd"


def test_the_text_may_be_in_the_payload_under_any_coding() -> None:
    pdu = p.DataSm(
        esm_class=4,
        data_coding=8,
        tlvs=(p.Tlv(tag=p.Tag.MESSAGE_PAYLOAD, value=USUAL),),
    )
    assert read_receipt(pdu).message_id == "0123456789"


@pytest.mark.parametrize("esm_class", [0x04, 0x08, 0x10, 0x20, 0x44])
def test_the_message_type_makes_a_receipt(esm_class: int) -> None:
    assert is_receipt(deliver(b"", esm_class=esm_class), by_content=False)


def test_a_message_that_looks_like_one_is_one_only_by_choice() -> None:
    pdu = deliver(USUAL, esm_class=0)
    assert not is_receipt(pdu, by_content=False)
    assert is_receipt(pdu, by_content=True)
    assert not is_receipt(deliver(b"my id: see the text", esm_class=0), by_content=True)


@given(st.binary(max_size=300))
def test_no_octets_make_it_raise(octets: bytes) -> None:
    read_receipt(deliver(b"id:" + octets))


@pytest.mark.parametrize(
    ("one", "other"),
    [("6A28", "6a28"), ("00017", "17"), ("AB-CD", "abcd"), ("0", "000")],
)
def test_spellings_of_one_id_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("form", "answer", "receipt"),
    [
        (IdForm.SAME, "6A28468B", "6a28468b"),
        (IdForm.HEX_THEN_DECIMAL, "6a28468b", "1781024395"),
        (IdForm.DECIMAL_THEN_HEX, "1781024395", "6A28468B"),
    ],
)
def test_a_configured_form_finds_the_reference(
    form: IdForm, answer: str, receipt: str
) -> None:
    book = IdBook(form)
    assert book.referred(receipt, "123456") == book.reference(answer, "123456")


@pytest.mark.parametrize(
    ("form", "spell"),
    [
        (IdForm.SAME, "{:d}"),
        (IdForm.HEX_THEN_DECIMAL, "{:x}"),
    ],
)
def test_the_form_is_learnt_after_ten_hits(form: IdForm, spell: str) -> None:
    book = IdBook(IdForm.AUTO)
    for number in range(1_000_000, 1_000_010):
        assert book.form is IdForm.AUTO
        ours = book.reference(spell.format(number), "79161234567")
        assert book.referred(str(number), "9161234567") == ours
    assert book.form is form


def test_an_id_of_another_recipient_is_no_hit() -> None:
    book = IdBook(IdForm.AUTO)
    book.reference("ff", "79161234567")
    assert book.referred("255", "79160000000") == "255"
    assert book.referred("255", "79161234567") == "ff"
