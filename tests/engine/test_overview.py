"""The board says what is."""

from collections.abc import Mapping
from typing import Any

import pytest_asyncio

from gateway.core.agent import Actor
from gateway.core.ids import LinkId, ThreadId
from gateway.engine.replies import ReplyAsk
from gateway.engine.waiting import Bell
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


async def figures(_link: LinkId) -> Mapping[str, object]:
    return {"queue": 2, "in_doubt": 1}


async def board(office: Office) -> dict[str, Any]:
    return dict(await office.rooms.inbox.overview.board(figures))


async def test_an_empty_box_has_an_empty_board(office: Office) -> None:
    seen = await board(office)
    assert seen["queue"] == {"waiting": 0, "longest_since": None}
    assert set(seen["counts"].values()) == {0}
    assert seen["today"] == {
        "opened": 0,
        "resolved": 0,
        "median_first_reply_s": None,
    }
    [line] = seen["links"]
    assert (line["id"], line["queue"], line["in_doubt"]) == ("sim1", 2, 1)


async def test_the_queue_and_those_who_answer_are_counted(office: Office) -> None:
    for sender in ("+79160000101", "+79160000102"):
        await office.hears(sender=sender)
    first = await office.latest("+79160000101")
    office.later(seconds=40)
    ask = ReplyAsk(client_id="c", text="Здравствуйте")
    thread_id = await office.thread_id("+79160000102")
    actor = Actor(agent=office.anna)
    await office.rooms.inbox.replies.send(actor, thread_id, ask)
    seen = await board(office)
    assert seen["queue"]["waiting"] == 1
    assert seen["queue"]["longest_since"].startswith(
        first.virtual_start.isoformat()[:19]
    )
    assert (seen["counts"]["queued"], seen["counts"]["waiting"]) == (1, 1)
    assert seen["today"]["opened"] == 2
    assert seen["today"]["median_first_reply_s"] == 40.0
    anna = next(one for one in seen["agents"] if one["id"] == office.anna.id)
    assert (anna["reply_lag_s"], anna["waiting"]) == (40.0, 1)
    assert anna["oldest_unanswered_at"] is None
    await office.hears("Ну?", "+79160000102")
    anna = next(
        one for one in (await board(office))["agents"] if one["id"] == office.anna.id
    )
    assert anna["oldest_unanswered_at"] is not None


async def test_what_agents_have_open_is_shown(office: Office) -> None:
    lookers, thread_id = office.rooms.inbox.lookers, ThreadId("thr_1")
    page = await lookers.arrive(office.anna, Bell())
    lookers.look(office.anna.id, page.id, thread_id, is_typing=False, is_focused=True)
    seen = {one["id"]: one["looking_at"] for one in (await board(office))["agents"]}
    assert seen[office.anna.id] == thread_id
    assert seen[office.oleg.id] is None
