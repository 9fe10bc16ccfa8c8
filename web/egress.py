"""Where this box may connect to on a caller's wish: checked when the socket is made.

Relies on `web.dial`, which asks for a socket for each resolved address, IP literals
included, just before connecting to exactly that address. Does not resolve names.
Spec: spec/reliability.md SEC-16.

An allow entry is `name`, `name:port`, an address, `address:port` or a network. A bare
name reaches global addresses; with its port it may also be a host of the LAN. Loopback
is reached only by an entry that says loopback itself.
"""

import errno
import ipaddress
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from yarl import URL

from gateway.core.errors import Invalid

IpAddress = IPv4Address | IPv6Address
IpNetwork = IPv4Network | IPv6Network
SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
AddressInfo = tuple[int, int, int, str, SocketAddress]

URL_LIMIT = 2048

_NEVER: tuple[IpNetwork, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "169.254.0.0/16",  # link-local, with most clouds' metadata service
        "100.100.100.200/32",  # metadata of Alibaba Cloud
        "192.0.0.192/32",  # metadata of Oracle Cloud
        "fd00:ec2::254/128",  # metadata of Amazon
        "fe80::/10",
        "2001::/32",  # Teredo: the address inside is obfuscated
        "64:ff9b:1::/48",  # local-use NAT64: where the inner address sits varies
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


class EgressRefused(PermissionError):
    """The address is not one that the administrator allowed."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EACCES, reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowRule:
    """One entry of the allow list; `name` or `network` is set."""

    name: str | None
    network: IpNetwork | None
    port: int | None

    @classmethod
    def parse(cls, text: str) -> "AllowRule":
        """Read an entry; raises ValueError in plain words."""
        entry = text.strip().lower()
        host, port = _split_port(entry)
        try:
            network = ipaddress.ip_network(host, strict=False)
        except ValueError:
            if not host or any(not _is_name_letter(letter) for letter in host):
                raise ValueError(
                    f"{text!r} is no host, host:port, address or network"
                ) from None
            return cls(name=host.rstrip("."), network=None, port=port)
        return cls(name=None, network=network, port=port)

    def covers_host(self, host: str, port: int) -> bool:
        """May a URL with this host be given at all."""
        if self.port is not None and self.port != port:
            return False
        if self.name is not None:
            return self.name == host
        literal = _literal(host)
        return literal is not None and self.covers_address(literal)

    def covers_address(self, address: IpAddress) -> bool:
        """Is `address` in this rule's network."""
        return self.network is not None and address in self.network


class Egress:
    """The guard: a URL is checked when given, its addresses when connected to."""

    def __init__(self, entries: tuple[str, ...], *, own_port: int | None) -> None:
        self._rules = tuple(AllowRule.parse(entry) for entry in entries)
        self._own_port = own_port

    def check_url(self, text: str, *, field: str) -> URL:
        """The URL, or `Invalid` naming `field`; says nothing about addresses yet."""
        try:
            url = URL(text)
            host, port = url.host, url.port
        except ValueError:
            raise Invalid("invalid_url", "this is not a URL", field=field) from None
        if len(text) > URL_LIMIT or not text.isprintable():
            raise Invalid("invalid_url", "the URL is too long or odd", field=field)
        if url.scheme not in ("http", "https") or not host or not port:
            raise Invalid("invalid_url", "an http or https URL is needed", field=field)
        if url.user is not None or url.password is not None:
            raise Invalid("invalid_url", "no credentials in a URL", field=field)
        if url.raw_fragment:
            raise Invalid("invalid_url", "no fragment in a webhook URL", field=field)
        if not self._rules_for(host, port):
            raise Invalid(
                "host_not_allowed",
                f"{host}:{port} is not among the hosts that the administrator allowed",
                field=field,
            )
        return url

    def check_address(self, host: str, port: int, resolved: str) -> None:
        """Raise `EgressRefused` unless `host` may mean the address `resolved`."""
        rules = self._rules_for(host, port)
        if not rules:
            raise EgressRefused("host not allowed")
        given = ipaddress.ip_address(resolved)
        address = unwrap(given)
        if any(address in network or given in network for network in _NEVER):
            raise EgressRefused("link-local or metadata address")
        if address.is_loopback:
            loopback_said = any(
                rule.name == "localhost" or rule.covers_address(address)
                for rule in rules
            )
            if not loopback_said:
                raise EgressRefused("loopback address")
            if port == self._own_port:
                raise EgressRefused("this gateway itself")
        elif address.is_multicast or address.is_unspecified or address.is_reserved:
            raise EgressRefused("not an address of a host")
        elif not address.is_global and not any(
            rule.covers_address(address) or (rule.name and rule.port) for rule in rules
        ):
            raise EgressRefused("private address; allow it as host:port or by network")

    def make_socket(self, url: URL, info: AddressInfo) -> socket.socket:
        """A socket for one resolved address of `url`; raises `EgressRefused`."""
        family, kind, protocol, _, target = info
        self.check_address(url.host or "", url.port or 0, str(target[0]))
        return socket.socket(family, kind, protocol)

    def _rules_for(self, host: str, port: int) -> list[AllowRule]:
        name = host.lower().rstrip(".")
        return [rule for rule in self._rules if rule.covers_host(name, port)]


def unwrap(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 address stands for, else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is not None:
        return inner
    low = int(address) & 0xFFFF_FFFF
    # `::` and `::1` are themselves, not IPv4-compatible addresses.
    if address in _NAT64 or (address in _COMPATIBLE and low > 1):
        return IPv4Address(low)
    return address


def _split_port(entry: str) -> tuple[str, int | None]:
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
    elif entry.count(":") == 1:
        host, _, number = entry.partition(":")
        rest = f":{number}"
    else:
        return entry, None
    if not rest:
        return host, None
    number = rest.removeprefix(":")
    if not number.isascii() or not number.isdigit() or not 0 < int(number) < 65536:
        raise ValueError(f"{entry!r} has no valid port")
    return host, int(number)


def _is_name_letter(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "-._")


def _literal(host: str) -> IpAddress | None:
    try:
        return unwrap(ipaddress.ip_address(host))
    except ValueError:
        return None
