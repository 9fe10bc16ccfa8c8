"""Cards as everybody sees them: in few statements, without circles, told of once."""

import pytest

from gateway.core.agent import Actor
from gateway.core.card import Card
from gateway.core.contact import Contact
from gateway.core.errors import Invalid, NotFound
from gateway.core.event import EventType
from gateway.core.ids import ContactId
from gateway.core.store import Tx
from gateway.engine.people_cards import (
    block,
    card_json,
    cards_json,
    change_card,
    family,
    is_blocked,
    main_contact,
    unblock,
)
from tests.support.clock import START
from tests.support.rooms import Rooms

A, B, C = (ContactId(f"con_{name}") for name in "abc")


async def people(rooms: Rooms) -> None:
    """B is merged into A, and C into B."""

    def fill(tx: Tx) -> None:
        for contact_id in (A, B, C):
            address = f"+7916000000{contact_id[-1]}"
            tx.contacts.insert(
                Contact(id=contact_id, address=address, created_at=START)
            )
        tx.cards.save(Card(contact_id=B, updated_at=START, merged_into=A))
        tx.cards.save(Card(contact_id=C, updated_at=START, merged_into=B, name="Ц"))

    await rooms.store.write(fill)


async def test_a_chain_is_one_contact(rooms: Rooms) -> None:
    await people(rooms)

    def look(tx: Tx) -> None:
        assert main_contact(tx, C) == A
        assert family(tx, A) == [A, B, C]
        shown = cards_json(tx, [C, A, ContactId("con_none")])
        assert set(shown) == {A, C}
        assert shown[A] == shown[C] == card_json(tx, B)
        numbers = shown[A]["numbers"]
        assert isinstance(numbers, list)
        assert [number["contact_id"] for number in numbers] == [A, B, C]
        assert cards_json(tx, []) == {}
        with pytest.raises(NotFound):
            card_json(tx, ContactId("con_none"))

    await rooms.store.read(look)


async def test_what_is_written_on_a_merged_one_is_the_main_ones(rooms: Rooms) -> None:
    await people(rooms)
    assert await rooms.store.write(lambda tx: change_card(tx, C, {"name": "Я"}, START))
    assert await rooms.store.write(lambda tx: change_card(tx, C, {"name": "Я"}, START))
    card = await rooms.store.read(lambda tx: tx.cards.get(A))
    assert card is not None
    assert card.name == "Я"
    told = [one for one in await rooms.events() if one.type is _CHANGED]
    assert [one.data["id"] for one in told] == [A]
    with pytest.raises(Invalid):
        await rooms.store.write(lambda tx: change_card(tx, A, {"tags": [" "]}, START))


_CHANGED = EventType.CONTACT_CHANGED


async def test_a_block_holds_for_every_number_and_is_noted(rooms: Rooms) -> None:
    await people(rooms)
    await rooms.store.write(lambda tx: block(tx, C, Actor(), START))
    assert await rooms.store.read(lambda tx: is_blocked(tx, B))
    await rooms.store.write(lambda tx: unblock(tx, A, Actor(), START))
    assert not await rooms.store.read(lambda tx: is_blocked(tx, C))
    entries = await rooms.store.read(lambda tx: tx.audit.after(0, 10))
    assert [(one.action, one.subject) for one in entries] == [
        ("contact.blocked", A),
        ("contact.unblocked", A),
    ]
