"""Messages that a lane takes in the very write that queues them.

A lane with room, and nothing that waits for it, offers its next attempts to who queues.
What is queued is then begun in that write: its attempt is on disk together with it, one
commit earlier, and nothing is read back. Whatever is out of the ordinary waits as all
others do. Works inside the caller's write.

Spec: spec/reliability.md 1.4 (C0 to C2 in one commit), DG-25
"""

from collections.abc import Callable, Iterator, Sequence

from gateway.codec.value import replace, value
from gateway.core.ids import AttemptId, MessageId
from gateway.core.message import Message, MessageState, Segment
from gateway.core.store import Tx
from gateway.engine.claim import Intent, Turn, intent_of, own_number

Room = tuple[Turn, AttemptId]  # for one attempt


@value(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a lane would take, and how it is told what it was given."""

    turn: Turn
    take: Callable[[Sequence[Intent]], None]  # once, in the loop, after commit

    def rooms(self) -> Iterator[Room]:
        """Room for one message each."""
        return ((self.turn, attempt_id) for attempt_id in self.turn.attempt_ids)


@value(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message with its segments, not written yet, and the room there is for it."""

    message: Message
    segments: Sequence[Segment]
    room: Room | None


def take_at_once(tx: Tx, entries: Sequence[Entry]) -> dict[MessageId, Intent]:
    """Those that are begun now, in their order."""
    offered = [one for one in entries if one.room is not None]
    if not offered:
        return {}
    served = set(tx.outbox.served([one.message.peer for one in offered]))
    is_open: dict[str, bool] = {}
    intents: dict[MessageId, Intent] = {}
    for entry in entries:
        message = entry.message
        is_next = message.peer not in served
        # Who is named again waits for what goes, or waits, before it.
        served.add(message.peer)
        if entry.room is None or not is_next:
            continue
        turn, attempt_id = entry.room
        if turn.link not in is_open:
            is_open[turn.link] = not tx.outbox.is_waited_at(turn.places)
        if is_open[turn.link] and _fits(message, turn):
            intents[message.id] = intent_of(
                replace(message, state=MessageState.SENDING, link=turn.link),
                entry.segments,
                attempt_id,
                turn,
                message.created_at,
            )
    return intents


def _fits(message: Message, turn: Turn) -> bool:
    """Whether it is just what the lane would take next."""
    return (
        message.state is MessageState.QUEUED
        and (message.lane, message.preferred_link) in turn.places
        and own_number(message, turn) == message.own
    )
