"""Our TPDUs as another decoder reads them."""

import json
import struct
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hwsim.wire.sms import (
    Address,
    DeliverTpdu,
    StatusReportTpdu,
    SubmitTpdu,
    encode_deliver,
    encode_status_report,
    encode_submit,
    encode_time,
    segment_text,
    text_of,
)

pytestmark = pytest.mark.slow

_TIME = encode_time(datetime(2026, 1, 15, 9, 0, tzinfo=UTC))
_LINK_TYPE_USER0 = 147
_TEXTS = ("hello @ world", "Привет 😀", "€[]{}" * 50, "Длинный текст " * 12)


def _decode(folder: Path, tpdus: list[bytes]) -> list[str]:
    """The text of each, "" where there is none, after a clean dissection."""
    capture = folder / "tpdus.pcap"
    records = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, _LINK_TYPE_USER0)]
    for tpdu in tpdus:
        records.append(struct.pack("<IIII", 0, 0, len(tpdu), len(tpdu)) + tpdu)
    capture.write_bytes(b"".join(records))
    table = 'uat:user_dlts:"User 0 (DLT=147)","gsm_sms","0","","0",""'
    done = subprocess.run(
        ["tshark", "-r", capture, "-o", table, "-T", "json"],
        capture_output=True,
        check=True,
    )
    packets: list[dict[str, Any]] = json.loads(done.stdout)
    texts = []
    for packet in packets:
        layer = packet["_source"]["layers"]["gsm_sms"]
        assert "malformed" not in json.dumps(packet).lower()
        texts.append(_find(layer, "gsm_sms.sms_text") or "")
    return texts


def _find(node: Any, key: str) -> str | None:
    if isinstance(node, dict):
        for name, value in node.items():
            found = value if name == key else _find(value, key)
            if found is not None:
                return str(found)
    return None


def test_delivers_are_read_as_they_were_meant(tmp_path: Path) -> None:
    users = [user for text in _TEXTS for user in segment_text(text, reference=9)]
    tpdus = [
        encode_deliver(
            DeliverTpdu(
                originator=Address.of("+79161234567"), user=user, service_time=_TIME
            )
        )
        for user in users
    ]
    read = _decode(tmp_path, tpdus)
    assert read == [text_of([user]) for user in users]


def test_submits_and_reports_are_well_formed(tmp_path: Path) -> None:
    [user] = segment_text("text")
    submit = SubmitTpdu(
        reference=3,
        destination=Address.of("900"),
        user=user,
        validity=timedelta(hours=3),
    )
    report = StatusReportTpdu(
        reference=3,
        recipient=Address.of("+79161234567"),
        service_time=_TIME,
        discharge_time=_TIME,
        status=0,
    )
    _decode(tmp_path, [encode_submit(submit), encode_status_report(report)])
