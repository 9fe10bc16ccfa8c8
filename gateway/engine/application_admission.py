"""Who is let in: account, password, source; and who has to wait after failures.

Relies on `password`, and on `growing_pause` for the failures: a restart forgives.

Spec: spec/smpp.md 3.7, 60
"""

import asyncio
from ipaddress import ip_address, ip_network
from typing import Final

from gateway.core.application import Account, AdmissionFault, NotAdmitted
from gateway.core.clock import Clock
from gateway.core.store import Store
from gateway.engine.application_password import NO_HASH
from gateway.engine.growing_pause import GrowingPauses
from gateway.engine.password import is_password

FAILURES_ALLOWED: Final = 5
WITHIN_S: Final = 60.0
HASHES_AT_ONCE: Final = 2  # of 16 MiB each


_Key = tuple[str, str]


class Admission:
    """Checks who binds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._pauses: GrowingPauses[_Key] = GrowingPauses(clock, quiet_s=WITHIN_S)
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
                self._pauses.note_failure(key, allowed=FAILURES_ALLOWED)
        if account is None:
            raise NotAdmitted(AdmissionFault.UNKNOWN_ACCOUNT)
        if not is_right:
            raise NotAdmitted(AdmissionFault.WRONG_PASSWORD)
        self._pauses.forget(key)
        if account.disabled_at is not None:
            raise NotAdmitted(AdmissionFault.DISABLED)
        if account.sources and not is_within(source_ip, account.sources):
            raise NotAdmitted(AdmissionFault.SOURCE)
        return account

    def _check_patience(self, key: _Key) -> None:
        if self._pauses.wait_s(key) > 0:
            raise NotAdmitted(AdmissionFault.TOO_MANY_FAILURES)


def is_within(source_ip: str, networks: tuple[str, ...]) -> bool:
    """Whether an address is in one of the networks."""
    try:
        address = ip_address(source_ip.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in ip_network(network) for network in networks)
