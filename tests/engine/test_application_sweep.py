"""What time does for applications."""

from pathlib import Path

from gateway.core.policy import Policy
from gateway.engine.application_parts import GIVE_UP_AFTER
from gateway.engine.application_sweep import BITE, COUNT_EVERY_S
from gateway.store.config import StoreConfig
from tests.support.application import open_account, parts_of, queued_texts, submission
from tests.support.builders import inbound_text
from tests.support.clock import FakeClock
from tests.support.ids import SeededIds
from tests.support.rooms import Rooms, open_rooms

LONG = "длинный текст " * 12
PATIENCE_S = GIVE_UP_AFTER.total_seconds() + 1


async def test_more_parts_than_a_bite_are_given_up_in_one_pass(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    for number in range(BITE + 5):
        part = parts_of(LONG, to=(f"+7916{number:07d}",))[0]
        await rooms.desk.submit(crm, part)
    rooms.clock.pass_time(PATIENCE_S)
    await rooms.desk.sweep()
    assert len(await queued_texts(rooms)) == BITE + 5


async def test_parts_wait_while_the_queue_is_full(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, policy=Policy(max_queue=1)) as rooms:
        crm = await open_account(rooms)
        await rooms.desk.submit(crm, parts_of(LONG)[0])
        await rooms.desk.submit(crm, submission("one"))
        rooms.clock.pass_time(PATIENCE_S)
        await rooms.desk.sweep()
        assert await queued_texts(rooms) == ["one"]
        [message] = await rooms.messages()
        await rooms.submit.cancel(message.id)
        rooms.clock.pass_time(20)
        await rooms.sweep.once()
        await rooms.desk.sweep()
        assert await queued_texts(rooms) == ["one", LONG[:67]]


async def test_parts_wait_while_space_is_low(tmp_path: Path) -> None:
    clock, ids = FakeClock(), SeededIds()
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        crm = await open_account(rooms)
        await rooms.desk.submit(crm, parts_of(LONG)[0])
    full = StoreConfig(
        path=tmp_path / "seventy.db", ballast_octets=0, low_space_octets=1 << 60
    )
    clock.pass_time(PATIENCE_S)
    async with open_rooms(tmp_path, clock=clock, ids=ids, store_config=full) as rooms:
        await rooms.desk.sweep()
        assert await queued_texts(rooms) == []
    async with open_rooms(tmp_path, clock=clock, ids=ids) as rooms:
        await rooms.desk.sweep()
        assert await queued_texts(rooms) == [LONG[:67]]


async def test_what_waits_for_applications_is_counted(rooms: Rooms) -> None:
    await open_account(rooms, numbers=("*",))
    await rooms.intake.accept(inbound_text("hello")[0])
    await rooms.desk.sweep()
    line = b"seventy_application_notices_waiting 1.0"
    assert line in rooms.metrics.exposition()[0]
    await rooms.intake.accept(inbound_text("hello again")[0])
    rooms.clock.pass_time(COUNT_EVERY_S)
    await rooms.desk.sweep()
    assert line.replace(b"1.0", b"2.0") in rooms.metrics.exposition()[0]
