"""After a start: what waits where the routes of before put it finds its place anew.

A lane or a link may be gone from the configuration, and nobody would ever take what
waits for it. Only what is bound to one link stays: part of it has left by that link, or
its caller asked for no other. Relies on `route`; sends nothing.
"""

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.core.errors import Invalid
from gateway.core.ids import MessageId
from gateway.core.message import Message
from gateway.core.message_store import Place
from gateway.core.store import Store, Tx
from gateway.engine.board import LinkBoard
from gateway.engine.route import (
    Asked,
    Choice,
    choose,
    is_of_link,
    keeps_sender,
)
from gateway.engine.threads import sticky_links

logger = logging.getLogger(__name__)

BITE: Final = 500


async def rehome(
    store: Store, board: LinkBoard, now: datetime, *, bite: int = BITE
) -> int:
    """How many messages got another place; one write moves `bite` of them at most."""
    moved = 0
    for place in sorted(await store.read(lambda tx: tx.outbox.places()), key=str):
        if not board.routing.serves(place):
            moved += await _empty(store, place, board, now, bite)
    if moved:
        logger.warning("%d messages were routed anew", moved)
    return moved


async def _empty(
    store: Store, place: Place, board: LinkBoard, now: datetime, bite: int
) -> int:
    """Take what can go from a place that nobody serves."""
    last: MessageId | None = None
    moved = left = 0

    def move_some(tx: Tx) -> tuple[MessageId | None, int, int]:
        waiting = tx.outbox.waiting_at(place, after=last, limit=bite)
        count = sum(_move(tx, message, board, now) for message in waiting)
        return waiting[-1].id if waiting else None, count, len(waiting) - count

    while True:
        last, has_moved, stays = await store.write(move_some)
        moved, left = moved + has_moved, left + stays
        if last is None:
            break
    if left:
        lane, _ = place
        logger.warning("lane %s: nobody serves it, %d messages wait there", lane, left)
    return moved


def _move(tx: Tx, message: Message, board: LinkBoard, now: datetime) -> bool:
    choice = _choose(tx, message, board)
    if choice is None:
        return False
    lane, preferred = choice.lane, choice.preferred
    tx.outbox.save_message(
        replace(message, lane=lane, preferred_link=preferred, updated_at=now)
    )
    return True


def _choose(tx: Tx, message: Message, board: LinkBoard) -> Choice | None:
    if message.lane is None or is_of_link(message.lane):
        return None
    contact = tx.contacts.get(message.contact_id)
    asked = Asked(
        address=message.peer,
        sender=message.own if keeps_sender(message.lane) else None,
        queue=message.queue,
        message_class=message.message_class,
    )
    try:
        sticky = sticky_links(tx, contact) if contact is not None else []
        return choose(board.routing, asked, sticky, board.number)
    except Invalid:
        return None
