"""Frames are made once for all who want them."""

import asyncio

import pytest_asyncio

from gateway.core.store import Store
from tests.web.hearing import hear
from tests.web.world import World
from web.inbox_frame import FrameMaker, passing


class Counting:
    """A store that counts its readings."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0

    def __getattr__(self, name: str) -> object:
        if name == "read":
            self.reads += 1
        return getattr(self._store, name)


@pytest_asyncio.fixture
async def counting(world: World) -> Counting:
    return Counting(world.store)


def maker_of(world: World, counting: Counting) -> FrameMaker:
    return FrameMaker(counting, world.services.clock, kept=3)  # type: ignore[arg-type]  # it is one


async def test_twenty_who_ask_at_once_cost_one_reading(
    world: World, counting: Counting
) -> None:
    maker = maker_of(world, counting)
    await hear(world, "раз", "два")
    made = await asyncio.gather(*(maker.after(0) for _ in range(20)))
    assert counting.reads == 1
    assert len({one.behind(0) for one in made}) == 1


async def test_who_joins_in_the_middle_gets_the_rest(
    world: World, counting: Counting
) -> None:
    maker = maker_of(world, counting)
    await hear(world, "раз", "два")
    whole = await maker.after(0)
    seqs = [seq for seq, _ in whole.frames]
    rest = await maker.after(seqs[0])
    assert rest.behind(seqs[0]) == b"".join(octets for _, octets in whole.frames[1:])
    assert counting.reads == 1


async def test_who_is_behind_what_is_kept_reads_alone(
    world: World, counting: Counting
) -> None:
    maker = maker_of(world, counting)
    await hear(world, "раз")
    last = await world.last_event()
    await maker.after(last)
    await hear(world, "два")
    await maker.after(last)
    behind = await maker.after(0)
    assert "раз" in behind.behind(0).decode()
    assert (await maker.after(last)).after == last  # still kept for the others


async def test_at_the_end_of_the_log_there_is_nothing(
    world: World, counting: Counting
) -> None:
    maker = maker_of(world, counting)
    last = await world.last_event()
    stretch = await maker.after(last)
    assert (stretch.behind(last), stretch.until) == (b"", last)


async def test_only_so_much_is_kept(world: World, counting: Counting) -> None:
    maker = maker_of(world, counting)
    place = 0
    for number in range(5):
        await hear(world, f"{number}")
        place = (await maker.after(place)).until
    before = counting.reads
    await maker.after(0)
    assert counting.reads == before + 1


def test_a_passing_frame_has_no_place() -> None:
    assert passing("gap", {}) == b"event: gap\ndata: {}\n\n"
