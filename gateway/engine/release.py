"""Giving a claimed message back to its lane.

Works inside the caller's write. Relies on `transition` for states.
"""

from collections.abc import Sequence
from datetime import datetime

from gateway.codec.value import replace
from gateway.core.message import (
    Message,
    MessageState,
    Segment,
    SegmentState,
)
from gateway.core.store import Tx
from gateway.engine.case import Terms
from gateway.engine.route import link_lane
from gateway.engine.transition import keep, settle


def release(
    tx: Tx, message: Message, terms: Terms, *, due_at: datetime | None = None
) -> Message:
    """Give a claimed message back to its lane, or to its end when nothing waits."""
    segments = tx.outbox.segments(message.id)
    if not any(segment.state is SegmentState.QUEUED for segment in segments):
        return settle(tx, message, terms.now)
    waiting = replace(
        pinned(message, segments),
        state=MessageState.QUEUED,
        due_at=due_at,
        ready=due_at is None,
    )
    return keep(tx, message, waiting, terms.now)


def pinned(message: Message, segments: Sequence[Segment]) -> Message:
    """A message of which something has left waits for the same link only.

    A handset joins segments by sender: those of another SIM would never meet.
    """
    has_left = any(
        segment.state not in {SegmentState.QUEUED, SegmentState.CANCELLED}
        for segment in segments
    )
    if not has_left or message.link is None:
        return message
    return replace(message, lane=link_lane(message.link), preferred_link=message.link)
