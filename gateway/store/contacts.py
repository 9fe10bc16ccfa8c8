"""Contacts and threads."""

from collections.abc import Sequence

from gateway.core.contact import Contact, Thread
from gateway.core.ids import ContactId, ThreadId
from gateway.core.message_store import Page
from gateway.store.column import BEYOND, from_moment, from_moment_or_none
from gateway.store.engine import Session
from gateway.store.premise import expect_one
from gateway.store.side_rows import contact_of, contact_values, thread_of, thread_values


class SqlContacts:
    """`core.store.Contacts` in SQL."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_address(self, address: str) -> Contact | None:
        row = self._session.one("contacts.by_address", address=address)
        return None if row is None else contact_of(row)

    def get(self, contact_id: ContactId) -> Contact | None:
        row = self._session.one("contacts.get", id=contact_id)
        return None if row is None else contact_of(row)

    def by_addresses(self, addresses: Sequence[str]) -> list[Contact]:
        rows = self._session.among("contacts.by_addresses", addresses)
        return [contact_of(row) for row in rows]

    def insert(self, contact: Contact) -> None:
        self._session.run("contacts.insert", **contact_values(contact))

    def insert_all(
        self, contacts: Sequence[Contact], threads: Sequence[Thread]
    ) -> None:
        self._session.many("contacts.insert", list(map(contact_values, contacts)))
        self._session.many("contacts.insert_thread", list(map(thread_values, threads)))

    def save(self, contact: Contact) -> None:
        touched = self._session.run(
            "contacts.save",
            id=contact.id,
            opted_out_at=from_moment_or_none(contact.opted_out_at),
            opt_out_source=contact.opt_out_source,
        )
        expect_one(touched, contact.id)

    def thread(self, contact_id: ContactId, own: str) -> Thread | None:
        row = self._session.one("contacts.thread", contact_id=contact_id, own=own)
        return None if row is None else thread_of(row)

    def threads(self, contact_id: ContactId) -> list[Thread]:
        rows = self._session.all("contacts.threads", contact_id=contact_id)
        return [thread_of(row) for row in rows]

    def get_thread(self, thread_id: ThreadId) -> Thread | None:
        row = self._session.one("contacts.get_thread", id=thread_id)
        return None if row is None else thread_of(row)

    def threads_among(self, thread_ids: Sequence[ThreadId]) -> list[Thread]:
        rows = self._session.among("contacts.threads_among", thread_ids)
        return [thread_of(row) for row in rows]

    def threads_of(self, contact_ids: Sequence[ContactId]) -> list[Thread]:
        rows = self._session.among("contacts.threads_of", contact_ids)
        return [thread_of(row) for row in rows]

    def insert_thread(self, thread: Thread) -> None:
        self._session.run("contacts.insert_thread", **thread_values(thread))

    def move_threads(self, threads: Sequence[Thread]) -> None:
        self._session.many(
            "contacts.move_thread",
            [
                {"id": thread.id, "updated_at": from_moment(thread.updated_at)}
                for thread in threads
            ],
        )

    def save_thread(self, thread: Thread) -> None:
        touched = self._session.run(
            "contacts.save_thread",
            id=thread.id,
            own=thread.own,
            updated_at=from_moment(thread.updated_at),
            sticky_link=thread.sticky_link,
        )
        expect_one(touched, thread.id)

    def drop_thread(self, thread_id: ThreadId) -> None:
        self._session.run("contacts.drop_thread", id=thread_id)

    def opted_out(self, page: Page) -> list[Contact]:
        rows = self._session.all(
            "contacts.opted_out", before=page.before or BEYOND, limit=page.limit
        )
        return [contact_of(row) for row in rows]
