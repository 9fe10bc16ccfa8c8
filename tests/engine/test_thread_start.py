"""An agent begins to write to somebody."""

import pytest
import pytest_asyncio

from gateway.core.agent import Actor, Agent
from gateway.core.conversation import ConversationState, Origin
from gateway.core.errors import Forbidden, Invalid
from gateway.core.ids import ThreadId
from gateway.core.link import LinkState
from tests.support.builders import CUSTOMER, OWN
from tests.support.inbox import Office
from tests.support.rooms import Rooms

NEW = "+79167654321"
_S = ConversationState


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


async def start(
    office: Office, to: str = NEW, own: str | None = None, who: Agent | None = None
) -> ThreadId:
    room = office.rooms.inbox.thread_start
    thread_id = await room.find(to, own)
    await room.begin(Actor(agent=who or office.anna), thread_id)
    return thread_id


async def own_of(office: Office, thread_id: ThreadId) -> str:
    thread = await office.rooms.store.read(lambda tx: tx.contacts.get_thread(thread_id))
    assert thread is not None
    return thread.own


async def test_somebody_new_is_written_to_from_a_link_that_is_up(
    office: Office,
) -> None:
    thread_id = await start(office, "8 (916) 765-43-21")
    assert await own_of(office, thread_id) == OWN
    found = await office.latest(NEW)
    assert (found.state, found.origin) == (_S.ACTIVE, Origin.AGENT)
    assert (found.assignee_id, found.unanswered_at) == (office.anna.id, None)


async def test_a_link_that_is_down_has_its_number_all_the_same(
    office: Office,
) -> None:
    office.rooms.link().become(LinkState.DOWN)
    assert await own_of(office, await start(office)) == OWN


async def test_who_wrote_before_is_answered_in_that_thread(office: Office) -> None:
    await office.hears()
    thread_id = await start(office, CUSTOMER)
    assert thread_id == await office.thread_id()
    found = await office.latest()
    assert (found.number, found.state) == (1, _S.QUEUED)


async def test_what_was_resolved_not_long_ago_goes_on(office: Office) -> None:
    await office.hears()
    await office.desk.resolve(await office.ask(office.anna), None, "")
    office.later(hours=1)
    await start(office, CUSTOMER, who=office.oleg)
    found = await office.latest()
    assert (found.number, found.assignee_id) == (1, office.oleg.id)
    await office.desk.resolve(await office.ask(office.oleg), None, "")
    office.later(days=30)
    await start(office, CUSTOMER)
    assert (await office.latest()).number == 2


async def test_a_number_that_is_none_of_ours_is_refused(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        await start(office, own="+79990000000")
    assert (refused.value.code, refused.value.field) == ("unknown_number", "own")
    assert await own_of(office, await start(office, own="89160000001")) == OWN


@pytest.mark.parametrize("wrong", ["*100#", "BANK", "9" * 30])
async def test_what_is_no_number_is_refused(office: Office, wrong: str) -> None:
    with pytest.raises(Invalid) as refused:
        await start(office, wrong)
    assert (refused.value.code, refused.value.field) == ("invalid_number", "to")


async def test_a_blocked_person_is_not_begun_with(office: Office) -> None:
    await office.hears()
    await office.desk.spam(await office.ask(office.anna))
    with pytest.raises(Forbidden) as refused:
        await start(office, CUSTOMER)
    assert refused.value.code == "blocked"
