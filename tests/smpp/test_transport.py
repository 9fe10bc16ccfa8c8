"""Connections, plain and TLS, on real sockets."""

import asyncio
import hashlib
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from smpp.config import BindConfig
from smpp.transport import Connection, WrongCertificate, connect
from tests.smpp.peer import until
from tests.smpp.units import config


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and its self-signed certificate for smsc.example, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    key, signed = folder / "key.pem", folder / "signed.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-subj", "/CN=smsc.example"),
            *("-addext", "subjectAltName=DNS:smsc.example"),
            *("-keyout", key, "-out", signed),
        ],
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_text(key.read_text() + signed.read_text())
    return both


@asynccontextmanager
async def greeting(
    certificate: Path | None = None,
    *,
    client: Path | None = None,
    host: str = "127.0.0.1",
    callers: list[str] | None = None,
) -> AsyncIterator[int]:
    """A server that greets and then echoes; its port.

    It wants to see the `client` certificate, and writes down who called.
    """
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=client)
        context.load_cert_chain(certificate)
        if client is not None:
            context.verify_mode = ssl.CERT_REQUIRED

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if callers is not None:
            callers.append(writer.get_extra_info("peername")[0])
        writer.write(b"hello ")
        try:
            while data := await reader.read(1000):
                writer.write(data)
        except OSError:
            pass
        writer.close()

    server = await asyncio.start_server(serve, host, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def fingerprint(certificate: Path) -> str:
    text = certificate.read_text()
    octets = ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERT") :])
    return hashlib.sha256(octets).hexdigest()


class Ends:
    """Both ends of what a connection is given."""

    def __init__(self) -> None:
        self.came = b""
        self.goes = b""
        self.lost = asyncio.Event()
        self.writes = 0
        self.connection = Connection(
            sink=self._sink, source=self._source, wrote=self._wrote, lost=self._lost
        )

    def _sink(self, data: bytes) -> None:
        self.came += data

    def _source(self) -> bytes:
        goes, self.goes = self.goes, b""
        return goes

    def _wrote(self) -> None:
        self.writes += 1

    def _lost(self, reason: str) -> None:
        self.lost.set()


async def heard(link: BindConfig, port: int, host: str = "127.0.0.1") -> bytes:
    ends = Ends()
    await connect(link, host, port, ends.connection)
    ends.connection.start()
    await until(lambda: len(ends.came) >= 6)
    await ends.connection.close()
    return ends.came


async def test_nothing_is_handed_over_before_the_start() -> None:
    async with greeting() as port:
        ends = Ends()
        await connect(config(), "127.0.0.1", port, ends.connection)
        await asyncio.sleep(0.02)
        assert ends.came == b""
        ends.connection.start()
        await until(lambda: ends.came)
        await ends.connection.close()


async def test_what_is_said_in_one_turn_is_one_write() -> None:
    async with greeting() as port:
        ends = Ends()
        await connect(config(), "127.0.0.1", port, ends.connection)
        ends.connection.start()
        for piece in (b"one", b"two", b"three"):
            ends.goes += piece
            ends.connection.flush_soon()
        await until(lambda: ends.came == b"hello onetwothree")
        assert ends.writes == 1
        await ends.connection.close()
        await ends.lost.wait()


async def test_our_own_address_may_be_chosen() -> None:
    callers: list[str] = []
    async with greeting(callers=callers) as port:
        await heard(config(source_host="127.0.0.9"), port)
    assert callers == ["127.0.0.9"]


async def test_a_carrier_may_be_reached_over_ipv6() -> None:
    async with greeting(host="::1") as port:
        assert await heard(config(), port, "::1") == b"hello "


@pytest.mark.slow
async def test_a_carrier_may_want_our_certificate(certificate: Path) -> None:
    trusting = {"tls": True, "tls_fingerprint": fingerprint(certificate)}
    async with greeting(certificate, client=certificate) as port:
        known = config(tls_certificate=certificate, tls_key=certificate, **trusting)
        assert await heard(known, port) == b"hello "
        ends = Ends()
        await connect(config(**trusting), "127.0.0.1", port, ends.connection)
        ends.connection.start()
        await asyncio.wait_for(ends.lost.wait(), 5)
        assert ends.came == b""
        await ends.connection.close()


@pytest.mark.slow
async def test_a_certificate_of_the_own_authority_is_taken(certificate: Path) -> None:
    async with greeting(certificate) as port:
        link = config(tls=True, tls_ca=certificate, tls_name="smsc.example")
        assert await heard(link, port) == b"hello "


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [{}, {"tls_name": "other.example"}],
    ids=["unknown authority", "wrong name"],
)
async def test_a_certificate_that_proves_nothing_is_refused(
    certificate: Path, change: dict[str, Any]
) -> None:
    ours = {"tls_ca": certificate} if change else {}
    async with greeting(certificate) as port:
        with pytest.raises(ssl.SSLCertVerificationError):
            await heard(config(tls=True, **ours, **change), port)


@pytest.mark.slow
async def test_a_pinned_certificate_needs_no_authority(certificate: Path) -> None:
    pin = fingerprint(certificate)
    async with greeting(certificate) as port:
        link = config(tls=True, tls_fingerprint=pin.upper())
        assert await heard(link, port) == b"hello "
        with pytest.raises(WrongCertificate):
            await heard(config(tls=True, tls_fingerprint="00" * 32), port)


@pytest.mark.slow
async def test_no_check_has_to_be_asked_for(certificate: Path) -> None:
    async with greeting(certificate) as port:
        link = config(tls=True, tls_insecure=True)
        assert await heard(link, port) == b"hello "
