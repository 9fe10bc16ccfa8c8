"""What tshark says of SMPP octets that a `Proxy` has seen."""

import json
import struct
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hwsim.wire.smpp import Framer

_PORT = 2775


def frames(streams: Sequence[bytes | bytearray]) -> list[bytes]:
    """All PDUs of some streams."""
    return [frame for octets in streams for frame in Framer().feed(bytes(octets))]


def write_capture(pdus: Sequence[bytes], file: Path) -> None:
    """A capture file, each PDU in a TCP segment of its own."""
    packets = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)]
    sequence = 1
    for octets in pdus:
        ports = (40000, _PORT, sequence, 1)
        tcp = struct.pack(">HHIIBBHHH", *ports, 0x50, 0x18, 65535, 0, 0)
        length = 40 + len(octets)
        ends = b"\x7f\0\0\1", b"\x7f\0\0\1"
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 1, 0, 64, 6, 0, *ends)
        packet = ip + tcp + octets
        packets.append(struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet)
        sequence += len(octets)
    file.write_bytes(b"".join(packets))


def decoded(file: Path) -> list[dict[str, Any]]:
    """The layers of each packet, by name."""
    done = subprocess.run(
        ["tshark", "-r", file, "-d", f"tcp.port=={_PORT},smpp", "-T", "json"],
        capture_output=True,
        check=True,
        timeout=100,
    )
    packets = json.loads(done.stdout)
    return [packet["_source"]["layers"] for packet in packets]


def complaints(packets: Sequence[dict[str, Any]]) -> list[str]:
    """Packets that are malformed, or that an expert has a word about."""
    return [
        json.dumps(packet["smpp"], ensure_ascii=False)
        for packet in packets
        if "_ws.malformed" in packet
        or "_ws.expert" in json.dumps(packet.get("smpp", {}))
        or "smpp" not in packet
    ]


def commands(packets: Sequence[dict[str, Any]]) -> Counter[int]:
    """How many there are of each command."""
    return Counter(int(packet["smpp"]["smpp.command_id"], 16) for packet in packets)
