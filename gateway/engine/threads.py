"""Contacts and their threads, found or made; who opted out and in by a word.

Works inside the caller's write; identities are made by the caller.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.codec.value import replace
from gateway.core.contact import Contact, Thread
from gateway.core.event import EventType, NewEvent
from gateway.core.ids import ContactId, IdSource, LinkId, ThreadId
from gateway.core.message import Message
from gateway.core.policy import Policy
from gateway.core.store import Tx
from gateway.engine.present import contact_json
from gateway.engine.tombstone import remembered, risen, unbury

_AROUND_A_WORD = " \t\r\n.,!?:;\"'«»“”()[]*_-"


# Letters that look alike when they are capitals, by which keyboards betray people.
_LATIN, _CYRILLIC = "abcehkmoptxy", "авсенкмортху"
_AS_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_AS_LATIN = str.maketrans(_CYRILLIC, _LATIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Identities for a contact and a thread, should they be new."""

    contact: ContactId
    thread: ThreadId

    @classmethod
    def fresh(cls, ids: IdSource) -> "Names":
        return cls(contact=ContactId(ids.new("con")), thread=ThreadId(ids.new("thr")))


def find_contact(tx: Tx, address: str, names: Names, now: datetime) -> Contact:
    """The contact behind an address, made when it is new."""
    contact = tx.contacts.by_address(address)
    if contact is None:
        tombstone = remembered(tx, [address]).get(address)
        new = Contact(id=names.contact, address=address, created_at=now)
        contact = risen(new, tombstone)
        tx.contacts.insert(contact)
        if tombstone is not None:
            unbury(tx, contact, tombstone)
    return contact


def find_thread(
    tx: Tx, contact: Contact, own: str, thread_id: ThreadId, now: datetime
) -> Thread:
    """What was said between a contact and a number of ours, made when it is new."""
    thread = tx.contacts.thread(contact.id, own)
    if thread is None:
        thread = Thread(
            id=thread_id,
            contact_id=contact.id,
            own=own,
            created_at=now,
            updated_at=now,
        )
        tx.contacts.insert_thread(thread)
        return thread
    moved = replace(thread, updated_at=max(thread.updated_at, now))
    tx.contacts.save_thread(moved)
    return moved


def speak_as(
    tx: Tx, message: Message, own: str, thread_id: ThreadId, now: datetime
) -> Message:
    """A message in the thread of the number that it will really come from.

    Which SIM sends is only known when one takes the message; the answer comes to that
    SIM, and belongs beside the question. `thread_id` is for a thread that is new.
    """
    if message.own == own:
        return message
    contact = tx.contacts.get(message.contact_id)
    if contact is None:
        raise AssertionError(f"message {message.id} is nobody's")
    unbound = tx.contacts.thread(contact.id, "") if not message.own else None
    if unbound is not None and tx.contacts.thread(contact.id, own) is None:
        tx.contacts.save_thread(replace(unbound, own=own))
    thread = find_thread(tx, contact, own, thread_id, now)
    moved = replace(message, own=own, thread_id=thread.id)
    tx.outbox.save_message(moved)
    tx.contacts.drop_thread(message.thread_id)
    return moved


def stick(tx: Tx, thread: Thread, link: LinkId) -> None:
    """Remember the link by which the person talks with us."""
    if thread.sticky_link != link:
        tx.contacts.save_thread(replace(thread, sticky_link=link))


def sticky_links(tx: Tx, contact: Contact) -> list[LinkId]:
    """The links this person talked with us by, latest first."""
    return [
        thread.sticky_link
        for thread in tx.contacts.threads(contact.id)
        if thread.sticky_link is not None
    ]


def heed_words(tx: Tx, message: Message, policy: Policy, now: datetime) -> None:
    """Opt the sender out or in when the whole message is such a word."""
    contact = tx.contacts.get(message.contact_id)
    if contact is None:
        return
    if (stop := stop_word(message, policy)) is not None:
        if contact.opted_out_at is None:
            opt_out(tx, contact, f"keyword:{stop}", now, message=message)
    elif (
        contact.opted_out_at is not None
        and keyword(message.text or "", policy.start_words) is not None
    ):
        opt_in(tx, contact, now, message=message)


def stop_word(message: Message, policy: Policy) -> str | None:
    """The word by which a whole message says: no more; None when it says no such."""
    return keyword(message.text or "", policy.stop_words)


def keyword(text: str, among: frozenset[str]) -> str | None:
    """The word of these that a whole text says, in whatever letters it looks so."""
    word = plain_word(text)
    for spelled in (word, word.translate(_AS_CYRILLIC), word.translate(_AS_LATIN)):
        if spelled in among:
            return spelled
    return None


def plain_word(text: str) -> str:
    """A text as it is compared with the words that opt out and in."""
    return text.strip(_AROUND_A_WORD).casefold()


def opt_out(
    tx: Tx,
    contact: Contact,
    source: str,
    now: datetime,
    *,
    message: Message | None = None,
) -> Contact:
    """From now on nothing is sent to this contact."""
    after = replace(contact, opted_out_at=now, opt_out_source=source)
    return _keep(tx, after, EventType.CONTACT_OPTED_OUT, now, message)


def opt_in(
    tx: Tx, contact: Contact, now: datetime, *, message: Message | None = None
) -> Contact:
    """The contact wants to hear from us again."""
    after = replace(contact, opted_out_at=None, opt_out_source=None)
    return _keep(tx, after, EventType.CONTACT_OPTED_IN, now, message)


def _keep(
    tx: Tx, contact: Contact, kind: EventType, now: datetime, message: Message | None
) -> Contact:
    tx.contacts.save(contact)
    tx.events.append(
        NewEvent(
            type=kind,
            at=now,
            data=contact_json(contact),
            message_id=message.id if message else None,
            thread_id=message.thread_id if message else None,
            link=message.link if message else None,
        )
    )
    return contact
