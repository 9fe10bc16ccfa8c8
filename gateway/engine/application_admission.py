"""Who is let in: account, password, source; and who has to wait after failures.

Relies on `password`; remembers failures in memory, so a restart forgives.

Spec: spec/smpp.md 3.7, 60
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Final

from gateway.core.application import Account, AdmissionFault, NotAdmitted
from gateway.core.clock import Clock
from gateway.core.store import Store
from gateway.engine.application_password import NO_HASH
from gateway.engine.password import is_password

FAILURES_ALLOWED: Final = 5
WITHIN_S: Final = 60.0
FIRST_PAUSE_S: Final = 10.0
LONGEST_PAUSE_S: Final = 900.0
MOST_REMEMBERED: Final = 10_000
HASHES_AT_ONCE: Final = 2  # of 16 MiB each


@dataclass(slots=True, kw_only=True)
class _Record:
    """Failures of one system id from one address."""

    count: int
    last_s: float
    closed_until_s: float


class Admission:
    """Checks who binds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._records: OrderedDict[tuple[str, str], _Record] = OrderedDict()
        self._turn = asyncio.Semaphore(HASHES_AT_ONCE)

    async def admit(self, system_id: str, password: str, source_ip: str) -> Account:
        """The account; raises `NotAdmitted`, after the same time for every reason."""
        key = (source_ip, system_id)
        self._check_patience(key)
        account = await self._store.read(
            lambda tx: tx.applications.account_by_system_id(system_id)
        )
        password_hash = NO_HASH if account is None else account.password_hash
        async with self._turn:
            # Others may have failed while this one waited for its turn.
            self._check_patience(key)
            is_right = await asyncio.to_thread(is_password, password, password_hash)
            if account is None or not is_right:
                self._note_failure(key)
        if account is None:
            raise NotAdmitted(AdmissionFault.UNKNOWN_ACCOUNT)
        if not is_right:
            raise NotAdmitted(AdmissionFault.WRONG_PASSWORD)
        self._records.pop(key, None)
        if account.disabled_at is not None:
            raise NotAdmitted(AdmissionFault.DISABLED)
        if account.sources and not is_within(source_ip, account.sources):
            raise NotAdmitted(AdmissionFault.SOURCE)
        return account

    def _check_patience(self, key: tuple[str, str]) -> None:
        record = self._records.get(key)
        if record is not None and self._clock.monotonic() < record.closed_until_s:
            raise NotAdmitted(AdmissionFault.TOO_MANY_FAILURES)

    def _note_failure(self, key: tuple[str, str]) -> None:
        now_s = self._clock.monotonic()
        record = self._records.pop(key, None)
        if record is None or self._is_old(record, now_s):
            record = _Record(count=0, last_s=now_s, closed_until_s=now_s)
        record.count += 1
        record.last_s = now_s
        excess = record.count - FAILURES_ALLOWED
        if excess >= 0:
            pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * (1 << min(excess, 16)))
            record.closed_until_s = now_s + pause_s
        self._records[key] = record
        if len(self._records) > MOST_REMEMBERED:
            self._records.popitem(last=False)

    def _is_old(self, record: _Record, now_s: float) -> bool:
        """Whether it was long enough quiet to begin anew."""
        return now_s >= max(record.last_s, record.closed_until_s) + WITHIN_S


def is_within(source_ip: str, networks: tuple[str, ...]) -> bool:
    """Whether an address is in one of the networks."""
    try:
        address = ip_address(source_ip.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in ip_network(network) for network in networks)
