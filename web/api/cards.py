"""`/contacts`: cards, several numbers of one person, blocking.

Relies on the engine's contact desk. Opting out is `web.api.contacts`' business, export
and erasure `web.api.erasure`'s.
"""

import msgspec
from aiohttp import web
from msgspec import UNSET

from gateway.core.account import Role
from gateway.core.ids import ContactId
from gateway.core.message_store import Page
from gateway.engine.contact_desk import ContactDesk
from web.contact import (
    ChangeContact,
    ContactDetail,
    ContactPage,
    ContactShape,
    ListContacts,
    MergeContact,
    SplitContact,
    SplitContacts,
)
from web.endpoint import B, Call, Endpoint, Q, endpoint, reply
from web.paging import read_msisdn
from web.schema import Nothing

_ROOT = "/api/v1/contacts"
_ONE = _ROOT + "/{contact_id}"


class Cards:
    """What is known of people."""

    def __init__(self, desk: ContactDesk, region: str) -> None:
        self._desk = desk
        self._region = region

    def endpoints(self) -> list[Endpoint]:
        """The routes; those with a word come before those with an id."""
        return [
            endpoint(
                "GET",
                _ROOT,
                self.listing,
                access=Role.INBOX,
                summary="Contacts, newest first, or those that words are found in",
                query=ListContacts,
                answer=ContactPage,
            ),
            endpoint(
                "GET",
                _ROOT + "/by-number/{msisdn}",
                self.by_number,
                access=Role.INBOX,
                summary="The contact behind a number",
                answer=ContactDetail,
            ),
            endpoint(
                "GET",
                _ONE,
                self.show,
                access=Role.INBOX,
                summary="One contact, and where it is spoken to",
                answer=ContactDetail,
            ),
            endpoint(
                "PATCH",
                _ONE,
                self.change,
                access=Role.INBOX,
                summary="Write on a contact's card",
                body=ChangeContact,
                answer=ContactShape,
            ),
            *self._deeds(),
        ]

    def _deeds(self) -> list[Endpoint]:
        return [
            endpoint(
                "POST",
                _ONE + "/merge",
                self.merge,
                access=Role.INBOX,
                summary="Two contacts are one person",
                body=MergeContact,
                answer=ContactShape,
            ),
            endpoint(
                "POST",
                _ONE + "/split",
                self.split,
                access=Role.INBOX,
                summary="A merged contact is somebody else after all",
                body=SplitContact,
                answer=SplitContacts,
            ),
            endpoint(
                "POST",
                _ONE + "/block",
                self.block,
                access=Role.INBOX,
                summary="Keep what this person writes, and bother nobody with it",
                answer=ContactShape,
            ),
            endpoint(
                "POST",
                _ONE + "/unblock",
                self.unblock,
                access=Role.INBOX,
                summary="What this person writes is work again",
                answer=ContactShape,
            ),
        ]

    async def listing(self, call: Call[ListContacts, Nothing]) -> web.Response:
        """A page."""
        asked = call.query
        page = Page(limit=asked.limit, before=asked.cursor)
        items, following = await self._desk.listing(asked.q or "", asked.tag, page)
        return reply({"items": items, "next": following})

    async def by_number(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Known or not."""
        address = read_msisdn(call.part("msisdn"), self._region)
        return reply(await self._desk.by_number(address))

    async def show(self, call: Call[Nothing, Nothing]) -> web.Response:
        """One."""
        return reply(await self._desk.show(_contact_id(call)))

    async def change(self, call: Call[Nothing, ChangeContact]) -> web.Response:
        """As it is now."""
        given = msgspec.structs.asdict(call.body)
        said = {name: value for name, value in given.items() if value is not UNSET}
        return reply(await self._desk.change(_contact_id(call), said))

    async def merge(self, call: Call[Nothing, MergeContact]) -> web.Response:
        """The two as one."""
        other = ContactId(call.body.other)
        return reply(await self._desk.merge(call.actor, _contact_id(call), other))

    async def split(self, call: Call[Nothing, SplitContact]) -> web.Response:
        """The one and the other."""
        contact, part = await self._desk.split(
            call.actor, _contact_id(call), ContactId(call.body.contact)
        )
        return reply({"contact": contact, "split": part})

    async def block(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Doing it twice changes nothing."""
        return reply(await self._desk.block(call.actor, _contact_id(call)))

    async def unblock(self, call: Call[Nothing, Nothing]) -> web.Response:
        """Doing it twice changes nothing."""
        return reply(await self._desk.unblock(call.actor, _contact_id(call)))


def _contact_id(call: Call[Q, B]) -> ContactId:
    return ContactId(call.part("contact_id"))
