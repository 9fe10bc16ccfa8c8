"""One TCP or TLS connection: octets in as they come, out once a loop turn.

Relies on asyncio and ssl; knows nothing of SMPP. A peer that does not read is not read
from either, so that answers to it cannot pile up.

Spec: spec/smpp.md 14, 17
"""

import asyncio
import hashlib
import socket
import ssl
from collections.abc import Callable
from typing import Final, cast

from smpp.config import BindConfig

CONNECT_S: Final = 15.0
_CLOSE_S: Final = 2.0
_STARTING: Final = "starting"
_SLOW_PEER: Final = "slow peer"


class WrongCertificate(OSError):
    """The peer's certificate is not the one that was pinned."""


class Connection(asyncio.Protocol):
    """Hands octets to `sink`, writes what `source` gives, says why it ended.

    Nothing is handed over before `start`; `wrote` is called after each write, and
    `relieved` when a slow peer has read what was written.
    """

    def __init__(
        self,
        *,
        sink: Callable[[bytes], None],
        source: Callable[[], bytes],
        wrote: Callable[[], None],
        lost: Callable[[str], None],
        relieved: Callable[[], None] = lambda: None,
    ) -> None:
        self._sink = sink
        self._source = source
        self._wrote = wrote
        self._lost = lost
        self._relieved = relieved
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._flush_planned = False
        self._peer: str | None = None
        self.connected = asyncio.Event()
        self._closed = asyncio.Event()
        self._holds = {_STARTING}
        self._early = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By contract: transports of other event loops have no common base class.
        stream = self._transport = cast(asyncio.Transport, transport)
        stream.pause_reading()
        # Now: a TLS transport that is closed cannot tell any more.
        name: tuple[str, int] | None = stream.get_extra_info("peername")
        self._peer = name[0] if name else None
        raw: socket.socket | None = stream.get_extra_info("socket")
        if raw is not None and raw.family != socket.AF_UNIX:
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connected.set()

    @property
    def peer(self) -> str | None:
        """The address at the other end, once it is connected."""
        return self._peer

    def data_received(self, data: bytes) -> None:
        if _STARTING not in self._holds:
            self._sink(data)
            return
        # uvloop begins to read after `connection_made`, whatever was asked for there.
        self._early += data
        self.hold(_STARTING)

    def connection_lost(self, exc: Exception | None) -> None:
        self._closed.set()
        self._lost(str(exc) if exc else "the peer closed the connection")

    def pause_writing(self) -> None:
        self.hold(_SLOW_PEER)

    def resume_writing(self) -> None:
        self.release(_SLOW_PEER)
        self._relieved()

    @property
    def is_congested(self) -> bool:
        """Whether the peer does not read what is written."""
        return _SLOW_PEER in self._holds

    def start(self) -> None:
        """From now on octets are handed to the sink."""
        self.release(_STARTING)
        early, self._early = self._early, b""
        if early:
            self._sink(early)

    def hold(self, why: str) -> None:
        """Read no more, until every reason is gone."""
        self._holds.add(why)
        if self._transport is not None:
            self._transport.pause_reading()

    def release(self, why: str) -> None:
        """This reason is gone."""
        self._holds.discard(why)
        if self._transport is not None and not self._holds:
            self._transport.resume_reading()

    def flush_soon(self) -> None:
        """Write at the end of this turn of the loop what is there by then."""
        if not self._flush_planned:
            self._flush_planned = True
            self._loop.call_soon(self.flush)

    def flush(self) -> None:
        """Write now."""
        self._flush_planned = False
        if self._transport is None or self._transport.is_closing():
            return
        if output := self._source():
            self._transport.write(output)
            self._wrote()

    def shut(self) -> None:
        """Write what is left and close."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    async def close(self) -> None:
        """Close for good, also on a peer that does not read."""
        self.shut()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._closed.wait()
        except TimeoutError:
            if self._transport is not None:
                self._transport.abort()

    def fingerprint(self) -> str | None:
        """SHA-256 of the peer's certificate, in hexadecimal."""
        if self._transport is None:
            return None
        tls: ssl.SSLObject | None = self._transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls else None
        return hashlib.sha256(certificate).hexdigest() if certificate else None


async def connect(
    config: BindConfig, host: str, port: int, connection: Connection
) -> None:
    """Connect it to one place; `OSError` or `TimeoutError` when that cannot be."""
    context = await asyncio.to_thread(_tls, config) if config.tls else None
    local = (config.source_host, 0) if config.source_host else None
    async with asyncio.timeout(CONNECT_S):
        await asyncio.get_running_loop().create_connection(
            lambda: connection,
            host,
            port,
            ssl=context,
            server_hostname=(config.tls_name or host) if context else None,
            local_addr=local,
        )
    pin = config.tls_fingerprint
    if pin and connection.fingerprint() != pin.replace(":", "").lower():
        await connection.close()
        raise WrongCertificate("the certificate is not the pinned one")


def _tls(config: BindConfig) -> ssl.SSLContext:
    context = ssl.create_default_context(
        cafile=str(config.tls_ca) if config.tls_ca else None
    )
    if config.tls_insecure or config.tls_fingerprint:
        # A pinned certificate is proof enough, whoever signed it.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if config.tls_certificate is not None:
        key = str(config.tls_key) if config.tls_key else None
        context.load_cert_chain(str(config.tls_certificate), key)
    return context
