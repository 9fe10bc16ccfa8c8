"""Answers over HTTP: at once, twice, too late, by the wrong one, with bad texts."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest

from gateway.core.account import Role
from gateway.core.agent import AgentRole
from gateway.core.ids import MessageId
from gateway.core.message import Direction, MessageState
from gateway.core.message_store import MessageFilter, Page
from gateway.core.store import Tx
from tests.web.browser import Browser, browser_of
from tests.web.hearing import hear, thread_of
from tests.web.world import Answer, World


@dataclass(slots=True)
class Office:
    """A customer has written; two agents, a supervisor and a trainee are there."""

    world: World
    anna: Browser
    oleg: Browser
    vera: Browser
    tim: Browser
    path: str
    seq: int

    async def reply(self, browser: Browser, text: object, **more: object) -> Answer:
        body = {"client_id": "c1", "text": text, "seen_seq": self.seq, "undo_s": 0}
        return await browser.call("POST", self.path, body | more)

    async def sent(self) -> list[str | None]:
        which = MessageFilter(direction=Direction.MT)
        found = await self.world.store.read(
            lambda tx: tx.outbox.listing(which, Page(limit=200))
        )
        return [message.text for message in found[::-1]]


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        anna, oleg, vera, tim = [
            await stack.enter_async_context(browser_of(world, login, role))
            for login, role in (
                ("anna", AgentRole.AGENT),
                ("oleg", AgentRole.AGENT),
                ("vera", AgentRole.SUPERVISOR),
                ("tim", AgentRole.TRAINEE),
            )
        ]
        await hear(world, "Где мой заказ?")
        path = f"/api/v1/threads/{await thread_of(world)}/replies"
        seq = await world.last_event()
        yield Office(world, anna, oleg, vera, tim, path, seq)


async def test_twenty_posts_at_once_are_one_message(office: Office) -> None:
    answers = await asyncio.gather(
        *(office.reply(office.anna, "Уже едет") for _ in range(20))
    )
    assert sorted({answer.status for answer in answers}) == [200, 201]
    assert sum(answer.status == 201 for answer in answers) == 1
    assert len({answer.json["entry"]["id"] for answer in answers}) == 1
    assert await office.sent() == ["Уже едет"]


async def test_of_two_who_answer_at_once_one_is_told_what_the_other_said(
    office: Office,
) -> None:
    one, other = await asyncio.gather(
        office.reply(office.anna, "от Анны"), office.reply(office.oleg, "от Олега")
    )
    [won] = [answer for answer in (one, other) if answer.status == 201]
    [lost] = [answer for answer in (one, other) if answer.status == 409]
    assert lost.json["code"] == "thread_moved"
    assert lost.json["entries"] == [won.json["entry"]]
    assert len(await office.sent()) == 1
    loser = office.anna if lost is one else office.oleg
    forced = await office.reply(loser, "всё же", client_id="c2", force=True)
    again = await office.reply(loser, "всё же", client_id="c2", force=True)
    assert (forced.status, again.status) == (201, 200)
    assert len(await office.sent()) == 2


async def test_who_has_seen_the_answer_is_told_whose_it_is(office: Office) -> None:
    await office.reply(office.oleg, "от Олега")
    office.seq = await office.world.last_event()
    refused = await office.reply(office.anna, "от Анны")
    assert (refused.status, refused.json["code"]) == (409, "not_yours")
    assert refused.json["assignee"]["name"] == "Oleg"


async def test_what_was_seen_has_to_be_said(office: Office) -> None:
    refused = await office.reply(office.anna, "Уже едет", seen_seq=None)
    assert (refused.status, refused.json["field"]) == (422, "seen_seq")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("ж" * 10_000, "too_long"),
        ("Здравствуйте, {name}", "placeholder_left"),
        ("a\x00b", "control_character"),
        (7, "invalid_value"),
        ("ж" * 30_000, "invalid_value"),
    ],
)
async def test_a_text_that_cannot_be_sent_is_refused_by_name(
    office: Office, text: object, code: str
) -> None:
    refused = await office.reply(office.anna, text)
    assert (refused.status, refused.json["code"]) == (422, code)
    assert refused.json["field"] == "text"
    assert await office.sent() == []


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "код\u202e1234\u202c"])
async def test_hostile_texts_are_kept_as_they_are(office: Office, text: str) -> None:
    answer = await office.reply(office.anna, text)
    assert (answer.status, answer.json["entry"]["text"]) == (201, text)
    assert answer.headers["Content-Type"] == "application/json"


async def test_half_a_surrogate_pair_is_no_text(office: Office) -> None:
    body = json.dumps({"client_id": "c", "text": "\ud83d", "seen_seq": office.seq})
    sent = {"X-CSRF-Token": office.anna.csrf, "Content-Type": "application/json"}
    url = office.world.base + office.path
    async with office.anna.http.post(url, data=body.encode(), headers=sent) as answer:
        assert answer.status in (400, 422)


async def test_an_answer_is_undone_or_sent(office: Office) -> None:
    first = await office.reply(office.anna, "Уже едет", undo_s=15)
    entry = first.json["entry"]
    assert entry["send_at"] is not None
    path = f"{office.path}/{entry['id']}"
    foreign = await office.oleg.call("DELETE", path)
    assert (foreign.status, foreign.json["code"]) == (403, "not_your_reply")
    undone = await office.anna.call("DELETE", path)
    assert (undone.status, undone.json["text"]) == (200, "Уже едет")
    assert undone.json["entry"]["state"] == "withdrawn"
    second = await office.reply(office.anna, "Уже там", client_id="c2")
    message_id = MessageId(second.json["entry"]["id"])
    await move(office.world, message_id, MessageState.SENT)
    late = await office.anna.call("DELETE", f"{office.path}/{message_id}")
    assert (late.status, late.json["code"]) == (409, "too_late")


async def move(world: World, message_id: MessageId, state: MessageState) -> None:
    """As if a lane had done it."""

    def write(tx: Tx) -> None:
        message = tx.outbox.get(message_id)
        assert message is not None
        tx.outbox.save_message(replace(message, state=state))

    await world.store.write(write)


async def test_a_trainees_answer_waits_for_a_supervisor(office: Office) -> None:
    waiting = await office.reply(office.tim, "Щас")
    reply_id = waiting.json["entry"]["id"]
    assert (waiting.status, waiting.json["entry"]["state"]) == (201, "pending")
    pending, approve = "/api/v1/replies/pending", f"/api/v1/replies/{reply_id}/approve"
    for agent in (office.anna, office.tim):
        assert (await agent.call("GET", pending)).status == 403
        assert (await agent.call("POST", approve, {})).status == 403
    listed = await office.vera.call("GET", pending)
    assert [one["id"] for one in listed.json["items"]] == [reply_id]
    approved = await office.vera.call("POST", approve, {"text": "Сейчас"})
    assert (approved.status, approved.json["entry"]["kind"]) == (200, "message")
    again = await office.vera.call("POST", approve, {})
    assert (again.status, again.json["code"]) == (409, "decided")
    assert await office.sent() == ["Сейчас"]


async def test_a_rejected_answer_says_why(office: Office) -> None:
    waiting = await office.reply(office.tim, "Щас")
    path = f"/api/v1/replies/{waiting.json['entry']['id']}/reject"
    rejected = await office.vera.call("POST", path, {"note": "Вежливее"})
    assert rejected.json["entry"]["approver_note"] == "Вежливее"
    assert await office.sent() == []


async def test_who_opted_out_is_answered_only_when_they_wrote_since(
    office: Office,
) -> None:
    await hear(office.world, "стоп")
    refused = await office.reply(office.anna, "Уже едет")
    assert (refused.status, refused.json["code"]) == (403, "opted_out")
    await hear(office.world, "а впрочем, где он?")
    assert (await office.reply(office.anna, "Уже едет")).status == 201


async def test_a_key_answers_for_an_agent(office: Office) -> None:
    _, secret = await office.world.secret(Role.INBOX)
    body = {"client_id": "k", "text": "Уже едет", "seen_seq": office.seq, "undo_s": 0}
    alone = await office.world.call("POST", office.path, body, secret=secret)
    assert (alone.status, alone.json["code"]) == (403, "agent_needed")
    headers = {"Seventy-Agent": "anna"}
    answer = await office.world.call(
        "POST", office.path, body, secret=secret, headers=headers
    )
    assert answer.status == 201
    assert answer.json["entry"]["author"]["agent"]["name"] == "Anna"
    _, other = await office.world.secret(Role.MESSAGES_SEND)
    none = await office.world.call("POST", office.path, body, secret=other)
    assert none.status == 403


async def test_nobody_elses_page_sends(office: Office) -> None:
    body = {"client_id": "c1", "text": "x", "seen_seq": office.seq}
    url = office.world.base + office.path
    async with office.anna.http.post(url, json=body) as answer:
        assert answer.status == 403  # no CSRF token
    headers = {"X-CSRF-Token": office.anna.csrf, "Origin": "https://evil.example"}
    async with office.anna.http.post(url, json=body, headers=headers) as answer:
        assert answer.status == 403
    assert await office.sent() == []


async def test_an_answer_in_no_thread_is_none(office: Office) -> None:
    office.path = "/api/v1/threads/thr_x/replies"
    assert (await office.reply(office.anna, "x")).status == 404
