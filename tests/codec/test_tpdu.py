"""3GPP TS 23.040 9.2.2: SUBMIT and DELIVER, and whatever a modem hands over."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.codec import DecodeError
from gateway.codec.address import Address, encode_smsc
from gateway.codec.dcs import Alphabet, decode_dcs
from gateway.codec.reassemble import decode_single
from gateway.codec.segment import cut_octets, cut_text
from gateway.codec.timestamp import decode_validity_relative, service_time
from gateway.codec.tpdu import (
    Deliver,
    StatusReport,
    Submit,
    decode_deliver,
    decode_incoming,
    decode_pdu,
    decode_status_report,
    decode_submit,
    encode_deliver,
    encode_deliver_report,
    encode_submit,
)
from gateway.codec.udh import Ports, ports_element
from gateway.codec.user_data import UserData
from tests.codec.strategy import (
    addresses,
    delivers,
    numbers,
    octet,
    service_times,
    user_data,
)
from tests.codec.vector import Vector, load_vectors

HELLO = UserData(alphabet=Alphabet.GSM7, units=b"hello")


@st.composite
def submits(draw: st.DrawFn) -> Submit:
    return Submit(
        destination=draw(addresses),
        user_data=draw(user_data()),
        reference=draw(octet),
        status_report=draw(st.booleans()),
        reject_duplicates=draw(st.booleans()),
        reply_path=draw(st.booleans()),
        message_class=draw(st.none() | st.integers(0, 3)),
        protocol_id=draw(octet),
        validity=draw(st.none() | octet.map(decode_validity_relative) | service_times),
    )


@given(submits(), st.binary(max_size=5))
def test_a_submit_survives(submit: Submit, tail: bytes) -> None:
    octets = encode_submit(submit)
    read = decode_submit(octets + tail)
    assert replace(read, dcs=None) == submit
    assert encode_submit(read) == octets


@given(delivers(), st.none() | numbers, st.binary(max_size=5))
def test_a_deliver_survives(
    deliver: Deliver, smsc: Address | None, tail: bytes
) -> None:
    octets = encode_deliver(deliver)
    assert decode_pdu(encode_smsc(smsc) + octets + tail) == (smsc, deliver)


@given(delivers())
def test_a_deliver_cut_short_is_a_decode_error(deliver: Deliver) -> None:
    octets = encode_deliver(deliver)
    for length in range(len(octets)):
        with pytest.raises(DecodeError):
            decode_incoming(octets[:length])


@given(st.binary(max_size=180))
def test_any_octets_are_a_tpdu_or_a_decode_error(octets: bytes) -> None:
    for decode in (
        decode_incoming,
        decode_pdu,
        decode_deliver,
        decode_submit,
        decode_status_report,
    ):
        with suppress(DecodeError):
            decode(octets)


@given(delivers(), st.data())
def test_a_deliver_with_octets_changed_is_a_tpdu_or_a_decode_error(
    deliver: Deliver, data: st.DataObject
) -> None:
    octets = bytearray(encode_deliver(deliver))
    for place in data.draw(st.lists(st.integers(0, len(octets) - 1), max_size=4)):
        octets[place] = data.draw(octet)
    try:
        tpdu = decode_incoming(bytes(octets))
    except DecodeError:
        return
    if tpdu.user_data is not None:
        text = decode_single(tpdu.user_data).text
        assert text is None or text.encode("utf-8").decode("utf-8") == text


def _submit_of(vector: Vector) -> Submit:
    fields = dict(vector.expected)
    ports = fields.pop("ports", None)
    (body,) = (
        cut_text(fields.pop("text"), reference=0)
        if "text" in fields
        else cut_octets(
            bytes.fromhex(fields.pop("data")),
            reference=0,
            elements=(ports_element(Ports(destination=ports[0], source=ports[1])),)
            if ports
            else (),
        )
    )
    if "validity_s" in fields:
        fields["validity"] = timedelta(seconds=fields.pop("validity_s"))
    if "validity_until" in fields:
        moment = datetime.fromisoformat(fields.pop("validity_until"))
        fields["validity"] = service_time(moment, fields.pop("quarter_hours"))
    destination = Address.parse(fields.pop("to"))
    return Submit(destination=destination, user_data=body, **fields)


@pytest.mark.parametrize("vector", load_vectors("pdu_submit.json"), ids=str)
def test_a_submit_is_laid_out_as_the_vector_says(vector: Vector) -> None:
    submit = _submit_of(vector)
    assert encode_submit(submit).hex() == vector.octets.hex()
    assert replace(decode_submit(vector.octets), dcs=None) == submit


@pytest.mark.parametrize("vector", load_vectors("pdu_submit.json"), ids=str)
def test_a_submit_vector_cut_short_is_a_decode_error(vector: Vector) -> None:
    for length in range(len(vector.octets)):
        with pytest.raises(DecodeError):
            decode_submit(vector.octets[:length])


def test_enhanced_validity_is_read() -> None:
    octets = bytes.fromhex("0900038109F00000021E000000000000")
    assert decode_submit(octets).validity == timedelta(seconds=30)


def test_a_dcs_may_be_given_if_its_alphabet_is_that_of_the_user_data() -> None:
    submit = Submit(destination=Address.parse("900"), user_data=HELLO, dcs=0xF1)
    assert decode_submit(encode_submit(submit)).message_class == 1
    with pytest.raises(ValueError, match="DCS 0x08"):
        encode_submit(replace(submit, dcs=8))


@pytest.mark.parametrize(
    "change",
    [{"reference": 256}, {"protocol_id": -1}, {"message_class": 4}, {"dcs": 256}],
)
def test_a_field_that_does_not_fit_is_refused(change: dict[str, int]) -> None:
    submit = Submit(destination=Address.parse("900"), user_data=HELLO)
    with pytest.raises(ValueError, match=r"range\(0, 256\)|message class|DCS"):
        encode_submit(replace(submit, **change))  # type: ignore[arg-type] # by name


def test_each_decoder_refuses_the_types_of_the_others() -> None:
    deliver, submit, report = bytes(30), b"\x01" + bytes(30), b"\x02" + bytes(30)
    assert isinstance(decode_incoming(deliver), Deliver)
    assert isinstance(decode_incoming(report), StatusReport)
    assert isinstance(decode_submit(submit), Submit)
    for decode, wrong in (
        (decode_incoming, submit),
        (decode_submit, deliver),
        (decode_deliver, report),
        (decode_status_report, deliver),
    ):
        with pytest.raises(DecodeError, match="at octet 0"):
            decode(wrong)


def test_a_deliver_report_says_yes_or_why_not() -> None:
    # 9.2.2.1a: for RP-ACK type and parameter indicator, for RP-ERROR the cause between.
    assert encode_deliver_report(ok=True) == bytes.fromhex("0000")
    assert encode_deliver_report(ok=False) == bytes.fromhex("00FF00")
    assert encode_deliver_report(ok=False, failure_cause=0xD3).hex() == "00d300"


def test_compressed_user_data_are_kept_as_they_came() -> None:
    octets = bytes.fromhex("04038109F000206211513125430003AABBCC")
    deliver = decode_incoming(octets)
    assert isinstance(deliver, Deliver)
    assert deliver.coding == decode_dcs(0x20)
    assert deliver.user_data.units == b"\xaa\xbb\xcc"
