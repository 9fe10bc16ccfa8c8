"""Who has to wait before the next try to log in, after too many wrong ones.

Counted three ways: a login name from one address (so that a stranger elsewhere locks
nobody out), a login name from anywhere, an address for whatever name. Each pause is
twice the one before. Kept in memory, so a restart forgives.

Spec: spec/reliability.md SEC-23
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from gateway.core.clock import Clock
from gateway.core.errors import TooMany

TRIES_OF_PAIR: Final = 5
TRIES_OF_LOGIN: Final = 20
TRIES_OF_SOURCE: Final = 20
FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 900.0
QUIET_S: Final = 900.0  # after which all is forgotten
MOST_REMEMBERED: Final = 10_000
NETWORK_BITS: Final = 64  # of an IPv6 address: one customer has them all

_Key = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class _Record:
    """Wrong tries of one kind."""

    count: int = 0
    last_s: float
    closed_until_s: float = 0.0


class LoginLimit:
    """Counts wrong tries."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: OrderedDict[_Key, _Record] = OrderedDict()

    def check(self, login: str, source: str) -> None:
        """`TooMany` while one has to wait."""
        now_s = self._clock.monotonic()
        closed_until_s = max(
            (
                record.closed_until_s
                for key, _ in _keys(login, source)
                if (record := self._records.get(key)) is not None
            ),
            default=now_s,
        )
        if closed_until_s > now_s:
            raise TooMany(
                "too_many_attempts",
                "too many wrong tries; wait before the next one",
                retry_after=timedelta(seconds=closed_until_s - now_s),
            )

    def note_wrong(self, login: str, source: str) -> None:
        """One more wrong try."""
        now_s = self._clock.monotonic()
        for key, allowed in _keys(login, source):
            record = self._records.pop(key, None)
            if record is None or self._is_over(record, now_s):
                record = _Record(last_s=now_s)
            record.count += 1
            record.last_s = now_s
            excess = record.count - allowed
            if excess >= 0:
                pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * (1 << min(excess, 16)))
                record.closed_until_s = now_s + pause_s
            self._records[key] = record
        while len(self._records) > MOST_REMEMBERED:
            self._records.popitem(last=False)

    def note_right(self, login: str, source: str) -> None:
        """This one knows; what its address did with other names still counts."""
        for key, _ in _keys(login, source):
            if key[0] != "":
                self._records.pop(key, None)

    def _is_over(self, record: _Record, now_s: float) -> bool:
        return now_s >= max(record.last_s, record.closed_until_s) + QUIET_S


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
