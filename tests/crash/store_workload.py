"""The program whose power is cut: the real store, doing all that it does in a day.

Says on standard output what it has promised, after the promise became true:
`ACCEPTED id`, `INTENT id`, `SENT id`, `RECEIVED fingerprint`, `BACKUP name`; and
`PURGING` before it deletes on purpose. Started by `test_power_cut`.
"""

import asyncio
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from gateway.core.ids import LinkId
from gateway.core.message import AttemptState, Message, MessageState, SegmentState
from gateway.core.store import RetentionCut, Tx
from gateway.store.config import StoreConfig, Synchronous
from gateway.store.store import SqlStore, open_store
from tests.store.stored import LANE, Maker
from tests.support.clock import FakeClock

MAKE = Maker()


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def accept(tx: Tx, message: Message) -> None:
    MAKE.keep(tx, message)
    tx.events.append(replace(MAKE.event(), message_id=message.id))


async def accept_some(store: SqlStore, count: int) -> None:
    async def one() -> None:
        message = MAKE.message(peer=MAKE.ids.new("+7"))
        await store.write(lambda tx: accept(tx, message))
        say(f"ACCEPTED {message.id}")

    await asyncio.gather(*(one() for _ in range(count)))


async def send_one(store: SqlStore) -> None:
    def intend(tx: Tx) -> Message:
        [claimed] = tx.outbox.claim(
            link=LinkId("sim1"),
            places=[(LANE, None)],
            deferred_first=False,
            limit=1,
            now=MAKE.now,
        )
        [segment] = claimed.segments
        tx.outbox.insert_attempts([MAKE.attempt(segment)])
        return claimed.message

    def finish(tx: Tx) -> None:
        [segment] = tx.outbox.segments(message.id)
        [attempt] = tx.outbox.attempts(message.id)
        tx.outbox.save_segment(replace(segment, state=SegmentState.SENT))
        tx.outbox.save_attempt(replace(attempt, state=AttemptState.ACCEPTED))
        tx.outbox.save_message(replace(message, state=MessageState.SENT))
        tx.events.append(replace(MAKE.event(), message_id=message.id))

    message = await store.write(intend)
    say(f"INTENT {message.id}")
    await store.write(finish)
    say(f"SENT {message.id}")


async def receive_one(store: SqlStore) -> None:
    fingerprint = MAKE.ids.secret(32)
    message = MAKE.message(state=MessageState.RECEIVED, lane=None)

    def fn(tx: Tx) -> None:
        assert tx.inbox.remember_fingerprint(fingerprint, MAKE.now)
        accept(tx, message)

    await store.write(fn)
    say(f"RECEIVED {fingerprint.hex()}")


async def work(path: Path, synchronous: Synchronous, rounds: int) -> None:
    config = StoreConfig(
        path=path, synchronous=synchronous, checkpoint_pages=40, ballast_octets=0
    )
    store = await open_store(config, FakeClock())
    for number in range(rounds):
        await accept_some(store, 1 + number % 3)
        await send_one(store)
        await receive_one(store)
    await store.backup(path.with_name("copy.db"))
    say("BACKUP copy.db")
    say("PURGING")
    cut = RetentionCut(messages_before=MAKE.now + timedelta(days=1))
    await store.write(lambda tx: tx.keeping.purge(cut, 500))
    await store.close()


if __name__ == "__main__":
    database, how, times = sys.argv[1:]
    asyncio.run(work(Path(database), Synchronous(how), int(times)))
