"""Who waits for notices is woken for their own, and only for them."""

import asyncio
from datetime import timedelta

from gateway.core.application import Account, NoticeEnd
from gateway.engine.application_watch import NoticeWatch
from tests.support.application import open_account, owed, settle, submission
from tests.support.builders import OWN, inbound_text
from tests.support.rooms import Rooms


async def waiter(rooms: Rooms, account: Account) -> asyncio.Task[int]:
    mark = await rooms.desk.wait_owed(account, 0)
    return asyncio.create_task(rooms.desk.wait_owed(account, mark))


async def is_awake(task: asyncio.Task[int]) -> bool:
    done, _ = await asyncio.wait({task}, timeout=0.2)
    return bool(done)


async def test_the_first_wait_returns_at_once(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    assert await rooms.desk.wait_owed(crm, 0) > 0


async def test_only_who_is_owed_something_is_woken(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=(OWN,))
    erp = await open_account(rooms, "erp")
    mine, other = await waiter(rooms, crm), await waiter(rooms, erp)
    await rooms.send()
    assert not await is_awake(mine)
    await rooms.intake.accept(inbound_text("hello")[0])
    await mine
    assert not await is_awake(other)
    other.cancel()


async def test_what_arose_between_two_waits_is_not_missed(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=(OWN,))
    mark = await rooms.desk.wait_owed(crm, 0)
    assert await owed(rooms, crm) == []
    await rooms.intake.accept(inbound_text("hello")[0])
    mark = await rooms.desk.wait_owed(crm, mark)
    again = asyncio.create_task(rooms.desk.wait_owed(crm, mark))
    assert not await is_awake(again)
    again.cancel()


async def test_what_was_put_off_wakes_at_its_time(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=(OWN,))
    await rooms.intake.accept(inbound_text("hello")[0])
    await settle(rooms, await owed(rooms, crm), NoticeEnd.LATER)
    task = await waiter(rooms, crm)
    assert not await is_awake(task)
    await rooms.clock.advance(1)
    await task
    assert len(await owed(rooms, crm)) == 1


async def test_what_is_put_off_while_somebody_waits_wakes_too(rooms: Rooms) -> None:
    crm = await open_account(rooms, numbers=(OWN,))
    await rooms.intake.accept(inbound_text("hello")[0])
    notices = await owed(rooms, crm)
    task = await waiter(rooms, crm)
    assert not await is_awake(task)
    await settle(rooms, notices, NoticeEnd.LATER)
    mark = await task
    task = asyncio.create_task(rooms.desk.wait_owed(crm, mark))
    assert not await is_awake(task)
    await rooms.clock.advance(1)
    await task


async def test_a_doubt_that_comes_due_wakes(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    await rooms.desk.submit(crm, submission(validity=timedelta(minutes=5)))
    rooms.link().gate.clear()
    rooms.start()
    await rooms.link().handed(1)
    await rooms.kill()
    task = await waiter(rooms, crm)
    assert not await is_awake(task)
    await rooms.recover()
    mark = await task
    assert await owed(rooms, crm) == []
    task = asyncio.create_task(rooms.desk.wait_owed(crm, mark))
    assert not await is_awake(task)
    await rooms.clock.advance(301)
    await task
    assert len(await owed(rooms, crm)) == 1


async def test_a_wait_that_is_cancelled_leaves_nothing_behind(rooms: Rooms) -> None:
    crm = await open_account(rooms)
    watch = NoticeWatch(rooms.store, rooms.clock)
    mark = await watch.wait(crm.id, 0)
    before = asyncio.all_tasks()
    task = asyncio.create_task(watch.wait(crm.id, mark))
    assert not await is_awake(task)
    task.cancel()
    await asyncio.wait({task})
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_all_who_wait_are_woken_by_one_look(rooms: Rooms) -> None:
    accounts = [
        await open_account(rooms, f"app{number}", numbers=("*",)) for number in range(5)
    ]
    tasks = [await waiter(rooms, account) for account in accounts]
    assert not await is_awake(tasks[0])
    tasks.pop(0).cancel()
    await rooms.intake.accept(inbound_text("hello")[0])
    await asyncio.gather(*tasks)
