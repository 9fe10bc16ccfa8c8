"""Reports that come together, over a real store."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.app.steps import StepDoor
from gateway.core.errors import StoreBusy, StoreConflict, StoreError
from gateway.core.link import InboundReport
from gateway.core.message import MessageState
from gateway.core.message_store import tail_of
from gateway.engine.intake import Intake
from tests.support.builders import CUSTOMER, inbound_report
from tests.support.rooms import Rooms, open_rooms

POISON = "666"
LINE = "line-sim1"


def unique(reference: str) -> InboundReport:
    return replace(inbound_report(reference), unique=True)


@contextmanager
def poisoned(directory: Path) -> Iterator[None]:
    """While it lasts one report cannot be written."""
    with closing(sqlite3.connect(directory / "seventy.db")) as database:
        database.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON parked_reports"
            f" WHEN NEW.reference = '{POISON}'"
            " BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
        database.commit()
        yield
        database.execute("DROP TRIGGER poison")
        database.commit()


async def parked(rooms: Rooms, reference: str) -> int:
    found = await rooms.store.read(
        lambda tx: tx.inbox.parked_reports(
            LINE, reference=reference, tail=tail_of(CUSTOMER), limit=1000
        )
    )
    return sum(one.report.reference == reference for one in found)


async def test_a_batch_is_one_write(rooms: Rooms) -> None:
    before = rooms.store.status().writes
    errors = await rooms.intake.accept_all([unique(str(n)) for n in range(600)])
    assert errors == [None] * 600
    assert rooms.store.status().writes == before + 1
    assert [await parked(rooms, n) for n in ("0", "299", "599")] == [1, 1, 1]


async def test_each_report_counts_and_a_batch_is_timed_once(rooms: Rooms) -> None:
    message = await rooms.send()
    rooms.start()
    await rooms.until(message.id, MessageState.SENT)
    known = unique(rooms.link().accepted[0][1].value)
    await rooms.intake.accept_all([known, known, unique("8"), unique("9")])
    text, _ = rooms.metrics.exposition()
    for result, count in (("matched", 1), ("stale", 1), ("parked", 2)):
        labels = f'kind="report",link="sim1",result="{result}"'
        assert f"seventy_inbound_items_total{{{labels}}} {count}.0".encode() in text
    assert b'seventy_intake_seconds_count{kind="report"} 1.0' in text


async def test_every_report_of_a_batch_passes_the_steps_before_and_after(
    rooms: Rooms,
) -> None:
    steps: list[tuple[str, int]] = []
    writes = rooms.store.status().writes

    def crash(point: str) -> None:
        steps.append((point, rooms.store.status().writes - writes))

    intake = Intake(
        *(rooms.store, rooms.clock, rooms.ids, rooms.policy),
        *(rooms.metrics, rooms.board),
        crash=crash,
    )
    await StepDoor(intake, crash).accept_all([unique("8"), unique("9")])
    assert steps == [("I1", 0), ("I1", 0), ("C6", 1), ("C6", 1)]


async def test_a_report_that_cannot_be_written_spoils_no_other(tmp_path: Path) -> None:
    async with open_rooms(tmp_path) as rooms:
        with poisoned(tmp_path):
            first, bad, last = await rooms.intake.accept_all(
                [unique("1"), unique(POISON), unique("3")]
            )
        assert (first, last) == (None, None)
        assert isinstance(bad, StoreConflict)
        assert [await parked(rooms, n) for n in ("1", POISON, "3")] == [1, 0, 1]


async def test_the_others_are_kept_even_when_it_is_our_mistake(rooms: Rooms) -> None:
    with pytest.raises(UnicodeEncodeError):
        await rooms.intake.accept_all([unique("1"), unique("\ud800"), unique("3")])
    assert [await parked(rooms, n) for n in ("1", "3")] == [1, 1]


async def test_batches_that_wait_together_share_a_commit_and_not_their_poison(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path) as rooms:
        with poisoned(tmp_path):
            good, bad = await asyncio.gather(
                rooms.intake.accept_all([unique("1"), unique("2")]),
                rooms.intake.accept_all([unique(POISON)]),
            )
        assert good == [None, None]
        assert isinstance(bad[0], StoreConflict)


async def test_what_a_closing_store_does_not_take_is_told_of_each(
    tmp_path: Path,
) -> None:
    async with open_rooms(tmp_path) as rooms:
        intake = rooms.intake
    for several in ([unique("1"), unique("2")], [unique("1")]):
        errors = await intake.accept_all(several)
        assert [type(error) for error in errors] == [StoreBusy] * len(several)
    with pytest.raises(StoreError):
        await intake.accept(unique("1"))


async def test_a_batch_waits_for_what_is_about_to_be_written(rooms: Rooms) -> None:
    message = await rooms.send()
    rooms.start()
    await rooms.until(message.id, MessageState.SENT)
    _, reference = rooms.link().accepted[0]
    rooms.board.expectations.expect(reference, lambda: None)
    waiting = asyncio.ensure_future(
        rooms.intake.accept_all([unique("9"), unique(reference.value)])
    )
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    rooms.board.expectations.met(reference)
    assert await waiting == [None, None]
    await rooms.until(message.id, MessageState.DELIVERED)
