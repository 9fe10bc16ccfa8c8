"""The listening socket: who may connect, how often, how slowly.

Relies on aiohttp's server. It reads no head or body against a clock of its own, but
closes a connection that has not completed a request head within its keep-alive time,
counted from the connection or the answer before; so that time is the head's limit.
Spec: spec/reliability.md SEC-36, SEC-41, FT-30, FT-31.
"""

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import Sequence
from typing import cast

from aiohttp import http_parser, web

from web.config import HttpConfig, HttpLimits
from web.egress import unwrap

_log = logging.getLogger(__name__)

_MAX_LINE_OCTETS = 8190
_MAX_HEADERS = 64
_SHUTDOWN_S = 5.0


class Listener:
    """Serves one application from `start` to `stop`."""

    def __init__(self, app: web.Application, config: HttpConfig) -> None:
        refuse_slow_parser()
        self._config = config
        limits = config.limits
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            keepalive_timeout=limits.header_timeout_s,
            lingering_time=limits.header_timeout_s,
            max_line_size=_MAX_LINE_OCTETS,
            max_field_size=_MAX_LINE_OCTETS,
            max_headers=_MAX_HEADERS,
            auto_decompress=False,
            shutdown_timeout=_SHUTDOWN_S,
        )
        self._listener: asyncio.Server | None = None

    async def start(self) -> list[tuple[str, int]]:
        """Listen; the bound addresses. Raises OSError when one is not to be had."""
        host, port = self._config.address
        limits = self._config.limits
        context = self._tls()
        await self._runner.setup()
        server = self._runner.server
        if server is None:
            raise AssertionError("set up just before")
        try:
            self._listener = await asyncio.get_running_loop().create_server(
                lambda: Doorman(server, limits),
                host,
                port,
                ssl=context,
                ssl_handshake_timeout=limits.handshake_timeout_s if context else None,
                reuse_address=True,
            )
        except OSError:
            await self._runner.cleanup()
            raise
        addresses = [sock.getsockname()[:2] for sock in self._listener.sockets]
        _log.info("listening on %s", addresses)
        return addresses

    async def stop(self) -> None:
        """Take nothing new, finish what runs, close."""
        if self._listener is not None:
            self._listener.close()
        await self._runner.cleanup()

    def _tls(self) -> ssl.SSLContext | None:
        if self._config.tls_certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self._config.tls_certificate, self._config.tls_key)
        return context


class Doorman(asyncio.Protocol):
    """Hands a new connection to HTTP, or closes it: too many, or too many of one."""

    def __init__(self, server: web.Server, limits: HttpLimits) -> None:
        self._server = server
        self._limits = limits

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # By contract: transports of other event loops have no common base class.
        stream = cast(asyncio.Transport, transport)
        peers = [connection.peername for connection in self._server.connections]
        if not admits(stream.get_extra_info("peername"), peers, self._limits):
            stream.abort()
            return
        handler = self._server()
        stream.set_protocol(handler)
        handler.connection_made(stream)


def admits(peer: object, others: Sequence[object], limits: HttpLimits) -> bool:
    """May `peer` connect beside `others`; each an address and a port."""
    source = _source(peer)
    if source is None or len(others) >= limits.connections:
        return False
    # This machine is not held to the limit: a local proxy speaks for many.
    if unwrap(ipaddress.ip_address(source)).is_loopback:
        return True
    same = sum(1 for other in others if _source(other) == source)
    return same < limits.connections_per_source


def _source(peer: object) -> str | None:
    """Without the zone of a link-local address."""
    return str(peer[0]).partition("%")[0] if isinstance(peer, tuple) else None


def refuse_slow_parser(
    parser: object = http_parser.HttpRequestParser,
    pure: object = http_parser.HttpRequestParserPy,
) -> None:
    """Raise RuntimeError when aiohttp would parse HTTP in Python.

    Its C parser is the one that upstream hardens against request smuggling.
    """
    if parser is pure:
        raise RuntimeError("aiohttp has no C parser here; install its binary wheel")
