"""The segments a link has: handed over one by one, and what each came to.

Writes nothing down: who is told the result does. Relies on the link to end each
submission, and gives up one that it does not.

Spec: spec/reliability.md DG-09, DG-10
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, assert_never

from gateway.core.clock import Clock
from gateway.core.errors import OutcomeUnknown, SubmitFailure
from gateway.core.ids import AttemptId
from gateway.core.link import Link, Reference
from gateway.engine.claim import Intent, unit_of
from gateway.engine.outcome import Outcome, Unexpected
from gateway.engine.turn import Result
from gateway.metrics import Metrics

logger = logging.getLogger(__name__)

SUBMIT_DEADLINE_S: Final = 600.0  # links have shorter ones of their own


@dataclass(slots=True, kw_only=True, eq=False)
class _Sending:
    """A segment that the link has."""

    intent: Intent
    started_at: float
    task: asyncio.Task[None] | None = None
    late: bool = False


class InFlight:
    """What is under way over one link; `ended` is told each result."""

    def __init__(
        self,
        link: Link,
        clock: Clock,
        metrics: Metrics,
        *,
        ended: Callable[[Result], None],
    ) -> None:
        self._link = link
        self._clock = clock
        self._metrics = metrics
        self._ended = ended
        self._sending: dict[AttemptId, _Sending] = {}
        self._freed_at: deque[float] = deque(maxlen=link.capabilities.window)
        self._sent_at: deque[float] = deque(maxlen=10_000)
        self._attempt_seconds = metrics.attempt_seconds.labels(link.id)
        self._gap_seconds = metrics.lane_gap_seconds.labels(link.id)

    def __len__(self) -> int:
        return len(self._sending)

    def sent_since(self, moment: float) -> int:
        """How many segments the link took since then."""
        return sum(1 for at in self._sent_at if at > moment)

    def send(self, intent: Intent, tasks: asyncio.TaskGroup) -> None:
        """Hand the segment to the link; whatever it comes to is a result."""
        now = self._clock.monotonic()
        if self._freed_at:
            self._gap_seconds.observe(now - self._freed_at.popleft())
        sending = _Sending(intent=intent, started_at=now)
        self._sending[intent.attempt.id] = sending
        sending.task = tasks.create_task(self._hand_over(sending))

    def forget(self) -> None:
        """Nothing is under way: whoever handed it over has ended."""
        self._sending.clear()

    def rest(self) -> None:
        """There is nothing to send: the link is free by right."""
        self._freed_at.clear()

    def give_up_the_late(self) -> None:
        """Nobody knows what became of those that have had no answer for too long."""
        latest = self._clock.monotonic() - SUBMIT_DEADLINE_S
        for sending in self._sending.values():
            if sending.started_at <= latest and sending.task is not None:
                sending.late = True
                sending.task.cancel()

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
        del self._sending[sending.intent.attempt.id]
        self._freed_at.append(now)
        self._observe(outcome, now - sending.started_at)
        self._ended(Result(intent=sending.intent, outcome=outcome))

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
