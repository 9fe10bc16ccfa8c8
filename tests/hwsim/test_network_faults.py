"""The operator's faults on reports, one test each."""

import asyncio
from typing import Any

import pytest

from hwsim.wire.sms import (
    Address,
    SubmitTpdu,
    WireError,
    decode_time,
    encode_submit,
    segment_text,
)
from tests.hwsim.operator import PHONE, Operator


async def _reported(kind: str, texts: int = 1, **values: Any) -> Operator:
    operator = Operator()
    operator.network.faults.add(kind, **values)
    for number in range(texts):
        await operator.submit(f"text {number}")
    await operator.clock.pass_time(5)
    return operator


async def test_a_report_overtakes_the_answer() -> None:
    operator = Operator()
    operator.network.faults.add("report_before_ok")
    [user] = segment_text("text")
    submit = SubmitTpdu(
        reference=5, destination=Address.of(PHONE), user=user, status_report=True
    )
    sending = asyncio.ensure_future(
        operator.network.submit(operator.radio, encode_submit(submit))
    )
    while not operator.radio.reports:
        await operator.clock.pass_time(0.05)
    assert not sending.done()
    await operator.clock.pass_time(2)
    assert await sending == 5
    assert len(operator.radio.reports) == 1


async def test_reports_change_places() -> None:
    operator = await _reported("report_reordered", texts=2)
    assert [report.reference for report in operator.radio.reports] == [1, 0]


async def test_a_held_report_goes_alone_when_none_follows() -> None:
    operator = await _reported("report_reordered")
    assert not operator.radio.reports
    await operator.clock.pass_time(61)
    assert len(operator.radio.reports) == 1


async def test_a_report_comes_twice() -> None:
    operator = await _reported("report_duplicate")
    assert [report.reference for report in operator.radio.reports] == [0, 0]


async def test_a_report_is_missing_once() -> None:
    operator = await _reported("report_missing", texts=2)
    assert [report.reference for report in operator.radio.reports] == [1]


async def test_a_report_is_late() -> None:
    operator = await _reported("report_delayed", delay_s=100)
    assert not operator.radio.reports
    await operator.clock.pass_time(100)
    assert len(operator.radio.reports) == 1


async def test_a_report_names_another_reference() -> None:
    operator = await _reported("report_other_reference", offset=200)
    assert [report.reference for report in operator.radio.reports] == [200]


@pytest.mark.parametrize(
    ("form", "address"),
    [
        ("national", "9991234567"),
        ("trunk", "89991234567"),
        ("bare", "79991234567"),
    ],
)
async def test_a_report_writes_the_address_otherwise(form: str, address: str) -> None:
    operator = await _reported("report_other_address", form=form)
    assert [str(report.recipient) for report in operator.radio.reports] == [address]


async def test_a_report_is_temporary_then_final() -> None:
    operator = await _reported("report_temporary", delay_s=10)
    await operator.clock.pass_time(20)
    assert [report.status for report in operator.radio.reports] == [0x22, 0]


async def test_a_report_carries_any_status() -> None:
    operator = await _reported("report_status", status=0x51)
    assert [report.status for report in operator.radio.reports] == [0x51]


async def test_a_report_has_an_octet_too_many() -> None:
    operator = await _reported("report_extra_octet")
    [tpdu] = operator.radio.got
    assert tpdu[2] == 0
    assert tpdu[3] == len(PHONE) - 1


async def test_a_report_has_times_that_are_none() -> None:
    operator = await _reported("report_bad_time", hex="FF" * 7)
    [report] = operator.radio.reports
    with pytest.raises(WireError):
        decode_time(report.service_time)
    with pytest.raises(WireError):
        decode_time(report.discharge_time)


async def test_a_fault_falls_as_often_as_it_is_counted() -> None:
    operator = await _reported("report_missing", texts=4, count=3)
    assert [report.reference for report in operator.radio.reports] == [3]
