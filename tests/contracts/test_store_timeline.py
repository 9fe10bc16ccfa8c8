"""The store's timelines: four tables in one order, cut from both sides."""

from datetime import timedelta
from functools import partial

from gateway.core.conversation import Note, Reply, ReplyState, Step, StepKind, place_of
from gateway.core.ids import AgentId, ConversationId, EntryId, ThreadId
from gateway.core.message import SegmentState
from gateway.core.store import Tx
from gateway.core.timeline_store import Progress
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.clock import START

PEER, OTHER = "+79160000001", "+79160000002"
THREAD, ALIAS = ThreadId(f"thr_{PEER}"), ThreadId(f"thr_{OTHER}")
ANNA = AgentId("agt_anna")


def note(make: Maker) -> Note:
    note_id = EntryId(make.ids.new("not"))
    return Note(
        id=note_id,
        thread_id=THREAD,
        conversation_id=None,
        agent_id=ANNA,
        text="тихо",
        created_at=START,
        client_id=note_id,
    )


def step(make: Maker) -> Step:
    return Step(
        id=EntryId(make.ids.new("stp")),
        thread_id=THREAD,
        conversation_id=None,
        kind=StepKind.TAKEN,
        at=START,
    )


def reply(make: Maker, state: ReplyState) -> Reply:
    reply_id = EntryId(make.ids.new("rep"))
    return Reply(
        id=reply_id,
        thread_id=THREAD,
        conversation_id=ConversationId("cnv_1"),
        agent_id=ANNA,
        client_id=reply_id,
        text="скоро",
        state=state,
        created_at=START,
        seq=1,
    )


async def fill(store: SqlStore, make: Maker) -> list[EntryId]:
    """Entries of all kinds in a thread and an alias of it, in order."""
    made: list[EntryId] = []

    def write(tx: Tx) -> None:
        made.clear()
        for number in range(24):
            match number % 6:
                case 0:
                    message = make.message(peer=PEER)
                    make.keep(tx, message)
                    made.append(EntryId(message.id))
                case 1:
                    said = note(make)
                    tx.notes.insert(said)
                    made.append(said.id)
                case 2:
                    message = make.message(peer=OTHER)
                    make.keep(tx, message)
                    made.append(EntryId(message.id))
                case 3:
                    line = step(make)
                    tx.conversations.insert_steps([line])
                    made.append(line.id)
                case 4:
                    waits = reply(make, ReplyState.PENDING)
                    tx.replies.insert(waits)
                    made.append(waits.id)
                case _:
                    # It is a message by now: that is what is shown.
                    tx.replies.insert(reply(make, ReplyState.QUEUED))

    await store.write(write)
    return made


def after(shown: list[ThreadId], place: str, limit: int, tx: Tx) -> list[EntryId]:
    return tx.timeline.after(shown, place, limit)


def before(shown: list[ThreadId], place: str, limit: int, tx: Tx) -> list[EntryId]:
    return tx.timeline.before(shown, place, limit)


async def test_a_timeline_is_the_same_from_both_sides(
    store: SqlStore, make: Maker
) -> None:
    made = await fill(store, make)
    shown = [THREAD, ALIAS]
    for limit in (1, 2, 5, 50):
        forward: list[EntryId] = []
        backward: list[EntryId] = []
        place = ""
        while cut := await store.read(partial(after, shown, place, limit)):
            forward += cut
            place = place_of(cut[-1])
        place = ""
        while cut := await store.read(partial(before, shown, place, limit)):
            backward += cut
            place = place_of(cut[-1])
        assert forward == made
        assert backward == made[::-1]


async def test_what_is_last_was_said_by_somebody(store: SqlStore, make: Maker) -> None:
    made = await fill(store, make)
    said = [one for one in made if one.startswith(("msg_", "not_", "rep_"))]
    assert await store.read(lambda tx: tx.timeline.last([THREAD, ALIAS])) == said[-1]
    assert await store.read(lambda tx: tx.timeline.last([ThreadId("thr_x")])) is None


async def test_progress_counts_what_left_and_what_arrived(
    store: SqlStore, make: Maker
) -> None:
    message = make.message(text="длинно " * 30)
    segments = make.segments(message)
    assert len(segments) == 4
    sent = {"state": SegmentState.SENT, "sent_at": START}
    moved = [
        make.segments(message, **sent)[0],
        make.segments(
            message,
            state=SegmentState.DELIVERED,
            sent_at=START,
            reported_at=START + timedelta(seconds=1),
        )[1],
        *segments[2:],
    ]
    await store.write(make.kept(message, moved))
    found = await store.read(lambda tx: tx.timeline.progress([message.id]))
    assert found == {message.id: Progress(sent=2, delivered=1, total=4)}
