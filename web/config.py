"""Settings of the HTTP face.

Relies on `web.egress` for allow entries. Reading the file is `gateway.config`'s.
"""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from yarl import URL

from gateway.core.errors import ConfigError
from web.egress import AllowRule

IN_FLIGHT_MAX = 100


class MetricsAccess(StrEnum):
    """Who may read `/metrics` and `/health/ready`."""

    LOOPBACK = "loopback"  # this machine without a token, others with one
    AUTHENTICATED = "token"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpLimits:
    """What one caller may take; spec/reliability.md FT-30, FT-31, FT-35."""

    body_octets: int = 1_048_576
    header_timeout_s: float = 10.0  # also how long a kept connection may idle
    body_timeout_s: float = 30.0
    handshake_timeout_s: float = 10.0
    connections: int = 1024
    connections_per_source: int = 20  # of addresses that are not this machine
    streams: int = 64  # event streams and long polls together
    inbox_streams: int = 500  # of agents' pages
    stream_write_timeout_s: float = 10.0
    wait_s: int = 60
    heartbeat_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpConfig:
    """Where the API listens, and where webhooks may go.

    `webhook_hosts`: `host`, `host:port`, an address or a network, see `web.egress`.
    `webhook_in_flight`: posts under way to one listener.
    `insecure_http` lets tokens travel unencrypted over a network.
    """

    listen: str = "127.0.0.1:8070"
    public_url: str | None = None
    webhook_hosts: tuple[str, ...] = ()
    webhook_in_flight: int = 16
    metrics_access: MetricsAccess = MetricsAccess.LOOPBACK
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    insecure_http: bool = False
    limits: HttpLimits = HttpLimits()

    def __post_init__(self) -> None:
        try:
            parse_listen(self.listen)
        except ValueError as error:
            raise ConfigError("listen", str(error)) from None
        for index, entry in enumerate(self.webhook_hosts):
            try:
                AllowRule.parse(entry)
            except ValueError as error:
                raise ConfigError(f"webhook_hosts[{index}]", str(error)) from None
        if not 1 <= self.webhook_in_flight <= IN_FLIGHT_MAX:
            raise ConfigError("webhook_in_flight", f"from 1 to {IN_FLIGHT_MAX}")
        if self.public_url is not None:
            _check_public_url(self.public_url)
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigError("tls_key", "goes together with tls_certificate")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        return parse_listen(self.listen)


def parse_listen(text: str) -> tuple[str, int]:
    """Split `127.0.0.1:8070` or `[::1]:8070`; raises ValueError in plain words."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ValueError("expected an address and a port, such as 127.0.0.1:8070")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if host != "localhost":
            raise ValueError(
                f"{host!r} is not an address; use 127.0.0.1, 0.0.0.0 or [::]"
            ) from None
    return host, int(port)


def _check_public_url(text: str) -> None:
    try:
        url = URL(text)
    except ValueError:
        raise ConfigError("public_url", "is not a URL") from None
    if url.scheme not in ("http", "https") or not url.host or url.user is not None:
        raise ConfigError("public_url", "must be such as https://text.example.org")
