"""Connections that are slow, broken or too many; TLS."""

import asyncio
import shlex
import ssl
import subprocess
from pathlib import Path

import aiohttp
import pytest
from aiohttp import http_parser

from gateway.core.account import Role
from tests.web.world import World, open_world
from web.config import HttpConfig, HttpLimits
from web.listener import admits, refuse_slow_parser

QUICK = HttpConfig(limits=HttpLimits(header_timeout_s=0.2, body_timeout_s=0.2))


async def speak(world: World, octets: bytes) -> bytes:
    """What the server says until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    try:
        writer.write(octets)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    "octets", [b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ", b"GET / HT"]
)
async def test_a_half_sent_head_is_not_waited_for(
    tmp_path: Path, octets: bytes
) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        assert await speak(world, octets) == b""


async def test_a_trickled_head_is_not_waited_for(tmp_path: Path) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        closed = asyncio.ensure_future(reader.read())
        async with asyncio.timeout(5):
            while not closed.done():
                writer.write(b"X-Slow: 1\r\n")
                await asyncio.wait([closed], timeout=0.02)
        await asyncio.gather(closed, return_exceptions=True)
        writer.close()


async def test_a_body_that_does_not_come_is_answered_408(tmp_path: Path) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        head = (
            f"POST /api/v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n"
            f"Authorization: Bearer {world.secrets[Role.ADMIN]}\r\n\r\n{{"
        )
        said = await speak(world, head.encode())
        assert said.startswith(b"HTTP/1.1 408 ")
        assert b'"code":"request_timeout"' in said


@pytest.mark.parametrize(
    "octets",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ],
)
async def test_bad_framing_is_refused_and_closed(tmp_path: Path, octets: bytes) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        said = await speak(world, octets)
        assert said == b"" or said.startswith(b"HTTP/1.0 400") or b" 400 " in said[:20]
        assert (await world.call("GET", "/health/live")).status == 200


async def test_a_broken_chunk_is_a_bad_request(tmp_path: Path) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        head = (
            "POST /api/v1/messages HTTP/1.1\r\nHost: x\r\n"
            "Transfer-Encoding: chunked\r\n"
            f"Authorization: Bearer {world.secrets[Role.ADMIN]}\r\n\r\nzz\r\n"
        )
        assert b" 400 " in (await speak(world, head.encode()))[:20]


async def test_an_idle_connection_is_closed(tmp_path: Path) -> None:
    async with open_world(tmp_path, config=QUICK) as world:
        said = await speak(world, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 200 OK")


async def test_no_more_connections_than_the_bound(tmp_path: Path) -> None:
    config = HttpConfig(limits=HttpLimits(connections=2))
    async with open_world(tmp_path, config=config) as world:
        held = [
            await asyncio.open_connection("127.0.0.1", world.port) for _ in range(2)
        ]
        await asyncio.sleep(0.05)
        reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
        async with asyncio.timeout(5):
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
        for _, one in [*held, (reader, writer)]:
            one.close()


@pytest.mark.parametrize(
    ("peer", "admitted"),
    [
        ("192.0.2.1", False),
        ("192.0.2.2", True),
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
    ],
)
def test_one_source_may_not_take_all_connections(peer: str, admitted: bool) -> None:
    others = ["192.0.2.1"] * 20 + ["127.0.0.1"] * 30
    peers = [(other, 4000) for other in others]
    assert admits((peer, 1234), peers, HttpLimits()) is admitted


def test_a_slow_parser_is_refused() -> None:
    refuse_slow_parser()
    with pytest.raises(RuntimeError, match="C parser"):
        refuse_slow_parser(http_parser.HttpRequestParserPy)


async def test_tls_is_spoken_when_a_certificate_is_given(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    config = HttpConfig(tls_certificate=certificate, tls_key=key)
    async with open_world(tmp_path, config=config) as world:
        context = ssl.create_default_context(cafile=certificate)
        url = f"https://127.0.0.1:{world.port}/health/live"
        async with world.http.get(url, ssl=context) as response:
            assert response.status == 200
        with pytest.raises(aiohttp.ClientError):
            await world.http.get(world.base + "/health/live")


def make_certificate(directory: Path) -> tuple[Path, Path]:
    certificate, key = directory / "cert.pem", directory / "key.pem"
    words = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes",
        "-days 1 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1",
        f"-keyout {key} -out {certificate}",
    )
    subprocess.run(shlex.split(" ".join(words)), check=True, capture_output=True)
    return certificate, key
