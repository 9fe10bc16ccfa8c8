"""A reply goes to whom and from where the person last wrote, by the right link."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gateway.core.contact import Thread
from gateway.core.ids import LinkId
from gateway.core.link import Capabilities, LinkState
from gateway.core.store import Tx
from gateway.engine.reply_target import Target, find_target
from tests.support.builders import CUSTOMER
from tests.support.inbox import Office
from tests.support.link import FakeLink
from tests.support.rooms import Rooms, open_rooms

OTHER = "+79160000555"


async def find(
    office: Office, *, own: str | None = None, sticky: str | None = None
) -> Target:
    """Of the customer's thread, perhaps changed."""
    rooms, thread_id = office.rooms, await office.thread_id()

    def read(tx: Tx) -> Target:
        thread = tx.contacts.get_thread(thread_id)
        assert thread is not None
        return find_target(tx, changed(thread), rooms.board)

    def changed(thread: Thread) -> Thread:
        if own is not None:
            thread = replace(thread, own=own)
        if sticky is not None:
            thread = replace(thread, sticky_link=LinkId(sticky))
        return thread

    return await rooms.store.read(read)


async def opened(rooms: Rooms) -> Office:
    office = await Office.open(rooms)
    await office.hears()
    return office


async def test_the_link_with_the_number_they_know_is_first(tmp_path: Path) -> None:
    async with open_rooms(tmp_path, links=("sim1", "sim2")) as rooms:
        office = await opened(rooms)
        target = await find(office)
        assert (target.prefer, target.sender) == ("sim1", None)
        assert target.contact.address == CUSTOMER
        second = await find(office, own="+79160000002", sticky="sim1")
        assert second.prefer == "sim2"


async def test_of_two_with_the_number_the_one_that_is_there(tmp_path: Path) -> None:
    async with open_rooms(tmp_path) as rooms:
        office = await opened(rooms)
        twin = FakeLink("twin", rooms.clock, msisdn="79160000001")
        rooms.board.register(twin)
        assert (await find(office, sticky="twin")).prefer == "twin"
        assert (await find(office, sticky="gone")).prefer == "sim1"
        rooms.link("sim1").become(LinkState.DOWN, rooms.intake)
        assert (await find(office, sticky="gone")).prefer == "twin"


async def test_a_number_of_no_link_is_shown_by_one_that_can(tmp_path: Path) -> None:
    able: Mapping[str, Capabilities] = {"smsc": Capabilities(any_sender=True)}
    async with open_rooms(tmp_path, links=("sim1", "smsc"), capabilities=able) as rooms:
        office = await opened(rooms)
        target = await find(office, own="+74950000000", sticky="smsc")
        assert (target.sender, target.prefer) == ("+74950000000", "smsc")


async def test_without_any_the_last_link_is_as_good(rooms: Rooms) -> None:
    office = await opened(rooms)
    target = await find(office, own="+74950000000", sticky="sim1")
    assert (target.sender, target.prefer) == (None, "sim1")
    assert (await find(office, own="+74950000000", sticky="gone")).prefer is None


async def test_a_merged_contact_is_answered_where_it_wrote_last(rooms: Rooms) -> None:
    office = await opened(rooms)
    await office.hears("С другого номера", OTHER)
    main_id, other_id = await office.thread_id(), await office.thread_id(OTHER)
    await rooms.store.write(lambda tx: tx.conversations.add_alias(other_id, main_id))
    assert (await find(office)).contact.address == OTHER
    await office.writes("А теперь с этого")
    assert (await find(office)).contact.address == CUSTOMER
