"""Our codec against gsmmodem.pdu, where that one is right.

It is right for international numbers, plain text but for the section sign and the back
tick, UCS-2 without surrogates, 8-bit references, times in this century that are times.
It loses a last "@" that fills an octet, so no text drawn here ends in one; it knows the
DCS octets 0 and 8 only.
"""

import warnings
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.codec.address import Address, encode_smsc
from gateway.codec.dcs import decode_dcs, encode_dcs
from gateway.codec.gsm7 import Language, locking_places, single_places
from gateway.codec.reassemble import decode_single
from gateway.codec.segment import UserData, cut_text
from gateway.codec.timestamp import ServiceTime, decode_validity_relative
from gateway.codec.tpdu import (
    Deliver,
    StatusReport,
    Submit,
    encode_deliver,
    encode_status_report,
    encode_submit,
)
from gateway.codec.udh import Concatenation, Element, find_concatenation
from tests.codec.strategy import octet, service_times

with warnings.catch_warnings():
    # When it is first compiled Python warns of its regular expressions and of an "is".
    warnings.simplefilter("ignore")
    from gsmmodem import pdu as oracle

_PLAIN = sorted(set(locking_places(Language.DEFAULT)) - {"§"})
_ESCAPED = sorted(set(single_places(Language.DEFAULT)) - {"\f"})
_UCS2 = ["ж", "Ї", "漢", "–", " ", "a", "1"]

texts = st.one_of(
    st.text(_PLAIN, min_size=1, max_size=400),
    st.text(_PLAIN + _ESCAPED * 12, min_size=1, max_size=300),
    st.text(_UCS2, min_size=1, max_size=200).map(lambda text: text + "ж"),
).filter(lambda text: not text.endswith("@"))
numbers = st.text("0123456789", min_size=5, max_size=15).map(
    lambda digits: "+" + digits
)
recent_times = service_times.filter(
    lambda time: time.moment is not None and 2001 <= time.moment.year <= 2067
)


def _cut(text: str, reference: int) -> tuple[UserData, ...]:
    return cut_text(text, reference=reference, languages=frozenset())


@given(
    number=numbers,
    text=texts,
    reference=octet,
    status_report=st.booleans(),
    reject_duplicates=st.booleans(),
    validity=st.none() | octet.map(decode_validity_relative),
)
def test_both_write_the_same_submits(
    number: str,
    text: str,
    reference: int,
    status_report: bool,
    reject_duplicates: bool,
    validity: timedelta | None,
) -> None:
    theirs = oracle.encodeSmsSubmitPdu(
        number,
        text,
        reference=reference,
        validity=validity,
        requestStatusReport=status_report,
        rejectDuplicates=reject_duplicates,
    )
    ours = [
        Submit(
            destination=Address.parse(number),
            user_data=body,
            reference=reference,
            status_report=status_report,
            reject_duplicates=reject_duplicates,
            validity=validity,
        )
        for body in _cut(text, reference)
    ]
    assert [b"\0" + encode_submit(submit) for submit in ours] == [
        bytes(pdu.data) for pdu in theirs
    ]


@given(smsc=numbers, number=numbers, text=texts, time=recent_times, reference=octet)
def test_it_reads_our_delivers_as_we_do(
    smsc: str, number: str, text: str, time: ServiceTime, reference: int
) -> None:
    for body in _cut(text, reference):
        deliver = Deliver(
            originator=Address.parse(number),
            user_data=body,
            coding=decode_dcs(encode_dcs(body.alphabet)),
            service_time=time,
        )
        octets = encode_smsc(Address.parse(smsc)) + encode_deliver(deliver)
        seen = oracle.decodeSmsPdu(octets.hex())
        assert (seen["smsc"], seen["number"]) == (smsc, number)
        assert seen["time"] == time.moment
        # What it loses: zero septets that fill the last octet of a segment.
        assert seen["text"] in (_read(body), _read(body).removesuffix("@"))
        assert _reference_of(seen) == find_concatenation(body.header)


def _read(body: UserData) -> str:
    return decode_single(body).text or ""


def _reference_of(seen: dict[str, Any]) -> Concatenation | None:
    return find_concatenation(
        Element(id=element.id, data=bytes(element.data))
        for element in seen.get("udh", [])
    )


@given(number=numbers, reference=octet, sent=recent_times, settled=recent_times)
def test_it_reads_our_status_reports_as_we_do(
    number: str, reference: int, sent: ServiceTime, settled: ServiceTime
) -> None:
    report = StatusReport(
        reference=reference,
        recipient=Address.parse(number),
        service_time=sent,
        discharge_time=settled,
        status=0x46,
    )
    seen = oracle.decodeSmsPdu((b"\0" + encode_status_report(report)).hex())
    assert (seen["number"], seen["reference"]) == (number, reference)
    assert (seen["time"], seen["discharge"]) == (sent.moment, settled.moment)
    assert seen["status"] == 0x46
