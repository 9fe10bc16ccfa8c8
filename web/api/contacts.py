"""`/contacts`: who does not want to hear from us.

Relies on the engine's words for opting out and in; every way out obeys them.
"""

from datetime import datetime

from aiohttp import web

from gateway.core.account import Role
from gateway.core.agent import Actor
from gateway.core.clock import Clock
from gateway.core.contact import Contact
from gateway.core.ids import IdSource
from gateway.core.message_store import Page
from gateway.core.store import Store, Tx
from gateway.engine.audit import record
from gateway.engine.threads import Names, find_contact, opt_in, opt_out
from web.endpoint import B, Call, Endpoint, Q, endpoint, reply
from web.paging import next_cursor, read_msisdn
from web.schema import ListOptedOut, Nothing, OptOut
from web.shape import OptOutPage, OptOutShape

_ONE = "/api/v1/contacts/{msisdn}/opt-out"
_DEFAULT_SOURCE = "api"


class Contacts:
    """The resource."""

    def __init__(self, store: Store, clock: Clock, ids: IdSource, region: str) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._region = region

    def endpoints(self) -> list[Endpoint]:
        """The routes."""
        return [
            endpoint(
                "GET",
                "/api/v1/contacts/opted-out",
                self.listing,
                access=Role.CONTACTS,
                summary="Who opted out, newest first",
                query=ListOptedOut,
                answer=OptOutPage,
            ),
            endpoint(
                "GET",
                _ONE,
                self.show,
                access=Role.CONTACTS,
                summary="Does this number refuse messages",
                answer=OptOutShape,
            ),
            endpoint(
                "PUT",
                _ONE,
                self.refuse,
                access=Role.CONTACTS,
                summary="Send nothing more to this number",
                body=OptOut,
                answer=OptOutShape,
            ),
            endpoint(
                "DELETE",
                _ONE,
                self.permit,
                access=Role.CONTACTS,
                summary="This number wants to hear from us again",
                answer=OptOutShape,
            ),
        ]

    async def listing(self, call: Call[ListOptedOut, Nothing]) -> web.Response:
        """A page."""
        page = Page(limit=call.query.limit, before=call.query.cursor)
        found = await self._store.read(lambda tx: tx.contacts.opted_out(page))
        return reply(
            OptOutPage(
                items=[_shape(contact.address, contact) for contact in found],
                next=next_cursor(found, call.query.limit),
            )
        )

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Known or not."""
        address = self._address(call)
        contact = await self._store.read(lambda tx: tx.contacts.by_address(address))
        return reply(_shape(address, contact))

    async def refuse(self, call: Call[Nothing, OptOut]) -> web.Response:
        """Doing it twice changes nothing."""
        address, now = self._address(call), self._clock.now()
        source = call.body.source or _DEFAULT_SOURCE
        names = Names.fresh(self._ids)

        def keep(tx: Tx) -> Contact:
            contact = find_contact(tx, address, names, now)
            if contact.opted_out_at is not None:
                return contact
            _note(tx, call.actor, "contact.opted_out", contact, now)
            return opt_out(tx, contact, source, now)

        return reply(_shape(address, await self._store.write(keep)))

    async def permit(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Doing it twice changes nothing."""
        address, now = self._address(call), self._clock.now()

        def keep(tx: Tx) -> Contact | None:
            contact = tx.contacts.by_address(address)
            if contact is None or contact.opted_out_at is None:
                return contact
            _note(tx, call.actor, "contact.opted_in", contact, now)
            return opt_in(tx, contact, now)

        return reply(_shape(address, await self._store.write(keep)))

    def _address(self, call: Call[Q, B]) -> str:
        return read_msisdn(call.part("msisdn"), self._region)


def _note(tx: Tx, actor: Actor, action: str, contact: Contact, now: datetime) -> None:
    """What a person decided for another; programs tell of it by events alone."""
    if actor.agent is not None:
        record(tx, actor, action, contact.id, None, None, now)


def _shape(address: str, contact: Contact | None) -> OptOutShape:
    return OptOutShape(
        msisdn=address,
        opted_out=contact is not None and contact.opted_out_at is not None,
        at=None if contact is None else contact.opted_out_at,
        source=None if contact is None else contact.opt_out_source,
    )
