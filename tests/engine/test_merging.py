"""One person with several numbers: merged, answered, parted; nothing is lost."""

import random
from collections import Counter
from datetime import timedelta

import pytest
import pytest_asyncio

from gateway.core.agent import Actor
from gateway.core.conversation import Conversation, ConversationState, Draft
from gateway.core.errors import Conflict, NotFound
from gateway.core.ids import ContactId, ThreadId
from gateway.core.store import Tx
from gateway.engine.drafts import Words
from gateway.engine.notes import NoteAsk
from gateway.engine.thread_main import threads_shown
from tests.support.builders import CUSTOMER, inbound_segment, inbound_text
from tests.support.inbox import Office, ask
from tests.support.rooms import Rooms

OTHER = "+380501112233"
THIRD = "+79031112233"
_S = ConversationState


@pytest_asyncio.fixture
async def office(rooms: Rooms) -> Office:
    return await Office.open(rooms)


async def contact(rooms: Rooms, address: str) -> ContactId:
    found = await rooms.store.read(lambda tx: tx.contacts.by_address(address))
    assert found is not None
    return found.id


async def merge(office: Office, into: str, other: str) -> None:
    rooms = office.rooms
    one, two = await contact(rooms, into), await contact(rooms, other)
    await rooms.inbox.contacts.merge(Actor(agent=office.anna), one, two)


async def split(office: Office, main: str, part: str) -> None:
    rooms = office.rooms
    one, two = await contact(rooms, main), await contact(rooms, part)
    await rooms.inbox.contacts.split(Actor(agent=office.anna), one, two)


async def cases(office: Office, thread_id: ThreadId) -> list[Conversation]:
    """Of a thread, oldest number first."""
    found = await office.rooms.store.read(
        lambda tx: tx.conversations.in_thread(thread_id, 1000)
    )
    return found[::-1]


async def main_of(office: Office, address: str) -> ThreadId:
    thread_id = await office.thread_id(address)
    return await office.rooms.store.read(lambda tx: tx.conversations.main_of(thread_id))


async def test_a_merged_contact_is_shown_as_the_other(office: Office) -> None:
    await office.hears("Это Ирина")
    await office.hears("И это Ирина", OTHER)
    rooms = office.rooms
    desk = rooms.inbox.contacts
    await desk.change(await contact(rooms, OTHER), {"name": "Ирина", "tags": ["vip"]})
    await merge(office, CUSTOMER, OTHER)
    card = await desk.show(await contact(rooms, OTHER))
    assert card["id"] == await contact(rooms, CUSTOMER)
    assert card["name"] == "Ирина"
    numbers = card["numbers"]
    assert isinstance(numbers, list)
    assert [one["address"] for one in numbers] == [CUSTOMER, OTHER]
    threads = card["threads"]
    assert isinstance(threads, list)
    assert [one["id"] for one in threads] == [await office.thread_id()]
    assert await main_of(office, OTHER) == await office.thread_id()


async def test_of_two_open_ones_the_older_that_somebody_has_stays(
    office: Office,
) -> None:
    await office.hears("первый")
    await office.hears("второй", OTHER)
    other = (await office.latest(OTHER)).id
    await office.desk.take(ask(office.oleg, other))
    first = await office.latest()
    await merge(office, CUSTOMER, OTHER)
    there = await cases(office, await office.thread_id())
    assert [case.id for case in there] == [first.id, other]
    ended, stays = there
    assert (ended.state, ended.result) == (_S.RESOLVED, "merged")
    assert (stays.state, stays.assignee_id) == (_S.ACTIVE, office.oleg.id)
    assert stays.unanswered_at == first.unanswered_at
    assert [case.number for case in there] == sorted({case.number for case in there})


async def test_parting_gives_each_their_own_with_the_notes(office: Office) -> None:
    await office.hears("первый")
    await office.hears("второй", OTHER)
    theirs = await office.thread_id(OTHER)
    await office.desk.take(ask(office.oleg, (await office.latest(OTHER)).id))
    await merge(office, CUSTOMER, OTHER)
    note = NoteAsk(client_id="n1", text="заметка о втором")
    actor = Actor(agent=office.anna)
    noted = await office.rooms.inbox.notes.add(actor, theirs, note)
    await split(office, CUSTOMER, OTHER)
    assert [case.reason for case in await cases(office, theirs)] == ["второй"]
    mine = await cases(office, await office.thread_id())
    assert [case.reason for case in mine] == ["первый"]
    shown = await office.rooms.store.read(
        lambda tx: tx.timeline.after(threads_shown(tx, theirs), "", 100)
    )
    assert noted.entry["id"] in shown
    await office.hears("снова второй", OTHER)
    assert len(await cases(office, theirs)) == 1


