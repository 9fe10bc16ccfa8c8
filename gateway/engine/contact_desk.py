"""What agents do with contacts: look one up, write on its card, merge, split, block.

Each a transaction of its own over `people_cards` and `merging`; answers are contacts as
JSON. Relies on `search` for lists by words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.errors import NotFound
from gateway.core.ids import ContactId, IdSource
from gateway.core.message_store import Page
from gateway.core.search_store import Kind
from gateway.core.store import Store, Tx
from gateway.engine import merging, people_cards, search
from gateway.engine.people_cards import card_json, cards_json, family, main_contact
from gateway.engine.present import JsonObject, time_text


class ContactDesk:
    """Keeps the cards."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids

    async def listing(
        self, asked: str, tag: str | None, page: Page
    ) -> tuple[list[JsonObject], str | None]:
        """A page and where the next begins; by words the tag is looked for, too."""

        def look(tx: Tx) -> tuple[list[JsonObject], str | None]:
            if not asked.strip():
                found = tx.cards.listing(page, tag)
                cards = cards_json(tx, [one.id for one in found])
                is_full = len(found) == page.limit
                return list(cards.values()), found[-1].id if is_full else None
            wish = search.Asked(
                text=asked, kind=Kind.CONTACT, limit=page.limit, cursor=page.before
            )
            hits = search.find(tx, wish)
            people = [item["contact"] for item in hits.items]
            cards_found = [one for one in people if isinstance(one, dict)]
            return [
                one for one in cards_found if tag is None or tag in one["tags"]
            ], hits.next

        return await self._store.read(look)

    async def show(self, contact_id: ContactId) -> JsonObject:
        """One, with where it is spoken to; raises `NotFound`."""
        return await self._store.read(lambda tx: _detail(tx, contact_id))

    async def by_number(self, address: str) -> JsonObject:
        """The contact behind a number; raises `NotFound`."""

        def look(tx: Tx) -> JsonObject:
            contact = tx.contacts.by_address(address)
            if contact is None:
                raise NotFound("contact_not_found", "nobody is known by this number")
            return _detail(tx, contact.id)

        return await self._store.read(look)

    async def change(
        self, contact_id: ContactId, said: Mapping[str, Any]
    ) -> JsonObject:
        """With other words on its card."""
        now = self._clock.now()
        return await self._write(
            lambda tx: people_cards.change_card(tx, contact_id, said, now)
        )

    async def merge(
        self, actor: Actor, contact_id: ContactId, other: ContactId
    ) -> JsonObject:
        """The two as one."""
        deed = merging.Deed.make(self._ids, actor, self._clock.now())
        return await self._write(lambda tx: merging.merge(tx, contact_id, other, deed))

    async def split(
        self, actor: Actor, contact_id: ContactId, part: ContactId
    ) -> tuple[JsonObject, JsonObject]:
        """The one and the other."""
        deed = merging.Deed.make(self._ids, actor, self._clock.now())

        def keep(tx: Tx) -> tuple[JsonObject, JsonObject]:
            main = merging.split(tx, contact_id, part, deed)
            return card_json(tx, main), card_json(tx, part)

        return await self._store.write(keep)

    async def block(self, actor: Actor, contact_id: ContactId) -> JsonObject:
        """What this person writes bothers nobody from now on."""
        now = self._clock.now()
        return await self._write(
            lambda tx: people_cards.block(tx, contact_id, actor, now)
        )

    async def unblock(self, actor: Actor, contact_id: ContactId) -> JsonObject:
        """What this person writes is work again."""
        now = self._clock.now()
        return await self._write(
            lambda tx: people_cards.unblock(tx, contact_id, actor, now)
        )

    async def _write(self, act: Callable[[Tx], ContactId]) -> JsonObject:
        return await self._store.write(lambda tx: card_json(tx, act(tx)))


def _detail(tx: Tx, contact_id: ContactId) -> JsonObject:
    card = card_json(tx, contact_id)
    members = family(tx, main_contact(tx, contact_id))
    threads = {
        tx.conversations.main_of(one.id): one
        for one in sorted(tx.contacts.threads_of(members), key=lambda t: t.updated_at)
    }
    latest = sorted(threads.items(), key=lambda one: one[1].updated_at, reverse=True)
    return card | {
        "threads": [
            {"id": main, "own": one.own, "updated_at": time_text(one.updated_at)}
            for main, one in latest
        ],
        "conversations": tx.cards.conversations(members),
    }
