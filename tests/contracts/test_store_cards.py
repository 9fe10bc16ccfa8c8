"""Store contract: cards, phrases, tombstones come back as they were put."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.canned import Canned
from gateway.core.card import Card, Tombstone
from gateway.core.errors import StoreConflict
from gateway.core.ids import AgentId, ContactId
from gateway.core.message_store import Page
from gateway.core.store import Tx
from gateway.store.store import SqlStore
from tests.store.stored import Maker
from tests.support.clock import START

ADDRESSES = ("1", "2", "3")
ANNA = AgentId("agt_anna")


async def people(store: SqlStore, make: Maker) -> list[ContactId]:
    contacts = [make.contact(address) for address in ADDRESSES]
    await store.write(lambda tx: tx.contacts.insert_all(contacts, []))
    return [contact.id for contact in contacts]


async def test_a_card_is_kept_as_it_is_and_rewritten(
    store: SqlStore, make: Maker
) -> None:
    one, two, _ = await people(store, make)
    card = Card(
        contact_id=one,
        updated_at=START,
        name="Ірина «Ї» 😀",
        language="uk",
        crm_id="4711",
        attributes={"город": 'Л"ь\\вів'},
        tags=("vip", 'с "кавычками"'),
        blocked_at=START,
        blocked_by=ANNA,
    )
    await store.write(lambda tx: tx.cards.save(card))
    assert await store.read(lambda tx: tx.cards.get(one)) == card
    assert await store.read(lambda tx: tx.cards.get(two)) is None
    merged = replace(card, merged_into=two, blocked_at=None, tags=())
    await store.write(lambda tx: tx.cards.save(merged))
    assert await store.read(lambda tx: tx.cards.of([one, two])) == [merged]
    assert await store.read(lambda tx: tx.cards.merged([two])) == [merged]


async def test_a_list_leaves_out_the_merged_and_finds_whole_tags(
    store: SqlStore, make: Maker
) -> None:
    one, two, three = await people(store, make)

    def fill(tx: Tx) -> None:
        tx.cards.save(Card(contact_id=one, updated_at=START, tags=("vip", "долг")))
        tx.cards.save(Card(contact_id=two, updated_at=START, tags=("vi",)))
        tx.cards.save(Card(contact_id=three, updated_at=START, merged_into=one))

    await store.write(fill)

    async def names(tag: str | None, page: Page) -> list[str]:
        found = await store.read(lambda tx: tx.cards.listing(page, tag))
        return [contact.id for contact in found]

    assert await names(None, Page()) == [two, one]
    assert await names(None, Page(limit=1)) == [two]
    assert await names(None, Page(before=two)) == [one]
    assert await names("vip", Page()) == [one]
    assert await names("vi", Page()) == [two]
    assert await names('vip","долг', Page()) == []


async def test_a_tombstone_is_found_by_its_digest_until_it_is_dropped(
    store: SqlStore,
) -> None:
    stone = Tombstone(
        digest="ab",
        erased_at=START,
        opted_out_at=START,
        opt_out_source="api",
        blocked_at=None,
    )
    assert not await store.read(lambda tx: tx.tombstones.any())
    await store.write(lambda tx: tx.tombstones.put(stone))
    again = replace(stone, blocked_at=START)
    await store.write(lambda tx: tx.tombstones.put(again))
    assert await store.read(lambda tx: tx.tombstones.of(["ab", "cd"])) == [again]
    await store.write(lambda tx: tx.tombstones.drop("ab"))
    assert not await store.read(lambda tx: tx.tombstones.any())


def phrase(canned_id: str, **fields: object) -> Canned:
    values: dict[str, object] = {
        "id": canned_id,
        "shortcut": canned_id,
        "title": "Т",
        "text": "Текст",
        "updated_at": START,
    }
    return Canned(**values | fields)  # type: ignore[arg-type]  # named by the test


async def test_phrases_are_everybodys_or_ones_own_and_keep_their_versions(
    store: SqlStore,
) -> None:
    shared, own = phrase("b"), phrase("a", owner_id=ANNA, language="uk", queue="q")

    def fill(tx: Tx) -> None:
        tx.canned.insert(shared)
        tx.canned.insert(own)

    await store.write(fill)
    assert await store.read(lambda tx: tx.canned.listing(ANNA)) == [shared, own]
    assert await store.read(lambda tx: tx.canned.listing(None)) == [shared]
    later = START + timedelta(days=1)
    second = replace(shared, text="Другой", version=2, updated_at=later)
    await store.write(lambda tx: tx.canned.save(second))
    await store.write(lambda tx: tx.canned.count_use("b", later))
    versions = await store.read(lambda tx: tx.canned.versions("b"))
    assert [(one.version, one.text) for one in versions] == [
        (2, "Другой"),
        (1, "Текст"),
    ]
    gone = replace(second, archived_at=later)
    await store.write(lambda tx: tx.canned.save(gone))
    assert await store.read(lambda tx: tx.canned.listing(None)) == []
    found = await store.read(lambda tx: tx.canned.get("b"))
    assert found == replace(gone, uses=1, last_used_at=later)
    with pytest.raises(StoreConflict):
        await store.write(lambda tx: tx.canned.save(phrase("none")))
