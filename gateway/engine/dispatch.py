"""A lane per link: claim, send, record; and leave the link in peace when it asks.

The lane takes turns. In one write a turn records what the link answered since the last
one, begins what comes next of the messages in hand, and claims as many more as the
window and the rate leave room for: a link never waits for two commits, and a wide
window shares them. The attempt is on disk before the link is called. Relies on `turn`
for the rows, on `board` for who is up.

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
    StoreConflict,
    StoreFull,
    SubmitFailure,
    TemporaryFailure,
)
from gateway.core.ids import AttemptId, IdSource
from gateway.core.link import Link, Reference
from gateway.core.message import Message, MessageState
from gateway.core.message_store import MessageFilter, Page
from gateway.core.policy import Backoff, Policy
from gateway.core.store import Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.case import Terms
from gateway.engine.claim import Intent, Turn, unit_of
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.health import Sign
from gateway.engine.outcome import Outcome, Unexpected, abandon
from gateway.engine.rate import TokenBucket
from gateway.engine.turn import Result, Work, Written
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

T = TypeVar("T")

IDLE_S: Final = 5.0
STORE_RETRY_S: Final = 0.5
SUBMIT_DEADLINE_S: Final = 600.0  # links have shorter ones of their own
LINK_BACKOFF: Final = Backoff(first=timedelta(seconds=5), cap=timedelta(minutes=5))
IN_DOUBT_SHOWN: Final = 200


@dataclass(slots=True, kw_only=True, eq=False)
class _Sending:
    """A segment that the link has."""

    intent: Intent
    started_at: float
    task: asyncio.Task[None] | None = None
    late: bool = False


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
        self._window = link.capabilities.window
        self._stopping = False
        self._deferred_first = False
        self._faults = 0
        self._sending: dict[AttemptId, _Sending] = {}
        self._results: list[Result] = []
        self._held: list[Message] = []
        self._answers = 0
        # The news there had been when a claim found less than it asked for.
        self._emptied_at: int | None = None
        self._freed_at: deque[float] = deque(maxlen=self._window)
        self._sent_at: deque[float] = deque(maxlen=10_000)
        self._attempt_seconds = metrics.attempt_seconds.labels(link.id)
        self._gap_seconds = metrics.lane_gap_seconds.labels(link.id)

    async def run(self) -> None:
        """Send until told to stop; a message in hand gets its current segment out.

        Cancelling leaves attempts in `submitting`, which `recover` reads as unknown.
        """
        await self._take_up()
        async with asyncio.TaskGroup() as tasks:
            while not (self._stopping and self._is_empty()):
                bell = self._board.bell(self._link.id)
                seen = bell.rings
                if not await self._turn(tasks):
                    self._freed_at.clear()
                    await bell.wait(seen, self._clock, self._patience_s())
                    if bell.rings == seen:
                        self._emptied_at = None
                    self._give_up_the_late()

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
        return "radio" if self._sending else "idle"

    def _is_empty(self) -> bool:
        return not (self._sending or self._results or self._held)

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

    async def _turn(self, tasks: asyncio.TaskGroup) -> bool:
        """Record, go on, claim; whether anything moved."""
        results, self._results = self._results, []
        for result in results:
            self._crash("C4")
            self._heed(result.outcome)
        may_go_on = not self._stopping and self._board.available(self._link.id)
        going_on = [one.intent.message for one in results] + self._held
        window = 1 if self._board.is_degraded(self._link.id) else self._window
        room = max(window - len(self._sending), 0) if may_go_on else 0
        news = self._board.bell(self._link.id).rings - self._answers
        is_idle = not (results or self._held) and self._emptied_at == news
        tokens = 0 if is_idle else self._take_tokens(room)
        if not (results or tokens or (self._held and not may_go_on)):
            return False
        work = Work(
            results=results,
            going_on=going_on,
            turn=self._make_turn(tokens),
            terms=self._terms(),
            may_go_on=may_go_on,
        )
        try:
            written = await self._write(work.write)
        except StoreConflict:
            # Not all was as it is ordinarily.
            written = await self._write(work.write_carefully)
        for result in results:
            if isinstance(result.outcome, Reference):
                self._board.expectations.met(result.outcome)
        for _ in results:
            self._crash("C5")
            self._crash("C7")
        self._held = written.held
        self._emptied_at = news if len(written.intents) < tokens else None
        for _ in range(tokens - len(written.intents)):
            self._bucket.give_back()
        self._begun(written)
        for intent in written.intents:
            self._send(intent, tasks)
        return bool(results or written.intents)

    def _begun(self, written: Written) -> None:
        """Count what is about to leave."""
        if written.claimed % 2:
            # Fresh and deferred work alternate: neither backlog starves the other.
            self._deferred_first = not self._deferred_first
        first_claimed = len(written.intents) - written.claimed
        for intent in written.intents[first_claimed:]:
            message = intent.message
            if message.tries == 0:
                waited = intent.attempt.started_at - message.created_at
                lane = self._metrics.queue_seconds.labels(message.lane or "")
                lane.observe(waited.total_seconds())
            self._crash("C1")
        for _ in written.intents:
            self._crash("C2")
            self._board.begun(self._link.id)

    def _send(self, intent: Intent, tasks: asyncio.TaskGroup) -> None:
        """Hand the segment to the link; whatever it comes to is a result."""
        now = self._clock.monotonic()
        if self._freed_at:
            self._gap_seconds.observe(now - self._freed_at.popleft())
        sending = _Sending(intent=intent, started_at=now)
        self._sending[intent.attempt.id] = sending
        sending.task = tasks.create_task(self._hand_over(sending))

    async def _hand_over(self, sending: _Sending) -> None:
        outcome: Outcome
        handed = False
        try:
            unit = unit_of(sending.intent, self._clock.now())
            handed = True
            outcome = await self._link.submit(unit)
        except SubmitFailure as failure:
            outcome = failure
        except asyncio.CancelledError:
            if not sending.late:
                raise
            outcome = OutcomeUnknown("the link gave no result in time")
        except Exception as error:
            # What a link may raise by mistake has no end, and none of it may end the
            # lane: it is an outcome.
            logger.exception("link %s: unexpected error", self._link.id)
            name = type(error).__name__
            outcome = (
                OutcomeUnknown(f"unexpected error: {name}")
                if handed
                else Unexpected(reason=name)
            )
        now = self._clock.monotonic()
        if isinstance(outcome, Reference):
            self._board.expectations.expect(outcome)
        del self._sending[sending.intent.attempt.id]
        self._freed_at.append(now)
        self._results.append(Result(intent=sending.intent, outcome=outcome))
        self._observe(outcome, now - sending.started_at)
        self._answers += 1
        self._board.bell(self._link.id).ring()

    def _give_up_the_late(self) -> None:
        latest = self._clock.monotonic() - SUBMIT_DEADLINE_S
        for sending in self._sending.values():
            if sending.started_at <= latest and sending.task is not None:
                sending.late = True
                sending.task.cancel()

    async def _write(self, fn: Callable[[Tx], T]) -> T:
        """A result must not be lost because the store is busy or full just now."""
        while True:
            try:
                return await self._store.write(fn)
            except (StoreBusy, StoreFull) as error:
                logger.warning("lane %s waits for the store: %s", self._link.id, error)
                await self._clock.sleep(STORE_RETRY_S)

    def _heed(self, outcome: Outcome) -> None:
        """What an outcome says of the link."""
        match outcome:
            case TemporaryFailure(scope=Scope.LINK, retry_after=retry_after):
                self._faults += 1
                wait = LINK_BACKOFF.wait(self._faults, self._ids.jitter())
                self._board.pause(self._link.id, max(wait, retry_after or wait))
            case Reference():
                self._faults = 0
                self._board.thrive(self._link.id)
            case TemporaryFailure(scope=Scope.MESSAGE):
                self._board.stumble(self._link.id, Sign.REFUSED)
            case OutcomeUnknown():
                self._board.stumble(self._link.id, Sign.DOUBTFUL)
            case _:
                pass  # it says nothing of the link

    def _take_tokens(self, room: int) -> int:
        """How many segments may be begun in this turn."""
        if self._board.is_sick(self._link.id):
            room = min(room, 1)
        taken = 0
        while taken < room and self._bucket.try_take():
            taken += 1
        return taken

    def _make_turn(self, tokens: int) -> Turn:
        link_id, status = self._link.id, self._link.status
        return Turn(
            link=link_id,
            line=status.line,
            places=self._board.places(link_id),
            deferred_first=self._deferred_first,
            attempt_ids=[AttemptId(self._ids.new("att")) for _ in range(tokens)],
            own=status.msisdn,
            any_sender=self._link.capabilities.any_sender,
        )

    def _terms(self) -> Terms:
        return Terms(
            policy=self._policy, now=self._clock.now(), jitter=self._ids.jitter()
        )

    def _patience_s(self) -> float:
        """How long to wait at most before looking again without being rung."""
        pause_s = self._board.pause_left_s(self._link.id)
        return min(IDLE_S, max(pause_s, self._bucket.wait_s()) or IDLE_S)

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
        self._attempt_seconds.observe(seconds)
