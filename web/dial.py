"""Opens a connection to a listener, to an address that its URL may mean.

Relies on `web.egress`, asked for each resolved address just before connecting to it.
Spec: spec/reliability.md SEC-16.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable

from yarl import URL

from web.connection import Connection
from web.egress import Egress, SocketAddress

_ADDRESS_S = 5.0  # for one address, where there are others


async def dial(
    egress: Egress,
    origin: URL,
    tls: ssl.SSLContext,
    make: Callable[[], Connection],
) -> Connection:
    """A connection to `origin`; raises OSError. Safe to cancel."""
    loop = asyncio.get_running_loop()
    host, port = origin.raw_host, origin.port
    if host is None or port is None:
        raise AssertionError("checked when the URL was")
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    error: OSError = OSError(f"{host} has no address")
    for index, info in enumerate(found):
        is_last = index == len(found) - 1
        try:
            sock = egress.make_socket(origin, info)
            try:
                async with asyncio.timeout(None if is_last else _ADDRESS_S):
                    return await _connect(sock, origin, info[4], tls, make)
            except BaseException:
                sock.close()
                raise
        except OSError as failed:
            error = failed
    raise error


async def _connect(
    sock: socket.socket,
    origin: URL,
    address: SocketAddress,
    tls: ssl.SSLContext,
    make: Callable[[], Connection],
) -> Connection:
    loop = asyncio.get_running_loop()
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await loop.sock_connect(sock, address)
    if origin.scheme == "https":
        _, connection = await loop.create_connection(
            make, sock=sock, ssl=tls, server_hostname=origin.raw_host
        )
    else:
        _, connection = await loop.create_connection(make, sock=sock)
    return connection
