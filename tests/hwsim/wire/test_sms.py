"""TPDUs whole, damaged, and as another decoder would write them."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from hwsim.wire import WireError
from hwsim.wire.sms import (
    Address,
    DeliverTpdu,
    StatusReportTpdu,
    SubmitTpdu,
    decode_deliver,
    decode_status_report,
    decode_submit,
    encode_deliver,
    encode_status_report,
    encode_submit,
    encode_time,
    is_status_report,
    segment_text,
    text_of,
)

_TIME = encode_time(datetime(2026, 1, 15, 9, 0, tzinfo=UTC))


def test_a_submit_written_by_hand_is_read() -> None:
    # SUBMIT, TP-VPF relative, TP-SRR; MR 0x11; +46708251358; 4 days; "hellohello"
    tpdu = bytes.fromhex("31110B916407281553F80000AA0AE8329BFD4697D9EC37")
    submit = decode_submit(tpdu)
    assert submit.reference == 0x11
    assert str(submit.destination) == "+46708251358"
    assert submit.validity == timedelta(days=4)
    assert submit.status_report
    assert text_of([submit.user]) == "hellohello"
    assert encode_submit(submit) == tpdu


@pytest.mark.parametrize(
    "validity",
    [None, timedelta(minutes=30), datetime(2026, 2, 1, 12, 0, tzinfo=UTC)],
)
@pytest.mark.parametrize("text", ["plain", "Привет 😀" * 30, "€" * 200, ""])
def test_a_submit_comes_back(text: str, validity: timedelta | datetime | None) -> None:
    for user in segment_text(text, reference=7):
        submit = SubmitTpdu(
            reference=3,
            destination=Address.of("+79161234567"),
            user=user,
            validity=validity,
            reject_duplicates=True,
        )
        assert decode_submit(encode_submit(submit)) == submit


def test_a_deliver_comes_back() -> None:
    for user in segment_text("Привет 😀" * 30, reference=7):
        deliver = DeliverTpdu(
            originator=Address.of("Bank"), user=user, service_time=_TIME
        )
        assert decode_deliver(encode_deliver(deliver)) == deliver
        assert not is_status_report(encode_deliver(deliver))


def test_a_status_report_comes_back() -> None:
    report = StatusReportTpdu(
        reference=255,
        recipient=Address.of("+79161234567"),
        service_time=_TIME,
        discharge_time=_TIME,
        status=0x46,
    )
    assert decode_status_report(encode_status_report(report)) == report
    assert is_status_report(encode_status_report(report))


def test_a_submit_with_octets_missing_or_left_over_is_refused() -> None:
    tpdu = bytes.fromhex("31110B916407281553F80000AA0AE8329BFD4697D9EC37")
    for end in range(len(tpdu)):
        with pytest.raises(WireError):
            decode_submit(tpdu[:end])
    with pytest.raises(WireError):
        decode_submit(tpdu + b"\xff")


def test_random_octets_raise_nothing_but_a_wire_error() -> None:
    chance = random.Random(3)
    readers = (decode_submit, decode_deliver, decode_status_report)
    for _ in range(6000):
        octets = chance.randbytes(chance.randrange(60))
        for reader in readers:
            try:
                reader(octets)
            except WireError:
                continue
