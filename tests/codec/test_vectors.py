"""Each incoming vector whole, with a tail, and cut at each octet."""

from contextlib import suppress
from typing import Any

import pytest

from gateway.codec import DecodeError
from gateway.codec.reassemble import decode_single
from gateway.codec.tpdu import Deliver, StatusReport, decode_pdu, status_kind
from gateway.codec.udh import find_concatenation, find_ports
from tests.codec.vector import Vector, load_vectors

INCOMING = load_vectors("pdu_incoming.json")
DELIVERS = [vector for vector in INCOMING if vector.kind == "deliver"]


def _time(moment: Any) -> str | None:
    return moment and f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _seen_of_user_data(tpdu: Deliver | StatusReport) -> dict[str, Any]:
    body = tpdu.user_data
    if body is None:
        return {"text": None}
    whole = decode_single(body)
    concatenation = find_concatenation(body.header)
    ports = find_ports(body.header)
    return {
        "text": whole.text,
        "data": whole.octets and whole.octets.hex().upper(),
        "alphabet": whole.alphabet,
        "header": [[e.id, e.data.hex().upper()] for e in body.header],
        "concatenation": concatenation
        and [
            concatenation.reference,
            concatenation.total,
            concatenation.number,
            concatenation.wide,
        ],
        "ports": ports and [ports.destination, ports.source, ports.wide],
    }


def _seen(tpdu: Deliver | StatusReport) -> dict[str, Any]:
    """All that a vector may expect, by its names."""
    seen = _seen_of_user_data(tpdu)
    seen |= {
        "time": _time(tpdu.service_time.moment),
        "more_to_send": tpdu.more_to_send,
        "protocol_id": tpdu.protocol_id,
    }
    if isinstance(tpdu, StatusReport):
        address = tpdu.recipient
        seen |= {
            "reference": tpdu.reference,
            "discharge_time": _time(tpdu.discharge_time.moment),
            "status": tpdu.status,
            "status_kind": status_kind(tpdu.status),
            "of_command": tpdu.of_command,
        }
    else:
        address = tpdu.originator
        coding = tpdu.coding
        seen |= {
            "message_class": coding.message_class,
            "auto_delete": coding.auto_delete,
            "compressed": coding.compressed,
            "indication": coding.indication,
            "indication_active": coding.indication_active,
            "store": coding.store,
            "reply_path": tpdu.reply_path,
            "status_report_indication": tpdu.status_report_indication,
        }
    return seen | {"number": str(address), "ton": address.ton, "npi": address.npi}


def _check(vector: Vector, tail: bytes) -> None:
    smsc, tpdu = decode_pdu(vector.octets + tail)
    assert isinstance(tpdu, Deliver) == (vector.kind == "deliver")
    seen = _seen(tpdu) | {"smsc_number": smsc and str(smsc)}
    assert {name: seen[name] for name in vector.expected} == vector.expected


@pytest.mark.parametrize("vector", INCOMING, ids=str)
def test_a_vector_says_what_it_says(vector: Vector) -> None:
    _check(vector, b"")


@pytest.mark.parametrize("vector", DELIVERS, ids=str)
@pytest.mark.parametrize("tail", [b"\xff", b"\xff\xff", bytes(40)], ids=len)
def test_a_deliver_says_the_same_whatever_follows(vector: Vector, tail: bytes) -> None:
    _check(vector, tail)


@pytest.mark.parametrize("vector", DELIVERS, ids=str)
def test_a_deliver_cut_at_any_octet_of_its_own_is_a_decode_error(
    vector: Vector,
) -> None:
    own = len(vector.octets) - len(vector.fields.get("behind", b""))
    for length in range(own):
        with pytest.raises(DecodeError):
            decode_pdu(vector.octets[:length])


@pytest.mark.parametrize("vector", INCOMING, ids=str)
def test_a_vector_cut_at_any_octet_is_a_value_or_a_decode_error(
    vector: Vector,
) -> None:
    for length in range(len(vector.octets)):
        with suppress(DecodeError):
            decode_pdu(vector.octets[:length])


@pytest.mark.parametrize("vector", load_vectors("pdu_damaged.json"), ids=str)
def test_a_damaged_vector_is_a_decode_error(vector: Vector) -> None:
    with pytest.raises(DecodeError):
        decode_pdu(vector.octets)
