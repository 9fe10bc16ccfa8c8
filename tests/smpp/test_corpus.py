"""PDUs that other programs wrote: read and written again, they are the same octets.

Spec: spec/smpp.md 10
"""

import json
from pathlib import Path
from typing import Any

import pytest

from smpp.wire import Framer, decode, encode

FILE = Path(__file__).parents[1] / "vectors" / "smpp_peers.json"
PEERS: dict[str, list[str]] = json.loads(FILE.read_text())["peers"]


@pytest.mark.parametrize("peer", PEERS)
def test_what_a_peer_wrote_is_written_again_as_it_was(peer: str) -> None:
    octets = [bytes.fromhex(text) for text in PEERS[peer]]
    assert octets
    for one in octets:
        [frame] = Framer().feed(one)
        pdu, flaws = decode(frame)
        assert encode(pdu, frame.sequence) == one
        assert flaws == ()


def test_there_are_five_peers_that_nobody_here_wrote() -> None:
    strangers = [peer for peer in PEERS if peer != "hwsim"]
    assert len(strangers) >= 5


@pytest.mark.parametrize("peer", PEERS)
def test_cut_anywhere_the_stream_gives_the_same_pdus(peer: str) -> None:
    stream = b"".join(bytes.fromhex(text) for text in PEERS[peer])
    whole: list[Any] = Framer().feed(stream)
    framer, piecewise = Framer(), []
    for octet in stream:
        piecewise += framer.feed(bytes((octet,)))
    assert piecewise == whole
