"""A trainee's answers are sent by somebody else's word, once."""

import asyncio

import pytest
import pytest_asyncio

from gateway.core.agent import Actor, Agent, AgentRole
from gateway.core.agent_store import AuditFilter
from gateway.core.conversation import ConversationState
from gateway.core.errors import Conflict, Invalid, NotFound
from gateway.core.event import EventType
from gateway.core.ids import EntryId
from gateway.core.message import Direction
from gateway.engine.replies import ReplyAsk
from tests.support.agents import keep_agent
from tests.support.inbox import Office
from tests.support.rooms import Rooms


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


@pytest_asyncio.fixture
async def trainee(office: Office) -> Agent:
    rooms = office.rooms
    return await keep_agent(rooms.store, rooms.ids, "tim", AgentRole.TRAINEE)


async def pending(office: Office, trainee: Agent, client_id: str = "c1") -> EntryId:
    ask = ReplyAsk(client_id=client_id, text="Щас")
    thread_id = await office.thread_id()
    said = await office.rooms.inbox.replies.send(Actor(agent=trainee), thread_id, ask)
    return EntryId(str(said.entry["id"]))


async def audited(office: Office) -> list[str]:
    found = await office.rooms.inbox.audit.listing(AuditFilter(), before=None, limit=9)
    return [entry.action for entry in found]


async def test_what_is_approved_is_the_trainees_message(
    office: Office, trainee: Agent
) -> None:
    reply_id = await pending(office, trainee)
    approvals, vera = office.rooms.inbox.approvals, Actor(agent=office.vera)
    assert [one["id"] for one in await approvals.pending(10, None)] == [reply_id]
    said = await approvals.approve(vera, reply_id, "Сейчас посмотрю")
    assert (said.entry["kind"], said.entry["text"]) == ("message", "Сейчас посмотрю")
    author = said.entry["author"]
    assert isinstance(author, dict)
    assert author["agent"] == {"id": trainee.id, "name": trainee.name}
    latest = await office.latest()
    assert latest.state is ConversationState.WAITING
    [told] = await office.told(EventType.REPLY_DECIDED)
    assert (told.data["state"], told.data["message_id"]) == ("queued", said.entry["id"])
    assert await audited(office) == ["reply.approved"]
    assert await approvals.pending(10, None) == []


async def test_of_two_who_decide_the_first_counts(
    office: Office, trainee: Agent
) -> None:
    reply_id = await pending(office, trainee)
    approvals, vera = office.rooms.inbox.approvals, Actor(agent=office.vera)
    results = await asyncio.gather(
        approvals.approve(vera, reply_id),
        approvals.reject(vera, reply_id, "нет"),
        approvals.approve(vera, reply_id),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Conflict) for one in results) == 2
    sent = [
        message
        for message in await office.rooms.messages()
        if message.direction is Direction.MT
    ]
    assert len(sent) <= 1
    assert len(await office.told(EventType.REPLY_DECIDED)) == 1


async def test_what_is_rejected_is_not_sent_and_says_why(
    office: Office, trainee: Agent
) -> None:
    reply_id = await pending(office, trainee)
    approvals, vera = office.rooms.inbox.approvals, Actor(agent=office.vera)
    said = await approvals.reject(vera, reply_id, "Вежливее")
    assert said.entry["state"] == "rejected"
    assert said.entry["approver_note"] == "Вежливее"
    assert {one.direction for one in await office.rooms.messages()} == {Direction.MO}
    assert (await office.latest()).unanswered_at is not None


async def test_other_words_are_judged_too(office: Office, trainee: Agent) -> None:
    reply_id = await pending(office, trainee)
    approvals, vera = office.rooms.inbox.approvals, Actor(agent=office.vera)
    with pytest.raises(Invalid):
        await approvals.approve(vera, reply_id, "Здравствуйте, {name}")
    with pytest.raises(NotFound):
        await approvals.approve(vera, EntryId("rep_x"))
    assert len(await approvals.pending(10, None)) == 1
