"""One link's status: what is known now, told to the door when it moves."""

import logging
from dataclasses import replace
from typing import Any

from gateway.core.clock import Clock
from gateway.core.ids import LinkId
from gateway.core.link import Door, LinkState, LinkStatus

_log = logging.getLogger(__name__)


class StatusBoard:
    """Holds the status; every change goes through here."""

    def __init__(self, link: LinkId, clock: Clock, *, msisdn: str | None) -> None:
        self._clock = clock
        self._door: Door | None = None
        self._status = LinkStatus(
            link=link,
            kind="modem",
            state=LinkState.STARTING,
            since=clock.now(),
            msisdn=msisdn,
        )

    @property
    def status(self) -> LinkStatus:
        return self._status

    def tell(self, door: Door) -> None:
        """From now on changes are told to `door`."""
        self._door = door
        door.status_changed(self._status)

    def state(
        self, state: LinkState, reason: str | None = None, detail: str | None = None
    ) -> None:
        """Move to a state; `since` stays while only the words change."""
        moved = state is not self._status.state
        if moved:
            _log.info("modem %s: %s %s", self._status.link, state, reason or "")
        since = self._clock.now() if moved else self._status.since
        self.learn(state=state, since=since, reason=reason, detail=detail)

    def learn(self, **facts: Any) -> None:
        """Write down facts by their field names of `LinkStatus`."""
        changed = replace(self._status, **facts)
        if changed == self._status:
            return
        self._status = changed
        if self._door is not None:
            self._door.status_changed(changed)
