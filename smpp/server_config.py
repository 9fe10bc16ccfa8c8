"""The `[smpp_server]` section: how applications bind to us, validated.

Relies on nothing but the values; every problem is a `ConfigError` with its key. Who may
bind and what it may do are accounts, made with `seventy account`.
"""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.core.errors import ConfigError
from smpp.config import AddressCharset, DefaultAlphabet, LongText, TonNpi
from smpp.exchange import Limits

MOST_DELIVERED: Final = 1000  # deliver_sm without answer on one connection
_LONGEST_SYSTEM_ID: Final = 15
_SHORT_CODE: Final = TonNpi(ton=3, npi=0)
_NATIONAL: Final = TonNpi(ton=0, npi=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmppServerConfig:
    """One listener; `listen` is an address and a port, such as `[::]:2775`."""

    listen: str = "127.0.0.1:2775"
    system_id: str = "seventy"
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_ca: Path | None = None

    bind_timeout_s: float = 10.0
    enquire_interval_s: float = 30.0
    enquire_timeout_s: float = 10.0
    request_timeout_s: float = 30.0
    connections: int = 200
    connections_per_source: int = 50
    distinct_bind_errors: bool = True

    default_alphabet: DefaultAlphabet = DefaultAlphabet.GSM
    max_text_octets: int = 39_015
    long_text: LongText = LongText.UDH
    short_code: TonNpi = _SHORT_CODE
    national: TonNpi = _NATIONAL
    address_charset: AddressCharset = AddressCharset.ASCII

    def __post_init__(self) -> None:
        host, port = self.address
        try:
            ipaddress.ip_address(host)
        except ValueError as error:
            if host != "localhost":
                raise ConfigError("listen", "an address and a port") from error
        if not 0 <= port < 65536:
            raise ConfigError("listen", "a port from 0 to 65535")
        if not self.system_id.isascii() or not self.system_id.isprintable():
            raise ConfigError("system_id", "plain ASCII without control characters")
        if not 1 <= len(self.system_id) <= _LONGEST_SYSTEM_ID:
            raise ConfigError("system_id", f"from 1 to {_LONGEST_SYSTEM_ID} characters")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ConfigError("tls_key", "goes together with tls_certificate")
        if self.tls_client_ca is not None and self.tls_certificate is None:
            raise ConfigError("tls_client_ca", "needs tls_certificate")
        self._check_limits()

    def _check_limits(self) -> None:
        for key in (
            "bind_timeout_s",
            "enquire_interval_s",
            "enquire_timeout_s",
            "request_timeout_s",
        ):
            if not 0.1 <= getattr(self, key) <= 3600:
                raise ConfigError(key, "from 0.1 to 3600 seconds")
        for key in ("connections", "connections_per_source"):
            if not 1 <= getattr(self, key) <= 10_000:
                raise ConfigError(key, "from 1 to 10000")
        if not 140 <= self.max_text_octets <= 65_535:
            raise ConfigError("max_text_octets", "from 140 to 65535")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on; port -1 when it is none."""
        host, _, port = self.listen.rpartition(":")
        number = int(port) if port.isascii() and port.isdecimal() else -1
        return host.removeprefix("[").removesuffix("]"), number

    @property
    def limits(self) -> Limits:
        """The waits of a session; how much is delivered is the account's matter."""
        return Limits(
            window=MOST_DELIVERED,
            bind_s=self.bind_timeout_s,
            request_s=self.request_timeout_s,
            enquire_every_s=self.enquire_interval_s,
            enquire_answer_s=self.enquire_timeout_s,
        )
