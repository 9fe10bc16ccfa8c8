"""What is held of messages on their way, and what has it forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.errors import Invalid
from gateway.core.message import MessageState, SegmentState
from gateway.core.store import RetentionCut, Tx
from gateway.store.held import Held, untold
from gateway.store.queries import statements
from gateway.store.sqlite import DIALECT
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.held import check_held


def test_whoever_changes_messages_is_known() -> None:
    """Another one tells the held rows what it changes, or has them forgotten."""
    assert untold(statements(DIALECT)) == {
        "erasure.drop_ahead",
        "erasure.drop_messages",
        "keeping.delete_message",
        "keeping.drop_raw",
        "outbox.wake_due",
    }


def test_only_the_newest_are_held(make: Maker) -> None:
    held = Held(2)
    messages = [make.message() for _ in range(3)]
    for message in messages:
        held.put(message, ())
    assert [held.get(one.id) is not None for one in messages] == [False, True, True]


def test_a_reader_holds_nothing(make: Maker) -> None:
    held = Held(0)
    message = make.message()
    held.put(message, ())
    assert held.get(message.id) is None


async def test_what_is_held_is_what_is_on_disk(store: SqlStore, make: Maker) -> None:
    message = make.message()
    [segment] = make.segments(message)
    await store.write(make.kept(message, [segment]))
    assert await check_held(store) == 1
    sent = replace(segment, state=SegmentState.SENT, line="line", reference="7")
    moved = replace(message, state=MessageState.SENDING)
    await store.write(lambda tx: tx.outbox.save_segments([sent]))
    await store.write(lambda tx: tx.outbox.move(message.state, moved))
    assert await check_held(store) == 1
    found = await store.write(lambda tx: tx.outbox.by_references("line", ["7", "8"]))
    assert found == [sent]
    await store.write(lambda tx: tx.outbox.save_message(replace(moved, own="900")))
    assert await check_held(store) == 0
    [read] = await store.write(lambda tx: tx.outbox.messages([message.id]))
    assert read.own == "900"


async def test_what_is_taken_back_is_forgotten(store: SqlStore, make: Maker) -> None:
    message = make.message()

    def fail(tx: Tx) -> None:
        make.keep(tx, message)
        raise Invalid("no", "it is not to be")

    with pytest.raises(Invalid):
        await store.write(fail)
    assert await store.write(lambda tx: tx.outbox.messages([message.id])) == []


async def test_a_purge_has_all_forgotten(store: SqlStore, make: Maker) -> None:
    ended = make.message(state=MessageState.FAILED)
    other = make.message()
    await store.write(make.kept(ended))
    await store.write(make.kept(other))
    assert await check_held(store) == 2
    cut = RetentionCut(messages_before=make.now + timedelta(seconds=1))
    await store.write(lambda tx: tx.keeping.purge(cut, 10))
    assert await check_held(store) == 0
