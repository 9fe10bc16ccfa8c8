"""Our TPDUs as tshark reads them, field by field, and tshark's reading of our vectors.

Each TPDU is put into an RP-DATA message, which tells tshark the direction, and all of
them go through one run. tshark 4.0 knows no national tables: it shows the septets of a
locking table in the default alphabet, which is what is compared, and those of a single
shift table as not known.
"""

import json
import random
import struct
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.codec.address import Address
from gateway.codec.dcs import Alphabet, decode_dcs, encode_dcs
from gateway.codec.gsm7 import Language, decode_septets, locking_places, single_places
from gateway.codec.segment import cut_octets, cut_text
from gateway.codec.status_report import StatusReport, encode_status_report
from gateway.codec.timestamp import ServiceTime, encode_validity, service_time
from gateway.codec.tpdu import Deliver, Submit, encode_deliver, encode_submit
from gateway.codec.udh import (
    Ports,
    find_concatenation,
    find_ports,
    find_single,
    ports_element,
)
from gateway.codec.user_data import UserData
from tests.codec.vector import load_vectors

pytestmark = pytest.mark.slow

_MESSAGES = 400
_USER_DLT = 147
_RP_ADDRESS = bytes.fromhex("0791979861991901")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A TPDU on the wire, and what it was made from."""

    octets: bytes
    tpdu: Submit | Deliver | StatusReport


Fields = dict[str, list[str]]


def _rp_data(tpdu: bytes, *, to_network: bool) -> bytes:
    """3GPP TS 24.011 7.3.1: RP-DATA, the SMSC's address on the network's side."""
    addresses = b"\0" + _RP_ADDRESS if to_network else _RP_ADDRESS + b"\0"
    return bytes([not to_network, 1]) + addresses + bytes([len(tpdu)]) + tpdu


def _capture(frames: list[bytes]) -> bytes:
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, _USER_DLT)
    return header + b"".join(
        struct.pack("<IIII", number, 0, len(frame), len(frame)) + frame
        for number, frame in enumerate(frames)
    )


class _Pairs(list[tuple[str, Any]]):
    """A JSON object with its repeated names kept."""


def _leaves(name: str, value: Any, found: Fields) -> Fields:
    if isinstance(value, _Pairs):
        for key, item in value:
            _leaves(key, item, found)
    elif isinstance(value, list):
        for item in value:
            _leaves(name, item, found)
    else:
        found[name].append(value)
    return found


def _dissect(frames: list[bytes], folder: Path) -> list[Fields]:
    """All fields of gsm_sms for each frame, by name, in order of appearance."""
    capture = folder / "sms.pcap"
    capture.write_bytes(_capture(frames))
    layers = f'uat:user_dlts:"User 0 (DLT={_USER_DLT})","gsm_a_rp","0","","0",""'
    command = ["tshark", "-r", str(capture), "-o", layers, "-T", "json"]
    command += ["-o", "gsm_sms.reassemble:FALSE", "-J", "gsm_sms"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=100)
    packets = json.loads(done.stdout, object_pairs_hook=_Pairs)
    return [_leaves("", packet, defaultdict(list)) for packet in packets]


def _text(chance: random.Random) -> str:
    language = chance.choice(list(Language))
    letters = chance.choice(
        [
            list(locking_places(Language.DEFAULT)),
            [*"hello, world €[]{}~^|\\@§"],
            [*"жёлтый дом – «ок»"],
            [*"漢字😀🎉 a"],
            [*locking_places(language), *single_places(language)],
        ]
    )
    return "".join(chance.choices(letters, k=chance.choice([0, 1, 7, 8, 70, 160, 330])))


def _bodies(chance: random.Random, reference: int) -> tuple[UserData, ...]:
    if chance.random() < 0.2:
        ports = Ports(destination=chance.randrange(30000, 40000), source=49000)
        data = chance.randbytes(chance.choice([1, 120, 300]))
        elements = chance.choice([(), (ports_element(ports),)])
        return cut_octets(data, reference=reference, wide=True, elements=elements)
    return cut_text(_text(chance), reference=reference, wide=True)


def _address(chance: random.Random) -> Address:
    texts = ["+79160000001", "900", "*100#", "MegaFon", "InternetSMS", "Bank 24"]
    return Address.parse(chance.choice([*texts, f"+{chance.randrange(10**7, 10**15)}"]))


def _time(chance: random.Random) -> ServiceTime:
    moment = datetime(2000, 1, 2, tzinfo=UTC) + timedelta(
        seconds=chance.randrange(60 * 365 * 86400)
    )
    return service_time(moment, chance.randrange(-48, 57))


def _submits(chance: random.Random, reference: int) -> Iterator[Frame]:
    destination = _address(chance)
    message_class = chance.choice([None, 0, 1, 2, 3])
    for body in _bodies(chance, reference):
        submit = Submit(
            destination=destination,
            user_data=body,
            reference=chance.randrange(256),
            status_report=chance.random() < 0.5,
            reject_duplicates=chance.random() < 0.5,
            reply_path=chance.random() < 0.5,
            message_class=message_class,
            protocol_id=chance.choice([0, 0x41]),
            validity=chance.choice([None, timedelta(hours=5), _time(chance)]),
        )
        octets = _rp_data(encode_submit(submit), to_network=True)
        yield Frame(octets=octets, tpdu=submit)


def _delivers(chance: random.Random, reference: int) -> Iterator[Frame]:
    originator = _address(chance)
    message_class = chance.choice([None, 0, 1, 2, 3])
    for body in _bodies(chance, reference):
        deliver = Deliver(
            originator=originator,
            user_data=body,
            coding=decode_dcs(encode_dcs(body.alphabet, message_class=message_class)),
            service_time=_time(chance),
            more_to_send=chance.random() < 0.5,
            reply_path=chance.random() < 0.5,
            status_report_indication=chance.random() < 0.5,
        )
        octets = _rp_data(encode_deliver(deliver), to_network=False)
        yield Frame(octets=octets, tpdu=deliver)


def _reports(chance: random.Random, reference: int) -> Iterator[Frame]:
    report = StatusReport(
        reference=reference % 256,
        recipient=_address(chance),
        service_time=_time(chance),
        discharge_time=_time(chance),
        status=chance.randrange(128),
        more_to_send=chance.random() < 0.5,
        of_command=chance.random() < 0.5,
    )
    octets = _rp_data(encode_status_report(report), to_network=False)
    yield Frame(octets=octets, tpdu=report)


def _generate(seed: int) -> Iterator[Frame]:
    chance = random.Random(seed)
    kinds: list[Callable[[random.Random, int], Iterator[Frame]]]
    kinds = [_submits, _delivers, _reports]
    for reference in range(_MESSAGES):
        yield from chance.choice(kinds)(chance, reference)


def _flag(is_set: bool) -> list[str]:
    return [str(int(is_set))]


def _expect_address(address: Address, name: str) -> Fields:
    return {
        f"gsm_sms.tp-{name}": [address.digits],
        "gsm_sms.dis_field_addr.num_type": [str(int(address.ton))],
        "gsm_sms.dis_field_addr.num_plan": [str(int(address.npi))],
    }


def _expect_times(*times: ServiceTime) -> Fields:
    """The semi-octets as they stand; tshark's field of the zone has no sign."""
    expected: Fields = defaultdict(list)
    names = ("year", "month", "day", "hour", "minutes", "seconds")
    for time in times:
        for name, octet in zip(names, time.raw, strict=False):
            expected[f"gsm_sms.scts.{name}"].append(
                f"{(octet & 15) * 10 + octet // 16}"
            )
        zone = (time.raw[6] & 7) * 10 + time.raw[6] // 16
        expected["gsm_sms.scts.timezone"].append(str(zone))
    return expected


