"""A link's status, told to the door when it moves: what every link keeps of itself."""

import logging
from dataclasses import replace
from typing import Any

from gateway.core.clock import Clock
from gateway.core.link import Door, LinkState, LinkStatus

_log = logging.getLogger(__name__)


class StatusBoard:
    """Holds the status; every change goes through here."""

    def __init__(self, first: LinkStatus, clock: Clock) -> None:
        self._clock = clock
        self._door: Door | None = None
        self._status = first

    @property
    def status(self) -> LinkStatus:
        return self._status

    def tell(self, door: Door) -> None:
        """From now on changes are told to `door`."""
        self._door = door
        door.status_changed(self._status)

    def state(
        self,
        state: LinkState,
        reason: str | None = None,
        detail: str | None = None,
        **facts: Any,
    ) -> None:
        """Move to a state; `since` stays while only the words change."""
        before = self._status
        moved = state is not before.state
        if moved or reason != before.reason:
            words = detail or reason or ""
            _log.info("%s %s: %s %s", before.kind, before.link, state, words)
        since = self._clock.now() if moved else before.since
        self.learn(state=state, since=since, reason=reason, detail=detail, **facts)

    def learn(self, **facts: Any) -> None:
        """Write down facts by their field names of `LinkStatus`."""
        changed = replace(self._status, **facts)
        if changed == self._status:
            return
        self._status = changed
        if self._door is not None:
            self._door.status_changed(changed)
