"""How fast the store is: durable commits, accept latency, claims in a long queue.

`python -m tests.bench.bench_store [folder]` prints JSON with the conditions. The folder
should be on the disk that is to be judged.
"""

import asyncio
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median, quantiles

from gateway.core.clock import SystemClock
from gateway.core.ids import LaneId, LinkId
from gateway.core.message import Message, MessageState, Segment
from gateway.core.store import Tx
from gateway.store.config import StoreConfig
from gateway.store.store import SqlStore, open_store
from tests.store.stored import Maker

QUEUED = 1_000_000
DEFERRED = 100_000
LANES = [LaneId(f"lane{number}") for number in range(8)]
LINKS = [LinkId(f"sim{number}") for number in range(8)]
PEOPLE = 50_000
TURN = 50  # what a carrier link with a window of so many takes at once


def accept(tx: Tx, make: Maker, message: Message, segments: Sequence[Segment]) -> None:
    tx.outbox.insert_all([(message, segments)])
    tx.events.append(replace(make.event(), message_id=message.id))


async def measure_commits(
    store: SqlStore, make: Maker, writers: int
) -> dict[str, float]:
    """`writers` callers, each accepting one message after the other."""
    each = max(2, 4000 // writers) if writers > 1 else 500
    pieces = [
        (message, make.segments(message))
        for message in (make.message() for _ in range(writers * each))
    ]
    waits: list[float] = []

    async def caller(mine: Sequence[tuple[Message, list[Segment]]]) -> None:
        for message, segments in mine:
            started = time.perf_counter()
            await store.write(
                lambda tx, m=message, s=segments: accept(tx, make, m, s)  # type: ignore[misc]  # binds the loop's values
            )
            waits.append(time.perf_counter() - started)

    before = store.status()
    started = time.perf_counter()
    await asyncio.gather(*(caller(pieces[n::writers]) for n in range(writers)))
    elapsed_s = time.perf_counter() - started
    after = store.status()
    return {
        "accepts_per_s": round(len(waits) / elapsed_s),
        "accepts_per_commit": round(
            (after.writes - before.writes) / (after.commits - before.commits), 1
        ),
        "median_wait_ms": round(median(waits) * 1000, 3),
        "p99_wait_ms": round(quantiles(waits, n=100)[98] * 1000, 3),
    }


async def fill(store: SqlStore, make: Maker) -> None:
    """A queue of a million in eight lanes, and a hundred thousand that failed once."""
    people = [f"+7916{number:07}" for number in range(PEOPLE)]

    def fill_some(tx: Tx, numbers: range) -> None:
        for number in numbers:
            message = make.message(
                peer=people[number % PEOPLE],
                lane=LANES[number % len(LANES)],
                preferred_link=LINKS[number % len(LINKS)] if number % 3 else None,
                priority=number % 4,
                text="Код 1234",
            )
            if number >= QUEUED:
                due_at = make.now + timedelta(hours=1)
                ready = number % 2 == 0
                message = replace(message, tries=1, ready=ready, due_at=due_at)
            make.keep(tx, message, [])  # a claim does not look at segments

    for start in range(0, QUEUED + DEFERRED, 5000):
        await store.write(lambda tx, s=start: fill_some(tx, range(s, s + 5000)))  # type: ignore[misc]  # binds the loop's value


async def measure_claims(store: SqlStore, make: Maker) -> dict[str, float]:
    """In the writer's thread, so that the wait for the disk is not counted."""

    def claim(tx: Tx, number: int, limit: int) -> float:
        link = LINKS[number % len(LINKS)]
        started = time.perf_counter()
        claimed = tx.outbox.claim(
            link=link,
            places=[(lane, mine) for lane in LANES for mine in (None, link)],
            deferred_first=number % 2 == 1,
            limit=limit,
            now=make.now,
        )
        elapsed_s = time.perf_counter() - started
        assert len(claimed) == limit
        # As if sent: at most some dozens are in flight in life.
        for one in claimed:
            tx.outbox.save_message(replace(one.message, state=MessageState.SENT))
        return elapsed_s

    took = [
        await store.write(lambda tx, n=number: claim(tx, n, 1))  # type: ignore[misc]  # binds the loop's value
        for number in range(500)
    ]
    many = [
        await store.write(lambda tx, n=number: claim(tx, n, TURN))  # type: ignore[misc]  # binds the loop's value
        for number in range(100)
    ]
    started = time.perf_counter()
    await store.read(lambda tx: tx.outbox.backlog())
    return {
        "claim_median_ms": round(median(took) * 1000, 3),
        "claim_p99_ms": round(quantiles(took, n=100)[98] * 1000, 3),
        f"claim_of_{TURN}_median_ms": round(median(many) * 1000, 3),
        "backlog_ms": round((time.perf_counter() - started) * 1000, 1),
    }


async def bench(folder: Path, *, long_queue: bool) -> dict[str, object]:
    make = Maker()
    store = await open_store(StoreConfig(path=folder / "bench.db"), SystemClock())
    await store.write(lambda tx: make.keep(tx, make.message()))
    figures: dict[str, object] = {
        f"writers_{writers}": await measure_commits(store, make, writers)
        for writers in (1, 64, 256)
    }
    if long_queue:
        await fill(store, make)
        figures["queue_of_1M"] = await measure_claims(store, make)
    await store.close()
    return figures


def conditions(folder: Path) -> dict[str, object]:
    return {
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load_1min": os.getloadavg()[0],
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "synchronous": "full",
        "folder": str(folder),
        "accept": "one message, one segment, one event",
    }


def main(arguments: Sequence[str]) -> None:
    places = [argument for argument in arguments if not argument.startswith("-")]
    with tempfile.TemporaryDirectory(dir=places[0] if places else None) as name:
        folder = Path(name)
        long_queue = "--short" not in arguments
        figures = asyncio.run(bench(folder, long_queue=long_queue))
        result = {"conditions": conditions(folder), "store": figures}
        sys.stdout.write(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
