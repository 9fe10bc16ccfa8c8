"""A lane per link: claim, send, record; and leave the link in peace when it asks.

The lane takes turns. In one write a turn records what the link answered since the last
one, begins what comes next of the messages in hand, and claims as many more as the
window and the rate leave room for. While one turn is being committed the next may be
written: an answer never waits for two commits. While nothing waits, room is offered to
who queues, see `express`. The attempt is on disk before the link is called. Relies on
`turn` for the rows, on `in_flight` for what the link has, on `board` for who is up.

Spec: spec/reliability.md 1.4, DG-09, DG-10, DG-25, DG-26
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

from gateway.core.clock import Clock
from gateway.core.errors import (
    OutcomeUnknown,
    Scope,
    StoreBusy,
    StoreConflict,
    StoreFull,
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
from gateway.engine.claim import Intent, Turn
from gateway.engine.crash import CrashPoint, no_crash
from gateway.engine.express import Offer
from gateway.engine.health import Sign
from gateway.engine.in_flight import InFlight
from gateway.engine.outcome import Outcome, abandon
from gateway.engine.rate import TokenBucket
from gateway.engine.turn import Result, Work
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

T = TypeVar("T")

IDLE_S: Final = 5.0
STORE_RETRY_S: Final = 0.5
TURNS: Final = 2  # one may be written while the one before is committed
WIDE: Final = 10  # a window with room for others beside what is not written down
LINK_BACKOFF: Final = Backoff(first=timedelta(seconds=5), cap=timedelta(minutes=5))
IN_DOUBT_SHOWN: Final = 200


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
        linger_s: float = 0.0,
    ) -> None:
        """`linger_s`: how long an answer may wait to be written with others."""
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
        self._longest_linger_s = linger_s if self._window >= WIDE else 0.0
        self._stopping = False
        self._deferred_first = False
        self._faults = 0
        self._tasks: asyncio.TaskGroup | None = None
        self._offered = 0  # attempts that who queues may begin
        self._claiming = 0  # attempts that a turn under way may begin
        self._in_flight = InFlight(link, clock, metrics, ended=self._ended)
        self._turns = 0  # under way
        self._results: list[Result] = []
        self._answered_at = 0.0  # the first of these
        self._is_pressed = False
        self._held: list[Message] = []
        self._answers = 0
        # The news there had been when a claim found less than it asked for.
        self._emptied_at: int | None = None
        self._looking_at: int | None = None  # the news there are for a turn under way

    async def run(self) -> None:
        """Send until told to stop; a message in hand gets its current segment out.

        Cancelling leaves attempts in `submitting`, which `recover` reads as unknown.
        """
        # What an earlier run had under way ended with it.
        self._in_flight.forget()
        self._turns, self._claiming, self._looking_at = 0, 0, None
        await self._take_up()
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            self._board.open_lane(self._link.id, self)
            try:
                await self._take_turns(tasks)
            finally:
                self._board.open_lane(self._link.id, None)
                self._tasks = None

    async def _take_turns(self, tasks: asyncio.TaskGroup) -> None:
        while not (self._stopping and self._is_empty()):
            bell = self._board.bell(self._link.id)
            seen = bell.rings
            # Where nothing waits for room one turn gathers what comes meanwhile.
            turns = TURNS if self._emptied_at is None else 1
            if self._turns < turns and (turn := self._next_turn(tasks)) is not None:
                self._turns += 1
                tasks.create_task(turn)
                continue
            if not self._turns:
                self._in_flight.rest()
            await bell.wait(seen, self._clock, self._patience_s())
            if bell.rings == seen and not self._results:
                self._emptied_at = None
            self._in_flight.give_up_the_late()

    def offer(self, count: int) -> Offer | None:
        """Room for messages that are about to be queued, while no others wait."""
        may_wait = self._emptied_at is None or self._held
        if may_wait or self._stopping or self._policy.destination_interval:
            return None
        # What is not written down yet counts: no more than a window may be in doubt.
        room = max(self._room() - len(self._results), 0)
        tokens = self._take_tokens(min(count, room))
        if not tokens:
            return None
        self._offered += tokens
        turn = self._make_turn(tokens)
        return Offer(turn=turn, take=lambda intents: self._take(intents, tokens))

    def _take(self, intents: Sequence[Intent], tokens: int) -> None:
        """Send what was begun in the room that was offered."""
        self._offered -= tokens
        for _ in range(tokens - len(intents)):
            self._bucket.give_back()
        if self._tasks is not None:  # else it is for those who take up this lane
            self._send(intents, self._tasks, first_claimed=0)
        if self._stopping:
            self._ring()

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
            "sent_last_minute": self._in_flight.sent_since(now - 60),
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
        return "radio" if self._in_flight else "idle"

    def _is_empty(self) -> bool:
        left = self._in_flight or self._results or self._held
        return not (left or self._offered or self._turns)

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

    def _next_turn(self, tasks: asyncio.TaskGroup) -> Coroutine[Any, Any, None] | None:
        """A turn, if there is anything to record or that may be begun."""
        news = self._board.bell(self._link.id).rings - self._answers
        if self._linger_s() and news == self._emptied_at and not self._held:
            return None
        results, self._results, self._is_pressed = self._results, [], False
        for result in results:
            self._crash("C4")
            self._heed(result.outcome)
        may_go_on = not self._stopping and self._board.available(self._link.id)
        held = self._held
        if not may_go_on:
            room = 0
        elif news in (self._emptied_at, self._looking_at):
            # Nothing is new, but who had a message to come first may be free now.
            room = min(self._room(), len(results) + len(held))
        elif self._emptied_at is None:
            room = self._room()
        else:
            # Little waits, if anything: the rest may be offered in the meantime.
            room = (self._room() + 1) // 2
        tokens = self._take_tokens(room)
        if not (results or tokens or (held and not may_go_on)):
            return None
        self._held = []
        work = Work(
            results=results,
            going_on=[one.intent.message for one in results] + held,
            turn=self._make_turn(tokens),
            terms=self._terms(),
            may_go_on=may_go_on,
        )
        self._looking_at = news
        self._claiming += tokens
        return self._turn(work, news, tasks)

    async def _turn(self, work: Work, news: int, tasks: asyncio.TaskGroup) -> None:
        """Record, go on, claim, send."""
        tokens = len(work.turn.attempt_ids)
        for result in work.results:
            if isinstance(result.outcome, Reference):
                self._board.expectations.met(result.outcome)
        try:
            written = await self._write(work.write)
        except StoreConflict:
            # Not all was as it is ordinarily.
            written = await self._write(work.write_carefully)
        self._claiming -= tokens
        for _ in work.results:
            self._crash("C5")
            self._crash("C7")
        self._held += written.held
        if tokens:
            self._emptied_at = news if len(written.intents) < tokens else None
        for _ in range(tokens - len(written.intents)):
            self._bucket.give_back()
        if written.claimed % 2:
            # Fresh and deferred work alternate: neither backlog starves the other.
            self._deferred_first = not self._deferred_first
        first_claimed = len(written.intents) - written.claimed
        self._send(written.intents, tasks, first_claimed=first_claimed)
        self._turns -= 1
        self._looking_at = None
        self._ring()

    def _send(
        self, intents: Sequence[Intent], tasks: asyncio.TaskGroup, *, first_claimed: int
    ) -> None:
        """Hand over what is on disk; from `first_claimed` on it is new here."""
        for intent in intents[first_claimed:]:
            message = intent.message
            if message.tries == 0:
                waited = intent.attempt.started_at - message.created_at
                lane = self._metrics.queue_seconds.labels(message.lane or "")
                lane.observe(waited.total_seconds())
            self._crash("C1")
        for _ in intents:
            self._crash("C2")
            self._board.begun(self._link.id)
        for intent in intents:
            self._in_flight.send(intent, tasks)

    def _ended(self, result: Result) -> None:
        """The link is done with a segment."""
        is_first = not self._results
        self._results.append(result)
        if is_first:
            self._answered_at = self._clock.monotonic()
        if isinstance(result.outcome, Reference):
            self._board.expectations.expect(result.outcome, self._press)
        is_plain = isinstance(result.outcome, Reference) and result.is_alone
        if not is_plain or len(self._results) > self._window // 2:
            self._press()
        elif is_first or self._emptied_at is None:
            self._ring()

    def _press(self) -> None:
        """Somebody waits for the answers there are."""
        if not self._is_pressed:
            self._is_pressed = True
            self._ring()

    def _linger_s(self) -> float:
        """How long the answers there are may still wait for others to be written."""
        if not self._results or self._is_pressed or self._stopping:
            return 0.0
        waited_s = self._clock.monotonic() - self._answered_at
        return max(self._longest_linger_s - waited_s, 0.0)

    def _ring(self) -> None:
        """Something happened here: no news of what waits."""
        self._answers += 1
        self._board.bell(self._link.id).ring()

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

    def _room(self) -> int:
        """How many segments the link may be given now."""
        if not self._board.available(self._link.id):
            return 0
        window = 1 if self._board.is_degraded(self._link.id) else self._window
        taken = len(self._in_flight) + self._offered + self._claiming
        return max(window - taken, 0)

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
        wait_s = max(pause_s, self._bucket.wait_s()) or IDLE_S
        return min(IDLE_S, self._linger_s() or IDLE_S, wait_s)