async def test_a_message_to_another_number_of_ours_comes_to_the_main_contact(
    office: Office,
) -> None:
    rooms = office.rooms
    await office.hears("первый")
    await office.hears("второй", OTHER)
    await merge(office, CUSTOMER, OTHER)
    [body] = [one.body for one in inbound_text("на другой номер")]
    item = inbound_segment(body, originator=OTHER, recipient="+79160000002")
    await rooms.intake.accept(item)
    await rooms.inbox.conversation_reader.catch_up()

    def look(tx: Tx) -> None:
        main, other = (tx.contacts.by_address(one) for one in (CUSTOMER, OTHER))
        assert main is not None
        assert other is not None
        home = tx.contacts.thread(main.id, "+79160000002")
        assert home is not None
        [case] = tx.conversations.in_thread(home.id, 10)
        assert case.contact_id == other.id

    await rooms.store.read(look)
    await split(office, CUSTOMER, OTHER)

    def parted(tx: Tx) -> None:
        other = tx.contacts.by_address(OTHER)
        assert other is not None
        own = tx.contacts.thread(other.id, "+79160000002")
        assert own is not None
        assert len(tx.conversations.in_thread(own.id, 10)) == 1

    await rooms.store.read(parted)


async def test_what_cannot_be_merged_or_parted_is_refused(office: Office) -> None:
    await office.hears("первый")
    await office.hears("второй", OTHER)
    with pytest.raises(Conflict, match="one contact already"):
        await merge(office, CUSTOMER, CUSTOMER)
    with pytest.raises(Conflict, match="not merged"):
        await split(office, CUSTOMER, OTHER)
    await merge(office, CUSTOMER, OTHER)
    with pytest.raises(Conflict, match="one contact already"):
        await merge(office, OTHER, CUSTOMER)
    desk = office.rooms.inbox.contacts
    with pytest.raises(NotFound):
        await desk.merge(
            Actor(), await contact(office.rooms, OTHER), ContactId("con_none")
        )


async def test_a_chain_is_parted_in_the_middle(office: Office) -> None:
    for text, sender in (("раз", CUSTOMER), ("два", OTHER), ("три", THIRD)):
        await office.hears(text, sender)
    await merge(office, OTHER, THIRD)
    await merge(office, CUSTOMER, OTHER)
    home = await office.thread_id()
    assert await main_of(office, THIRD) == home
    assert {case.reason for case in await cases(office, home)} == {"раз", "два", "три"}
    await split(office, CUSTOMER, OTHER)
    assert await main_of(office, THIRD) == await office.thread_id(OTHER)
    there = await cases(office, await office.thread_id(OTHER))
    assert {case.reason for case in there} == {"два", "три"}
    assert {case.reason for case in await cases(office, home)} == {"раз"}


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_merging_and_parting_keeps_each_message_once(
    office: Office, seed: int
) -> None:
    chance = random.Random(seed)
    rooms = office.rooms
    people = [f"+7916000000{number}" for number in range(5)]
    for person in people:
        await office.hears("начало", person)
    for _ in range(25):
        one, two = chance.sample(people, 2)
        deed = chance.random()
        try:
            if deed < 0.3:
                await merge(office, one, two)
            elif deed < 0.5:
                await split(office, one, two)
            elif deed < 0.6:
                latest = await office.latest(one)
                await office.desk.take(ask(office.anna, latest.id))
            elif deed < 0.7:
                office.later(hours=chance.choice([1, 100]))
            elif deed < 0.85:
                await office.writes("не прочитано", one)  # arrives before the next deed
            else:
                await office.hears("слово", one)
        except Conflict:
            pass
        await rooms.store.read(lambda tx: everything_is_in_one_place(tx, people))
    await rooms.inbox.conversation_reader.catch_up()
    await rooms.store.read(lambda tx: everything_is_in_one_place(tx, people))