def _expect_user_data(body: UserData) -> Fields:
    expected = {"gsm_sms.tp.user_data_length": [str(body.length)]}
    concatenation = find_concatenation(body.header)
    if concatenation is not None:
        expected |= {
            "gsm_sms.udh.mm.msg_id": [str(concatenation.reference)],
            "gsm_sms.udh.mm.msg_parts": [str(concatenation.total)],
            "gsm_sms.udh.mm.msg_part": [str(concatenation.number)],
        }
    ports = find_ports(body.header)
    if ports is not None:
        expected |= {
            "gsm_sms.destination_port": [str(ports.destination)],
            "gsm_sms.originator_port": [str(ports.source)],
        }
    if body.header:
        identifiers = [f"0x{element.id:02x}" for element in body.header]
        expected["gsm_sms.ie_identifier"] = identifiers
    is_readable = find_single(body.header) is Language.DEFAULT
    if body.units and is_readable:
        expected |= _expect_units(body)
    return expected


def _expect_units(body: UserData) -> Fields:
    match body.alphabet:
        case Alphabet.GSM7:
            return {"gsm_sms.sms_text": [decode_septets(body.units)]}
        case Alphabet.UCS2:
            return {"gsm_sms.sms_text": [body.units.decode("utf-16-be")]}
        case Alphabet.OCTETS:
            return {"gsm_sms.sms_body": [body.units.hex(":")]}


