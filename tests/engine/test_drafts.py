"""Drafts are one agent's own, and what was sent does not come back."""

import pytest
import pytest_asyncio

from gateway.core.agent import Agent
from gateway.core.errors import NotFound
from gateway.core.ids import ThreadId
from gateway.engine.drafts import Saved, Words, draft_json
from gateway.engine.waiting import Bell
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def save(
    office: Office, text: str, revision: int, agent: Agent | None = None
) -> Saved:
    words = Words(text=text, is_note=False, revision=revision)
    drafts, thread_id = office.rooms.inbox.drafts, await office.thread_id()
    return await drafts.save((agent or office.anna).id, thread_id, words)


async def test_the_highest_revision_is_kept_whatever_the_order(office: Office) -> None:
    assert (await save(office, "Уже едет", 2)).is_kept
    for revision in (1, 2):
        late = await save(office, "Уже", revision)
        assert not late.is_kept
        assert (late.draft.text, late.draft.revision) == ("Уже едет", 2)


async def test_nobody_elses_draft_is_touched(office: Office) -> None:
    await save(office, "мой", 1)
    assert (await save(office, "его", 1, office.oleg)).is_kept
    mine = await save(office, "мой вчерашний", 1)
    assert (mine.is_kept, mine.draft.text) == (False, "мой")


async def test_other_tabs_are_told(office: Office) -> None:
    lookers = office.rooms.inbox.lookers
    tab = await lookers.arrive(office.anna, Bell())
    await save(office, "Уже", 1)
    await save(office, "старое", 1)
    [news] = tab.news
    assert news.name == "draft"
    assert news.data["revision"] == 1
    draft = news.data["draft"]
    assert isinstance(draft, dict)
    assert draft["text"] == "Уже"


async def test_what_was_thrown_away_does_not_come_back(office: Office) -> None:
    drafts, thread_id = office.rooms.inbox.drafts, await office.thread_id()
    await drafts.drop(office.anna.id, thread_id)
    await save(office, "Уже", 1)
    await drafts.drop(office.anna.id, thread_id, 3)
    late = await save(office, "Уже е", 3)
    assert not late.is_kept
    assert draft_json(late.draft) is None
    found = await office.rooms.store.read(
        lambda tx: tx.drafts.threads_of(office.anna.id, [thread_id])
    )
    assert set(found) == set()


async def test_lists_know_where_something_was_begun(office: Office) -> None:
    await save(office, "Уже", 1)
    thread_id = await office.thread_id()
    found = await office.rooms.store.read(
        lambda tx: tx.drafts.threads_of(office.anna.id, [thread_id, ThreadId("thr_x")])
    )
    assert set(found) == {thread_id}


async def test_a_draft_is_of_a_thread_that_there_is(office: Office) -> None:
    words = Words(text="a", is_note=False, revision=1)
    with pytest.raises(NotFound):
        await office.rooms.inbox.drafts.save(office.anna.id, ThreadId("thr_x"), words)
