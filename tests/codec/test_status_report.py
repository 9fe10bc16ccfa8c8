"""3GPP TS 23.040 9.2.2.3 and 9.2.3.15: reports, what they say, what is forgiven."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.address import Address
from gateway.codec.dcs import Alphabet, decode_dcs, encode_dcs
from gateway.codec.status_report import (
    StatusKind,
    StatusReport,
    decode_status_report,
    decode_status_report_leniently,
    encode_status_report,
    status_kind,
)
from gateway.codec.timestamp import service_time
from gateway.codec.user_data import UserData
from tests.codec.strategy import addresses, octet, service_times, user_data

REPORT = StatusReport(
    reference=42,
    recipient=Address.parse("+79160000001"),
    service_time=service_time(datetime(2026, 11, 15, 13, 52, 34, tzinfo=UTC), 12),
    discharge_time=service_time(datetime(2026, 11, 15, 13, 53, tzinfo=UTC), 12),
    status=0,
)
PLAIN = encode_status_report(REPORT)


@st.composite
def reports(draw: st.DrawFn) -> StatusReport:
    body = draw(st.none() | user_data())
    alphabet = Alphabet.GSM7 if body is None else body.alphabet
    return StatusReport(
        reference=draw(octet),
        recipient=draw(addresses),
        service_time=draw(service_times),
        discharge_time=draw(service_times),
        status=draw(octet),
        user_data=body,
        coding=decode_dcs(encode_dcs(alphabet, message_class=1)),
        protocol_id=draw(st.none() | octet),
        more_to_send=draw(st.booleans()),
        of_command=draw(st.booleans()),
    )


@given(reports())
def test_a_report_survives(report: StatusReport) -> None:
    octets = encode_status_report(report)
    assert decode_status_report(octets) == report
    assert decode_status_report_leniently(octets) == report


def test_without_parameters_nothing_follows_the_status() -> None:
    assert PLAIN[-1] == 0
    assert decode_status_report(PLAIN) == REPORT


def test_user_data_bring_the_coding_they_need() -> None:
    text = UserData(alphabet=Alphabet.UCS2, units="ок".encode("utf-16-be"))
    report = StatusReport(
        reference=1,
        recipient=REPORT.recipient,
        service_time=REPORT.service_time,
        discharge_time=REPORT.discharge_time,
        status=0,
        user_data=text,
    )
    read = decode_status_report(encode_status_report(report))
    assert (read.user_data, read.coding) == (text, decode_dcs(8))


@given(st.binary(max_size=30))
def test_whatever_follows_the_status_the_news_is_read(tail: bytes) -> None:
    read = decode_status_report(PLAIN + tail)
    assert (read.reference, read.status) == (42, 0)
    assert str(read.recipient) == "+79160000001"


@pytest.mark.parametrize("extra", range(256))
def test_an_octet_between_reference_and_address_is_forgiven(extra: int) -> None:
    octets = PLAIN[:2] + bytes([extra]) + PLAIN[2:]
    assert decode_status_report_leniently(octets) == REPORT


@pytest.mark.parametrize("cut", range(len(PLAIN)))
def test_a_report_cut_before_the_status_is_a_decode_error(cut: int) -> None:
    for decode in (decode_status_report, decode_status_report_leniently):
        with pytest.raises(DecodeError):
            decode(PLAIN[:cut])


def test_times_that_name_no_moment_do_not_spoil_a_report() -> None:
    octets = PLAIN[:10] + bytes(7) + b"\xff" * 7 + PLAIN[24:]
    read = decode_status_report_leniently(octets)
    assert (read.reference, read.recipient, read.status) == (42, REPORT.recipient, 0)
    assert (read.service_time.moment, read.discharge_time.moment) == (None, None)


def test_every_status_has_the_class_of_9_2_3_15() -> None:
    classes = {
        StatusKind.DELIVERED: [*range(0x00, 0x03), *range(0x10, 0x20)],
        StatusKind.TRYING: [*range(0x20, 0x26), *range(0x30, 0x40)],
        StatusKind.FAILED_PERMANENT: [*range(0x40, 0x4A), *range(0x50, 0x60)],
        # Among them the reserved values, which count as "service rejected".
        StatusKind.FAILED_TEMPORARY: [
            *range(0x03, 0x10),
            *range(0x26, 0x30),
            *range(0x4A, 0x50),
            *range(0x60, 0x100),
        ],
    }
    by_status = {status: kind for kind, many in classes.items() for status in many}
    assert len(by_status) == 256
    assert {status: status_kind(status) for status in range(256)} == by_status
