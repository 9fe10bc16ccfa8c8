"""Who has to wait before the next try to log in, after too many wrong ones.

Counted three ways: a login name from one address (so that a stranger elsewhere locks
nobody out), a login name from anywhere, an address for whatever name. Relies on
`growing_pause`, so a restart forgives.

Spec: spec/reliability.md SEC-23
"""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from gateway.core.clock import Clock
from gateway.core.errors import TooMany
from gateway.engine.growing_pause import GrowingPauses

TRIES_OF_PAIR: Final = 5
TRIES_OF_LOGIN: Final = 20
TRIES_OF_SOURCE: Final = 20
QUIET_S: Final = 900.0  # after which all is forgotten
NETWORK_BITS: Final = 64  # of an IPv6 address: one customer has them all

_Key = tuple[str, str]


class LoginLimit:
    """Counts wrong tries."""

    def __init__(self, clock: Clock) -> None:
        self._pauses: GrowingPauses[_Key] = GrowingPauses(clock, quiet_s=QUIET_S)

    def check(self, login: str, source: str) -> None:
        """`TooMany` while one has to wait."""
        wait_s = max(self._pauses.wait_s(key) for key, _ in _keys(login, source))
        if wait_s > 0:
            raise TooMany(
                "too_many_attempts",
                "too many wrong tries; wait before the next one",
                retry_after=timedelta(seconds=wait_s),
            )

    def note_wrong(self, login: str, source: str) -> None:
        """One more wrong try."""
        for key, allowed in _keys(login, source):
            self._pauses.note_failure(key, allowed=allowed)

    def note_right(self, login: str, source: str) -> None:
        """This one knows; what its address did with other names still counts."""
        for key, _ in _keys(login, source):
            if key[0] != "":
                self._pauses.forget(key)


def _keys(login: str, source: str) -> Iterator[tuple[_Key, int]]:
    """What a try is counted under, and how many are allowed."""
    network = _network(source)
    yield (login, network), TRIES_OF_PAIR
    yield (login, ""), TRIES_OF_LOGIN
    yield ("", network), TRIES_OF_SOURCE


def _network(source: str) -> str:
    """What one caller can be taken to own."""
    try:
        address = ip_address(source.partition("%")[0])
    except ValueError:
        return source
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(ip_network((address, NETWORK_BITS), strict=False))
    return str(address)
