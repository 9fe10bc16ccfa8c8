"""A lane per link: claim, send, record; and leave the link in peace when it asks.

Each worker of a link's window is a chain: the result of one segment, the intent of the
next and the claim of the next message share one write, so that a link never waits for
two commits. The attempt is on disk before the link is called. Relies on `claim` and
`outcome` for the rows, on `board` for who is up.

Spec: spec/reliability.md 1.4, DG-09, DG-10, DG-25, DG-26
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar, assert_never

from gateway.core.clock import Clock
from gateway.core.errors import (
    OutcomeUnknown,
    Scope,
    StoreBusy,
    StoreFull,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import AttemptId, IdSource, ThreadId
from gateway.core.link import Link, Reference
from gateway.core.message import Message, MessageState
from gateway.core.policy import Backoff, Policy
from gateway.core.store import MessageFilter, Page, Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.case import Terms
from gateway.engine.claim import Intent, Turn, begin, claim, unit_of
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.outcome import Outcome, Unexpected, abandon, record
from gateway.engine.rate import TokenBucket
from gateway.engine.release import release
from gateway.engine.waiting import within
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

T = TypeVar("T")

IDLE_S: Final = 5.0
STORE_RETRY_S: Final = 0.5
SUBMIT_DEADLINE_S: Final = 600.0  # links have shorter ones of their own
LINK_BACKOFF: Final = Backoff(first=timedelta(seconds=5), cap=timedelta(minutes=5))
IN_DOUBT_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """What one write came to: the message as it is, and what to send next."""

    message: Message
    next: Intent | None


class LinkDispatcher:
    """The lane of one link."""

    def __init__(
        self,
        link: Link,
        store: Store,
        clock: Clock,
        ids: IdSource,
        policy: Policy,
        board: LinkBoard,
        metrics: Metrics,
        *,
        crash: CrashPoint = no_crash,
        rate_per_s: float | None = None,
    ) -> None:
        self._link = link
        self._store = store
        self._clock = clock
        self._ids = ids
        self._policy = policy
        self._board = board
        self._metrics = metrics
        self._crash = crash
        self._rate_per_s = rate_per_s or link.capabilities.rate_per_s
        self._bucket = TokenBucket(clock, self._rate_per_s)
        self._stopping = False
        self._deferred_first = False
        self._faults = 0
        self._busy = 0
        self._sent_at: deque[float] = deque(maxlen=10_000)

    async def run(self) -> None:
        """Send until told to stop; a message in hand gets its current segment out.

        Cancelling leaves attempts in `submitting`, which `recover` reads as unknown.
        """
        await self._take_up()
        async with asyncio.TaskGroup() as workers:
            for _ in range(self._link.capabilities.window):
                workers.create_task(self._work())

    def stop(self) -> None:
        """Claim no more; `run` returns when what is in flight has its result."""
        self._stopping = True
        self._board.bell(self._link.id).ring()

    async def status(self) -> dict[str, object]:
        """Queue, rate, what limits it, and how many messages are in doubt."""
        unknown = MessageFilter(
            link=self._link.id, states=frozenset({MessageState.UNKNOWN})
        )
        in_doubt = await self._store.read(
            lambda tx: len(tx.outbox.listing(unknown, Page(limit=IN_DOUBT_SHOWN)))
        )
        lanes = self._board.lanes(self._link.id)
        now = self._clock.monotonic()
        return {
            "lanes": list(lanes),
            "queue": self._board.waiting(lanes),
            "sent_last_minute": sum(1 for at in self._sent_at if at > now - 60),
            "rate_per_s": self._rate_per_s,
            "limit": self._limit(),
            "in_doubt": in_doubt,
        }

    def _limit(self) -> str:
        """What keeps it from sending more."""
        if not self._board.available(self._link.id):
            return "link"
        if self._bucket.wait_s() > 0:
            return "rate"
        return "radio" if self._busy else "idle"

    async def _take_up(self) -> None:
        """What an earlier run of this lane left in the middle is not known now."""
        terms = self._terms()

        def write(tx: Tx) -> int:
            left = [
                message
                for message in tx.outbox.in_flight()
                if message.link == self._link.id
            ]
            for message in left:
                abandon(tx, message, terms)
            return len(left)

        count = await self._write(write)
        if count:
            logger.warning("lane %s took up %d messages", self._link.id, count)

    async def _work(self) -> None:
        while not self._stopping:
            bell = self._board.bell(self._link.id)
            seen = bell.rings
            intent = await self._claim()
            if intent is None:
                await bell.wait(seen, self._clock, self._patience_s())
                continue
            try:
                self._busy += 1
                await self._chain(intent)
            finally:
                self._busy -= 1

    async def _chain(self, first: Intent) -> None:
        """Send, record, and go on with what the record gave."""
        intent: Intent | None = first
        result_at: float | None = None
        while intent is not None:
            started = self._clock.monotonic()
            if result_at is not None:
                gap = self._metrics.lane_gap_seconds.labels(self._link.id)
                gap.observe(started - result_at)
            outcome = await self._send(intent)
            result_at = self._clock.monotonic()
            self._observe(outcome, result_at - started)
            intent = await self._record(intent, outcome)

    async def _claim(self) -> Intent | None:
        if not self._board.available(self._link.id) or not self._bucket.try_take():
            return None
        turn, terms = self._turn(), self._terms()
        intent = await self._write(lambda tx: claim(tx, turn, terms))
        if intent is None:
            self._bucket.give_back()
        else:
            self._claimed(intent)
        return intent

    async def _send(self, intent: Intent) -> Outcome:
        """Hand the segment to the link; whatever it raises is an outcome."""
        handed = False

        async def hand_over() -> Reference:
            nonlocal handed
            unit = unit_of(intent, self._clock.now())
            handed = True
            return await self._link.submit(unit)

        # As a value, since what a link may raise by mistake has no end.
        [result] = await asyncio.gather(
            within(self._clock, SUBMIT_DEADLINE_S, hand_over), return_exceptions=True
        )
        if isinstance(result, Reference | SubmitFailure):
            return result
        if isinstance(result, TimeoutError):
            return OutcomeUnknown("the link gave no result in time")
        logger.error("link %s: unexpected error", self._link.id, exc_info=result)
        if handed:
            return OutcomeUnknown(f"unexpected error: {type(result).__name__}")
        return Unexpected(reason=type(result).__name__)

    async def _record(self, intent: Intent, outcome: Outcome) -> Intent | None:
        """Write the result, and in the same write begin what comes next."""
        self._crash("C4")
        may_go_on = self._may_go_on(outcome)
        has_token = may_go_on and self._bucket.try_take()
        turn, terms = self._turn(), self._terms()

        def write(tx: Tx) -> _Written:
            message = record(tx, intent.attempt.id, outcome, terms)
            following = None
            if message.state is MessageState.SENDING:
                if has_token:
                    following = begin(tx, message, turn, terms)
                elif not may_go_on:
                    message = release(tx, message, terms)
            elif has_token:
                following = claim(tx, turn, terms)
            return _Written(message=message, next=following)

        written = await self._write(write)
        self._crash("C5")
        self._crash("C7")
        following = written.next
        if following is None:
            if has_token:
                self._bucket.give_back()
            if written.message.state is MessageState.SENDING:
                return await self._go_on(written.message)
        elif following.message.id == written.message.id:
            self._begun()
        else:
            self._claimed(following)
        return following

    async def _go_on(self, message: Message) -> Intent | None:
        """The next segment of a message, when the rate allows it."""
        while not self._stopping and not self._bucket.try_take():
            await self._clock.sleep(self._bucket.wait_s())
        is_free = not self._stopping and self._board.available(self._link.id)
        turn, terms = self._turn(), self._terms()

        def write(tx: Tx) -> Intent | None:
            fresh = tx.outbox.get(message.id)
            if fresh is None or fresh.state is not MessageState.SENDING:
                return None
            if is_free:
                return begin(tx, fresh, turn, terms)
            release(tx, fresh, terms)
            return None

        intent = await self._write(write)
        if intent is not None:
            self._begun()
        return intent

    async def _write(self, fn: Callable[[Tx], T]) -> T:
        """A result must not be lost because the store is busy or full just now."""
        while True:
            try:
                return await self._store.write(fn)
            except (StoreBusy, StoreFull) as error:
                logger.warning("lane %s waits for the store: %s", self._link.id, error)
                await self._clock.sleep(STORE_RETRY_S)

    def _may_go_on(self, outcome: Outcome) -> bool:
        is_link_fault = (
            isinstance(outcome, TemporaryFailure) and outcome.scope is Scope.LINK
        )
        if is_link_fault:
            self._faults += 1
            wait = LINK_BACKOFF.wait(self._faults, self._ids.jitter())
            if isinstance(outcome, TemporaryFailure) and outcome.retry_after:
                wait = max(wait, outcome.retry_after)
            self._board.pause(self._link.id, wait)
        elif isinstance(outcome, Reference):
            self._faults = 0
            self._board.thrive(self._link.id)
        return not self._stopping and self._board.available(self._link.id)

    def _turn(self) -> Turn:
        link_id, status = self._link.id, self._link.status
        return Turn(
            link=link_id,
            line=status.line,
            lanes=self._board.lanes(link_id),
            covers=self._board.covers(link_id),
            deferred_first=self._deferred_first,
            attempt_id=AttemptId(self._ids.new("att")),
            own=None if self._link.capabilities.any_sender else status.msisdn,
            thread_id=ThreadId(self._ids.new("thr")),
        )

    def _terms(self) -> Terms:
        return Terms(
            policy=self._policy, now=self._clock.now(), jitter=self._ids.jitter()
        )

    def _patience_s(self) -> float:
        """How long to wait at most before looking again without being rung."""
        pause_s = self._board.pause_left_s(self._link.id)
        return min(IDLE_S, max(pause_s, self._bucket.wait_s()) or IDLE_S)

    def _claimed(self, intent: Intent) -> None:
        # Fresh and deferred work alternate: neither backlog starves the other.
        self._deferred_first = not self._deferred_first
        message = intent.message
        if message.tries == 0:
            waited = intent.attempt.started_at - message.created_at
            lane = self._metrics.queue_seconds.labels(message.lane or "")
            lane.observe(waited.total_seconds())
        self._crash("C1")
        self._begun()

    def _begun(self) -> None:
        self._crash("C2")

    def _observe(self, outcome: Outcome, seconds: float) -> None:
        match outcome:
            case Reference():
                result = "accepted"
                self._sent_at.append(self._clock.monotonic())
            case SubmitFailure():
                result = type(outcome).__name__
            case Unexpected():
                result = "unexpected"
            case _:
                assert_never(outcome)
        self._metrics.attempts.labels(self._link.id, result).inc()
        self._metrics.attempt_seconds.labels(self._link.id).observe(seconds)
