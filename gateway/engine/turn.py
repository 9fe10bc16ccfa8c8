"""What one turn of a lane writes: results, what comes next of messages in hand, claims.

Works inside the lane's write. Relies on `claim` and `outcome` for the rows.

Spec: spec/reliability.md 1.4, DG-25
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.codec.value import value
from gateway.core.link import Reference
from gateway.core.message import Message, MessageState
from gateway.core.store import Tx
from gateway.engine.case import Terms
from gateway.engine.claim import Intent, Turn, begin, claim, next_intent
from gateway.engine.ordinary import accept_all
from gateway.engine.outcome import Outcome, record
from gateway.engine.release import release


@value(frozen=True, slots=True, kw_only=True)
class Result:
    """What the link said of a segment."""

    intent: Intent
    outcome: Outcome

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing more to send of its message."""
        return self.intent.message.segments == 1


@dataclass(slots=True, kw_only=True)
class Written:
    """What it came to: what to send next, and what waits for a token."""

    intents: list[Intent] = field(default_factory=list)
    claimed: int = 0  # the last so many of the intents are of messages just claimed
    held: list[Message] = field(default_factory=list)


@value(frozen=True, slots=True, kw_only=True)
class Work:
    """A turn's write; `turn` has an id for each segment that may be begun."""

    results: Sequence[Result]
    going_on: Sequence[Message]  # in hand: their next segments, if they have any
    turn: Turn
    terms: Terms
    may_go_on: bool

    def write(self, tx: Tx) -> Written:
        """`StoreConflict`, and nothing is written, when a result came too late."""
        return self._write(tx, careful=False)

    def write_carefully(self, tx: Tx) -> Written:
        """The same, reading each attempt before it is changed."""
        return self._write(tx, careful=True)

    def _write(self, tx: Tx, *, careful: bool) -> Written:
        written = Written()
        self._record(tx, careful=careful)
        for message in self.going_on:
            self._go_on(tx, message, written)
        begin(tx, written.intents)
        # Nothing is held while there is an id: then none is left to claim with.
        claimed = claim(tx, self.turn.after(len(written.intents)), self.terms)
        written.claimed = len(claimed)
        written.intents += claimed
        return written

    def _record(self, tx: Tx, *, careful: bool) -> None:
        taken = []
        for result in self.results:
            if isinstance(result.outcome, Reference) and not careful:
                taken.append((result.intent, result.outcome))
            else:
                record(tx, result.intent.attempt.id, result.outcome, self.terms)
        accept_all(tx, taken, self.terms)

    def _go_on(self, tx: Tx, message: Message, written: Written) -> None:
        """The next segment of a message in hand, if it has one and there is an id."""
        if message.segments == 1:
            return
        fresh = tx.outbox.get(message.id)
        if fresh is None or fresh.state is not MessageState.SENDING:
            return
        ids = self.turn.attempt_ids[len(written.intents) :]
        if not self.may_go_on:
            release(tx, fresh, self.terms)
        elif not ids:
            written.held.append(fresh)
        else:
            intent = next_intent(tx, fresh, ids[0], self.turn, self.terms)
            if intent is not None:
                written.intents.append(intent)
