"""The contacts and threads of many recipients at once, found or made.

Reads them in two statements and writes what is new in three; companion of `threads`,
which does the same for one. A new contact and a new thread are named after the message
that made them, since names are unique all the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from gateway.codec.value import replace
from gateway.core.card import Tombstone
from gateway.core.contact import Contact, Thread
from gateway.core.ids import ContactId, LinkId, MessageId, ThreadId
from gateway.core.store import Tx
from gateway.engine.tombstone import remembered, risen, unbury


class People:
    """Those whom some messages are for."""

    def __init__(
        self,
        contacts: Sequence[Contact],
        threads: Sequence[Thread],
        tombstones: Mapping[str, Tombstone],
    ) -> None:
        self._tombstones = tombstones
        self._contacts = {contact.address: contact for contact in contacts}
        self._threads: dict[ContactId, dict[str, Thread]] = {}
        for thread in threads:
            self._threads.setdefault(thread.contact_id, {})[thread.own] = thread
        self._new_contacts: list[Contact] = []
        self._new_threads: dict[ThreadId, Thread] = {}
        self._moved: dict[ThreadId, Thread] = {}

    @classmethod
    def of(cls, tx: Tx, addresses: Sequence[str]) -> Self:
        """Who is known of these."""
        contacts = tx.contacts.by_addresses(addresses)
        known = [contact.id for contact in contacts]
        new = set(addresses) - {contact.address for contact in contacts}
        threads = tx.contacts.threads_of(known) if known else []
        return cls(contacts, threads, remembered(tx, list(new)))

    def has_opted_out(self, address: str) -> bool:
        known = self._contacts.get(address) or self._tombstones.get(address)
        return known is not None and known.opted_out_at is not None

    def sticky_links(self, address: str) -> list[LinkId]:
        """The links this person talked with us by, latest first."""
        contact = self._contacts.get(address)
        if contact is None:
            return []
        threads = sorted(
            self._threads.get(contact.id, {}).values(),
            key=lambda thread: (thread.updated_at, thread.id),
            reverse=True,
        )
        return [one.sticky_link for one in threads if one.sticky_link is not None]

    def thread(
        self, address: str, own: str, message_id: MessageId, now: datetime
    ) -> Thread:
        """What is said between this person and a number of ours."""
        _, _, name = message_id.partition("_")
        contact = self._contacts.get(address)
        if contact is None:
            new = Contact(id=ContactId(f"con_{name}"), address=address, created_at=now)
            contact = risen(new, self._tombstones.get(address))
            self._contacts[address] = contact
            self._new_contacts.append(contact)
        threads = self._threads.setdefault(contact.id, {})
        thread = threads.get(own)
        if thread is None:
            thread = threads[own] = Thread(
                id=ThreadId(f"thr_{name}"),
                contact_id=contact.id,
                own=own,
                created_at=now,
                updated_at=now,
            )
            self._new_threads[thread.id] = thread
        elif thread.updated_at < now and thread.id not in self._new_threads:
            thread = threads[own] = replace(thread, updated_at=now)
            self._moved[thread.id] = thread
        return thread

    def keep(self, tx: Tx) -> None:
        """Write who and what is new."""
        tx.contacts.insert_all(self._new_contacts, list(self._new_threads.values()))
        tx.contacts.move_threads(list(self._moved.values()))
        for contact in self._new_contacts:
            if contact.address in self._tombstones:
                unbury(tx, contact, self._tombstones[contact.address])
