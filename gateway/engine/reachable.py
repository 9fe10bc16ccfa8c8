"""A subscriber who can be reached again: what was put off for that goes at once.

Works inside the caller's write. What waits for its own time, or was not tried yet, is
left alone.

Spec: SMPP 3.4 4.12; spec/smpp.md 23
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.core.event import EventType, NewEvent
from gateway.core.link import InboundAlert
from gateway.core.message import Direction, Message, MessageState
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Tx

_MOST_RELEASED: Final = 100


def keep_alert(
    tx: Tx, alert: InboundAlert, peer: str, now: datetime
) -> Sequence[Message]:
    """Write the event; the messages that need wait no longer."""
    tx.events.append(
        NewEvent(
            type=EventType.HANDSET_REACHABLE,
            at=now,
            data={"msisdn": peer, "link": alert.link},
            link=alert.link,
        )
    )
    waiting = MessageFilter(
        direction=Direction.MT, states=frozenset({MessageState.QUEUED}), peer=peer
    )
    released = [
        replace(message, ready=True, due_at=None)
        for message in tx.outbox.listing(waiting, Page(limit=_MOST_RELEASED))
        if message.tries and not message.ready
    ]
    for message in released:
        tx.outbox.save_message(message)
    return released
