"""Cards of contacts: shown, changed, blocked; in the one shape that all callers see.

Works inside the caller's transaction. A contact that was merged into another is shown
as that one. Merging itself is `merging`'s, opting out `threads`'.

Spec: spec/inbox.md D.2 (contact, address, block)
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gateway.core.agent import Actor
from gateway.core.card import Card
from gateway.core.contact import Contact
from gateway.core.errors import Invalid, NotFound
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import AgentId, ContactId
from gateway.core.store import Tx
from gateway.engine.audit import record
from gateway.engine.inbox_settings import InboxSettings, read_settings
from gateway.engine.present import JsonObject, time_text

CHANGEABLE: Final = frozenset({"name", "language", "crm_id", "attributes", "tags"})
MOST_MERGED: Final = 50  # contacts behind one


def get_contact(tx: Tx, contact_id: ContactId) -> Contact:
    """The contact; raises `NotFound`."""
    contact = tx.contacts.get(contact_id)
    if contact is None:
        raise NotFound("contact_not_found", "there is no such contact")
    return contact


def get_card(tx: Tx, contact_id: ContactId, now: datetime) -> Card:
    """The contact's card; an empty one when there is none yet."""
    return tx.cards.get(contact_id) or Card(contact_id=contact_id, updated_at=now)


def main_contact(tx: Tx, contact_id: ContactId) -> ContactId:
    """The contact as whom this one is shown: itself, mostly."""
    return _mains(tx, [contact_id])[contact_id]


def family(tx: Tx, contact_id: ContactId) -> list[ContactId]:
    """A contact and all that were merged into it, and into those."""
    found = [contact_id]
    level: Sequence[ContactId] = found
    while level := [card.contact_id for card in tx.cards.merged(level)]:
        found += level
    return found


def is_blocked(tx: Tx, contact_id: ContactId) -> bool:
    """Whether nothing this person writes is to be anybody's work."""
    card = tx.cards.get(main_contact(tx, contact_id))
    return card is not None and card.blocked_at is not None


def cards_json(tx: Tx, contact_ids: Sequence[ContactId]) -> dict[ContactId, JsonObject]:
    """The contact each of these is shown as, in a few statements for all."""
    if not contact_ids:
        return {}
    mains = _mains(tx, contact_ids)
    roots = list(dict.fromkeys(mains.values()))
    families = _families(tx, roots)
    everybody = [one for members in families.values() for one in members]
    contacts = {one.id: one for one in tx.cards.contacts(everybody)}
    cards = {card.contact_id: card for card in tx.cards.of(roots)}
    heard = {one.contact_id: one.last_in_at for one in tx.cards.heard(everybody)}
    settings = read_settings(tx)
    shapes = {
        root: _shape(
            contacts[root],
            cards.get(root),
            [contacts[one] for one in families[root] if one in contacts],
            heard,
            settings,
        )
        for root in roots
        if root in contacts
    }
    return {one: shapes[root] for one, root in mains.items() if root in shapes}


def card_json(tx: Tx, contact_id: ContactId) -> JsonObject:
    """One of them; raises `NotFound`."""
    shapes = cards_json(tx, [contact_id])
    if contact_id not in shapes:
        raise NotFound("contact_not_found", "there is no such contact")
    return shapes[contact_id]


def change_card(
    tx: Tx, contact_id: ContactId, said: Mapping[str, Any], now: datetime
) -> ContactId:
    """Other words on the card of whom this contact is shown as; that contact."""
    main = main_contact(tx, get_contact(tx, contact_id).id)
    before = get_card(tx, main, now)
    after = replace(before, **_checked(said))
    if after != before:
        tx.cards.save(replace(after, updated_at=now))
        tell(tx, main, now)
    return main


def block(tx: Tx, contact_id: ContactId, actor: Actor, now: datetime) -> ContactId:
    """From now on what this person writes is kept, and bothers nobody."""
    return _set_block(tx, contact_id, actor, now, blocked_at=now)


def unblock(tx: Tx, contact_id: ContactId, actor: Actor, now: datetime) -> ContactId:
    """What this person writes is work again."""
    return _set_block(tx, contact_id, actor, now, blocked_at=None)


