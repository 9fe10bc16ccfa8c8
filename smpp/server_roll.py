"""Which accounts are bound, on how many connections, and how fast each submits.

Spec: spec/smpp.md 60, 63, 67
"""

import asyncio
from collections.abc import Callable
from typing import Final

from gateway.core.application import Account
from gateway.core.clock import Clock
from gateway.core.ids import AccountId
from smpp.server_observer import ServerObserver
from smpp.server_pump import Pump, Receiver

_BURST_S: Final = 1.0
_ROUNDING_S: Final = 1e-6


class Allowance:
    """So many submissions a second; what was not used in the last one is left."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken_until = float("-inf")

    def take(self, rate_per_s: float | None) -> bool:
        """Whether one more is allowed now."""
        if rate_per_s is None:
            return True
        now = self._clock.monotonic()
        # A rate below one a second allows one all the same.
        depth_s = max(_BURST_S, 1.0 / rate_per_s)
        taken_until = max(self._taken_until, now - depth_s) + 1.0 / rate_per_s
        if taken_until > now + _ROUNDING_S:
            return False
        self._taken_until = taken_until
        return True


class Client:
    """A bound account: what its connections share."""

    def __init__(self, account: Account, pump: Pump, allowance: Allowance) -> None:
        self.account = account
        self.pump = pump
        self.binds = 0
        self._allowance = allowance

    def may_submit(self) -> bool:
        """Whether its rate allows one more submission now."""
        return self._allowance.take(self.account.rate_per_s)


class Roll:
    """All accounts that have bound since the start; each has its pump from then on."""

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        clock: Clock,
        make_pump: Callable[[Account], Pump],
        observer: ServerObserver,
    ) -> None:
        self.tasks = tasks
        self._clock = clock
        self._make_pump = make_pump
        self._observer = observer
        self._clients: dict[AccountId, Client] = {}

    def enter(self, account: Account, receiver: Receiver | None) -> Client | None:
        """One more bind; None where the account has as many as it may."""
        client = self._clients.get(account.id)
        if client is None:
            pump = self._make_pump(account)
            client = Client(account, pump, Allowance(self._clock))
            self._clients[account.id] = client
            self.tasks.create_task(pump.run())
        self.heed(account)
        if client.binds >= account.max_binds:
            return None
        client.binds += 1
        if receiver is not None:
            client.pump.receivers.append(receiver)
            client.pump.news()
        self._observer.bound(account.system_id, client.binds)
        return client

    def leave(self, client: Client, receiver: Receiver | None) -> None:
        """One bind less."""
        client.binds -= 1
        if receiver is not None:
            client.pump.receivers.remove(receiver)
            client.pump.news()
        self._observer.bound(client.account.system_id, client.binds)

    def heed(self, account: Account) -> None:
        """The administrator changed it: that counts for all its binds, from now on."""
        client = self._clients.get(account.id)
        if client is not None:
            client.account = client.pump.account = account
            client.pump.news()
