"""Where a connection leads, and to whom: addresses and certificates."""

import asyncio
import socket
import ssl
from pathlib import Path

import pytest
from yarl import URL

from tests.web.peer import open_peer, saying
from tests.web.test_listener import make_certificate
from web.connection import Connection
from web.dial import dial
from web.egress import Egress, EgressRefused

GUARD = Egress(("127.0.0.0/8", "localhost"), own_port=None)


def connection() -> Connection:
    return Connection(lambda _connection: None)


def resolve(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_b: found)


async def test_the_next_address_is_tried_when_one_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = unused.getsockname()
    async with open_peer(saying()) as peer:
        resolve(monkeypatch, closed, ("127.0.0.1", peer.port))
        url = URL(f"http://localhost:{peer.port}")
        made = await dial(GUARD, url, ssl.create_default_context(), connection)
        assert made.is_idle
        made.close()


async def test_an_address_that_is_not_allowed_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with open_peer(saying()) as peer:
        resolve(monkeypatch, ("169.254.169.254", 80), ("127.0.0.1", peer.port))
        url = URL(f"http://localhost:{peer.port}")
        made = await dial(GUARD, url, ssl.create_default_context(), connection)
        made.close()
        resolve(monkeypatch, ("127.0.0.1", peer.port), ("169.254.169.254", 80))
        guard = Egress(("localhost:1",), own_port=None)
        with pytest.raises(EgressRefused):
            await dial(guard, url, ssl.create_default_context(), connection)
        await asyncio.sleep(0)
        assert peer.connections == 1


async def test_no_time_is_lost_on_what_does_not_answer() -> None:
    async with asyncio.timeout(5):
        with pytest.raises(ConnectionRefusedError):
            await dial(
                GUARD,
                URL("http://127.0.0.1:1"),
                ssl.create_default_context(),
                connection,
            )


async def test_a_certificate_must_be_of_the_host_and_of_a_known_authority(
    tmp_path: Path,
) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    asked: list[str | None] = []
    context.sni_callback = lambda _sock, name, _context: asked.append(name)
    server = await asyncio.start_server(
        lambda _reader, writer: writer.close(),
        ["127.0.0.1", "127.0.0.2"],
        0,
        ssl=context,
    )
    ports: dict[str, int] = dict(one.getsockname() for one in server.sockets)
    known = ssl.create_default_context(cafile=certificate)
    unknown = ssl.create_default_context()
    right = URL(f"https://127.0.0.1:{ports['127.0.0.1']}")
    wrong = URL(f"https://127.0.0.2:{ports['127.0.0.2']}")
    try:
        (await dial(GUARD, right, known, connection)).close()
        (await dial(GUARD, right.with_host("localhost"), known, connection)).close()
        assert asked[-1] == "localhost"
        for url, trusted in ((wrong, known), (right, unknown)):
            with pytest.raises(ssl.SSLCertVerificationError):
                await dial(GUARD, url, trusted, connection)
    finally:
        server.close()
        await asyncio.sleep(0.01)