def everything_is_in_one_place(tx: Tx, people: list[str]) -> None:
    contacts = [one for person in people if (one := tx.contacts.by_address(person))]
    threads = tx.contacts.threads_of([one.id for one in contacts])
    mains = {tx.conversations.main_of(thread.id) for thread in threads}
    shown = Counter(one for main in mains for one in threads_shown(tx, main))
    assert set(shown) == {thread.id for thread in threads}
    assert set(shown.values()) == {1}
    for main in mains:
        assert tx.conversations.main_of(main) == main
        found = tx.conversations.in_thread(main, 1000)
        going_on = [case for case in found if not case.has_ended]
        assert len(going_on) <= 1
        assert not going_on or found[0].id == going_on[0].id
    for thread in threads:
        assert thread.id in mains or not tx.conversations.in_thread(thread.id, 10)
    said = [
        entry
        for main in mains
        for entry in tx.timeline.after(threads_shown(tx, main), "", 10_000)
        if entry.startswith("msg_")
    ]
    assert len(said) == len(set(said))


async def test_merging_while_a_message_waits_to_be_read_loses_nothing(
    office: Office,
) -> None:
    await office.hears("первый")
    await office.hears("второй", OTHER)
    await office.writes("ещё один", OTHER)
    await merge(office, CUSTOMER, OTHER)
    await office.rooms.inbox.conversation_reader.catch_up()
    going_on = [
        case
        for case in await cases(office, await office.thread_id())
        if not case.has_ended
    ]
    assert len(going_on) == 1
    assert going_on[0].last_in_at is not None
    assert going_on[0].last_in_at >= office.rooms.clock.now() - timedelta(seconds=1)


async def begin(office: Office, address: str, text: str, *, is_note: bool) -> None:
    """Anna begins to write to that number."""
    drafts, thread_id = office.rooms.inbox.drafts, await office.thread_id(address)
    there = await begun(office, address)
    words = Words(
        text=text, is_note=is_note, revision=there.revision + 1 if there else 1
    )
    await drafts.save(office.anna.id, thread_id, words)


async def begun(office: Office, address: str) -> Draft | None:
    """What Anna's page shows as begun, in the thread of that number itself."""
    thread_id = await office.thread_id(address)
    found = await office.rooms.store.read(
        lambda tx: tx.drafts.get(office.anna.id, thread_id)
    )
    return found if found is not None and found.text else None


@pytest.mark.parametrize("is_note", [True, False])
async def test_what_was_begun_goes_along(office: Office, *, is_note: bool) -> None:
    await office.hears("Это Ирина")
    await office.hears("И это Ирина", OTHER)
    await begin(office, OTHER, "Половина фра", is_note=is_note)
    await merge(office, CUSTOMER, OTHER)
    kept = await begun(office, CUSTOMER)
    assert kept is not None
    assert (kept.text, kept.is_note) == ("Половина фра", is_note)
    assert await begun(office, OTHER) is None


async def test_of_two_drafts_of_one_kind_both_stand(office: Office) -> None:
    await office.hears("Это Ирина")
    await office.hears("И это Ирина", OTHER)
    await begin(office, CUSTOMER, "Здравствуйте", is_note=False)
    await begin(office, OTHER, "Уже едет", is_note=False)
    await merge(office, CUSTOMER, OTHER)
    kept = await begun(office, CUSTOMER)
    assert kept is not None
    assert kept.text == "Здравствуйте\nУже едет"


async def test_a_note_begun_never_becomes_a_part_of_a_reply(office: Office) -> None:
    await office.hears("Это Ирина")
    await office.hears("И это Ирина", OTHER)
    await begin(office, CUSTOMER, "Здравствуйте", is_note=False)
    await begin(office, OTHER, "не платит", is_note=True)
    await merge(office, CUSTOMER, OTHER)
    kept = await begun(office, CUSTOMER)
    assert kept is not None
    assert (kept.text, kept.is_note) == ("Здравствуйте", False)
    await split(office, CUSTOMER, OTHER)
    waited = await begun(office, OTHER)
    assert waited is not None
    assert (waited.text, waited.is_note) == ("не платит", True)
