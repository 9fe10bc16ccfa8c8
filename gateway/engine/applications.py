"""The desk of applications: what they submit, ask and are told.

`core.application.ApplicationDesk` over the rooms. Relies on `submit` for the door out,
`application_admission` for who comes in, `application_parts` for messages in several
submissions, `application_watch` for who waits. Speaks no SMPP.

Spec: spec/smpp.md 3.7
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NoReturn

from gateway.core.application import (
    Account,
    Notice,
    NoticeEnd,
    SpokenAddress,
    Standing,
    Submission,
    Taken,
)
from gateway.core.clock import Clock
from gateway.core.errors import Conflict, RequestRefused
from gateway.core.ids import IdSource
from gateway.core.policy import Policy
from gateway.core.store import Store, Tx
from gateway.engine import application_decision as decision
from gateway.engine.application_admission import Admission
from gateway.engine.application_carry import Answered, Errand, name_of
from gateway.engine.application_queue import ApplicationQueue
from gateway.engine.application_sweep import ApplicationSweep
from gateway.engine.application_watch import NoticeWatch
from gateway.engine.submit import Submit
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

FIRST_PUT_OFF_S: Final = 1.0
LONGEST_PUT_OFF_S: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """What became of notices, and when."""

    ends: Sequence[tuple[Notice, NoticeEnd]]
    at: datetime


class Applications:
    """`core.application.ApplicationDesk` over a store and the door out."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: IdSource,
        policy: Policy,
        submit: Submit,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._clock = clock
        self._region = policy.region
        self._submit = submit
        self._metrics = metrics
        self._admission = Admission(store, clock)
        self._queue = ApplicationQueue(clock, ids, submit)
        self._take = self._queue.take  # one object: those who wait share a turn
        self._watch = NoticeWatch(store, clock)
        self._sweep = ApplicationSweep(store, clock, policy.retention, submit, metrics)

    async def run(self) -> NoReturn:
        """Do what time demands, until cancelled."""
        await self._sweep.run()

    async def sweep(self) -> None:
        """One pass of that."""
        await self._sweep.once()

    async def admit(self, system_id: str, password: str, source_ip: str) -> Account:
        return await self._admission.admit(system_id, password, source_ip)

    async def submit(self, account: Account, submission: Submission) -> Taken:
        started = self._clock.monotonic()
        try:
            errand = self._queue.check(account, submission)
            # Who asks may go away: what follows the commit must happen all the same.
            answered = await asyncio.shield(self._take_in(errand))
        except RequestRefused as error:
            self._metrics.refused.labels(error.code).inc()
            raise
        self._metrics.submit_seconds.observe(self._clock.monotonic() - started)
        return answered.taken

    async def query(
        self, account: Account, message_id: str, source: SpokenAddress
    ) -> Standing:
        name = name_of(message_id)
        return await self._store.read(
            lambda tx: decision.stand(tx, account, name, source)
        )

    async def cancel(
        self,
        account: Account,
        *,
        message_id: str | None,
        source: SpokenAddress,
        destination: SpokenAddress | None,
        service_type: str,
    ) -> int:
        now = self._clock.now()
        asked = decision.Asked(
            account=account,
            name=name_of(message_id) if message_id else None,
            source=source,
            destination=destination,
            service_type=service_type,
            region=self._region,
        )
        try:
            return await self._store.write(lambda tx: decision.cancel(tx, asked, now))
        except Conflict:
            # It has left: some carriers take a message back.
            sent = await self._store.read(lambda tx: decision.sent(tx, asked))
            if not sent:
                raise
            for message_id in sent:
                await self._submit.cancel(message_id)
            return len(sent)

    async def replace(
        self, account: Account, message_id: str, submission: Submission
    ) -> None:
        name = name_of(message_id)
        message = await self._store.write(
            lambda tx: self._queue.replace(tx, account, name, submission)
        )
        self._submit.wake(message)

    async def owed(self, account: Account, after: int, limit: int) -> Sequence[Notice]:
        now = self._clock.now()
        return await self._store.read(
            lambda tx: tx.applications.owed(account.id, after, now, limit)
        )

    async def settle(self, ends: Sequence[tuple[Notice, NoticeEnd]]) -> None:
        await asyncio.shield(self._write_down(ends))

    async def wait_owed(self, account: Account, seen: int) -> int:
        return await self._watch.wait(account.id, seen)

    async def _take_in(self, errand: Errand) -> Answered:
        answered = await self._store.write_among(self._take, errand)
        self._submit.took(answered.messages)
        return answered

    async def _write_down(self, ends: Sequence[tuple[Notice, NoticeEnd]]) -> None:
        await self._store.write_among(_settle, _Ends(ends=ends, at=self._clock.now()))
        for notice, end in ends:
            self._metrics.notices.labels(notice.kind.value, end.value).inc()
            if end is NoticeEnd.LATER:
                self._watch.note_put_off(notice.account_id)
            elif end is NoticeEnd.DROPPED:
                logger.warning(
                    "account %s refused notice %d (%s) for good: dropped",
                    notice.account_id,
                    notice.id,
                    notice.kind.value,
                )


def put_off_s(tries: int) -> float:
    """How long a notice refused for now waits: doubling."""
    return min(LONGEST_PUT_OFF_S, FIRST_PUT_OFF_S * (1 << min(tries, 16)))


def _settle(tx: Tx, many: Sequence[_Ends]) -> list[None]:
    over: list[int] = []
    for some in many:
        for notice, end in some.ends:
            if end is NoticeEnd.LATER:
                due_at = some.at + timedelta(seconds=put_off_s(notice.tries))
                tx.applications.put_off(notice.id, due_at)
            else:
                over.append(notice.id)
    tx.applications.settle(over)
    return [None] * len(many)
