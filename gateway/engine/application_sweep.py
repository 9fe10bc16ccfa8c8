"""What time does for applications: parts given up, notices dropped, figures.

Holds nothing that a restart could lose: every timer is a row. Relies on
`application_joining` for what becomes of parts.

Spec: spec/smpp.md 3.7, 67-68
"""

import logging
from collections import Counter
from datetime import datetime
from typing import Final, NoReturn

from gateway.core.application import Notice
from gateway.core.clock import Clock
from gateway.core.errors import StoreBusy, StoreFull, Unavailable
from gateway.core.policy import Retention
from gateway.core.store import Store, Tx
from gateway.engine.application_joining import give_up
from gateway.engine.submit import Submit
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

EVERY_S: Final = 5.0
COUNT_EVERY_S: Final = 60.0
BITE: Final = 200
TOO_OLD: Final = "too_old"


class ApplicationSweep:
    """The clockwork of the desk."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        retention: Retention,
        submit: Submit,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._clock = clock
        self._kept = retention.notices
        self._submit = submit
        self._metrics = metrics
        self._counted_at: float | None = None

    async def run(self) -> NoReturn:
        """Sweep until cancelled."""
        while True:
            await self.once()
            await self._clock.sleep(EVERY_S)

    async def once(self) -> None:
        """One pass over everything."""
        now = self._clock.now()
        try:
            await self._give_up(now)
        except (Unavailable, StoreBusy, StoreFull) as error:
            # The box takes nothing on now: the parts keep until it does.
            logger.info("parts without their others wait: %s", error)
        await self._drop_old(now)
        await self._count()

    async def _give_up(self, now: datetime) -> None:
        while await self._store.read(lambda tx: tx.applications.overdue(now, 1)):
            messages = await self._store.write(
                lambda tx: give_up(tx, self._submit, now, BITE)
            )
            self._submit.took(messages)

    async def _drop_old(self, now: datetime) -> None:
        """An application that never comes back must not fill the disk."""
        before = now - self._kept
        while await self._store.read(lambda tx: tx.applications.aged(before, 1)):
            for notice in await self._store.write(lambda tx: _drop(tx, before)):
                kind = notice.kind.value
                self._metrics.notices.labels(kind, TOO_OLD).inc()

    async def _count(self) -> None:
        steady = self._clock.monotonic()
        if self._counted_at is not None and steady - self._counted_at < COUNT_EVERY_S:
            return
        self._counted_at = steady
        waiting = await self._store.read(lambda tx: tx.applications.waiting())
        self._metrics.notices_waiting.set(sum(waiting.values()))


def _drop(tx: Tx, before: datetime) -> list[Notice]:
    notices = tx.applications.aged(before, BITE)
    tx.applications.settle([notice.id for notice in notices])
    for account_id, count in Counter(one.account_id for one in notices).items():
        logger.warning(
            "account %s: %d receipts and messages dropped, nobody came for them",
            account_id,
            count,
        )
    return notices
