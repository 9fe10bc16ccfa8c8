"""Agents' answers: guarded, once each, taken back or sent, never both."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.core.agent import Actor, AgentRole
from gateway.core.conversation import ConversationState, ReplyState
from gateway.core.errors import Conflict, Forbidden, Invalid, NotFound
from gateway.core.event import EventType
from gateway.core.ids import EntryId, MessageId, ThreadId
from gateway.core.message import MessageState
from gateway.core.store import Tx
from gateway.engine.drafts import Words
from gateway.engine.entries import EntryCut, read_entries
from gateway.engine.present import JsonObject
from gateway.engine.replies import ReplyAsk
from gateway.engine.thread_main import main_thread
from gateway.engine.thread_rows import thread_row
from tests.support.agents import keep_agent
from tests.support.builders import CUSTOMER, OWN
from tests.support.inbox import Office
from tests.support.replying import say, seen, sent, undo
from tests.support.rooms import Rooms, open_rooms

_S = ConversationState


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def last_shown(office: Office) -> tuple[object, object, object]:
    """Kind, text and state of what a list shows of the thread."""
    thread_id = await office.thread_id()
    row = await office.rooms.store.read(
        lambda tx: thread_row(tx, office.anna, main_thread(tx, thread_id))
    )
    last = row["last"]
    assert isinstance(last, dict)
    return last["kind"], last["text"], last["state"]


async def test_an_answer_is_a_message_with_an_author(office: Office) -> None:
    said = await say(office, office.anna)
    [message] = await sent(office)
    assert said.entry["id"] == message.id
    assert (message.text, message.peer, message.own) == ("Уже едет", CUSTOMER, OWN)
    assert message.state is MessageState.QUEUED
    assert said.entry["author"] == {
        "kind": "agent",
        "agent": {"id": office.anna.id, "name": office.anna.name},
    }
    assert said.entry["client_id"] == "c1"
    latest = await office.latest()
    assert (latest.state, latest.assignee_id) == (_S.WAITING, office.anna.id)
    assert said.conversation is not None
    assert said.conversation["revision"] == latest.revision


async def test_a_repeat_is_the_first_answer_again(office: Office) -> None:
    first = await say(office, office.anna)
    again = await say(office, office.anna, "и другое")
    assert again.is_repeat
    assert again.entry == first.entry
    assert len(await sent(office)) == 1


async def test_twenty_repeats_at_once_send_one_message(office: Office) -> None:
    said = await asyncio.gather(*(say(office, office.anna) for _ in range(20)))
    assert len({str(one.entry["id"]) for one in said}) == 1
    assert sum(not one.is_repeat for one in said) == 1
    assert len(await sent(office)) == 1


async def test_client_ids_are_the_agents_own(office: Office) -> None:
    await say(office, office.anna)
    await say(office, office.oleg, force=True)
    assert len(await sent(office)) == 2


async def test_a_client_id_of_another_thread_is_refused(office: Office) -> None:
    await say(office, office.anna)
    await office.hears("Привет", "+79160000777")
    thread_id = await office.thread_id("+79160000777")
    ask = ReplyAsk(client_id="c1", text="Здравствуйте")
    with pytest.raises(Invalid) as refused:
        await office.rooms.inbox.replies.send(Actor(agent=office.anna), thread_id, ask)
    assert refused.value.code == "client_id_reused"


async def test_who_missed_an_answer_is_shown_it_and_sends_nothing(
    office: Office,
) -> None:
    before = await seen(office)
    answer = await say(office, office.oleg, "Я отвечу")
    with pytest.raises(Conflict) as refused:
        await say(office, office.anna, seen_seq=before)
    assert refused.value.code == "thread_moved"
    assert refused.value.more["entries"] == [answer.entry]
    assert len(await sent(office)) == 1


async def test_by_force_it_is_sent_once_and_taken_over(office: Office) -> None:
    before = await seen(office)
    await say(office, office.oleg, "Я отвечу")
    await say(office, office.anna, seen_seq=before, force=True)
    await say(office, office.anna, seen_seq=before, force=True)
    assert [message.text for message in await sent(office)] == ["Я отвечу", "Уже едет"]
    assert (await office.latest()).assignee_id == office.anna.id
    assert ("taken_over", "") in await office.steps()


async def test_own_answers_and_the_customers_words_move_nothing(
    office: Office,
) -> None:
    before = await seen(office)
    await say(office, office.anna, client_id="c1", seen_seq=before)
    await office.hears("Алло?")
    await say(office, office.anna, client_id="c2", seen_seq=before)
    assert len(await sent(office)) == 2


async def test_what_a_program_sent_meanwhile_counts(office: Office) -> None:
    before = await seen(office)
    office.later(seconds=1)
    await office.rooms.send("Заказ в пути", is_answer=True)
    with pytest.raises(Conflict) as refused:
        await say(office, office.anna, seen_seq=before)
    entries = refused.value.more["entries"]
    assert isinstance(entries, list)
    assert [entry["text"] for entry in entries] == ["Заказ в пути"]
    await say(office, office.anna, seen_seq=await seen(office))


async def test_what_was_taken_back_moves_nothing(office: Office) -> None:
    before = await seen(office)
    said = await say(office, office.oleg, undo_s=5, force=True)
    await undo(office, office.oleg, said)
    with pytest.raises(Conflict) as refused:
        await say(office, office.anna, seen_seq=before)
    assert refused.value.code == "not_yours"  # that is all that happened


async def test_of_two_who_answer_at_once_one_is_told(office: Office) -> None:
    before = await seen(office)
    results = await asyncio.gather(
        say(office, office.anna, seen_seq=before),
        say(office, office.oleg, seen_seq=before),
        return_exceptions=True,
    )
    refused = [one for one in results if isinstance(one, Conflict)]
    assert [one.code for one in refused] == ["thread_moved"]
    assert len(await sent(office)) == 1


async def test_a_colleagues_conversation_is_the_colleagues(office: Office) -> None:
    await say(office, office.oleg)
    with pytest.raises(Conflict) as refused:
        await say(office, office.anna, seen_seq=await seen(office))
    assert refused.value.code == "not_yours"
    assert refused.value.more["assignee"] == {
        "id": office.oleg.id,
        "name": office.oleg.name,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" \n", "empty"),
        ("Ж" * 10_000, "too_long"),
        ("Ж" * (8 * 67 + 1), "too_long"),
        ("Здравствуйте, {name}!", "placeholder_left"),
        ("код { заказ }", "placeholder_left"),
        ("a\x00b", "control_character"),
        ("a\x85b", "control_character"),
    ],
)
async def test_what_cannot_be_sent_is_refused(
    office: Office, text: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await say(office, office.anna, text)
    assert (refused.value.code, refused.value.field) == (code, "text")
    assert await sent(office) == []


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "a\u202egnp.exe", "{ } {1} 😀"]
)
async def test_other_texts_go_as_they_are(office: Office, text: str) -> None:
    await say(office, office.anna, text)
    assert [message.text for message in await sent(office)] == [text]


async def test_an_answer_can_be_taken_back_before_it_leaves(office: Office) -> None:
    owed = (await office.latest()).unanswered_at
    said = await say(office, office.anna, undo_s=5)
    assert said.entry["state"] == "scheduled"
    undone = await undo(office, office.anna, said)
    assert (undone.text, undone.entry["state"]) == ("Уже едет", "withdrawn")
    latest = await office.latest()
    assert (latest.state, latest.unanswered_at) == (_S.ACTIVE, owed)
    office.rooms.start()
    office.later(minutes=1)
    await office.rooms.sweep.once()
    assert office.rooms.link().sent == []
    again = await undo(office, office.anna, said)
    assert again.entry == undone.entry


async def test_what_was_taken_back_is_shown_nowhere(office: Office) -> None:
    thread_id = await office.thread_id()

    def shown(tx: Tx) -> tuple[list[JsonObject], list[str]]:
        entries = read_entries(tx, thread_id, EntryCut(limit=50)).items
        later = read_entries(tx, thread_id, EntryCut(limit=50, after="0" * 26)).items
        assert entries == later
        found = tx.search.sayings([str(said.entry["id"])])
        return entries, [one.text for one in found]

    said = await say(office, office.anna, undo_s=5)
    before, found = await office.rooms.store.read(shown)
    assert (before[-1]["id"], found) == (said.entry["id"], ["Уже едет"])
    await undo(office, office.anna, said)
    assert await office.rooms.store.read(shown) == (before[:-1], [])
    assert await last_shown(office) == ("message", "Где мой заказ?", "received")


async def test_an_answer_not_taken_back_goes_when_its_time_is_over(
    office: Office,
) -> None:
    said = await say(office, office.anna, undo_s=5)
    office.rooms.start()
    office.later(seconds=6)
    await office.rooms.sweep.once()
    message_id = MessageId(str(said.entry["id"]))
    await office.rooms.until(message_id, MessageState.SENT)
    with pytest.raises(Conflict) as refused:
        await undo(office, office.anna, said)
    assert refused.value.code == "too_late"


@pytest.mark.parametrize("yields", range(8))
async def test_an_answer_is_taken_back_or_sent_never_both(
    office: Office, yields: int
) -> None:
    said = await say(office, office.anna, undo_s=5)
    message_id = MessageId(str(said.entry["id"]))
    office.rooms.start()
    office.later(seconds=6)

    async def take_back() -> bool:
        for _ in range(yields):
            await asyncio.sleep(0)
        try:
            await undo(office, office.anna, said)
        except Conflict:
            return False
        return True

    _, was_undone = await asyncio.gather(office.rooms.sweep.once(), take_back())
    if was_undone:
        await office.rooms.clock.advance(60)
        await office.rooms.sweep.once()
        assert office.rooms.link().sent == []
    else:
        await office.rooms.until(message_id, MessageState.SENT)


async def test_only_its_writer_takes_an_answer_back(office: Office) -> None:
    said = await say(office, office.anna, undo_s=5)
    with pytest.raises(Forbidden):
        await undo(office, office.oleg, said)
    with pytest.raises(NotFound):
        await office.rooms.inbox.replies.undo(
            Actor(agent=office.anna), await office.thread_id(), EntryId("msg_x")
        )


async def test_sending_empties_the_draft_for_good(office: Office) -> None:
    drafts, thread_id = office.rooms.inbox.drafts, await office.thread_id()

    async def save(revision: int) -> bool:
        words = Words(text="Уже е", is_note=False, revision=revision)
        return (await drafts.save(office.anna.id, thread_id, words)).is_kept

    assert await save(3)
    said = await say(office, office.anna, draft_revision=5)
    assert said.draft is not None
    assert not await save(4)  # was on its way when the answer was sent
    assert not await save(5)
    assert await save(said.draft.revision + 1)


async def test_who_answers_has_read_what_is_answered(office: Office) -> None:
    thread_id = await office.thread_id()
    said = await say(office, office.anna)
    marks = {}
    for agent in (office.anna, office.oleg):
        marks[agent.login] = await office.rooms.store.read(
            lambda tx, of=agent.id: tx.read_marks.get(of, thread_id)  # type: ignore[misc]  # bound at once
        )
    assert marks["anna"] is not None
    assert marks["anna"].entry == said.entry["id"]
    assert marks["oleg"] is None


async def test_a_trainees_answer_waits(office: Office) -> None:
    trainee = await keep_agent(
        office.rooms.store, office.rooms.ids, "tim", AgentRole.TRAINEE
    )
    said = await say(office, trainee)
    assert (said.entry["kind"], said.entry["state"]) == ("reply", "pending")
    assert await sent(office) == []
    latest = await office.latest()
    assert (latest.state, latest.assignee_id) == (_S.ACTIVE, trainee.id)
    assert latest.unanswered_at is not None
    [told] = await office.told(EventType.REPLY_PENDING)
    assert told.data == said.entry
    assert await last_shown(office) == ("reply", "Уже едет", "pending")
    withdrawn = await undo(office, trainee, said)
    assert withdrawn.entry["state"] == ReplyState.WITHDRAWN
    assert await last_shown(office) == ("message", "Где мой заказ?", "received")


async def test_it_goes_out_from_the_number_they_know(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        office = await Office.open(rooms)
        await office.hears()
        for agent in (office.anna, office.oleg):
            await say(office, agent, client_id="x", force=True)
        assert {one.preferred_link for one in await sent(office)} == {"sim1"}
        assert {one.lane for one in await sent(office)} == {"common"}


async def test_a_failed_answer_is_sent_again_on_a_word(office: Office) -> None:
    said = await say(office, office.anna)
    thread_id = await office.thread_id()
    message_id = MessageId(str(said.entry["id"]))

    def fail(tx: Tx) -> None:
        message = tx.outbox.get(message_id)
        [segment] = tx.outbox.segments(message_id)
        assert message is not None
        failed = segment.state.FAILED
        tx.outbox.save_segment(replace(segment, state=failed))
        tx.outbox.save_message(replace(message, state=MessageState.FAILED))

    await office.rooms.store.write(fail)
    replies = office.rooms.inbox.replies
    with pytest.raises(NotFound):
        await replies.retry(ThreadId("thr_x"), message_id, force=False)
    entry = await replies.retry(thread_id, message_id, force=False)
    assert entry["state"] == "queued"
