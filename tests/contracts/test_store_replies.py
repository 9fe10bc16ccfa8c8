"""Replies, notes, drafts and marks: what every store has to keep of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.contact import Contact, Thread
from gateway.core.conversation import Draft, Note, ReadMark, Reply, ReplyState
from gateway.core.errors import StoreConflict
from gateway.core.ids import (
    AgentId,
    ContactId,
    ConversationId,
    EntryId,
    MessageId,
    ThreadId,
)
from gateway.core.store import Store, Tx
from tests.support.clock import START

THREAD = ThreadId("thr_1")
ANNA, OLEG = AgentId("agt_1"), AgentId("agt_2")


def reply(number: int, **fields: object) -> Reply:
    values: dict[str, object] = {
        "id": EntryId(f"rep_{number}"),
        "thread_id": THREAD,
        "conversation_id": ConversationId("cnv_1"),
        "agent_id": ANNA,
        "client_id": f"c{number}",
        "text": "Уже едет",
        "state": ReplyState.PENDING,
        "created_at": START,
        "seq": number,
    }
    return Reply(**values | fields)  # type: ignore[arg-type]  # named by the test


def thread(tx: Tx) -> None:
    contact = Contact(id=ContactId("con_1"), address="+79161234567", created_at=START)
    made = Thread(
        id=THREAD, contact_id=contact.id, own="", created_at=START, updated_at=START
    )
    tx.contacts.insert_all([contact], [made])


async def test_a_reply_comes_back_as_it_was_kept(store: Store) -> None:
    kept = reply(
        1,
        state=ReplyState.QUEUED,
        message_id=MessageId("msg_1"),
        canned_id="can_1",
        approver_id=OLEG,
        approver_note="ok",
        waited_since=START - timedelta(minutes=1),
    )

    def write(tx: Tx) -> list[Reply | None]:
        thread(tx)
        tx.replies.insert(kept)
        [by_message] = tx.replies.by_messages([MessageId("msg_1"), MessageId("msg_2")])
        return [
            tx.replies.get(kept.id),
            tx.replies.by_client_id(ANNA, "c1"),
            by_message,
            *tx.replies.among([kept.id, "rep_9"]),
        ]

    assert await store.write(write) == [kept] * 4
    assert await store.read(lambda tx: tx.replies.get(EntryId("rep_9"))) is None


async def test_a_client_id_is_an_agents_once(store: Store) -> None:
    await store.write(thread)
    await store.write(lambda tx: tx.replies.insert(reply(1)))
    await store.write(
        lambda tx: tx.replies.insert(reply(2, agent_id=OLEG, client_id="c1"))
    )
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.replies.insert(reply(3, client_id="c1")))


async def test_what_becomes_of_a_reply_is_kept(store: Store) -> None:
    def write(tx: Tx) -> None:
        thread(tx)
        for number in (1, 2, 3):
            tx.replies.insert(reply(number))
        tx.replies.save(
            replace(
                reply(2),
                state=ReplyState.QUEUED,
                text="Едет",
                message_id=MessageId("msg_2"),
                seq=9,
                conversation_id=ConversationId("cnv_2"),
            )
        )

    await store.write(write)
    waiting = await store.read(lambda tx: tx.replies.pending(10, None))
    assert [one.id for one in waiting] == ["rep_1", "rep_3"]
    rest = await store.read(lambda tx: tx.replies.pending(10, "rep_1"))
    assert [one.id for one in rest] == ["rep_3"]
    sent = await store.read(lambda tx: tx.replies.get(EntryId("rep_2")))
    assert sent is not None
    assert (sent.text, sent.seq, sent.conversation_id) == ("Едет", 9, "cnv_2")
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.replies.save(reply(7)))


async def test_what_others_said_since_is_found(store: Store) -> None:
    def write(tx: Tx) -> None:
        thread(tx)
        tx.replies.insert(reply(1, agent_id=OLEG))
        tx.replies.insert(reply(2))
        tx.replies.insert(reply(3, agent_id=OLEG, state=ReplyState.REJECTED))
        tx.replies.insert(reply(4, agent_id=OLEG, state=ReplyState.QUEUED))
        tx.replies.insert(reply(5, agent_id=OLEG))

    await store.write(write)
    found = await store.read(lambda tx: tx.replies.by_others([THREAD], ANNA, 1))
    assert [one.id for one in found] == ["rep_4", "rep_5"]
    other = [ThreadId("thr_2")]
    assert await store.read(lambda tx: tx.replies.by_others(other, ANNA, 0)) == []


async def test_a_note_comes_back_as_it_was_kept(store: Store) -> None:
    note = Note(
        id=EntryId("not_1"),
        thread_id=THREAD,
        conversation_id=None,
        agent_id=ANNA,
        text="VIP",
        created_at=START,
        client_id="n1",
        mentions=(OLEG,),
    )
    await store.write(thread)
    await store.write(lambda tx: tx.notes.insert(note))
    assert await store.read(lambda tx: tx.notes.among(["not_1", "not_2"])) == [note]
    assert await store.read(lambda tx: tx.notes.by_client_id(ANNA, "n1")) == note
    assert await store.read(lambda tx: tx.notes.by_client_id(OLEG, "n1")) is None
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.notes.insert(replace(note, id=EntryId("n2"))))


async def test_of_drafts_the_highest_revision_stays(store: Store) -> None:
    draft = Draft(
        agent_id=ANNA,
        thread_id=THREAD,
        text="Уже",
        is_note=True,
        revision=2,
        updated_at=START,
    )
    await store.write(thread)
    assert await store.write(lambda tx: tx.drafts.put(draft))
    for revision in (1, 2):
        late = replace(draft, text="x", revision=revision)
        assert not await store.write(lambda tx, late=late: tx.drafts.put(late))  # type: ignore[misc]  # bound at once
    assert await store.read(lambda tx: tx.drafts.get(ANNA, THREAD)) == draft
    assert await store.read(lambda tx: tx.drafts.get(OLEG, THREAD)) is None
    begun = await store.read(lambda tx: tx.drafts.threads_of(ANNA, [THREAD]))
    assert set(begun) == {THREAD}


async def test_a_mark_is_where_it_was_put_last(store: Store) -> None:
    await store.write(thread)
    for place in ("msg_2", "msg_1"):
        mark = ReadMark(agent_id=ANNA, thread_id=THREAD, entry=EntryId(place), at=START)
        await store.write(lambda tx, mark=mark: tx.read_marks.put(mark))  # type: ignore[misc]  # bound at once
        assert await store.read(lambda tx: tx.read_marks.get(ANNA, THREAD)) == mark
    assert await store.read(lambda tx: tx.read_marks.get(OLEG, THREAD)) is None
    assert await store.read(
        lambda tx: tx.read_marks.unread(ANNA, START, [THREAD, ThreadId("thr_2")])
    ) == {THREAD: 0}
