"""A change of state and its event."""

from dataclasses import replace

import pytest

from gateway.core.message import MessageState
from gateway.engine.transition import EVENT_OF, keep, settle
from tests.support.rooms import Rooms


async def test_a_move_that_is_not_in_the_table_is_refused(rooms: Rooms) -> None:
    message = await rooms.send()
    received = replace(message, state=MessageState.RECEIVED)
    with pytest.raises(AssertionError):
        await rooms.store.write(
            lambda tx: keep(tx, message, received, rooms.clock.now())
        )
    assert await rooms.message(message.id) == message


async def test_without_a_move_there_is_no_event(rooms: Rooms) -> None:
    message = await rooms.send()
    changed = replace(message, priority=3)
    await rooms.store.write(lambda tx: keep(tx, message, changed, rooms.clock.now()))
    assert (await rooms.message(message.id)).priority == 3
    assert len(await rooms.events()) == 1


async def test_what_still_waits_is_not_settled(rooms: Rooms) -> None:
    message = await rooms.send()
    await rooms.store.write(lambda tx: settle(tx, message, rooms.clock.now()))
    assert await rooms.message(message.id) == message


def test_every_state_but_partial_is_told() -> None:
    assert set(MessageState) - EVENT_OF.keys() == {MessageState.PARTIAL}