def _expect(tpdu: Submit | Deliver | StatusReport) -> Fields:
    match tpdu:
        case Submit():
            return _expect_submit(tpdu)
        case Deliver():
            return _expect_deliver(tpdu)
        case StatusReport():
            return _expect_report(tpdu)


def _expect_submit(submit: Submit) -> Fields:
    body = submit.user_data
    dcs = encode_dcs(body.alphabet, message_class=submit.message_class)
    own = {
        "gsm_sms.tp-mti": ["1"],
        "gsm_sms.tp-mr": [str(submit.reference)],
        "gsm_sms.tp-srr": _flag(submit.status_report),
        "gsm_sms.tp-rd": _flag(submit.reject_duplicates),
        "gsm_sms.tp-rp": _flag(submit.reply_path),
        "gsm_sms.tp-pid": [str(submit.protocol_id)],
        "gsm_sms.tp-dcs": [str(dcs)],
    }
    address = _expect_address(submit.destination, "da")
    return own | address | _expect_validity(submit) | _expect_user_data(body)


def _expect_deliver(deliver: Deliver) -> Fields:
    own = {
        "gsm_sms.tp-mti": ["0"],
        "gsm_sms.tp-mms": _flag(not deliver.more_to_send),
        "gsm_sms.tp-sri": _flag(deliver.status_report_indication),
        "gsm_sms.tp-rp": _flag(deliver.reply_path),
        "gsm_sms.tp-dcs": [str(deliver.coding.octet)],
    }
    address = _expect_address(deliver.originator, "oa")
    time = _expect_times(deliver.service_time)
    return own | address | time | _expect_user_data(deliver.user_data)


def _expect_report(report: StatusReport) -> Fields:
    own = {
        "gsm_sms.tp-mti": ["2"],
        "gsm_sms.tp-mr": [str(report.reference)],
        "gsm_sms.tp-mms": _flag(not report.more_to_send),
        "gsm_sms.tp-srq": _flag(report.of_command),
        "gsm_sms.dis_field.st_error": [str(report.status >> 5)],
        "gsm_sms.dis.field_st_reason": [str(report.status & 31)],
    }
    times = _expect_times(report.service_time, report.discharge_time)
    return own | _expect_address(report.recipient, "ra") | times


def _expect_validity(submit: Submit) -> Fields:
    match submit.validity:
        case timedelta():
            octet = encode_validity(submit.validity)
            return {"gsm_sms.vp.validity_period": [str(octet)]}
        case ServiceTime():
            return _expect_times(submit.validity)
        case None:
            return {"gsm_sms.tp-vpf": ["0"]}


def test_tshark_reads_what_we_wrote(tmp_path: Path) -> None:
    frames = list(_generate(seed=23040))
    assert len(frames) > 400
    dissected = _dissect([frame.octets for frame in frames], tmp_path)
    for frame, fields in zip(frames, dissected, strict=True):
        expected = _expect(frame.tpdu)
        seen = {name: fields[name] for name in expected}
        assert seen == expected, frame.octets.hex()


def test_tshark_reads_our_vectors_as_they_say(tmp_path: Path) -> None:
    vectors = [v for v in load_vectors("pdu_incoming.json") if v.otherwise is None]
    frames = [_rp_data(vector.tpdu, to_network=False) for vector in vectors]
    for vector, fields in zip(vectors, _dissect(frames, tmp_path), strict=True):
        expected = vector.expected
        if "text" in expected:
            text = expected["text"]
            assert fields["gsm_sms.sms_text"] == ([text] if text else []), vector.name
        if "data" in expected:
            shown = "".join(fields["gsm_sms.sms_body"] + fields["gsm_sms.body"])
            assert shown.replace(":", "").upper() == expected["data"], vector.name
        if expected.get("number"):
            address = fields["gsm_sms.tp-oa"] + fields["gsm_sms.tp-ra"]
            assert address == [expected["number"].lstrip("+")], vector.name
