"""What a link takes for a repeat after it ended well, and after a crash."""

from collections.abc import Sequence

from gateway.core.ids import LinkId
from smpp.aftermath import mindful_of_crashes
from smpp.observer import SilentObserver
from smpp.parts import Parts
from smpp.receipt import IdBook, IdForm
from smpp.repeats import stamped
from smpp.wire import Frame
from tests.smpp.peer import KeptMemory
from tests.smpp.units import config
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds

YES = Frame(command=5, status=0, sequence=1, body=b"yes")


async def recent(line: str) -> Sequence[bytes]:
    assert line == "seventy@carrier"
    return [stamped(YES, 1)]


def parts() -> Parts:
    return Parts(
        link=LinkId("carrier"),
        config=config(),
        clock=FakeClock(),
        ids=SeededIds(),
        observer=SilentObserver(),
        book=IdBook(IdForm.AUTO),
    )


async def test_after_a_good_end_nothing_is_in_doubt() -> None:
    memory = KeptMemory()
    for _ in range(2):
        life = parts()
        async with mindful_of_crashes(life, memory, recent):
            assert life.doubts.take(b"yes", 0.0) is None


async def test_after_a_crash_what_was_kept_last_may_come_again() -> None:
    memory = KeptMemory()
    async with mindful_of_crashes(parts(), memory, recent):
        as_it_was_at_the_crash = KeptMemory()
        as_it_was_at_the_crash.facts = dict(memory.facts)
    life = parts()
    async with mindful_of_crashes(life, as_it_was_at_the_crash, recent):
        assert life.doubts.take(b"yes", life.clock.monotonic()) == stamped(YES, 1)
