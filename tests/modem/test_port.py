"""A port is one opener's, its writes end, and its loss is known at once."""

import asyncio
import os
import socket
import tempfile
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.errors import LinkLost
from modem.port import PortBusy, PortSettings, open_port
from tests.modem.bench import eventually

SETTINGS = PortSettings(write_timeout_s=0.3)


class Ears:
    def __init__(self) -> None:
        self.octets = b""
        self.ends: list[str] = []

    def hear(self, octets: bytes) -> None:
        self.octets += octets

    def end(self, reason: str) -> None:
        self.ends.append(reason)


@pytest.fixture
def terminal() -> tuple[int, str]:
    master, slave = os.openpty()
    tty.setraw(slave)
    name = os.ttyname(slave)
    os.close(slave)
    return master, name


async def test_octets_go_both_ways(terminal: tuple[int, str]) -> None:
    master, name = terminal
    port, ears = await open_port(name, SETTINGS), Ears()
    port.start(ears.hear, ears.end)
    port.write(b"AT\r")
    os.write(master, bytes(range(256)))
    await eventually(lambda: len(ears.octets) == 256)
    assert ears.octets == bytes(range(256))
    assert os.read(master, 10) == b"AT\r"
    port.close()
    os.close(master)
    assert not ears.ends


async def test_a_second_opener_is_refused(terminal: tuple[int, str]) -> None:
    master, name = terminal
    port = await open_port(name, SETTINGS)
    with pytest.raises(PortBusy):
        await open_port(name, SETTINGS)
    port.close()
    (await open_port(name, SETTINGS)).close()
    os.close(master)


async def test_a_hang_up_is_told_at_once(terminal: tuple[int, str]) -> None:
    master, name = terminal
    port, ears = await open_port(name, SETTINGS), Ears()
    port.start(ears.hear, ears.end)
    os.close(master)
    await eventually(lambda: bool(ears.ends), 1.0)
    port.close()
    assert len(ears.ends) == 1


async def test_a_modem_that_takes_nothing_ends_the_write(
    terminal: tuple[int, str],
) -> None:
    master, name = terminal
    port, ears = await open_port(name, SETTINGS), Ears()
    port.start(ears.hear, ears.end)
    port.write(b"x" * 1_000_000)
    await eventually(lambda: bool(ears.ends), 2.0)
    os.close(master)


async def test_a_port_that_is_not_there_is_a_lost_link(tmp_path: Path) -> None:
    for place in (str(tmp_path / "none"), f"unix:{tmp_path}/none", "tcp:127.0.0.1:1"):
        with pytest.raises(LinkLost):
            await open_port(place, SETTINGS)


@pytest.fixture
def short_folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="port") as name:
        yield name


@pytest.mark.parametrize("kind", ["tcp", "unix", "abstract"])
async def test_a_socket_is_a_port_as_well(
    kind: str, tmp_path: Path, short_folder: str
) -> None:
    if kind == "tcp":
        server = socket.create_server(("127.0.0.1", 0))
        place = f"tcp:127.0.0.1:{server.getsockname()[1]}"
    else:
        server = socket.socket(socket.AF_UNIX)
        name = f"{tmp_path.name}.sock"
        # An address of a socket has room for 107 octets; a test's folder may be longer.
        path = f"\0{name}" if kind == "abstract" else f"{short_folder}/{name}"
        server.bind(path)
        server.listen()
        place = "unix:" + path.replace("\0", "@")
    opening = asyncio.ensure_future(open_port(place, SETTINGS))
    peer, _ = await asyncio.to_thread(server.accept)
    port, ears = await opening, Ears()
    port.start(ears.hear, ears.end)
    port.write(b"AT\r")
    assert await asyncio.to_thread(peer.recv, 10) == b"AT\r"
    peer.sendall(b"OK\r\n")
    await eventually(lambda: ears.octets == b"OK\r\n")
    peer.close()
    await eventually(lambda: bool(ears.ends))
    port.close()
    server.close()


async def test_a_slow_reader_is_written_to_in_pieces(
    terminal: tuple[int, str],
) -> None:
    master, name = terminal
    settings = PortSettings(write_piece_octets=3, write_pause_s=0.01)
    port, ears = await open_port(name, settings), Ears()
    port.start(ears.hear, ears.end)
    port.write(b"AT+CSQ\r")
    written = b""
    while len(written) < 7:
        written += await asyncio.to_thread(os.read, master, 64)
    assert written == b"AT+CSQ\r"
    port.close()
    os.close(master)