def tell(tx: Tx, contact_id: ContactId, now: datetime) -> None:
    """Say in the log that a contact is not what it was."""
    threads = tx.contacts.threads_of(family(tx, contact_id))
    data = card_json(tx, contact_id) | {"thread_ids": [one.id for one in threads]}
    tx.events.append(NewEvent(type=EventType.CONTACT_CHANGED, at=now, data=data))


def _set_block(
    tx: Tx,
    contact_id: ContactId,
    actor: Actor,
    now: datetime,
    *,
    blocked_at: datetime | None,
) -> ContactId:
    main = main_contact(tx, get_contact(tx, contact_id).id)
    card = get_card(tx, main, now)
    if (card.blocked_at is None) == (blocked_at is None):
        return main
    by: AgentId | None = None if blocked_at is None else actor.agent_id
    tx.cards.save(replace(card, blocked_at=blocked_at, blocked_by=by, updated_at=now))
    action = "contact.unblocked" if blocked_at is None else "contact.blocked"
    record(tx, actor, action, main, None, None, now)
    tell(tx, main, now)
    return main


def _checked(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, as a card holds it."""
    if unknown := set(said) - CHANGEABLE:
        raise AssertionError(f"a card has no {sorted(unknown)}")
    made = dict(said)
    if "tags" in made:
        made["tags"] = tuple(dict.fromkeys(tag.strip() for tag in made["tags"]))
        if "" in made["tags"]:
            raise Invalid("empty", "a tag has letters", field="tags")
    if "attributes" in made:
        made["attributes"] = dict(made["attributes"])
        for words in (*made["attributes"], *made["attributes"].values()):
            if not words.isprintable():
                raise Invalid(
                    "invalid_value", "signs that do not show", field="attributes"
                )
    if "name" in made:
        made["name"] = (made["name"] or "").strip()
    for name in ("language", "crm_id"):
        if name in made:
            made[name] = made[name] or None
    return made


def _mains(tx: Tx, contact_ids: Sequence[ContactId]) -> dict[ContactId, ContactId]:
    """Whom each is shown as."""
    mains = {one: one for one in contact_ids}
    moving = list(mains)
    for _ in range(MOST_MERGED):
        cards = tx.cards.of(list({mains[one] for one in moving}))
        into = {one.contact_id: one.merged_into for one in cards if one.merged_into}
        moving = [one for one in moving if mains[one] in into]
        if not moving:
            return mains
        for one in moving:
            mains[one] = into[mains[one]]
    raise AssertionError("contacts were merged in a circle")


def _families(tx: Tx, roots: Sequence[ContactId]) -> dict[ContactId, list[ContactId]]:
    """Each with those merged into it, itself first."""
    families = {root: [root] for root in roots}
    belongs = {root: root for root in roots}
    level = list(roots)
    while level:
        cards = tx.cards.merged(level)
        for card in cards:
            if card.merged_into is not None:
                root = belongs[card.contact_id] = belongs[card.merged_into]
                families[root].append(card.contact_id)
        level = [card.contact_id for card in cards]
    return families


def _shape(
    contact: Contact,
    card: Card | None,
    members: Sequence[Contact],
    heard: Mapping[ContactId, datetime],
    settings: InboxSettings,
) -> JsonObject:
    card = card or Card(contact_id=contact.id, updated_at=contact.created_at)
    return {
        "id": contact.id,
        "name": card.name,
        "address": contact.address,
        "numbers": [
            {
                "address": one.address,
                "contact_id": one.id,
                "opted_out_at": time_text(one.opted_out_at),
                "last_in_at": time_text(heard.get(one.id)),
            }
            for one in members
        ],
        "language": card.language,
        "crm_id": card.crm_id,
        "crm_url": settings.crm_url(card.crm_id),
        "attributes": dict(card.attributes),
        "tags": list(card.tags),
        "blocked_at": time_text(card.blocked_at),
        "created_at": time_text(contact.created_at),
        "merged_into": card.merged_into,
    }
