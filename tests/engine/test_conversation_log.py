"""What agents' answers do to conversations, told and kept in one write."""

import pytest
import pytest_asyncio

from gateway.core.conversation import ConversationState, Origin
from gateway.core.errors import StoreConflict
from gateway.core.event import EventType
from gateway.core.store import Tx
from gateway.engine.conversation_log import Fresh, forget_reply, keep
from gateway.engine.conversation_moves import tag
from tests.support.inbox import Office
from tests.support.rooms import Rooms

_S = ConversationState


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def test_an_answer_takes_what_is_nobodys(office: Office) -> None:
    found = await office.answers(office.anna)
    assert (found.state, found.assignee_id) == (_S.WAITING, office.anna.id)
    assert (await office.steps())[-1] == ("taken", "")
    assert len(await office.told(EventType.CONVERSATION_ASSIGNED)) == 1


async def test_what_is_anothers_stays_theirs(office: Office) -> None:
    await office.desk.take(await office.ask(office.anna))
    found = await office.answers(office.vera)
    assert (found.state, found.assignee_id) == (_S.WAITING, office.anna.id)
    assert [kind for kind, _ in await office.steps()] == ["opened", "taken"]


async def test_an_answer_after_the_end_goes_on_or_begins_anew(office: Office) -> None:
    await office.desk.resolve(await office.ask(office.anna), None, "")
    office.later(hours=71)
    again = await office.answers(office.oleg)
    assert (again.number, again.state, again.assignee_id) == (
        1,
        _S.WAITING,
        office.oleg.id,
    )
    assert (await office.steps())[-1] == ("reopened", "")
    await office.desk.resolve(await office.ask(office.oleg), None, "")
    office.later(hours=73)
    new = await office.answers(office.anna)
    assert (new.number, new.origin, new.revision) == (2, Origin.AGENT, 1)
    assert (new.state, new.assignee_id) == (_S.WAITING, office.anna.id)
    assert len(await office.told(EventType.CONVERSATION_OPENED)) == 2


async def test_there_is_no_answer_to_spam_as_long_as_it_is_the_latest(
    office: Office,
) -> None:
    await office.desk.spam(await office.ask(office.anna))
    found = await office.answers(office.anna)
    assert (found.number, found.origin) == (2, Origin.AGENT)


async def test_an_answer_taken_back_is_owed_again(office: Office) -> None:
    before = await office.latest()
    answered = await office.answers(office.anna)
    now = office.rooms.clock.now()

    def undo(tx: Tx) -> None:
        forget_reply(tx, answered, before.unanswered_at, now, now)

    await office.rooms.store.write(undo)
    after = await office.latest()
    assert (after.state, after.unanswered_at) == (_S.ACTIVE, before.unanswered_at)
    assert after.first_out_at is None


async def test_what_moved_meanwhile_is_not_overwritten(office: Office) -> None:
    seen = await office.latest()
    await office.desk.take(await office.ask(office.anna))
    events = await office.rooms.events()
    now = office.rooms.clock.now()

    def write(tx: Tx) -> None:
        keep(tx, seen, tag(seen, ("x",), now), EventType.CONVERSATION_CHANGED, now)

    with pytest.raises(StoreConflict):
        await office.rooms.store.write(write)
    assert await office.rooms.events() == events


async def test_every_step_of_fresh_is_its_own(rooms: Rooms) -> None:
    one, other = Fresh.make(rooms.ids), Fresh.make(rooms.ids)
    assert len({*_names(one), *_names(other)}) == 6


def _names(fresh: Fresh) -> list[str]:
    return [fresh.conversation, fresh.first, fresh.second]
